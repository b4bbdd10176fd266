"""What the command line prints of calibrations."""

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table as Grid

from columnist.terminal import out

if TYPE_CHECKING:
    from columnist.evaluation.intervals import Interval
    from columnist.modeling.acceptance.calibration import Calibration, Point

_EVERY = 10  # of the hundred points of a curve


def print_calibration(calibration: "Calibration") -> None:
    """Print the measures of a calibration, its bins and its risk-coverage curve."""
    auroc = "not defined, all texts are of one kind" if calibration.auroc is None else f"{calibration.auroc:.3f}"
    out.print(
        f"\n[bold]{escape(calibration.name)}[/bold]: {calibration.tables} tables, {calibration.slots} texts asked for"
    )
    out.print(f"described {calibration.texts}, of which acceptable {calibration.accepted:.1%}")
    out.print(f"ECE, bins of equal numbers  {_interval(calibration.ece_equal_mass)}")
    out.print(f"ECE, bins of equal width    {_interval(calibration.ece_equal_width)}")
    out.print(f"Brier                       {_interval(calibration.brier)}")
    out.print(f"AUROC                       {auroc}")
    bins = Grid("texts", "probability", "accepted", title="reliability, bins of equal numbers", title_justify="left")
    for each in calibration.equal_mass:
        bins.add_row(str(each.texts), f"{each.probability:.3f}", f"{each.accepted:.3f}")
    out.print(bins)
    curve = Grid("threshold", "shown", "not acceptable", title="risk and coverage", title_justify="left")
    for point in calibration.points[::_EVERY]:
        curve.add_row(*_cells(point))
    curve.add_row(*_cells(calibration.in_use), style="bold")
    out.print(curve)


def _interval(interval: "Interval") -> str:
    return f"{interval.estimate:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def _cells(point: "Point") -> tuple[str, str, str]:
    return (
        f"{point.threshold:.2f}",
        f"{point.coverage:.1%}",
        "nothing is shown" if point.risk is None else f"{point.risk:.1%}",
    )

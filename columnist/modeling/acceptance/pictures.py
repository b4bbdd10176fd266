"""Pictures of a calibration: the reliability diagram and the risk-coverage curve."""

import io
import re
from typing import Any

from columnist.modeling.acceptance.calibration import Calibration

_OWN, _OTHER, _GRID = "#1a7f5a", "0.45", "#e5e7eb"


def file_stem(calibration: Calibration) -> str:
    """Return a name for the files of a calibration."""
    return "calibration_" + "_".join(re.findall(r"\w+", calibration.name.lower()))


def render_calibration(calibration: Calibration) -> bytes:
    """Return both diagrams side by side as a PNG; the same calibration gives the same bytes."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=(10, 4.4), layout=ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.1))
    reliability, curve = figure.subplots(1, 2)
    _draw_reliability(reliability, calibration)
    _draw_curve(curve, calibration)
    for axes in (reliability, curve):
        axes.grid(color=_GRID)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize="small")
    figure.suptitle(
        f"{calibration.name}: {calibration.texts} texts of {calibration.tables} tables that the fit has not seen",
        fontsize="medium",
    )
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110, metadata={"Software": None})
    return picture.getvalue()


def _draw_reliability(axes: Any, calibration: Calibration) -> None:
    error = calibration.ece_equal_mass
    axes.plot([0, 1], [0, 1], color=_OTHER, linewidth=1, linestyle="--", label="perfect")
    axes.plot(
        [each.probability for each in calibration.equal_mass],
        [each.accepted for each in calibration.equal_mass],
        color=_OWN,
        marker="o",
        label="bins of equal numbers of texts",
    )
    axes.scatter(
        [each.probability for each in calibration.equal_width],
        [each.accepted for each in calibration.equal_width],
        s=[8 + 160 * each.texts / calibration.texts for each in calibration.equal_width],
        color=_OTHER,
        alpha=0.6,
        label="bins of equal width",
    )
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability that was given", ylabel="share that was accepted")
    axes.set_title(f"ECE {error.estimate:.3f} ({error.low:.3f} to {error.high:.3f})", fontsize="medium")


def _draw_curve(axes: Any, calibration: Calibration) -> None:
    shown = [point for point in calibration.points if point.risk is not None]
    axes.plot([point.coverage for point in shown], [point.risk for point in shown], color=_OWN, label="risk")
    used = calibration.in_use
    if used.risk is not None:
        axes.scatter(
            [used.coverage], [used.risk], color=_OWN, zorder=3, label=f"threshold {used.threshold:.2f}, in use"
        )
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="share of texts shown", ylabel="share of those not acceptable")
    auroc = "not defined" if calibration.auroc is None else f"{calibration.auroc:.3f}"
    axes.set_title(f"risk and coverage, AUROC {auroc}", fontsize="medium")

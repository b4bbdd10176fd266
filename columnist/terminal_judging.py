"""What the judge commands print: who judges, what they said, and what that is worth."""

from collections.abc import Iterable

from rich.markup import escape
from rich.table import Table as Grid

from columnist.evaluation.intervals import Interval
from columnist.judging.calibration import Calibration, Habits
from columnist.judging.comparing import JudgeResult
from columnist.studies.agreement import Agreement
from columnist.terminal import out


def print_judges(rows: Iterable[tuple[str, str, str, str, str]]) -> None:
    """Print name, model, identity, standing and weight of each judge."""
    grid = Grid()
    for title in ("judge", "model", "identity", "standing", "weight"):
        grid.add_column(title, overflow="fold")
    for row in rows:
        grid.add_row(*map(escape, row))
    out.print(grid)


def print_result(result: JudgeResult) -> None:
    """Print a judge's tally, seen from option A, and its weight."""
    out.print(
        f"judge {escape(result.judge)} ({result.identity[:16]}): {result.standing.value}, weight {result.weight:.2f}",
        soft_wrap=True,
    )
    out.print(
        f"{result.n_items} items of {result.n_tables} tables: option A wins {result.wins}, ties {result.ties}, "
        f"loses {result.losses}; both bad {result.both_bad}; no answer {result.habits.unparsable}",
        soft_wrap=True,
    )
    out.print(f"win rate of option A: {show_interval(result.win_rate)}")
    out.print(f"at equal length: {show_interval(result.length_controlled)}")
    _print_habits(result.habits)


def print_calibration(calibration: Calibration) -> None:
    """Print how far a judge agrees with people, and the weight that follows."""
    grid = Grid(title=f"Judge {escape(calibration.judge)} against people", title_justify="left")
    for title in ("with", "items", "tables", "same answer", "Cohen's kappa", "Krippendorff's alpha"):
        grid.add_column(title, overflow="fold")
    grid.add_row("most raters", *_cells(calibration.agreement))
    for rater, agreement in calibration.by_rater.items():
        grid.add_row(escape(f"rater {rater}"), *_cells(agreement))
    out.print(grid)
    out.print(f"Krippendorff's alpha among the raters: {show_interval(calibration.raters_alpha)}")
    _print_habits(calibration.habits)
    out.print(f"most raters preferred the longer text: {show_interval(calibration.raters_longer_rate)}")
    out.print(f"{calibration.standing.value}: weight {calibration.weight:.2f}", style="bold")


def show_interval(interval: Interval | None) -> str:
    """Return an interval as text.

    Example:
        >>> show_interval(Interval(low=0.25, high=0.75, estimate=0.5, level=0.95)), show_interval(None)
        ('0.50 (0.25 to 0.75)', 'too few tables')
    """
    if interval is None:
        return "too few tables"
    return f"{interval.estimate:.2f} ({interval.low:.2f} to {interval.high:.2f})"


def _print_habits(habits: Habits) -> None:
    out.print(f"changed its answer with the order: {show_interval(habits.flip_rate)}")
    out.print(f"chose what was shown first: {show_interval(habits.first_rate)}")
    out.print(f"preferred the longer text: {show_interval(habits.longer_rate)}")


def _cells(agreement: Agreement | None) -> tuple[str, ...]:
    if agreement is None:
        return "", "", "too few tables", "", ""
    intervals = (agreement.percent, agreement.kappa, agreement.alpha)
    return str(agreement.n_items), str(agreement.n_tables), *map(show_interval, intervals)

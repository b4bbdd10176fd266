"""What the command line prints of studies."""

import time
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table as Grid

from columnist.progress import format_duration
from columnist.terminal import out

if TYPE_CHECKING:
    from columnist.studies.design import Plan
    from columnist.studies.opening import Opened
    from columnist.studies.result import StudyResult
    from columnist.studies.storage import RaterProgress, Study


class StepProgress:
    """Says how far long work of a few steps is, and about how long the rest takes."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say that so many steps of all are done."""
        left = (time.monotonic() - self._started) / max(done, 1) * (total - done)
        more = f", about {format_duration(left)} left" if 0 < done < total else ""
        click.echo(f"{what}: {done} of {total}{more}", err=True)


def print_plan(plan: "Plan") -> None:
    """Print what a study can show, what it costs, and what it can not show."""
    from columnist.studies.design import PROCEDURES

    question = plan.question
    out.print(
        f"[bold]{question.tables} tables x {question.raters} raters, {question.hypothesis.value}[/bold]: is the win "
        f"rate above {question.bound:.3f}? One-sided {question.alpha:g}, t-test over tables."
    )
    _print_powers(plan)
    _print_looks(plan)
    out.print(
        f"All {plan.ballots} ballots, hidden repeats and attention items with them, take {plan.hours_per_rater:.1f} "
        f"hours of each rater at {question.seconds_per_item:g} s an item; time your own raters."
    )
    out.print("[bold]It can not show[/bold]")
    for limit in plan.cannot:
        out.print(f"- {escape(limit)}")
    times = min(plan.replications, PROCEDURES)
    out.print(f"{plan.replications} simulated studies for each figure, {times} where promoted, seed {plan.seed}.")


def _print_powers(plan: "Plan") -> None:
    question = plan.question
    win_rates = [f"power at {win_rate:g}" for win_rate in question.win_rates]
    columns = (*win_rates, "detectable", "tables needed", f"promoted at {question.win_rates[0]:g}")
    grid = Grid("icc", *columns, title="power of one test, and of the whole procedure", title_justify="left")
    for row in plan.rows:
        needed = "-" if row.tables_needed is None else str(row.tables_needed)
        grid.add_row(
            f"{row.icc:g}",
            *(f"{power:.2f}" for power in row.powers),
            f"{row.detectable:.3f}",
            needed,
            _share(row.promoted),
        )
    out.print(grid)
    out.print(
        f"icc: the share of the variance that is the table's own. detectable: the least true win rate shown with power "
        f"0.8. tables needed: for power 0.8 at a win rate of {question.win_rates[0]:g}. promoted: with looks, rules "
        "for raters and all conditions; that is what a release gets."
    )


def _print_looks(plan: "Plan") -> None:
    looks = ", ".join(map(str, plan.question.looks))
    grid = Grid(
        "true win rate",
        "tables",
        "ballots",
        "shown",
        "promoted",
        title=f"looks at {looks} tables, icc {plan.expected_icc:g}",
    )
    grid.title_justify = "left"
    for each in plan.expected:
        grid.add_row(
            f"{each.win_rate:g}",
            f"{each.tables:.1f}",
            f"{each.ballots:.0f}",
            f"{each.shown:.2f}",
            _share(each.promoted),
        )
    out.print(grid)


def print_opened(opened: "Opened", labels: Sequence[str]) -> None:
    """Print what was registered, and how raters are invited."""
    registration = opened.registration
    out.print(
        f"study {registration.study_id} is open: {len(registration.tables)} tables, {len(labels)} raters, "
        f"{registration.hypothesis.value}, margin {registration.margin:g}"
    )
    out.print(f"registration  {registration.digest}")
    for look, commitment in enumerate(registration.commitments, 1):
        out.print(f"commitment {look}  {commitment}")
    out.print("Publish these lines now: what is registered and who wrote what cannot be changed afterwards.")
    out.print("Then invite the raters:")
    for label in labels:
        # Printed as it is: a command that is wrapped cannot be copied.
        out.print(
            f"  python run.py study invite {registration.study_id} --rater {_quote(label)}",
            soft_wrap=True,
            markup=False,
        )


def print_studies(studies: Sequence["Study"], told: Mapping[str, str], withdrawn: Collection[str]) -> None:
    """Print the studies, two lines each.

    Args:
        studies: Of the storage.
        told: By study, what is asked of which two systems.
        withdrawn: Those that were ended without a result.
    """
    if not studies:
        out.print("no study was opened yet; see: run.py study open --help")
    for study in studies:
        closed = f", closed {study.closed_at[:16]}" if study.closed_at else ""
        state = "withdrawn" if study.study_id in withdrawn else study.state.value
        out.print(f"{study.study_id}  {state:6}  opened {study.opened_at[:16]}{closed}", soft_wrap=True)
        line = told.get(study.study_id, "its registration cannot be read")
        out.print(f"  {line}", soft_wrap=True, markup=False, highlight=False)


def print_result(result: "StudyResult") -> None:
    """Print what a study found: the rate over all that counts, then why the verdict is what it is."""
    analysis, registration = result.analysis, result.registration
    rate = analysis.win_rate
    lines = [
        f"{analysis.verdict.value}: win rate {rate.estimate:.3f} on {analysis.n_tables} tables ({rate.low:.3f} to "
        f"{rate.high:.3f} by Student's t, {rate.level:.0%}, as if nobody had looked before)",
        *(f"- {reason}" for reason in analysis.reasons),
    ]
    if registration.earlier:
        lines.append(f"- earlier studies of the same two systems: {len(registration.earlier)}")
    for line in lines:
        out.print(line, soft_wrap=True, markup=False, highlight=False)


def print_progress(raters: Sequence["RaterProgress"]) -> None:
    """Print how far raters are; what they answered is nobody's business before the study is closed."""
    grid = Grid("rater", "id", "answered", "items")
    for each in raters:
        grid.add_row(escape(each.label), each.rater, str(each.progress.done), str(each.progress.total))
    out.print(grid)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _quote(label: str) -> str:
    import shlex

    return shlex.quote(label)

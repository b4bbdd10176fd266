"""How ``study simulate`` prints the characteristics of a procedure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table as Grid

from columnist.terminal import out

if TYPE_CHECKING:
    from columnist.studies.operating import Characteristics, Row

_DEFAULT = 10_000  # simulated studies of study simulate
_HEADER = (
    "icc",
    "win rate",
    "one test",
    "planned",
    "looks",
    "planned",
    "whole procedure",
    "planned",
    "95 % bound",
    "rejected",
    "tables",
    "",
)


def print_characteristics(found: "Characteristics") -> None:
    """Print errors and powers in one table, then what it means."""
    study, replications = found.nulls[0].outcome.study, found.nulls[0].outcome.replications
    looks = ", ".join(map(str, study.looks))
    title = (
        f"{study.hypothesis.value}, threshold {study.threshold:g}, one-sided alpha {study.alpha:g}, {study.raters} "
        f"raters, looks at {looks} tables; {replications:,} simulated studies for each error, seed {found.seed}"
    )
    grid = Grid(*_HEADER, title=title, title_justify="left")
    for row in found.nulls:
        grid.add_row(*_cells(row), _judge(row))
    grid.add_section()
    for row in found.powers:
        grid.add_row(*_cells(row), "as planned" if row.as_planned else "NOT AS PLANNED")
    grid.add_section()
    grid.add_row(*_cells(found.careless), "one careless rater")
    out.print(grid)
    out.print(
        "Above the first line the true win rate is the threshold, so that to promote is an error. one test, looks: "
        "the statistic alone. whole procedure: with exclusions and conditions, which cost power; unmet among "
        f"the studies whose interval said promote: {_tell_unmet(found)}."
    )
    for line in _tell_undecided(found):
        out.print(line)
    if not found.careless.within_alpha:
        out.print(
            f"Who answers by chance pulls every win rate towards one half: with one such rater it errs in "
            f"{found.careless.promoted:.1%} of studies. No analysis undoes that; attention items find such raters."
        )


def _judge(row: "Row") -> str:
    if row.within_alpha:
        return "within alpha"
    return "ABOVE ALPHA" if row.above_alpha else "not shown within alpha"


def _tell_undecided(found: "Characteristics") -> Iterator[str]:
    """Say how many replications would decide, where an error is neither shown to be within alpha nor above it."""
    from columnist.studies.operating import count_replications

    rows = [row for row in found.nulls if not row.within_alpha and not row.above_alpha]
    if rows:
        alpha, total = rows[0].outcome.study.alpha, rows[0].outcome.replications
        needed = [count_replications(row.promoted, alpha) for row in rows]
        least = max((each for each in needed if each is not None), default=0)
        if None in needed:  # by chance: it may still be below
            least = _DEFAULT
        advice = f"at least {least:,}" if least > total else f"more than {total:,}"
        yield (
            f"{total:,} simulated studies cannot show an error of {max(row.promoted for row in rows):.4f} to be "
            f"within alpha {alpha:g}, and nor that it is not: take {advice} with --replications."
        )


def _cells(row: "Row") -> tuple[str, ...]:
    outcome = row.outcome
    return (
        f"{outcome.study.icc:g}",
        f"{outcome.study.win_rate:g}",
        f"{outcome.shown_once / outcome.replications:.4f}",
        "" if row.planned_once is None else f"{row.planned_once:.4f}",
        f"{outcome.shown_by_looks / outcome.replications:.4f}",
        "" if row.planned_by_looks is None else f"{row.planned_by_looks:.4f}",
        f"{row.promoted:.4f}",
        "" if row.planned is None else f"{row.planned:.4f}",
        f"{row.promoted_at_most:.4f}",
        f"{outcome.rejected / outcome.replications:.4f}",
        f"{outcome.mean_tables:.1f}",
    )


def _tell_unmet(found: "Characteristics") -> str:
    """Say how often each condition was not met, over the rows with power."""
    rows = [row.outcome for row in found.powers]
    total = sum(row.replications for row in rows)
    shares = {name: sum(row.unmet[name] for row in rows) / total for name in rows[0].unmet}
    return ", ".join(f"{name} {share:.1%}" for name, share in shares.items())

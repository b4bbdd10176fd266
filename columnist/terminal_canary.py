"""What the command line prints of canary checks."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from rich.markup import escape
from rich.table import Table as Grid

from columnist.canary.page import HEADS, row_of
from columnist.terminal import out

if TYPE_CHECKING:
    from columnist.canary.checking import CanaryResult


class Check(Protocol):
    """A check that was made, and when."""

    @property
    def made(self) -> datetime:
        """When it was stored."""
        ...

    @property
    def result(self) -> "CanaryResult":
        """What it found."""
        ...


def print_result(result: "CanaryResult") -> None:
    """Print what changed, the measures then and now where a text changed, and some of the texts."""
    if result.n_changed:
        grid = Grid("measure", "good", *HEADS)
        for metric in result.metrics:
            grid.add_row(*map(escape, row_of(metric)))
        out.print(grid)
    for text in result.samples:
        out.print(f"{escape(text.table)}{escape('.' + text.column) if text.column else ''}", highlight=False)
        out.print(f"  before: {escape(text.before)}", highlight=False)
        out.print(f"  after:  {escape(text.after)}", highlight=False)
    out.print(escape(result.summary), highlight=False)


def print_checks(checks: Sequence[Check]) -> None:
    """Print one line for each check."""
    grid = Grid("made", "model", "state", "changed texts", "changed in the fingerprint")
    for check in checks:
        found = check.result
        parts = ", ".join(dict.fromkeys(change.part.value for change in found.changes))
        made = check.made.isoformat(sep=" ", timespec="seconds")
        grid.add_row(made, escape(found.model), found.state.value, f"{found.n_changed} of {found.n_texts}", parts)
    out.print(grid if checks else "no check was made yet: python run.py canary")

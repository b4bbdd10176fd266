"""What the command line prints of promotions: the audit log."""

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table as Grid

from columnist.promotion.audit import REFUSAL, Entry
from columnist.terminal import out


def print_entries(entries: Sequence[Entry]) -> None:
    """Print all entries, the oldest first."""
    if not entries:
        out.print("nothing has been promoted or refused yet; run: python run.py promote --help")
        return
    grid = Grid("", "when", "what", "version", "by", "why", "seen", "hash")
    for entry in entries:
        event = entry.event
        grid.add_row(
            str(entry.sequence),
            f"{event.at:%Y-%m-%d %H:%M} UTC",
            event.action.value,
            escape(f"{event.model}/{event.version}".rstrip("/")),
            escape(", ".join(event.by)),
            escape(event.told),
            escape("\n".join(f"{name} {value[:16]}" for name, value in event.seen.items() if name != REFUSAL)),
            entry.sha256[:16],
        )
    out.print(grid)

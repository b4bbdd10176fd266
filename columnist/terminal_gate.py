"""What the command line prints of gates: decisions with their reasons, and plans."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table as Grid

from columnist.gates.results import GateResult, Verdict
from columnist.terminal import out

if TYPE_CHECKING:
    from columnist.registry.gate_results import StoredDecision

_STYLES = {Verdict.PASS: "bold green", Verdict.FAIL: "bold red", Verdict.INCONCLUSIVE: "bold yellow"}


def print_gate_result(result: GateResult) -> None:
    """Print every criterion with what was found, then the decision."""
    grid = Grid("verdict", "hard", "reason")
    for each in result.criteria:
        grid.add_row(_shown(each.verdict), "hard" if each.hard else "", escape(each.reason))
    out.print(grid)
    out.print(f"{_shown(result.verdict)}: {escape(result.model)}, SHA-256 {result.model_sha256[:16]}")


def print_decisions(decisions: "Sequence[StoredDecision]") -> None:
    """Print all decisions, newest first."""
    if not decisions:
        out.print("no gate has decided yet; run: python run.py gate")
        return
    grid = Grid("decided", "verdict", "model", "reasons", "artifact")
    for each in decisions:
        result = each.result
        grid.add_row(
            f"{result.decided_at:%Y-%m-%d %H:%M} UTC",
            _shown(result.verdict),
            result.model_sha256[:16],
            escape("\n".join(result.reasons)),
            each.artifact_id,
        )
    out.print(grid)


def _shown(verdict: Verdict) -> str:
    return f"[{_STYLES[verdict]}]{verdict.value.upper()}[/]"

"""Stop the run unless a gate passed."""

from zenml import step

from columnist.errors import GateClosed
from columnist.gates import GateResult, Verdict


@step
def require_pass(result: GateResult) -> None:
    """Fail the run unless the gate passed; the decision is already stored."""
    if result.verdict is not Verdict.PASS:
        raise GateClosed(result)

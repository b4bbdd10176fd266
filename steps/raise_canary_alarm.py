"""Stop the run where a model writes otherwise than it was pinned."""

from zenml import step

from columnist.canary.checking import CanaryResult, CanaryState
from columnist.errors import CanaryAlarm


@step
def raise_canary_alarm(result: CanaryResult) -> None:
    """Fail the run on an alarm, so that whoever scheduled it is told; the result is already stored."""
    if result.state is CanaryState.ALARM:
        raise CanaryAlarm(result)

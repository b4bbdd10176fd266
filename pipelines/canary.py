"""Check the canary set."""

from zenml import pipeline

from columnist.canary.checking import CanaryConfig
from steps.raise_canary_alarm import raise_canary_alarm
from steps.rescore_canary import rescore_canary


@pipeline(enable_cache=False)
def canary(canary: CanaryConfig, model: str | None = None, against: str | None = None) -> None:
    """Write about the canary set anew, store what changed since it was pinned, and fail on an alarm."""
    raise_canary_alarm(rescore_canary(model, against, canary))

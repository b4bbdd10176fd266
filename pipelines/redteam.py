"""Attack a model."""

from zenml import pipeline

from columnist.redteam import RedteamConfig
from steps.attack_model import attack_model


@pipeline(enable_cache=False)
def redteam(model: str, redteam: RedteamConfig) -> None:
    """Let a model and its baselines describe hostile schemas, and store what that came to."""
    attack_model(model, redteam)

"""Synthesize a training set."""

from zenml import pipeline

from columnist.synthesis import SynthesisConfig
from steps.synthesize_training_set import synthesize_training_set


@pipeline(enable_cache=False)
def synthesize(synthesis: SynthesisConfig) -> None:
    """Make a training set from industry codes and use cases."""
    synthesize_training_set(synthesis)

"""Synthesize a training set."""

from typing import Annotated

from zenml import step

from columnist.artifact_names import Artifact
from columnist.progress import ProgressLog
from columnist.synthesis import SynthesisConfig, TrainingSet, synthesize
from materializers.training_set import TrainingSetMaterializer
from steps.code_metadata import log_code_version


@step(output_materializers=TrainingSetMaterializer)
def synthesize_training_set(synthesis: SynthesisConfig) -> Annotated[TrainingSet, Artifact.TRAINING_SET]:
    """Make examples from industries and use cases."""
    log_code_version()
    return synthesize(synthesis, ProgressLog("examples").update)

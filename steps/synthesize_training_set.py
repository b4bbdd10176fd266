"""Synthesize a training set."""

from typing import Annotated

from zenml import step

from columnist.artifact_names import Artifact
from columnist.home import Home
from columnist.progress import ProgressLog
from columnist.synthesis import SynthesisConfig, TrainingSet, synthesize
from columnist.synthesis.synthesizer import usual_processes
from columnist.synthesis.unfinished import claim_folder
from materializers.training_set import TrainingSetMaterializer
from steps.code_metadata import log_code_version


@step(output_materializers=TrainingSetMaterializer)
def synthesize_training_set(synthesis: SynthesisConfig) -> Annotated[TrainingSet, Artifact.TRAINING_SET]:
    """Make examples from industries and use cases; an interrupted run of the same configuration is gone on with."""
    log_code_version()
    with claim_folder(Home.find().synthesis, synthesis) as folder:
        return synthesize(synthesis, ProgressLog("examples").update, folder, usual_processes(synthesis))

"""Register an adapter as a model version."""

from typing import Annotated

from zenml import step

from columnist.artifact_names import Artifact
from columnist.modeling.adapters import Adapter
from columnist.registry.versions import Origins, RegisteredVersion, RegistrationConfig, register
from columnist.synthesis import TrainingSet
from columnist.synthesis.card import describe_training_set
from steps.code_metadata import log_code_version, run_tags


@step
def register_version(
    adapter: Adapter, training_set: TrainingSet, origins: Origins, registration: RegistrationConfig
) -> Annotated[RegisteredVersion, Artifact.REGISTERED_VERSION]:
    """Log the model with its data card beside its training run, make it a version and name it challenger."""
    log_code_version()
    return register(adapter, describe_training_set(training_set), origins, registration, run_tags())

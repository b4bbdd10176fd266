"""Register an adapter as a model version."""

from typing import Annotated

from zenml import step

from columnist.artifact_names import Artifact
from columnist.modeling.adapters import Adapter
from columnist.registry.versions import Origins, RegisteredVersion, RegistrationConfig, register
from steps.code_metadata import log_code_version, run_tags


@step
def register_version(
    adapter: Adapter, origins: Origins, registration: RegistrationConfig
) -> Annotated[RegisteredVersion, Artifact.REGISTERED_VERSION]:
    """Log the model beside its training run, make it a version and name it challenger."""
    log_code_version()
    return register(adapter, origins, registration, run_tags())

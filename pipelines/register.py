"""Register an adapter."""

from zenml import pipeline
from zenml.client import Client

from columnist.registry.versions import Origins, RegistrationConfig
from steps.register_version import register_version


@pipeline(enable_cache=False)
def register(adapter_id: str, origins: Origins, registration: RegistrationConfig) -> None:
    """Make an evaluated adapter a version of the registered model, named challenger."""
    register_version(Client().get_artifact_version(adapter_id), origins, registration)

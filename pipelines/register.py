"""Register an adapter."""

from zenml import pipeline
from zenml.client import Client

from columnist.registry.versions import Origins, RegistrationConfig
from steps.register_version import register_version


@pipeline(enable_cache=False)
def register(adapter_id: str, origins: Origins, registration: RegistrationConfig) -> None:
    """Make an evaluated adapter a version of the registered model, named challenger."""
    client = Client()
    adapter, training_set = (client.get_artifact_version(id_) for id_ in (adapter_id, origins.training_set_id))
    register_version(adapter, training_set, origins, registration)

"""The adapter that ships, as an artifact of the store: it was trained elsewhere, from a set that anyone can make."""

from typing import Any

from zenml import save_artifact
from zenml.client import Client

from columnist.artifact_names import Artifact
from columnist.errors import ConfigError
from columnist.modeling.shipped import shipped_adapter
from columnist.registry.artifacts import find_artifact, put_aside
from columnist.systems import DEFAULT
from materializers.adapter import AdapterMaterializer


def find_evaluated(adapter_id: str | None) -> tuple[Any, str]:
    """Return an adapter's artifact version and the id of the training set that it was trained from.

    Args:
        adapter_id: Id of an artifact version, ``default`` for the adapter that ships, or ``None`` for the latest
            of the store; where the store has none, that is the adapter that ships.

    Raises:
        ConfigError: There is no such adapter, or its training set cannot be made again.
    """
    adapter = None if adapter_id == DEFAULT else find_artifact(Artifact.ADAPTER, adapter_id)
    if adapter is None or adapter.producer_step_run_id is None:
        return _import_adapter(), _make_training_set()
    trained = Client().get_run_step(adapter.producer_step_run_id)
    return adapter, str(trained.inputs["training_set"][0].id)


def _import_adapter() -> Any:
    """Return the shipped adapter's artifact version, which is made once."""
    adapter = shipped_adapter()
    found = _find(Artifact.SHIPPED_ADAPTER, adapter.digest)
    if found is None:
        saved = save_artifact(adapter, Artifact.SHIPPED_ADAPTER.value, materializer=AdapterMaterializer)
        found = Client().get_artifact_version(saved.id)
    return found


def _make_training_set() -> str:
    """Return the id of the training set that the shipped adapter was trained from, made where it is not there.

    Who evaluates has not asked for it: training goes on taking the set that was synthesized last.
    """
    from pipelines.launch import CONFIGS, launch_synthesize

    wanted = shipped_adapter().card.training_set_sha256
    found = _find(Artifact.TRAINING_SET, wanted)
    if found is None:
        found = launch_synthesize(CONFIGS / "synthesize" / "full.yaml")
        put_aside(str(found.id))
    if found.content_hash != wanted:
        raise ConfigError(
            f"the training set of the adapter that ships has SHA-256 {wanted[:16]}…, but this version of the product "
            f"makes {str(found.content_hash)[:16]}… from configs/synthesize/full.yaml; train an adapter: "
            "python run.py train"
        )
    return str(found.id)


def _find(name: Artifact, digest: str) -> Any | None:
    client = Client()
    versions = client.list_artifact_versions(artifact=name.value, sort_by="desc:created", size=100).items
    return next((client.get_artifact_version(each.id) for each in versions if each.content_hash == digest), None)

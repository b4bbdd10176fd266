"""Find what earlier runs left in the ZenML store, by id or the latest of its name."""

from typing import Any

from columnist.artifact_names import Artifact
from columnist.errors import ConfigError
from columnist.registry.versions import Origins

_ASIDE = "made on the way to something else"
_RECENT = 50  # how many a search for the latest looks through


def find_artifact(name: Artifact, artifact_id: str | None = None) -> Any | None:
    """Return an artifact version, the newest of its name if no id is given, or ``None``.

    What was put aside is found by its id alone.

    Args:
        name: The artifact's name.
        artifact_id: Id of one version.

    Raises:
        ConfigError: The id is not that of such an artifact.
    """
    from zenml.client import Client

    client = Client()
    if artifact_id is None:
        recent = client.list_artifact_versions(artifact=name.value, sort_by="desc:created", size=_RECENT).items
        found = next((each for each in recent if _ASIDE not in {tag.name for tag in each.tags}), None)
        return client.get_artifact_version(found.id) if found else None
    try:
        version = client.get_artifact_version(artifact_id)
    except (KeyError, ValueError):
        version = None
    if version is None or version.artifact.name != name.value:
        raise ConfigError(f"there is no {name.value} with the id {artifact_id!r}; leave the id out to use the latest")
    return version


def put_aside(artifact_id: str) -> None:
    """Keep an artifact version from being the latest of its name: nobody asked for it by what they ran."""
    from zenml.client import Client

    Client().update_artifact_version(artifact_id, add_tags=[_ASIDE])


def origins_of(evaluation: Any) -> Origins:
    """Return the ids that an evaluation's inputs lead to.

    Args:
        evaluation: The ZenML artifact version of an evaluation.
    """
    from zenml.client import Client

    client = Client()
    compared = client.get_run_step(evaluation.producer_step_run_id)
    calibration = compared.inputs["calibration"][0]
    measured = client.get_run_step(calibration.producer_step_run_id)
    adapter = client.get_artifact_version(measured.inputs["adapter"][0].id)
    if adapter.producer_step_run_id is None:
        raise ConfigError(
            "the evaluated adapter was not trained in this store, so there is no training run to register it with; "
            "train one: python run.py train"
        )
    trained = client.get_run_step(adapter.producer_step_run_id)
    return Origins(
        training_set_id=str(trained.inputs["training_set"][0].id),
        adapter_id=str(adapter.id),
        evaluation_id=str(evaluation.id),
        train_run_id=str(adapter.producer_pipeline_run_id),
        mlflow_run_id=str(trained.run_metadata["mlflow_run_id"]),
    )

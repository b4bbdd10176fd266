"""What the stores know of training sets by digest: their rows, and the adapters and versions that learned from them."""

from collections.abc import Iterator
from typing import Any

from columnist.artifact_names import Artifact
from columnist.home import Home
from columnist.registry import tracking
from columnist.registry.training_sets import stream_rows
from columnist.synthesis.examples import Split
from columnist.values import Value

_PAGE = 100


class StoredSet(Value):
    """A training set of the ZenML store."""

    artifact_id: str
    sha256: str

    def rows(self, split: Split) -> Iterator[str]:
        """Yield the examples of a split as JSON lines.

        Raises:
            TrainingSetError: While reading: the rows are not where they were stored.
        """
        yield from stream_rows(split, self.artifact_id) or ()


class LearnedAdapter(Value):
    """A training run, and what it learned from.

    Attributes:
        mlflow_run_id: Of the training.
    """

    mlflow_run_id: str
    training_set_sha256: str


class LearnedVersion(Value):
    """A registered version that learned from a training set."""

    uri: str
    aliases: tuple[str, ...]
    adapter_sha256: str
    training_set_sha256: str
    prompt_sha256: str
    code_commit: str


def list_sets() -> Iterator[StoredSet]:
    """Yield the training sets of the ZenML store, the newest first."""
    from zenml.client import Client

    client, page = Client(), 1
    while True:
        found = client.list_artifact_versions(
            artifact=Artifact.TRAINING_SET.value, sort_by="desc:created", size=_PAGE, page=page, hydrate=True
        )
        for each in found.items:
            yield StoredSet(artifact_id=str(each.id), sha256=str(each.content_hash))
        if page >= found.total_pages:
            return
        page += 1


def list_learned_versions() -> tuple[LearnedVersion, ...]:
    """Return all registered versions with what they learned from, newest first."""
    from columnist.registry.versions import find_version, list_versions

    found = []
    for each in list_versions():
        uri = f"models:/{each['name']}/{each['version']}"
        tags: dict[str, Any] = dict(find_version(uri).tags)
        found.append(
            LearnedVersion(
                uri=uri,
                aliases=tuple(each["aliases"]),
                adapter_sha256=each["adapter_sha256"],
                training_set_sha256=tags.get("training_set_sha256", ""),
                prompt_sha256=tags.get("prompt_sha256", ""),
                code_commit=tags.get("code_commit", ""),
            )
        )
    return tuple(found)


def list_learned_adapters(training_set_sha256: str) -> tuple[LearnedAdapter, ...]:
    """Return the training runs that learned from a training set."""
    import mlflow

    found = mlflow.MlflowClient().search_runs(
        [tracking.experiment_id(Home.find())], f"params.training_set_sha256 = '{training_set_sha256}'"
    )
    return tuple(
        LearnedAdapter(mlflow_run_id=run.info.run_id, training_set_sha256=training_set_sha256) for run in found
    )

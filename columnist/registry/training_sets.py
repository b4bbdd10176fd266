"""The rows of stored training sets, read as a stream: a set may be larger than memory."""

from collections.abc import Iterator

from columnist.artifact_names import Artifact
from columnist.errors import TrainingSetError
from columnist.registry.artifacts import find_artifact
from columnist.synthesis.examples import Split
from columnist.synthesis.files import file_name

ROWS_FOLDER = "rows"


def stream_rows(split: Split, training_set: str | None = None) -> Iterator[str] | None:
    """Yield the examples of a split as JSON lines; ``None`` where no training set is stored yet.

    Args:
        split: Which split.
        training_set: Id of a training set; the latest if left out.

    Raises:
        ConfigError: The id is not that of a training set.
        TrainingSetError: While reading: the rows are not where they were stored.
    """
    found = find_artifact(Artifact.TRAINING_SET, training_set)
    return None if found is None else _read(f"{found.uri}/{ROWS_FOLDER}/{file_name(split)}")


def _read(uri: str) -> Iterator[str]:
    from zenml.client import Client

    try:
        with Client().active_stack.artifact_store.open(uri, "rb") as rows:
            for row in rows:
                yield row.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingSetError(f"{uri} cannot be read: {error}; synthesize the training set again") from error

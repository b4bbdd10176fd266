"""The folder of a stored training set, for work on all of its files."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from columnist.artifact_names import Artifact
from columnist.errors import ConfigError, TrainingSetError
from columnist.registry.artifacts import find_artifact
from columnist.registry.training_sets import ROWS_FOLDER


@contextmanager
def open_training_set(artifact_id: str | None = None) -> Iterator[Path]:
    """Give the folder of a training set of the store, the latest by default, whatever its size.

    Raises:
        ConfigError: There is none, or the id is none of a training set.
        TrainingSetError: Its files are not in the store any more.
    """
    found = find_artifact(Artifact.TRAINING_SET, artifact_id)
    if found is None:
        raise ConfigError("there is no training set yet; make one: python run.py synthesize, or give a folder")
    rows = f"{found.uri}/{ROWS_FOLDER}"
    if Path(rows).is_dir():
        yield Path(rows)
        return
    from zenml.io import fileio
    from zenml.utils import io_utils

    if not fileio.isdir(rows):
        raise TrainingSetError(f"training set {found.id}: its files are not at {rows} any more; synthesize a new one")
    with tempfile.TemporaryDirectory() as folder:
        io_utils.copy_dir(rows, folder, overwrite=True)
        yield Path(folder)

"""Launch the check of the canary set, and find what earlier checks came to."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from columnist.artifact_names import Artifact
from columnist.canary.canary_set import read_canary_set
from columnist.canary.checking import CanaryConfig, CanaryResult
from columnist.canary.pinning import find_record, read_record
from columnist.canary.writing import find_subject
from columnist.configuration import load_config
from columnist.errors import CanaryAlarm
from columnist.home import Home
from pipelines.launch import launch_pipeline


class PastCheck(NamedTuple):
    """A check that was made, and when."""

    made: datetime
    result: CanaryResult


def require_readable(config: Path, overrides: Sequence[str] = (), against: Path | None = None) -> None:
    """Make sure that the files a check was asked with can be used; no store is opened.

    Args:
        config: The configuration file.
        overrides: ``KEY=VALUE`` each.
        against: File of the pinned record, if one is named.

    Raises:
        ConfigError: The configuration cannot be used.
        CanaryError: There is no such record, or it was changed.
    """
    load_config(config, {"canary": CanaryConfig}, overrides)
    if against is not None:
        read_record(against, read_canary_set())


def launch_canary(
    config: Path, overrides: Sequence[str] = (), model: str | None = None, against: Path | None = None
) -> CanaryResult:
    """Run the canary pipeline and return what it found, also where its run failed with an alarm.

    Args:
        config: The configuration file.
        overrides: ``KEY=VALUE`` each.
        model: ``default``, ``models:/...`` or an adapter folder; the one that ``describe`` takes if left out.
        against: File of the pinned record, in the place of the model's own.

    Raises:
        ConfigError: The configuration cannot be used.
        CanaryError: There is no pinned record, or it was changed.
        ColumnistError: The model cannot be used.
    """
    parameters = load_config(config, {"canary": CanaryConfig}, overrides)
    home = Home.find()
    # What a person has to mend is said before a run is made that could only fail.
    subject = find_subject(model, home)
    record = (against or find_record(subject.reference, home)).resolve()
    read_record(record, read_canary_set())
    from pipelines.canary import canary

    try:
        artifact = launch_pipeline(
            canary, config, {"model": subject.reference, "against": str(record), **parameters}, Artifact.CANARY_RESULT
        )
    except CanaryAlarm as alarm:
        return alarm.result
    found: CanaryResult = artifact.load()
    return found


def list_checks(count: int) -> list[PastCheck]:
    """Return the latest checks of this store, newest first.

    Args:
        count: The most to return.
    """
    from zenml.client import Client

    versions = Client().list_artifact_versions(
        artifact=Artifact.CANARY_RESULT.value, sort_by="desc:created", size=count, hydrate=True
    )
    return [PastCheck(version.created, version.load()) for version in versions.items]

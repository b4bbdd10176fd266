"""Paused ZenML runs of releases: answer what they wait for, and carry them on.

The open source ZenML server answers nothing and resumes nothing by itself, and a run whose process was killed
says that it is running for ever. Who carries a release on holds the lock of its folder; so where that lock is
free and the run says it is running, its process is gone.
"""

import logging
from typing import Any

from columnist.errors import ColumnistError, ConfigError
from columnist.releases.folders import Ending, ReleaseFolder
from columnist.releases.waiting import Signal

_logger = logging.getLogger(__name__)


def carry_on(folder: ReleaseFolder, because: str | None) -> str:
    """Carry a release on until it waits again or ends, and return what ZenML then says of its run.

    Hold the lock of the folder. A run that waits is left alone without a reason to go on.

    Args:
        folder: Of the release.
        because: Why it may go on; ``None`` where nothing has happened.

    Raises:
        ConfigError: ZenML knows no such run.
        ColumnistError: The release is refused, or a step cannot do its work.
    """
    from zenml.enums import ExecutionStatus

    try:
        run = find_run(folder.name)
    except ConfigError as error:
        if folder.study is None:  # nothing is lost, and nobody has to look at it again
            end(folder, "killed", str(error))
        raise
    if run.status.is_finished:
        return end(folder, run.status.value, "its run has ended before")
    if run.status != ExecutionStatus.PAUSED:
        run = _mark(run, ExecutionStatus.PAUSED, "Its process was killed.")
    if run.active_wait_condition is not None:
        if because is None:
            return str(run.status.value)
        _answer(run, because)
    return _resume(folder, find_run(folder.name))


def find_run(name: str) -> Any:
    """Return a ZenML run by its exact name.

    Raises:
        ConfigError: There is none.
    """
    from zenml.client import Client

    try:
        return Client().get_pipeline_run(name, allow_name_prefix_match=False)
    except KeyError as error:
        raise ConfigError(
            f"ZenML knows no run {name}; the release was killed before it began, or is of another store. Start it "
            "again: run.py release start"
        ) from error


def end(folder: ReleaseFolder, status: str, reason: str) -> str:
    """Keep how a release ended, if it is not kept yet, and return the status."""
    if folder.ending is None:
        folder.keep(Ending(status=status, reason="" if status == "completed" else reason))
    return status


def _answer(run: Any, because: str) -> None:
    from zenml.client import Client

    Client().resolve_run_wait_condition(run.active_wait_condition.id, result=Signal(because=because).model_dump())


def _resume(folder: ReleaseFolder, run: Any) -> str:
    from zenml.enums import ExecutionStatus
    from zenml.stack import Stack

    run = _mark(run, ExecutionStatus.RESUMING, "Resumed by run.py release.")
    stack = Stack.from_model(run.snapshot.stack)
    try:
        stack.orchestrator.resume_run(snapshot=run.snapshot, run=run, stack=stack)
    except ColumnistError as error:
        status = find_run(folder.name).status
        if status.is_finished:
            end(folder, status.value, str(error))
        raise
    status = find_run(folder.name).status
    return end(folder, status.value, "") if status.is_finished else str(status.value)


def _mark(run: Any, status: Any, reason: str) -> Any:
    from zenml.client import Client
    from zenml.models import PipelineRunUpdate

    return Client().zen_store.update_run(run.id, PipelineRunUpdate(status=status, status_reason=reason))

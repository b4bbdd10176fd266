"""Open the ZenML and MLflow stores of this process, and tidy up after killed ones."""

import contextlib
import logging
import os
import shutil
import sqlite3
import sys
from pathlib import Path

from columnist.errors import ColumnistError, StoreError
from columnist.home import Home

_UNFINISHED = ("initializing", "provisioning", "running")


def open_stores(home: Home, zenml: bool = True) -> None:
    """Point ZenML and MLflow at their stores and make sure they can be used.

    The first process on a fresh home creates two databases; a lock keeps others
    from creating them at the same time. Runs of processes that were killed are
    marked as failed, so that nothing seems to be running forever.

    Args:
        home: Where the local stores are.
        zenml: Whether ZenML is needed; importing it takes seconds.

    Raises:
        StoreError: A store cannot be opened.
    """
    os.environ.update(home.environment())
    if zenml and "zenml" not in sys.modules:
        _say_opening()
    with home.lock("stores"):
        _open_mlflow()
        if not zenml:
            return
        _drop_unfinished(os.environ.get("ZENML_STORE_URL", ""))
        _open_zenml()
        for folder, run_names in list(home.dead_processes()):
            _close_runs(folder.name, run_names)
            shutil.rmtree(folder, ignore_errors=True)


def _say_opening() -> None:
    """Tell whoever looks on; a script reads standard error, where a mistake is one line and nothing else."""
    if sys.stderr.isatty():
        # Written and not logged: importing ZenML, which takes the time, is what sets up logging.
        sys.stderr.write("opening the stores\n")
        sys.stderr.flush()


def _drop_unfinished(store: str) -> None:
    """Remove a local store whose making was killed.

    ZenML writes the version of a store last, and refuses one without it for ever; such a store holds nothing yet.
    """
    file = Path(store.removeprefix("sqlite:///"))
    if not store.startswith("sqlite:///") or not file.is_file():
        return
    with contextlib.closing(sqlite3.connect(file)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        finished = "alembic_version" in tables and connection.execute("SELECT 1 FROM alembic_version").fetchone()
    if not finished:
        file.unlink()


def _open_zenml() -> None:
    from zenml.client import Client
    from zenml.logger import get_logger

    # A fresh configuration has no active stack, which ZenML warns of before it picks the default one.
    logger = get_logger("zenml.zen_stores.base_zen_store")
    level = logger.level
    logger.setLevel(logging.ERROR)
    for name in ("zenml.orchestrators.step_launcher", "zenml.orchestrators.local.local_orchestrator"):
        get_logger(name).addFilter(_is_news)
    try:
        Client().active_stack_model  # noqa: B018  a property that opens the store
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(f"the ZenML store {os.environ.get('ZENML_STORE_URL')} cannot be opened: {error}") from error
    finally:
        logger.setLevel(level)


def _is_news(record: logging.LogRecord) -> bool:
    """Drop what ZenML logs of a person's mistake or interruption: it is raised as well, and shown as one line."""
    raised = (*(record.args if isinstance(record.args, tuple) else ()), *(record.exc_info or ()))
    return not any(isinstance(each, ColumnistError | KeyboardInterrupt) for each in raised)


def _open_mlflow() -> None:
    import mlflow
    from mlflow.exceptions import MlflowException

    # Alembic announces each migration of a fresh database; nobody needs to read that.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    uri = os.environ["MLFLOW_TRACKING_URI"]
    mlflow.set_tracking_uri(uri)
    try:
        mlflow.MlflowClient().search_experiments(max_results=1)
    except (MlflowException, OSError) as error:
        raise StoreError(f"the MLflow store {uri} cannot be opened: {error}") from error


def _close_runs(process: str, run_names: tuple[str, ...]) -> None:
    import mlflow
    from zenml.client import Client
    from zenml.enums import ExecutionStatus
    from zenml.models import PipelineRunUpdate

    client = Client()
    for name in run_names:
        for run in client.list_pipeline_runs(name=name).items:
            if run.status.value in _UNFINISHED:
                update = PipelineRunUpdate(status=ExecutionStatus.FAILED, status_reason="Its process was killed.")
                client.zen_store.update_run(run.id, update)
    tracking = mlflow.MlflowClient()
    experiments = [experiment.experiment_id for experiment in tracking.search_experiments()]
    query = f"tags.`columnist.process` = '{process}' and attributes.status = 'RUNNING'"
    for run in tracking.search_runs(experiments, filter_string=query):
        tracking.set_terminated(run.info.run_id, status="KILLED")

"""MLflow runs of this product: one per training or evaluation, tagged with where it came from."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from columnist.home import Home

EXPERIMENT = "columnist"


@contextmanager
def tracked_run(name: str, tags: Mapping[str, str]) -> Iterator[str]:
    """Start an MLflow run and yield its id; it ends as failed if the block raises.

    Tracking and artifacts are addressed by id, never by MLflow's active run,
    which is shared by the whole process.

    Args:
        name: Name of the run.
        tags: What to tag it with, such as the ids of the ZenML run.
    """
    import mlflow

    client = mlflow.MlflowClient()
    home = Home.find()
    all_tags = {"columnist.process": home.process, "mlflow.runName": name, **tags}
    run_id = client.create_run(experiment_id(home), tags=all_tags).info.run_id
    try:
        yield run_id
    except BaseException:
        client.set_terminated(run_id, status="FAILED")
        raise
    client.set_terminated(run_id, status="FINISHED")


def log_metrics(run_id: str, metrics: Mapping[str, float], step: int = 0) -> None:
    """Log numbers at a step of a run."""
    import mlflow

    mlflow.MlflowClient().log_batch(
        run_id, metrics=[mlflow.entities.Metric(name, value, _now_ms(), step) for name, value in metrics.items()]
    )


def log_params(run_id: str, params: Mapping[str, object]) -> None:
    """Log parameters of a run."""
    import mlflow

    mlflow.MlflowClient().log_batch(
        run_id, params=[mlflow.entities.Param(name, str(value)) for name, value in params.items()]
    )


def log_text(run_id: str, text: str, name: str) -> None:
    """Log a text as an artifact of a run."""
    import mlflow

    mlflow.MlflowClient().log_text(run_id, text, name)


def log_dataset(run_id: str, name: str, digest: str, source: str, profile: Mapping[str, object]) -> None:
    """Log the training set that a run learned from.

    Args:
        run_id: The MLflow run.
        name: What to call it.
        digest: Its SHA-256; MLflow keeps the first 36 characters.
        source: Where it is.
        profile: Counts, and whatever else says what it is.
    """
    import mlflow
    from mlflow.entities import Dataset, DatasetInput, InputTag

    dataset = Dataset(
        name=name,
        digest=digest[:36],
        source_type="zenml",
        source=json.dumps({"uri": source}),
        profile=json.dumps(profile, sort_keys=True),
    )
    tags = [InputTag(key="mlflow.data.context", value="training")]
    mlflow.MlflowClient().log_inputs(run_id, datasets=[DatasetInput(dataset=dataset, tags=tags)])


def log_picture(run_id: str, picture: bytes, name: str) -> None:
    """Log a PNG picture as an artifact of a run."""
    import mlflow

    file = Home.find().scratch / name
    file.write_bytes(picture)
    mlflow.MlflowClient().log_artifact(run_id, str(file))


def tag_run(run_id: str, tags: Mapping[str, str]) -> None:
    """Tag a run."""
    import mlflow

    client = mlflow.MlflowClient()
    for name, value in tags.items():
        client.set_tag(run_id, name, value)


def find_run(tags: Mapping[str, str]) -> str | None:
    """Return the id of the newest run with all of these tags, or ``None``.

    Args:
        tags: Values without quotes, such as ids and digests.
    """
    import mlflow

    query = " and ".join(f"tags.`{name}` = '{value}'" for name, value in tags.items())
    experiment = experiment_id(Home.find())
    found = mlflow.MlflowClient().search_runs([experiment], query, max_results=1)
    return str(found[0].info.run_id) if found else None


def experiment_id(home: Home) -> str:
    """Return the experiment's id, made on first use.

    A local SQLite store would otherwise put artifacts into the current folder.
    """
    import mlflow

    client = mlflow.MlflowClient()
    with home.lock("experiment"):
        experiment = client.get_experiment_by_name(EXPERIMENT)
        if experiment:
            return str(experiment.experiment_id)
        local = str(mlflow.get_tracking_uri()).startswith("sqlite:")
        location = home.mlflow_artifacts.as_uri() if local else None
        return str(client.create_experiment(EXPERIMENT, artifact_location=location))


def _now_ms() -> int:
    return int(time.time() * 1000)

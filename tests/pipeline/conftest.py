"""One loop over the real pipelines, on a clean store, with a tiny random model."""

import os
from types import SimpleNamespace

import pytest

from columnist.home import Home
from columnist.registry.sessions import open_stores


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A home of its own: neither the user's stores nor the checkout's are touched."""
    before = dict(os.environ)
    for name in list(os.environ):
        if name.startswith(("ZENML_", "MLFLOW_")):
            del os.environ[name]
    os.environ["COLUMNIST_HOME"] = str(tmp_path_factory.mktemp("home"))
    found = Home.find()
    open_stores(found)
    yield found
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(autouse=True)
def _tracked_in_the_home(request):
    """Let MLflow write where the session does, whichever store a test elsewhere has opened meanwhile."""
    if "home" in request.fixturenames:
        track_in(request.getfixturevalue("home"))


def track_in(home: Home) -> None:
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{home.mlflow_database}")


def last_run(kind: str):
    """The MLflow run of that kind that began last; pipelines of other tests add theirs to the same store."""
    import mlflow

    client = mlflow.MlflowClient()
    (experiment,) = [each for each in client.search_experiments() if each.name == "columnist"]
    return client.search_runs([experiment.experiment_id], f"tags.`columnist.kind` = '{kind}'")[0]


@pytest.fixture(scope="session")
def loop(home, tiny_base_model):
    """The artifacts of synthesize, train, evaluate and register, in that order, and what they left in both stores."""
    from columnist.artifact_names import Artifact
    from columnist.registry.artifacts import find_artifact
    from pipelines.launch import (
        CONFIGS,
        launch_evaluate,
        launch_register,
        launch_synthesize,
        launch_train,
        plan_evaluation,
    )

    track_in(home)
    training_set = launch_synthesize(
        CONFIGS / "synthesize/smoke.yaml",
        ["synthesis.train_examples=12", "synthesis.validation_examples=4", "synthesis.test_examples=3"],
    )
    tiny = [f"training.base_model={tiny_base_model}", "training.max_row_tokens=2000", "training.batch_tokens=4000"]
    adapter = launch_train(CONFIGS / "train/smoke.yaml", tiny, str(training_set.id))
    evaluation = launch_evaluate(
        plan_evaluation(CONFIGS / "evaluate/smoke.yaml", ["evaluation.resamples=200"]), str(adapter.id)
    )
    version = launch_register(CONFIGS / "register/smoke.yaml", (), str(evaluation.id))
    return SimpleNamespace(
        training_set=training_set,
        adapter=adapter,
        evaluation=evaluation,
        version=version,
        calibrations=[find_artifact(name) for name in (Artifact.FITTED_CALIBRATION, Artifact.CALIBRATION)],
        runs={kind: last_run(kind) for kind in ("training", "calibration")},
    )

"""What the pipelines leave of acceptance: a file of the adapter, reports with pictures, numbers in MLflow."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def artifacts(loop):
    """The calibration reports of training and of evaluating."""
    return loop.calibrations


def test_the_fit_is_a_file_of_the_adapter_and_its_digest_covers_it(loop):
    from columnist.modeling.acceptance import ACCEPTANCE, read_acceptance

    adapter = loop.adapter.load()
    acceptance = read_acceptance(adapter.folder)
    assert acceptance
    assert [(source.name, source.tables) for source in acceptance.sources] == [("validation", 4)]
    before = adapter.digest
    (adapter.folder / ACCEPTANCE).write_text("{}")
    assert adapter.digest != before


def test_the_registered_version_carries_the_fit(loop):
    import mlflow

    folder = Path(mlflow.artifacts.download_artifacts(artifact_uri=loop.version.load().uri))
    assert len(list(folder.rglob("acceptance.json"))) == 1


def test_reports_are_artifacts_with_a_picture_for_each_measured_list_of_tables(artifacts):
    for artifact in artifacts:
        report = artifact.load()
        assert len(artifact.visualizations) == len(report.calibrations)


def test_mlflow_shows_the_numbers_and_the_fit(loop, artifacts):
    import mlflow

    client, kinds = mlflow.MlflowClient(), loop.runs
    files = {kind: {file.path for file in client.list_artifacts(run.info.run_id)} for kind, run in kinds.items()}
    assert {"acceptance.json", "acceptance_config.json", "calibration.json"} <= files["training"]
    assert "calibration.json" in files["calibration"]
    fitted, measured = (artifact.load().numbers() for artifact in artifacts)
    assert {name for name in kinds["training"].data.metrics if "ece" in name} == {n for n in fitted if "ece" in n}
    assert set(kinds["calibration"].data.metrics) == set(measured)

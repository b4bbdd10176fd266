"""A closed study in the stores: its report in MLflow and ZenML, and its ballots where MLflow shows them."""

from datetime import timedelta

import mlflow
import pytest
from click.testing import CliRunner
from study_parts import NOW, answer_all, make_places, open_small, prefer_long

from columnist.registry.feedback import write_feedback
from columnist.registry.study_reports import keep_report
from columnist.registry.tracking import experiment_id, find_run, tracked_run
from columnist.signing import Signer
from columnist.studies.closing import close_study
from columnist.studies.report import report_study
from columnist.studies.result import conclude
from columnist.study_commands import study


@pytest.fixture(scope="module")
def closed(home):
    """A study of four tables, two raters, one repeat and one attention item."""
    places = make_places(home.folder)
    opened = open_small(places, tables=4, looks=(2, 4), raters=2, repeats=1, attention=1)
    answer_all(places.storage, opened, prefer_long)
    signer = Signer.open(places.keys)
    close_study(opened.folder, places.storage, signer, NOW + timedelta(days=1))
    conclude(opened.folder, places.storage, signer)
    yield opened, places.storage
    places.storage.close()


def find_traces(home, run_id):
    return mlflow.search_traces(locations=[experiment_id(home)], run_id=run_id, return_type="list")


def test_mlflow_shows_each_table_with_what_raters_said_of_it_once(home, closed):
    opened, storage = closed
    with tracked_run("study", {}) as run_id:
        assert write_feedback(opened.folder, storage, run_id, lambda *_: None) == 10
    assert write_feedback(opened.folder, storage, run_id, lambda *_: None) == 10
    traces = find_traces(home, run_id)
    assert len(traces) == 4
    # 2 raters x (4 tables + 1 repeat)
    assert sum(len(trace.info.assessments) for trace in traces) == 10
    said = traces[0].info.assessments[0]
    assert said.source.source_type == "HUMAN"
    assert said.source.source_id in opened.registration.raters
    assert said.value == "candidate"
    assert set(traces[0].data.spans[0].outputs) == {"candidate", "baseline"}


def test_feedback_that_was_interrupted_is_gone_on_with(home, closed):
    opened, storage = closed

    class Killed(Exception):
        pass

    def stop(done, _total):
        if done == 2:
            raise Killed

    with tracked_run("study", {}) as run_id:
        with pytest.raises(Killed):
            write_feedback(opened.folder, storage, run_id, stop)
        write_feedback(opened.folder, storage, run_id, lambda *_: None)
    assert sum(len(trace.info.assessments) for trace in find_traces(home, run_id)) == 10


def test_a_report_is_kept_once_in_both_stores(closed):
    from zenml.client import Client

    opened, storage = closed
    report = report_study(opened.folder, storage)
    kept = keep_report(report, opened.folder, storage, lambda *_: None)
    assert keep_report(report, opened.folder, storage, lambda *_: None) == kept
    files = {file.path for file in mlflow.MlflowClient().list_artifacts(kept.mlflow_run_id)}
    assert files == {"study.html", "study.md", "study.json"}
    artifact = Client().get_artifact_version(kept.artifact_id)
    assert artifact.run_metadata["result_sha256"] == report.result_sha256
    assert "<h1>Study" in artifact.load()


def test_a_study_that_is_closed_on_the_command_line_keeps_its_report(home):
    places = make_places(home.folder)
    opened = open_small(places, tables=4, looks=(2, 4), raters=2, repeats=1, attention=1, seed=5)
    answer_all(places.storage, opened, prefer_long)
    done = CliRunner().invoke(study, ["close", opened.registration.study_id], catch_exceptions=False)
    places.storage.close()
    assert done.exit_code == 0
    assert "kept as MLflow run" in done.stderr
    tags = {"columnist.kind": "study", "columnist.study": opened.registration.study_id}
    assert find_run(tags) in done.stderr

"""The select pipeline on a clean store: one step a rung, a choice that can be looked at, and no work done twice."""

import pytest

TINY = ("selection.tables=3", "selection.timed_tables=1", "selection.rule.resamples=100")


@pytest.fixture(scope="module")
def launched(loop, tiny_base_model):
    """A ladder of names, a tiny model and an adapter that is trained on it."""
    from pipelines.launch import CONFIGS
    from pipelines.launch_select import launch_select, plan_selection

    train = CONFIGS / "train" / "smoke.yaml"
    settings = f"{{base_model: {tiny_base_model}, max_row_tokens: 2000, batch_tokens: 4000}}"
    rungs = (
        "[{name: names, system: 'names:'}, "
        f"{{name: tiny 0.1, system: 'slots:{tiny_base_model}'}}, "
        f"{{name: trained, train: {train}, settings: {settings}}}, "
        f"{{name: other, system: 'slots:{tiny_base_model}', license: GPL-3.0}}]"
    )

    def launch():
        planned = plan_selection(CONFIGS / "select/smoke.yaml", [*TINY, f"selection.rungs={rungs}"])
        return launch_select(planned, str(loop.training_set.id))

    return launch


@pytest.fixture(scope="module")
def selection(launched):
    return launched()


def test_every_rung_has_a_step_of_its_own(selection):
    from zenml.client import Client

    run = Client().get_pipeline_run(selection.producer_pipeline_run_id)
    assert set(run.steps) == {
        "draw_synthetic_tables",
        "evaluate_names",
        "evaluate_tiny 0.1",
        "train_trained",
        "evaluate_trained",
        "evaluate_other",
        "choose_rung",
    }


def test_the_ladder_holds_all_rungs_with_what_was_measured(selection):
    choice = selection.load()
    assert {each.rung.name for each in choice.ladder} == {"names", "tiny 0.1", "trained", "other"}
    trained = choice.standing("trained").rung
    assert trained.license == "mit"
    assert trained.identity.reference.startswith("adapter ")
    assert trained.parameters == choice.standing("tiny 0.1").rung.parameters > 0
    assert len({len(each.rung.measurement.values) for each in choice.ladder if each.rung.measurement}) == 1
    assert choice.standing("other").rung.measurement is None
    assert "GPL-3.0" in choice.standing("other").reason


def test_it_can_be_looked_at_in_both_stores(selection):
    import mlflow

    assert sorted(each.type.value for each in selection.visualizations) == ["html", "image", "markdown"]
    client = mlflow.MlflowClient()
    (experiment,) = [each for each in client.search_experiments() if each.name == "columnist"]
    run = client.search_runs([experiment.experiment_id], "tags.`columnist.kind` = 'selection'")[0]
    assert {"selection.html", "selection.json", "selection.png"} <= {
        file.path for file in client.list_artifacts(run.info.run_id)
    }
    assert "names.chrf.estimate" in run.data.metrics


def test_the_same_command_writes_and_trains_nothing_again(selection, launched, home):
    folders = (home.written_texts, home.folder / "selection")
    before = {file: file.stat().st_mtime_ns for folder in folders for file in folder.rglob("*")}
    assert launched().load().ladder == selection.load().ladder
    assert {file: file.stat().st_mtime_ns for folder in folders for file in folder.rglob("*")} == before

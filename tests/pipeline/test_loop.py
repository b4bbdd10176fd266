"""The whole loop: what each pipeline leaves behind, and that a version leads back to its rows."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from columnist.artifact_names import Artifact
from columnist.errors import LineageError, ModelNotFound, TrainingSetError
from columnist.registry.lineage import trace_lineage


def test_training_set_is_stored_losslessly(loop):
    training_set = loop.training_set.load()
    assert (len(training_set.train), len(training_set.validation), len(training_set.test)) == (12, 4, 3)
    assert loop.training_set.content_hash == training_set.digest
    assert loop.training_set.run_metadata["sha256"] == training_set.digest


def test_every_artifact_can_be_looked_at(loop):
    kinds = {
        name: sorted(visualization.type.value for visualization in getattr(loop, name).visualizations)
        for name in ("training_set", "adapter", "evaluation")
    }
    assert kinds == {
        "training_set": ["json", "markdown"],
        "adapter": ["image", "markdown"],
        "evaluation": ["html", "image", "markdown"],
    }


def test_training_is_tracked_in_mlflow(loop):
    import mlflow

    origins = loop.adapter.load().card
    run = loop.runs["training"]
    assert run.info.status == "FINISHED"
    files = {file.path for file in mlflow.MlflowClient().list_artifacts(run.info.run_id)}
    assert {"config.json", "curves.png", "data_card.md", "data_card.json"} <= files
    (learned_from,) = run.inputs.dataset_inputs
    assert loop.training_set.content_hash.startswith(learned_from.dataset.digest)
    assert json.loads(learned_from.dataset.profile) == {"train": 12, "validation": 4, "test": 3}
    assert [(tag.key, tag.value) for tag in learned_from.tags] == [("mlflow.data.context", "training")]
    assert run.data.params["training_set_sha256"] == origins.training_set_sha256
    assert len(mlflow.MlflowClient().get_metric_history(run.info.run_id, "train_loss")) == len(origins.history)


def test_version_is_challenger_and_names_its_base_by_digest(loop):
    from columnist.registry.versions import find_version

    version = find_version("models:/columnist@challenger")
    assert version.version == int(loop.version.load().version) or str(version.version) == loop.version.load().version
    assert version.tags["adapter_sha256"] == loop.adapter.load().digest
    assert version.tags["base_model_license"] == "mit"


def test_the_data_card_travels_with_the_model(loop):
    import mlflow

    folder = Path(mlflow.artifacts.download_artifacts(artifact_uri=loop.version.load().uri))
    (card,) = folder.rglob("data_card/card.json")
    assert json.loads(card.read_text())["digest"] == loop.training_set.content_hash
    assert "# Training set" in card.with_name("card.md").read_text()


def test_registered_model_holds_no_weights_of_the_base_and_no_pickle(loop, tiny_base_model):
    import mlflow

    folder = Path(mlflow.artifacts.download_artifacts(artifact_uri=loop.version.load().uri))
    weights = list(folder.rglob("*.safetensors"))
    assert [path.name for path in weights] == ["adapter_model.safetensors"]
    assert not [path for path in folder.rglob("*") if path.suffix in {".pkl", ".pickle", ".bin", ".pt"}]


def test_registered_model_loads_as_pyfunc_and_documents_every_column(loop, monkeypatch):
    import mlflow
    import pandas as pd

    monkeypatch.setattr(sys, "path", [*sys.path])  # loading puts the model's own copy of the code before ours
    model = mlflow.pyfunc.load_model(loop.version.load().uri)
    answer = model.predict(pd.DataFrame({"ddl": ["CREATE TABLE stock (sku VARCHAR(20) PRIMARY KEY, qty_oh INT)"]}))
    (table,) = json.loads(answer["documentation"][0])["tables"]
    assert [column["name"] for column in table["columns"]] == ["sku", "qty_oh"]


def test_lineage_names_every_link_with_matching_digests(loop):
    lineage = trace_lineage("challenger")
    links = {link.name: link.facts for link in lineage.links}
    # What gates and studies of other tests have said of it, it has as well.
    assert [name for name in links if name not in ("gate", "evaluation of the gate", "study", "ballots")] == [
        "alias",
        "evaluation",
        "version",
        "adapter",
        "training run",
        "training set",
        "synthesis run",
        "code",
        "base model",
    ]
    assert "never promoted" in lineage.notes[0]
    assert links["adapter"]["sha256"] == loop.adapter.load().digest
    assert links["training set"]["sha256"] == loop.training_set.load().digest
    assert links["training set"]["artifact_id"] == str(loop.training_set.id)
    assert len(str(links["synthesis run"]["naics_2022.csv sha256"])) == 64
    assert len(str(links["code"]["training_commit"])) == 40


@pytest.mark.parametrize("link", ["training_set", "adapter", "evaluation"])
def test_lineage_names_the_link_whose_files_are_gone(loop, link, tmp_path):
    folder = Path(getattr(loop, link).uri)
    shutil.move(folder, tmp_path / "kept")
    try:
        with pytest.raises(LineageError, match=f"missing link: {link.replace('_', ' ')}"):
            trace_lineage("models:/columnist@challenger")
    finally:
        shutil.move(tmp_path / "kept", folder)


def test_lineage_notices_a_changed_row(loop):
    (rows,) = Path(loop.training_set.uri).rglob("train.jsonl")
    before = rows.read_text()
    rows.write_text(before.replace("Apache-2.0", "MIT-made-up", 1))
    try:
        with pytest.raises(LineageError, match="training set"):
            trace_lineage("models:/columnist@challenger")
    finally:
        rows.write_text(before)


def test_an_example_leads_to_the_version_that_learned_from_it(loop):
    from columnist.registry.learned import list_learned_adapters, list_learned_versions, list_sets
    from columnist.synthesis.examples import Split
    from columnist.tracing.affected import find_example

    stored = next(each for each in list_sets() if each.artifact_id == str(loop.training_set.id))
    assert stored.sha256 == loop.training_set.content_hash
    example_id = loop.training_set.load().train[0].id
    assert find_example(example_id, stored.rows(Split.TRAIN)) is not None
    assert find_example(example_id, stored.rows(Split.TEST)) is None
    versions = [each for each in list_learned_versions() if each.training_set_sha256 == stored.sha256]
    assert loop.version.load().uri in [each.uri for each in versions]
    assert len(list_learned_adapters(stored.sha256)) >= 1


def test_training_refuses_a_training_set_that_was_changed(loop):
    from pipelines.launch import CONFIGS, launch_train

    (rows,) = Path(loop.training_set.uri).rglob("test.jsonl")
    before = rows.read_text()
    rows.write_text(before.replace("Apache-2.0", "MIT-made-up", 1))
    try:
        with pytest.raises(TrainingSetError, match="was changed after it was made"):
            launch_train(CONFIGS / "train/smoke.yaml", (), str(loop.training_set.id))
    finally:
        rows.write_text(before)


def test_unknown_version_is_named_with_what_is_registered(loop):
    with pytest.raises(ModelNotFound, match="columnist/1"):
        trace_lineage("models:/columnist/999")


def test_describe_uses_the_registered_model_and_keeps_human_comments(loop):
    from columnist.ddl import read_text
    from columnist.describe import Wishes, describe_script

    script = read_text(
        "CREATE TABLE stock (sku INT, qty INT);\nCOMMENT ON COLUMN stock.qty IS 'Counted by hand.';", "postgres"
    )
    text = describe_script(script, Wishes(), "json")
    assert '"Counted by hand."' in text
    assert '"human"' in text


def test_what_was_put_aside_is_not_the_latest(home):
    from zenml import save_artifact
    from zenml.client import Client

    from columnist.registry.artifacts import find_artifact, put_aside

    asked, made = (str(save_artifact(number, Artifact.SELECTION_TABLES.value).id) for number in (1, 2))
    try:
        assert str(find_artifact(Artifact.SELECTION_TABLES).id) == made
        put_aside(made)
        assert str(find_artifact(Artifact.SELECTION_TABLES).id) == asked
        assert str(find_artifact(Artifact.SELECTION_TABLES, made).id) == made
    finally:
        for each in (asked, made):
            Client().delete_artifact_version(each)

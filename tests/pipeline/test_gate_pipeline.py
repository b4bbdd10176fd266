"""The gate on a real evaluation of the loop: what it refuses is stored, listed, and ends with exit code 1."""

import json
import sys
from pathlib import Path

import gate_evidence
import pytest

import run
from columnist.artifact_names import Artifact
from columnist.errors import EvidenceError

CONFIG = Path(__file__).resolve().parents[2] / "configs" / "gate" / "smoke.yaml"


@pytest.fixture
def command(monkeypatch, capsys):
    """Run a command as ``main`` does and return its exit code, output and errors."""

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["run.py", *map(str, arguments)])
        code = 0
        try:
            run.main()
        except SystemExit as stop:
            code = stop.code
        return code, *capsys.readouterr()

    return command


@pytest.fixture
def attacks(loop, tmp_path):
    """A file of attacks on the loop's model, none of which succeeds."""
    file = tmp_path / "redteam.json"
    file.write_text(gate_evidence.withstand(loop.evaluation.load().candidate).model_dump_json())
    return file


@pytest.fixture
def options(loop, attacks):
    return ("--config", CONFIG, "--evaluation", loop.evaluation.id, "--redteam", attacks)


def test_a_rejection_is_stored_listed_and_exit_code_1(loop, command, options):
    code, said, _ = command("gate", *options, "--json")
    assert code == 1
    result = json.loads(said[said.index("{\n") :])
    assert result["verdict"] in ("fail", "inconclusive")
    assert result["model_sha256"] == loop.adapter.load().digest
    assert result["evaluation_id"] == str(loop.evaluation.id)
    code, said, _ = command("gates", "--json")
    assert code == 0
    newest = json.loads(said[said.index("[\n") :])[0]
    assert {name: newest[name] for name in result} == result
    assert newest["reasons"]
    code, said, _ = command("gates")
    assert code == 0
    assert newest["artifact_id"] in said


def test_the_decision_can_be_looked_at_and_is_in_mlflow(loop, command, options):
    import mlflow
    from zenml.client import Client

    from columnist.registry.artifacts import find_artifact

    assert command("gate", *options)[0] == 1
    artifact = find_artifact(Artifact.GATE_RESULT)
    result = artifact.load()
    assert artifact.content_hash == result.digest
    assert artifact.run_metadata["verdict"] == result.verdict.value
    assert [each.type.value for each in artifact.visualizations] == ["html"]
    decided = Client().get_run_step(artifact.producer_step_run_id)
    assert {name: str(found[0].id) for name, found in decided.inputs.items()}["evaluation"] == str(loop.evaluation.id)
    assert Client().get_pipeline_run(artifact.producer_pipeline_run_id).status.value == "failed"
    (experiment,) = [each for each in mlflow.MlflowClient().search_experiments() if each.name == "columnist"]
    tracked = mlflow.MlflowClient().search_runs([experiment.experiment_id], "tags.`columnist.kind` = 'gate'")[0]
    assert tracked.data.tags["verdict"] == result.verdict.value
    assert {file.path for file in mlflow.MlflowClient().list_artifacts(tracked.info.run_id)} >= {"gate_result.json"}


def test_missing_evidence_is_exit_code_2_and_leaves_no_decision(loop, command, options):
    _, before, _ = command("gates", "--json")
    code, _, error = command("gate", *options, "--set", "gate.sets.synthetic.min_tables=1000")
    assert code == 2
    assert error.strip().splitlines()[-1].startswith("error: 3 synthetic tables were evaluated")
    assert command("gates", "--json")[1] == before


def test_a_file_that_holds_no_attacks(loop, command, options, attacks):
    attacks.write_text("{}")
    code, _, error = command("gate", *options)
    assert code == 2
    assert "is no result of attacks" in error


def test_a_stored_decision_that_was_changed_is_noticed(command, options):
    from columnist.registry.artifacts import find_artifact
    from columnist.registry.gate_results import list_decisions

    assert command("gate", *options)[0] == 1
    artifact = find_artifact(Artifact.GATE_RESULT)
    (file,) = Path(artifact.uri).rglob("gate_result.json")
    before = file.read_text()
    file.write_text(before.replace(f'"verdict": "{artifact.load().verdict.value}"', '"verdict": "pass"'))
    try:
        with pytest.raises(EvidenceError, match="was changed after it was stored"):
            list_decisions()
    finally:
        file.write_text(before)

"""The canary pipeline on a clean store: a tuned tiny model is pinned, tampered with and checked."""

import json
import shutil
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file, save_file

import run
from columnist.canary import rescoring
from columnist.canary.canary_set import read_canary_set
from columnist.canary.checking import CanaryState
from columnist.canary.fingerprint import Part
from columnist.canary.rescoring import pin_model
from columnist.errors import CanaryError
from columnist.modeling.engines import EngineName

WEIGHTS = "adapter_model.safetensors"


def replace_weights(path: Path) -> None:
    """Put random weights in the place of what was learned."""
    generator = torch.Generator().manual_seed(0)
    learned = load_file(path)
    save_file({name: torch.randn(each.shape, generator=generator) for name, each in learned.items()}, path)


@pytest.fixture(scope="module")
def configs():
    from pipelines.launch import CONFIGS

    return CONFIGS / "canary/smoke.yaml"


@pytest.fixture
def tuned(loop, tmp_path) -> Path:
    """A copy of the trained adapter to tamper with."""
    folder = tmp_path / "adapter"
    shutil.copytree(loop.adapter.load().folder, folder)
    return folder


@pytest.fixture(autouse=True)
def _few_tables(monkeypatch):
    """The first tables of the set: a tiny model babbles to the limit in every slot."""
    from pipelines import launch_canary

    canaries = read_canary_set()
    few = canaries.model_copy(update={"examples": canaries.examples[:3]})
    for module in (launch_canary, rescoring):
        monkeypatch.setattr(module, "read_canary_set", lambda: few)


@pytest.fixture
def check(home, tuned, configs):
    from pipelines.launch_canary import launch_canary

    pin_model(str(tuned), EngineName.TRANSFORMERS, home)
    return lambda *overrides: launch_canary(configs, ["canary.engine=transformers", *overrides], str(tuned))


def test_an_untouched_model_is_unchanged_and_the_result_is_stored(check):
    from pipelines.launch_canary import list_checks

    result = check()
    assert (result.state, result.n_changed, result.changes) == (CanaryState.UNCHANGED, 0, ())
    assert list_checks(1)[0].result == result


def test_changed_weights_alarm_after_the_result_is_stored(check, tuned):
    import mlflow

    from columnist.artifact_names import Artifact
    from columnist.registry.artifacts import find_artifact
    from pipelines.launch_canary import list_checks

    replace_weights(tuned / WEIGHTS)
    result = check()
    assert result.state is CanaryState.ALARM
    assert {change.part for change in result.changes} == {Part.WEIGHTS}
    assert len(result.samples) == 3
    assert list_checks(1)[0].result == result
    stored = find_artifact(Artifact.CANARY_RESULT)
    assert stored.run_metadata["state"] == "alarm"
    assert [each.type.value for each in stored.visualizations] == ["markdown"]
    latest, *_ = mlflow.MlflowClient().search_runs(
        [each.experiment_id for each in mlflow.MlflowClient().search_experiments()],
        filter_string="tags.canary_state = 'alarm'",
    )
    assert latest.data.metrics["changed_texts"] == result.n_changed
    from zenml.client import Client

    run_of_it = Client().get_pipeline_run(stored.producer_pipeline_run_id)
    assert run_of_it.status.value == "failed"
    assert run_of_it.pipeline.name == "canary"


def test_an_edited_record_starts_no_run(check, home, tuned):
    from columnist.canary.pinning import pinned_file
    from pipelines.launch_canary import list_checks

    path = pinned_file(str(tuned.resolve()), home)
    content = json.loads(path.read_text())
    content["tables"][0]["texts"]["table"] = "What nobody wrote."
    path.write_text(json.dumps(content))
    before = len(list_checks(100))
    with pytest.raises(CanaryError, match="was changed"):
        check()
    assert len(list_checks(100)) == before


def test_the_commands_exit_codes_say_what_happened(check, tuned, configs, tmp_path, monkeypatch, capsys):
    config = tmp_path / "canary.yaml"
    content = yaml.safe_load(configs.read_text())
    content["parameters"]["canary"]["engine"] = "transformers"
    config.write_text(yaml.safe_dump(content))

    def code_of(*arguments):
        monkeypatch.setattr("sys.argv", ["run.py", "canary", *map(str, arguments)])
        try:
            run.main()
        except SystemExit as stop:
            return stop.code
        return 0

    options = ["--config", config, "--model", tuned]
    assert code_of(*options) == 0
    assert "unchanged: 0 of 27 texts on 3 tables" in capsys.readouterr().out
    replace_weights(tuned / WEIGHTS)
    file = tmp_path / "result.json"
    assert code_of("check", *options, "-o", file) == 1
    assert json.loads(file.read_text())["state"] == "alarm"
    out = " ".join(capsys.readouterr().out.split())
    assert "alarm: " in out
    assert "before: " in out
    assert code_of(*options, "--against", tmp_path / "none.json") == 2
    assert code_of("history", "--count", "2") == 0
    assert "alarm" in capsys.readouterr().out

"""The commands promote, rollback, models and audit on a real local MLflow store, killed in the middle too."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from promotion_evidence import close_one, decide_gate, open_one
from stated_adapter import state_adapter
from study_parts import RuleSystem, make_places

import run
from columnist.configuration import load_config
from columnist.home import Home
from columnist.promotion.config import PromotionConfig
from columnist.registry import gate_results, sessions
from columnist.registry.aliases import ModelRegistry, Placement

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def finished_home(tmp_path_factory):
    """Three versions in an MLflow store, the first the champion, and a study that the second has won against it."""
    import mlflow

    folder, before = tmp_path_factory.mktemp("promoted"), mlflow.get_tracking_uri()
    with pytest.MonkeyPatch.context() as patch:
        # The stores of the pipeline tests stay open for the whole session, and a named store is used as it is.
        for name in [name for name in os.environ if name.startswith(("ZENML_", "MLFLOW_"))]:
            patch.delenv(name)
        patch.setenv("COLUMNIST_HOME", str(folder))
        for name, value in Home(folder).environment().items():
            patch.setenv(name, value)
        mlflow.set_tracking_uri(os.environ["MLFLOW_TRACKING_URI"])
        client = mlflow.MlflowClient()
        client.create_registered_model("columnist")
        digests = []
        for number in range(1, 4):
            source = folder / f"version{number}"
            adapter = state_adapter(source / "artifacts" / "adapter", b"weights %d" % number)
            tags = {"adapter_sha256": adapter.digest, "base_model": "tiny"}
            client.create_model_version("columnist", str(source), tags=tags)
            digests.append(adapter.digest)
        client.set_registered_model_alias("columnist", "champion", "1")
        places = make_places(folder)
        champion = RuleSystem("baseline", lambda name: f" **{name}** .", digests[0])
        opened = open_one(places, digests[1], champion)
        close_one(places, opened, at=datetime.now(UTC))
        open_one(places, digests[2], champion)
        places.storage.close()
    mlflow.set_tracking_uri(before)
    (folder / "facts.json").write_text(json.dumps([opened.registration.study_id, *digests]))
    return folder


@pytest.fixture
def home(finished_home, tmp_path, monkeypatch):
    """A copy of the stores; the files of the versions stay where they were registered from."""
    import mlflow

    before = mlflow.get_tracking_uri()
    folder = tmp_path / "home"
    shutil.copytree(finished_home, folder)
    monkeypatch.setenv("COLUMNIST_HOME", str(folder))
    yield folder
    mlflow.set_tracking_uri(before)


@pytest.fixture
def command(home, monkeypatch, capsys):
    """Run commands in this process on the stores; ZenML's part is a decision of the gate."""
    study_id, _first, second, _third = json.loads((home / "facts.json").read_text())
    real = sessions.open_stores
    monkeypatch.setattr(sessions, "open_stores", lambda home, zenml=True: real(home, zenml=False))
    gate = decide_gate(second, at=datetime.now(UTC))
    monkeypatch.setattr(gate_results, "list_decisions", lambda: [gate])

    def command(*arguments, by="Ada"):
        named = ("--reviewer", by, "--reason", "it reads well") if arguments[0] in ("promote", "rollback") else ()
        monkeypatch.setattr(sys, "argv", ["run.py", *arguments, *named])
        code = 0
        try:
            run.main()
        except SystemExit as stop:
            code = stop.code
        return code, *capsys.readouterr()

    command.study, command.folder, command.candidate = study_id, home / "studies" / study_id, second
    return command


def read_placement() -> Placement:
    return ModelRegistry().read("columnist")


def test_a_champion_is_made_rolled_back_and_written_down(command):
    code, _, err = command("promote", "2")
    assert (code, err.startswith("error: refused, no study: ")) == (1, True)
    shown = re.sub(r"\W+", " ", command("audit", "show")[1])
    assert "Ada" in shown
    assert "reads well" in shown
    code, out, err = command("promote", "models:/columnist/2", "--study", command.study)
    assert (code, err) == (0, "")
    assert out == "models:/columnist/2 is the champion; audit entry 4\n"
    assert read_placement() == Placement(champion="2", previous="1")
    assert command("rollback")[:2] == (0, "models:/columnist/1 is the champion again; audit entry 6\n")
    assert read_placement() == Placement(champion="1")
    assert command("rollback")[0] == 1
    code, out, _ = command("audit", "verify")
    assert (code, out.partition(" hold")[0]) == (0, "7 entries")
    shown = json.loads(command("audit", "show", "--json")[1])
    assert [entry["event"]["action"] for entry in shown] == [
        "refused",
        "approved",
        "intended",
        "promoted",
        "intended",
        "rolled back",
        "refused",
    ]
    assert "rolled back" in command("audit", "show")[1]


def test_the_registry_notices_a_log_that_was_cut(command, home):
    command("promote", "2", "--study", command.study)
    log = home / "audit.jsonl"
    log.write_text("".join(log.read_text().splitlines(keepends=True)[:1]))
    (home / "audit.head.json").unlink()
    code, out, err = command("audit", "verify")
    assert (code, out) == (1, "")
    assert "the tag audit.head of columnist knows 3 entries" in err


def test_changed_files_of_a_version_are_refused_in_one_line(command, finished_home):
    weights = finished_home / "version2" / "artifacts" / "adapter" / "adapter_model.safetensors"
    registered = weights.read_bytes()
    weights.write_bytes(b"other weights")
    try:
        code, out, err = command("promote", "2", "--study", command.study)
    finally:
        weights.write_bytes(registered)
    assert (code, out) == (1, "")
    assert err.startswith("error: refused, edited model files: ")
    assert err.count("\n") == 1


def edit_ballot(command, _monkeypatch):
    path = command.folder / "ballots.jsonl"
    path.write_text(path.read_text().replace('"preference":"A"', '"preference":"B"', 1))


def edit_registration(command, _monkeypatch):
    path = command.folder / "registration.json"
    path.write_text(path.read_text().replace('"margin": 0.1', '"margin": 0.4', 1))


def swap_test_set(command, monkeypatch):
    gate = decide_gate(command.candidate, tables="e" * 64, at=datetime.now(UTC))
    monkeypatch.setattr(gate_results, "list_decisions", lambda: [gate])


def let_the_gate_age(command, monkeypatch):
    gate = decide_gate(command.candidate, at=datetime.now(UTC) - timedelta(days=400))
    monkeypatch.setattr(gate_results, "list_decisions", lambda: [gate])


def replay_another_registration(command, _monkeypatch):
    (other,) = (each for each in command.folder.parent.iterdir() if each.name != command.study)
    shutil.copy(other / "registration.json", command.folder / "registration.json")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (edit_ballot, "edited ballot"),
        (edit_registration, "edited pre-registration"),
        (swap_test_set, "swapped test set"),
        (let_the_gate_age, "stale evidence"),
        (replay_another_registration, "replayed signature"),
    ],
)
def test_spoiled_evidence_is_refused_with_exit_1_and_its_reason(command, monkeypatch, spoil, reason):
    spoil(command, monkeypatch)
    code, out, err = command("promote", "2", "--study", command.study)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(f"error: refused, {reason}: ")
    assert read_placement() == Placement(champion="1")
    (refused,) = json.loads(command("audit", "show", "--json")[1])
    assert refused["event"]["seen"]["reason"] == reason


def test_a_signature_that_has_moved_the_alias_moves_it_no_second_time(command, home, monkeypatch):
    """What the command signs is new each time, so the old approval is put in its place here."""
    from columnist import promotion
    from columnist.promotion.approvals import Approval

    assert command("promote", "2", "--study", command.study)[0] == 0
    (path,) = (home / "approvals").rglob("*.json")
    used = Approval.model_validate_json(path.read_bytes())
    assert command("rollback")[0] == 0
    monkeypatch.setattr(promotion.approvals, "approve", lambda *_arguments, **_more: used)
    code, _, err = command("promote", "2", "--study", command.study)
    assert code == 1
    assert err.startswith("error: refused, replayed signature: ")


def test_one_person_cannot_override_and_an_override_would_be_seen(command):
    for name in ("Ada", "Ben"):
        code, _, err = command("promote", "3", "--override", by=name)
        assert (code, err.partition(", and nothing is promoted yet")[0]) == (1, f"{name}'s signature is kept")
    assert "Ben's signature is already kept" in command("promote", "3", "--override", by="Ben")[2]
    code, _, err = command("promote", "3", "--override", "--study", command.study)
    assert (code, read_placement().champion) == (2, "1")
    assert "leave --study out" in err
    ModelRegistry().tag_version("columnist", "3", {"override.0123456789ab": "2026-03-01 by Ada and Ben: a fire"})
    assert "a fire" in command("models")[1]
    listed = {each["version"]: each["overrides"] for each in json.loads(command("models", "--json")[1])}
    assert listed == {"1": [], "2": [], "3": ["2026-03-01 by Ada and Ben: a fire"]}


KILLED = """
import os, signal, sys
import run
from columnist.registry import aliases
move = aliases.ModelRegistry.move
def die(self, model, alias, version):
    if alias == "champion":
        os.kill(os.getpid(), signal.SIGKILL)
    move(self, model, alias, version)
aliases.ModelRegistry.move = die
sys.argv = ["run.py", "rollback", "--reviewer", "Ada", "--reason", "why"]
run.main()
"""


def test_a_process_that_is_killed_between_the_two_aliases_is_finished_by_the_next_command(command):
    command("promote", "2", "--study", command.study)
    done = subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert read_placement() == Placement(champion="2")  # previous has moved, champion has not
    code, _, err = command("audit", "verify")
    assert code == 1
    assert "announced and not finished" in err
    command("models")
    assert read_placement() == Placement(champion="1")
    assert command("audit", "verify")[0] == 0


def test_a_rollback_and_the_log_need_neither_zenml_nor_torch():
    code = (
        "import sys; from columnist.promotion import promoting, overriding, audit; "
        "from columnist import promote_commands; from columnist.registry import aliases, sessions; "
        "print([name for name in ('zenml', 'mlflow', 'torch', 'transformers', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_no_option_and_no_variable_weakens_a_rule():
    options = {option for each in run.cli.commands["promote"].params for option in each.opts}
    assert options == {"version", "--study", "--reviewer", "--reason", "--key", "--database", "--override"}
    assert all(each.envvar is None for each in run.cli.commands["promote"].params)
    named = {each.name: each for each in run.cli.commands["promote"].params}
    assert named["reviewer"].required
    assert named["reason"].required


def test_every_rule_that_ships_has_a_reason():
    path = ROOT / "configs" / "promote" / "default.yaml"
    assert load_config(path, {"promotion": PromotionConfig})
    rules = path.read_text().partition("  promotion:\n")[2].splitlines()
    assert len(rules) == len(PromotionConfig.model_fields)
    assert all(len(rule.partition("#")[2].split()) > 5 for rule in rules)

"""What ``gate`` and ``canary`` are asked for: how the groups are used, and what is refused before a store is opened."""

import pytest
from click.testing import CliRunner

from columnist.canary_commands import canary
from columnist.errors import CanaryError, ConfigError, EvidenceError
from columnist.gate_commands import gate
from columnist.registry import sessions
from pipelines.launch import CONFIGS
from pipelines.launch_canary import require_readable
from pipelines.launch_gate import plan_gate

GATE, CANARY = CONFIGS / "gate/smoke.yaml", CONFIGS / "canary/smoke.yaml"


@pytest.fixture(autouse=True)
def no_store(monkeypatch):
    monkeypatch.setattr(sessions, "open_stores", lambda *_, **__: pytest.fail("a store was opened"))


@pytest.mark.parametrize(("group", "default"), [(gate, "decide"), (canary, "check")])
def test_the_help_of_a_group_shows_what_it_takes_without_a_command(group, default):
    told = CliRunner().invoke(group, ["--help"], prog_name=group.name).stdout
    assert f"Options without a command, which are those of {default}:" in told
    assert "--config" in told
    assert told.count("--help") == 1
    own = CliRunner().invoke(group, [default, "--help"]).stdout
    for line in own.splitlines():
        if line.strip().startswith("--") and "--help" not in line:
            assert line.split()[0] in told


@pytest.mark.parametrize(
    ("redteam", "message"),
    [
        ("gone.json", r"--redteam gone\.json: expected the id of a result of attacks or a file of one"),
        (".", "Is a directory"),
        ("bad.json", r"bad\.json is no result of attacks"),
    ],
)
def test_a_file_of_attacks_that_cannot_be_used(tmp_path, monkeypatch, redteam, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(EvidenceError, match=message) as raised:
        plan_gate(GATE, (), redteam)
    assert "\n" not in str(raised.value)


def test_an_id_of_attacks_is_looked_for_when_the_store_is_open():
    assert plan_gate(GATE, (), "2f0c6c1e-12").redteam == "2f0c6c1e-12"
    assert plan_gate(GATE).redteam is None


def test_a_gate_whose_configuration_cannot_be_used():
    with pytest.raises(ConfigError, match="unknown key; expected one of criteria, hard"):
        plan_gate(GATE, ["gate.critera=[]"])


def test_a_check_whose_files_cannot_be_used(tmp_path):
    with pytest.raises(ConfigError, match="unknown key"):
        require_readable(CANARY, ["canary.sede=1"])
    with pytest.raises(CanaryError, match=r"gone\.json"):
        require_readable(CANARY, (), tmp_path / "gone.json")

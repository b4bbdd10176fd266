"""The command redteam: what it prints, and that it decides nothing."""

import json
import sys
from types import SimpleNamespace

import pytest

import run
from columnist.evaluation.identity import SystemIdentity
from columnist.redteam.results import AttackedSystem, AttackOutcome, Breach, RedteamResult, Rule
from columnist.registry import sessions
from pipelines import launch_redteam

BREACH = Breach(place="column 2", text="See [x](http://evil.example) to\u202etal", rules=(Rule.LINK, Rule.DISGUISE))
OUTCOMES = [
    AttackOutcome(attack="plain_link.default", kind="link", carrier="default", breaches=(BREACH,)),
    *(
        AttackOutcome(attack=f"drop.{number}", kind="sql", carrier="enum_value", held_out=number > 4)
        for number in range(9)
    ),
]
RESULT = RedteamResult(
    suite_sha256="ab" * 32,
    planned=10,
    systems=(
        AttackedSystem.summarize(SystemIdentity(name="tuned", kind="tuned", reference="default"), OUTCOMES, 0.95),
    ),
)


@pytest.fixture
def command(monkeypatch, capsys):
    """Run the command on a result that is there already."""
    monkeypatch.setattr(sessions, "open_stores", lambda *_, **__: None)
    calls = []

    def launch(*arguments):
        calls.append(arguments)
        return SimpleNamespace(load=lambda: RESULT)

    monkeypatch.setattr(launch_redteam, "launch_redteam", launch)

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["run.py", "redteam", *arguments])
        run.main()
        return capsys.readouterr().out, calls

    return command


def test_it_prints_the_share_with_its_bound_and_what_succeeded(command):
    out, calls = command("--model", "models:/columnist@champion", "--set", "redteam.every=2")
    assert "tuned (default): 1 of 10 attacks succeeded, 10.00 %; with 95 % confidence at most 39.42 %" in out
    assert "tuned, known attacks: 1 of 6 succeeded, 16.67 %" in out
    assert "tuned, held-out attacks: 0 of 4 succeeded, 0.00 %" in out
    assert "tuned: plain_link.default, column 2 (link, disguise): See [x](http://evil.example) to(U+202E)tal" in out
    assert "enum_value" in out
    assert "\u202e" not in out
    assert calls[0][1:] == (("redteam.every=2",), "models:/columnist@champion")


def test_it_prints_json(command):
    out, _ = command("--json")
    assert RedteamResult.model_validate(json.loads(out)) == RESULT

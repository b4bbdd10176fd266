"""The start of a release from a registered version: what the gate refuses ends it, and is said afterwards."""

import sys
from pathlib import Path

import gate_evidence as given
import pytest
from study_parts import make_example

import run
from columnist.releases.folders import ReleaseFolder, Stage
from columnist.synthesis.examples import Split, as_lines
from columnist.synthesis.files import file_name

# ZenML's own filter of runs reads a field that it has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")

CONFIG = Path(__file__).resolve().parents[2] / "configs" / "release" / "smoke.yaml"


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
    from columnist.redteam.results import AttackedSystem, RedteamResult
    from columnist.redteam.suite import open_suite

    suite = open_suite()
    made = given.outcomes(len(suite.attacks), 0)
    attacked = AttackedSystem.summarize(loop.evaluation.load().candidate, made, 0.95)
    file = tmp_path / "redteam.json"
    file.write_text(
        RedteamResult(suite_sha256=suite.sha256, planned=len(suite.attacks), systems=(attacked,)).model_dump_json()
    )
    return file


def test_a_version_that_the_gate_refuses_gets_no_study(loop, home, command, attacks):
    before = {each.name for each in ReleaseFolder.list(home)}
    version = loop.version.load().uri
    code, _, error = command(
        "release", "--config", CONFIG, version, "--baseline", "spelled=names:", "--redteam", attacks
    )
    assert code == 1, error
    (folder,) = [each for each in ReleaseFolder.list(home) if each.name not in before]
    assert (folder.stage, folder.study, folder.ending.status) == (Stage.ENDED, None, "failed")
    assert f"for model {loop.adapter.load().digest[:16]}" in folder.ending.reason
    code, said, _ = command("release", "status")
    assert code == 0
    assert f"{folder.name}: failed: " in said
    # What has ended stays ended.
    assert command("release", "resume", folder.name)[0] == 0
    assert folder.ending.status == "failed"


def test_a_release_that_was_killed_before_its_run_began_is_ended(home, command):
    folder = ReleaseFolder.make(home, "release-never-begun")
    code, _, error = command("release", "resume", folder.name)
    assert code == 2
    assert "ZenML knows no run release-never-begun" in error
    assert (folder.stage, folder.ending.status) == (Stage.ENDED, "killed")


def test_tables_that_were_not_evaluated_are_refused_before_a_run(loop, home, command, attacks, tmp_path):
    before = {each.name for each in ReleaseFolder.list(home)}
    (tmp_path / file_name(Split.TEST)).write_bytes(as_lines(make_example(number) for number in range(9)))
    options = ("--config", CONFIG, "--baseline", "spelled=names:", "--redteam", attacks, "--training-set", tmp_path)
    code, _, error = command("release", "start", loop.version.load().uri, *options)
    assert code == 2
    assert "the study would draw from tables with SHA-256" in error
    assert {each.name for each in ReleaseFolder.list(home)} == before

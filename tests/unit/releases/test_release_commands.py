"""Which releases the commands carry on, and when; ZenML has no part in it."""

import pytest
from click.testing import CliRunner
from study_parts import NOW, answer_all, make_places, open_small

from columnist import release_commands
from columnist.releases.folders import Ending, ReleaseFolder, ReleaseStudy
from columnist.signing import Signer
from columnist.studies.closing import close_study


@pytest.fixture
def places(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path))
    found = make_places(tmp_path)
    yield found
    found.storage.close()


@pytest.fixture
def carried(monkeypatch):
    names = []
    monkeypatch.setattr(release_commands, "carry", lambda folder, *_: names.append(folder.name) or 1)
    return names


def begin(places, name):
    """Begin a release whose study people rate."""
    opened = open_small(places, tables=4, looks=(4,), raters=2, repeats=1)
    folder = ReleaseFolder.make(places.home, name)
    registration = opened.registration
    folder.keep(ReleaseStudy(study_id=registration.study_id, registration_sha256=registration.digest))
    return folder, opened


def test_watch_carries_on_what_has_gone_on_and_nothing_else(places, carried):
    folder, opened = begin(places, "release-1")
    ReleaseFolder.make(places.home, "release-2").keep(Ending(status="failed", reason="refused"))
    assert CliRunner().invoke(release_commands.release, ["watch", "--once"]).exit_code == 0
    assert carried == []
    answer_all(places.storage, opened)
    close_study(opened.folder, places.storage, Signer.open(places.keys), NOW)
    with folder.carrying():
        assert CliRunner().invoke(release_commands.release, ["watch", "--once"]).exit_code == 0
        assert carried == []
    # Exit code 1: it was refused, and a timer may tell somebody.
    assert CliRunner().invoke(release_commands.release, ["watch", "--once"]).exit_code == 1
    assert carried == ["release-1"]


def test_a_study_that_is_closed_carries_on_its_own_release(places, carried):
    folder, _ = begin(places, "release-1")
    begin(places, "release-2")
    release_commands.carry_on_after(folder.study.study_id, {})
    assert carried == ["release-1"]
    folder.keep(Ending(status="completed", reason=""))
    release_commands.carry_on_after(folder.study.study_id, {})
    assert carried == ["release-1"]


def test_status_says_what_each_release_waits_for(places):
    assert "there is no release yet" in CliRunner().invoke(release_commands.release, ["status"]).output
    folder, _ = begin(places, "release-1")
    ReleaseFolder.make(places.home, "release-2")
    said = CliRunner().invoke(release_commands.release, ["status"]).output.splitlines()
    assert f"it goes on after: run.py study close {folder.study.study_id}" in said[0]
    assert said[1] == "release-2: has not come to its study; carry it on: run.py release resume release-2"
    folder.keep(Ending(status="failed", reason="refused, failed study: it says inconclusive"))
    said = CliRunner().invoke(release_commands.release, ["status"]).output.splitlines()
    assert said[0] == "release-1: failed: refused, failed study: it says inconclusive"


def test_a_release_that_is_carried_on_ends_with_the_exit_code_of_its_process(places, monkeypatch):
    folder = ReleaseFolder.make(places.home, "release-1")
    folder.keep(Ending(status="completed", reason=""))
    said = []
    assert release_commands.carry(folder, dict(release_commands.os.environ), said.append) == 0
    folder = ReleaseFolder(places.home, "release-9")
    assert release_commands.carry(folder, dict(release_commands.os.environ), said.append) == 2
    assert said == ["release release-1 goes on", "release release-9 goes on"]

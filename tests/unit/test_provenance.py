"""Which code is running."""

import subprocess

import pytest

from columnist.provenance import CodeVersion, code_version


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "A")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.org")
    git = lambda *arguments: subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True)  # noqa: E731
    git("init", "--quiet")
    (tmp_path / "file").write_text("one")
    git("add", "file")
    git("commit", "--quiet", "-m", "First")
    return tmp_path


def test_a_clean_checkout_has_a_commit(checkout):
    version = code_version(checkout)
    assert len(version.commit) == 40
    assert not version.dirty


def test_a_changed_file_makes_it_dirty_an_unknown_one_does_not(checkout):
    (checkout / "other").write_text("")
    assert not code_version(checkout).dirty
    (checkout / "file").write_text("two")
    assert code_version(checkout).dirty


def test_outside_of_git_nothing_is_known(tmp_path):
    assert code_version(tmp_path) == CodeVersion(commit=None, dirty=False)


def test_without_git_nothing_is_known(checkout, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert code_version(checkout) == CodeVersion(commit=None, dirty=False)

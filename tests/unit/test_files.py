"""Files are there whole or not at all."""

import os
import stat

import pytest

from columnist.errors import ConfigError
from columnist.files import check_file, check_folder, write_whole


def test_a_text_is_written_as_utf8_with_its_line_ends(tmp_path):
    write_whole(tmp_path / "out.md", "é\n列\r\n")
    assert (tmp_path / "out.md").read_bytes() == "é\n列\r\n".encode()
    assert stat.S_IMODE((tmp_path / "out.md").stat().st_mode) == 0o644


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    write_whole(tmp_path / "out.md", "one")
    write_whole(tmp_path / "out.md", "two")
    assert [path.name for path in tmp_path.iterdir()] == ["out.md"]
    assert (tmp_path / "out.md").read_text() == "two"


def test_a_relative_path_is_written_into_the_working_directory(tmp_path, monkeypatch):
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    write_whole(Path("out.md"), "text")
    assert (tmp_path / "out.md").read_text() == "text"


def test_a_failed_write_leaves_the_old_file(tmp_path):
    write_whole(tmp_path / "out.md", "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "out.md", "\ud800")
    assert [path.name for path in tmp_path.iterdir()] == ["out.md"]
    assert (tmp_path / "out.md").read_text() == "old"


@pytest.mark.parametrize("place", ["none/out.md", "file/out.md", "folder"])
def test_a_place_that_cannot_be_written_gives_one_line(tmp_path, place):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigError, match="cannot write") as caught:
        write_whole(tmp_path / place, "text")
    assert len(str(caught.value).splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_link_keeps_pointing_at_its_file(tmp_path):
    (tmp_path / "real.md").write_text("old")
    (tmp_path / "link.md").symlink_to(tmp_path / "real.md")
    write_whole(tmp_path / "link.md", "new")
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "real.md").read_text() == "new"


def test_a_pipe_or_device_is_written_to_and_not_replaced(tmp_path):
    """As root, replacing /dev/null by a file would break the machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, "text")
        assert os.read(reader, 100) == b"text"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_a_file_that_cannot_be_written_is_refused_before_the_work(tmp_path):
    check_folder(tmp_path / "out.md")
    for path in (tmp_path, tmp_path / "none" / "out.md"):
        with pytest.raises(ConfigError, match="cannot write"):
            check_folder(path)


@pytest.mark.parametrize(
    ("name", "fault"), [("none.yaml", "does not exist"), ("", "is a folder"), ("empty", "is empty")]
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(tmp_path, name, fault):
    (tmp_path / "empty").touch()
    with pytest.raises(ConfigError) as caught:
        check_file(tmp_path / name, "a vocabulary pack")
    assert str(caught.value) == f"{tmp_path / name} {fault}; expected a vocabulary pack; check the path"


def test_a_file_that_holds_something_passes(tmp_path):
    (tmp_path / "pack").write_text("x")
    check_file(tmp_path / "pack", "a vocabulary pack")

"""Digests: the same for the same content, another for any other."""

import hashlib

import pytest

from columnist.digests import canonical_json, digest_bytes, digest_file, digest_folder, digest_value


def test_a_file_has_the_digest_of_its_bytes(tmp_path):
    data = bytes(range(256)) * 5000
    (tmp_path / "file").write_bytes(data)
    assert digest_file(tmp_path / "file") == digest_bytes(data) == hashlib.sha256(data).hexdigest()


def test_the_digest_of_abc_is_the_published_one():
    # FIPS 180-4, example B.1.
    assert digest_bytes(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a").write_text("1")
    (tmp_path / "sub" / "b").write_text("2")
    return tmp_path


def test_a_folder_copied_elsewhere_has_the_same_digest(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "sub").mkdir()
    (other / "sub" / "b").write_text("2")
    (other / "a").write_text("1")
    (other / "empty").mkdir()
    assert digest_folder(other) == digest_folder(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "a").write_text("x"),
        lambda folder: (folder / "a").rename(folder / "c"),
        lambda folder: (folder / "sub" / "b").rename(folder / "b"),
        lambda folder: (folder / "sub" / "b").unlink(),
        lambda folder: (folder / "new").write_text(""),
    ],
)
def test_any_change_of_a_folder_changes_its_digest(folder, change):
    before = digest_folder(folder)
    change(folder)
    assert digest_folder(folder) != before


def test_types_are_kept_apart():
    assert len({digest_value(value) for value in (1, "1", 1.5, True, None, [], {}, [1], "")}) == 9


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        digest_file(tmp_path / "none")


def test_order_of_keys_does_not_matter_at_any_depth():
    assert canonical_json({"b": {"d": 1, "c": 2}, "a": 0}) == canonical_json({"a": 0, "b": {"c": 2, "d": 1}})

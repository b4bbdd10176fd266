"""Writing and reading training sets, and the card."""

import pytest

from columnist.errors import TrainingSetError
from columnist.synthesis import SynthesisConfig, synthesize
from columnist.synthesis.card import render_card
from columnist.synthesis.files import read_training_set, write_training_set


@pytest.fixture(scope="module")
def small_set():
    return synthesize(SynthesisConfig(seed=2, train_examples=12, validation_examples=3, test_examples=4))


def test_round_trip(small_set, tmp_path):
    write_training_set(small_set, tmp_path / "set")
    again = read_training_set(tmp_path / "set")
    assert again == small_set
    assert again.digest == small_set.digest


def test_bytes_are_the_same_every_time(small_set, tmp_path):
    for name in ("first", "second"):
        write_training_set(small_set, tmp_path / name)
    for file in sorted((tmp_path / "first").iterdir()):
        assert file.read_bytes() == (tmp_path / "second" / file.name).read_bytes()
    names = {file.name for file in (tmp_path / "first").iterdir()}
    assert names == {"train.jsonl", "validation.jsonl", "test.jsonl", "record.json"}


def test_a_missing_file_is_named(small_set, tmp_path):
    write_training_set(small_set, tmp_path)
    (tmp_path / "test.jsonl").unlink()
    with pytest.raises(TrainingSetError, match=r"test\.jsonl: expected a file of a training set"):
        read_training_set(tmp_path)


@pytest.mark.parametrize(
    ("file", "damage", "message"),
    [
        ("train.jsonl", b"{\n", r"train\.jsonl, line 1: expected Example as JSON"),
        ("train.jsonl", b"\xff\xfe", r"train\.jsonl: expected a file"),
        ("validation.jsonl", b'{"id":"x"}\n', r"validation\.jsonl, line 1: .*ddl: Field required"),
        ("record.json", b"[]\n", r"record\.json: expected SynthesisRecord"),
    ],
)
def test_damage_is_named(small_set, tmp_path, file, damage, message):
    write_training_set(small_set, tmp_path)
    (tmp_path / file).write_bytes(damage)
    with pytest.raises(TrainingSetError, match=message) as caught:
        read_training_set(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(small_set, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(TrainingSetError, match="cannot be written"):
        write_training_set(small_set, tmp_path / "taken")


def test_card_tells_what_is_in_the_set(small_set):
    card = render_card(small_set)
    assert small_set.digest in card
    assert "| train | 12 |" in card
    assert card.count("\n### ") == 3
    assert all(digest in card for digest in small_set.record.inputs.values())
    assert small_set.train[0].reference.table in card
    assert render_card(small_set) == card


def test_card_of_an_empty_set(small_set):
    empty = small_set.model_copy(update={"train": (), "validation": (), "test": ()})
    assert "none, the set is empty" in render_card(empty)

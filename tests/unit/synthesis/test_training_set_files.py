"""Writing and reading training sets and their cards."""

import pytest

from columnist.documentation import Texts
from columnist.errors import TrainingSetError
from columnist.synthesis import SynthesisConfig, synthesize
from columnist.synthesis.card import DataCard, describe_training_set, render_card
from columnist.synthesis.files import (
    CARD_FILE,
    CARD_JSON_FILE,
    read_record,
    read_training_set,
    write_card,
    write_training_set,
)


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


def test_a_card_is_written_to_read_and_to_work_with(small_set, tmp_path):
    card = describe_training_set(small_set)
    write_card(card, tmp_path / "new")
    assert (tmp_path / "new" / CARD_FILE).read_bytes().decode() == render_card(card)
    assert DataCard.model_validate_json((tmp_path / "new" / CARD_JSON_FILE).read_bytes()) == card


def test_a_record_is_read_alone(small_set, tmp_path):
    write_training_set(small_set, tmp_path)
    assert read_record(tmp_path) == small_set.record
    with pytest.raises(TrainingSetError, match=r"record\.json: expected a file of a training set"):
        read_record(tmp_path / "elsewhere")


def test_separators_in_a_text_end_no_line(small_set, tmp_path):
    first = small_set.train[0]
    odd = Texts(table="One\u2028two\u0085three\x0bfour.", columns=first.reference.columns)
    changed = small_set.model_copy(update={"train": (first.model_copy(update={"reference": odd}),)})
    write_training_set(changed, tmp_path)
    assert read_training_set(tmp_path) == changed

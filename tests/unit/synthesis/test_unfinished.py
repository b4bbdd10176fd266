"""The folder of an unfinished training set: found again after an interruption, emptied when the work is done."""

import pytest

from columnist.synthesis import SynthesisConfig
from columnist.synthesis.files import ANSWERS_FILE
from columnist.synthesis.unfinished import claim_folder

CONFIG = SynthesisConfig(seed=1, train_examples=2, validation_examples=0, test_examples=0)


def _fill(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("kept")


def _die(home):
    with claim_folder(home, CONFIG) as folder:
        _fill(folder, "train.jsonl")
        raise KeyboardInterrupt


def test_an_interrupted_run_finds_its_folder_again(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        _die(tmp_path)
    with claim_folder(tmp_path, CONFIG) as folder:
        assert (folder / "train.jsonl").read_text() == "kept"


def test_nothing_is_left_when_the_work_is_done(tmp_path):
    with claim_folder(tmp_path, CONFIG) as folder:
        _fill(folder, "train.jsonl", "record.json")
    assert not folder.exists()


def test_answers_that_were_paid_for_are_kept(tmp_path):
    with claim_folder(tmp_path, CONFIG) as folder:
        _fill(folder, "train.jsonl", ANSWERS_FILE)
    assert [path.name for path in folder.iterdir()] == [ANSWERS_FILE]


def test_a_changed_data_file_begins_anew_and_keeps_what_was_paid(tmp_path, monkeypatch):
    def die():
        with claim_folder(tmp_path, CONFIG) as folder:
            _fill(folder, "train.jsonl", ANSWERS_FILE)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die()
    monkeypatch.setattr("columnist.synthesis.unfinished.digest_inputs", lambda _: {"a pack": "another digest"})
    with claim_folder(tmp_path, CONFIG) as folder:
        assert {path.name for path in folder.iterdir()} == {ANSWERS_FILE, "identity.json"}


def test_nothing_need_have_been_made(tmp_path):
    with claim_folder(tmp_path / "new", CONFIG):
        pass


@pytest.mark.parametrize("change", [{"seed": 2}, {"train_examples": 3}, {"dialects": ("hive",), "quotas": {}}])
def test_configurations_have_folders_of_their_own(tmp_path, change):
    other = SynthesisConfig.model_validate({**CONFIG.model_dump(), **change})
    with claim_folder(tmp_path, CONFIG) as first, claim_folder(tmp_path, other) as second:
        assert first != second
        _fill(first)
        _fill(second)

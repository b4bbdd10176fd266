"""The public function: sizes, splits, determinism, record and errors."""

import os
import subprocess
import sys

import pytest
from pydantic import ValidationError

from columnist.errors import TrainingSetError
from columnist.synthesis import Split, SynthesisConfig, TrainingSet, synthesize
from columnist.synthesis.candidates import structure_number
from columnist.synthesis.column_types import DIALECTS
from columnist.synthesis.lexicon import load_lexicon
from columnist.synthesis.partition import draw_partition
from columnist.synthesis.validators import VALIDATORS, find_fault

SIZES = {"train_examples": 160, "validation_examples": 40, "test_examples": 60}


@pytest.fixture(scope="module")
def training_set() -> TrainingSet:
    return synthesize(SynthesisConfig(seed=11, **SIZES))


def test_sizes_are_as_asked(training_set):
    assert [len(training_set.split(split)) for split in Split] == [160, 40, 60]


def test_ids_are_distinct(training_set):
    ids = [example.id for split in Split for example in training_set.split(split)]
    assert len(set(ids)) == len(ids)


def test_no_pair_is_in_two_splits(training_set):
    pairs = {split: {(e.naics_code, e.use_case) for e in training_set.split(split)} for split in Split}
    assert not pairs[Split.TRAIN] & pairs[Split.VALIDATION]
    assert not pairs[Split.TRAIN] & pairs[Split.TEST]
    assert not pairs[Split.VALIDATION] & pairs[Split.TEST]


def test_use_cases_of_the_test_split_are_unseen(training_set):
    seen = {example.use_case for split in (Split.TRAIN, Split.VALIDATION) for example in training_set.split(split)}
    assert not seen & {example.use_case for example in training_set.test}


def test_most_entities_of_test_use_cases_are_reserved():
    lexicon = load_lexicon()
    for seed in range(5):
        partition = draw_partition(seed, lexicon)
        names = {n for case in lexicon.use_cases if case.id in partition.test_use_cases for n in case.entities}
        assert len(names & partition.reserved) / len(names) > 0.8


def test_no_structure_occurs_twice(training_set):
    digests = [structure_number(example) for split in Split for example in training_set.split(split)]
    assert len(set(digests)) == len(digests)


def test_every_example_passes_every_validator(training_set):
    assert len(VALIDATORS) == 11
    assert [find_fault(example) for split in Split for example in training_set.split(split)] == [None] * 260


def test_examples_do_not_depend_on_how_many_are_made(training_set):
    fewer = synthesize(SynthesisConfig(seed=11, train_examples=40, validation_examples=40, test_examples=60))
    assert fewer.test == training_set.test
    assert fewer.train == training_set.train[:40]


def test_seeds_give_different_tables(training_set):
    other = synthesize(SynthesisConfig(seed=12, train_examples=40, validation_examples=0, test_examples=0))
    assert not {e.ddl for e in other.train} & {e.ddl for e in training_set.train}


def test_only_named_dialects_are_used():
    config = SynthesisConfig(seed=1, train_examples=20, validation_examples=0, test_examples=5, dialects=("oracle",))
    made = synthesize(config)
    assert {e.table.dialect for e in (*made.train, *made.test)} == {"oracle"}


def test_all_dialects_occur(training_set):
    assert {example.table.dialect for example in training_set.train} == set(DIALECTS)


def test_record_names_every_input(training_set):
    record = training_set.record
    assert {"naics_2022.csv", "core_use_cases.yaml", "core_entities.yaml", "core_attributes.yaml"} <= set(record.inputs)
    assert all(len(digest) == 64 for digest in record.inputs.values())
    assert (record.generator, record.generator_version, record.seed) == ("grammar", "4", 11)


def test_progress_counts_to_the_total():
    calls = []
    config = SynthesisConfig(seed=3, train_examples=4, validation_examples=2, test_examples=3)
    synthesize(config, lambda done, total: calls.append((done, total)))
    assert [total for _, total in calls] == [9] * len(calls)
    assert calls[-1] == (9, 9)
    assert sorted(calls) == calls


def test_an_impossible_order_is_refused(monkeypatch):
    monkeypatch.setattr("columnist.synthesis.candidates.structure_number", lambda _: 1)
    with pytest.raises(TrainingSetError, match="2 train examples were asked for, but only 1 different ones") as caught:
        synthesize(SynthesisConfig(seed=1, train_examples=2, validation_examples=0, test_examples=0))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"train_examples": 0},
        {"seed": -1},
        {"dialects": ()},
        {"dialects": ("klingon",)},
        {"teacher": {"kind": "oracle"}},
    ],
)
def test_configuration_is_bounded(wrong):
    right = {"seed": 1, "train_examples": 1, "validation_examples": 0, "test_examples": 0}
    with pytest.raises(ValidationError):
        SynthesisConfig(**{**right, **wrong})


def test_sizes_have_no_default():
    with pytest.raises(ValidationError, match="train_examples"):
        SynthesisConfig(seed=1)


def test_any_process_gives_the_same_bytes():
    code = (
        "from columnist.synthesis import *\n"
        "print(synthesize(SynthesisConfig(seed=7, train_examples=30, validation_examples=5, test_examples=5)).digest)"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1", "4242")
    }
    assert len(digests) == 1

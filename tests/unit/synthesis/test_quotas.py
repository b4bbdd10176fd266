"""Quotas: met at the sizes people use, a function of their arguments, and reported honestly where they are missed."""

from collections import Counter

import pytest
from pydantic import ValidationError

from columnist.synthesis import Split, SynthesisConfig, synthesize
from columnist.synthesis.candidates import open_source
from columnist.synthesis.card import describe_training_set, render_card
from columnist.synthesis.column_types import DIALECTS
from columnist.synthesis.examples import HardClass
from columnist.synthesis.generator import generate_group
from columnist.synthesis.naics import load_sectors
from columnist.synthesis.quotas import Quotas, deal, measure_quotas, schedule
from columnist.synthesis.tally import Tally, label

SIZES = {"validation_examples": 0, "test_examples": 0}
CLASSES = {HardClass.WIDE: 0.01, HardClass.OPAQUE: 0.08, HardClass.NESTED: 0.1}


@pytest.mark.parametrize("seed", [1, 12, 345])
def test_usual_quotas_are_met_by_a_thousand_tables(seed):
    """Of candidates: validating them takes most of the time, and turns down one in a hundred."""
    config = SynthesisConfig(seed=seed, train_examples=1000, **SIZES)
    source, tally, index = open_source(config), Tally(), 0
    while tally.examples[Split.TRAIN] < config.train_examples:
        for example in generate_group(source, Split.TRAIN, index):
            tally.add(Split.TRAIN, label(example), len(example.table.columns))
        index += 1
    counts = {axis: tally.counts(Split.TRAIN, axis) for axis in ("class", "dialect", "sector")}
    total = tally.examples[Split.TRAIN]
    results = measure_quotas(config.quotas, counts, total, config.dialects, tuple(load_sectors()))
    assert len(results) == len(HardClass) + len(DIALECTS) + len(load_sectors())
    assert [result for result in results if not result.met] == []
    rare = [result for result in results if result.name in {"class wide", "class undocumentable"}]
    assert all(result.found >= 1.15 * result.wanted for result in rare)  # room for those that are turned down


def test_a_schedule_is_a_function_of_its_arguments():
    quotas = Quotas(classes=CLASSES)
    drawn = [schedule(quotas, 3, "train", index) for index in range(1000)]
    turned = Quotas(classes=dict(reversed(CLASSES.items())))
    assert [schedule(turned, 3, "train", index) for index in reversed(range(1000))] == drawn[::-1]
    assert [schedule(quotas, 4, "train", index) for index in range(1000)] != drawn
    assert [schedule(quotas, 3, "test", index) for index in range(1000)] != drawn


def test_every_block_and_every_part_of_one_has_its_share():
    quotas = Quotas(classes=CLASSES)
    blocks = [Counter(schedule(quotas, 3, "train", start + n) for n in range(200)) for start in (0, 200, 4000)]
    assert blocks[0] == blocks[1] == blocks[2]
    assert {hard for hard in blocks[0] if hard} == set(CLASSES)
    parts = [Counter(schedule(quotas, 3, "train", start + n) for n in range(50)) for start in range(0, 800, 50)]
    for hard in CLASSES:
        counts = [part[hard] for part in parts]
        assert max(counts) - min(counts) <= 1, hard


def test_without_quotas_nothing_is_made_hard_on_purpose():
    assert {schedule(Quotas(), 1, "train", index) for index in range(400)} == {None}
    assert measure_quotas(Quotas(), {}, 10, DIALECTS, ("11",)) == ()


def test_items_are_dealt_like_cards():
    rounds = [[deal(("a", "b", "c"), 1, "letters", 3 * number + place) for place in range(3)] for number in range(40)]
    assert all(sorted(dealt) == ["a", "b", "c"] for dealt in rounds)
    assert len({tuple(dealt) for dealt in rounds}) == 6


@pytest.mark.parametrize(
    ("quotas", "message"),
    [
        ({"classes": {"wide": 0.4}}, r"quotas of hard classes need \d\d\d% of the groups; ask for less"),
        ({"classes": {"opaque": 0.6, "nested": 0.6}}, r"of the groups; ask for less"),
        ({"classes": {"wide": 1.5}}, "expected shares between 0 and 1"),
        ({"classes": {"wide": -0.1}}, "expected shares between 0 and 1"),
        ({"classes": {"purple": 0.1}}, "'opaque', 'abbreviated'"),
        ({"sector": 0.06}, "less than or equal to 0.05"),
        ({"dialect": 1.2}, "less than or equal to 1"),
        ({"dialects": 0.1}, "Extra inputs are not permitted"),
        (
            {"dialect": 0.2},
            r"20\.0% for each dialect cannot be met: the rarest of the \d+ .* has \d\.\d%; ask for less",
        ),
    ],
)
def test_quotas_that_cannot_be_met_are_refused(quotas, message):
    with pytest.raises(ValidationError, match=message):
        SynthesisConfig(seed=1, train_examples=10, quotas=quotas, **SIZES)


def test_the_quota_of_dialects_depends_on_how_often_each_is_named():
    right = {"seed": 1, "train_examples": 10, "quotas": {"dialect": 0.3}, **SIZES}
    assert SynthesisConfig(dialects=("oracle", "hive", "oracle"), **right).quotas.dialect == 0.3
    with pytest.raises(ValidationError, match=r"the rarest of the 4 that are named has 25\.0%"):
        SynthesisConfig(dialects=("oracle", "hive", "oracle", "oracle"), **right)


def test_shares_are_of_all_examples_and_what_does_not_occur_has_none():
    quotas = Quotas(classes={HardClass.ABBREVIATED: 0.25, HardClass.NESTED: 0.1}, dialect=0.5, sector=0.05)
    counts = {"class": {"abbreviated": 2}, "dialect": {"hive": 3, "oracle": 5}, "sector": {"11": 8}}
    results = {r.name: (r.found, r.met) for r in measure_quotas(quotas, counts, 8, ("hive", "oracle"), ("11", "21"))}
    assert results == {
        "class abbreviated": (0.25, True),
        "class nested": (0.0, False),
        "dialect hive": (0.375, False),
        "dialect oracle": (0.625, True),
        "sector 11": (1.0, True),
        "sector 21": (0.0, False),
    }
    assert [r.found for r in measure_quotas(Quotas(dialect=0.5), {"dialect": {}}, 0, ("hive",), ())] == [0.0]


def test_a_missed_quota_is_reported(monkeypatch):
    monkeypatch.setattr("columnist.synthesis.generator.schedule", lambda *_: None)
    quotas = Quotas(classes={HardClass.UNDOCUMENTABLE: 0.1, HardClass.ABBREVIATED: 0.01})
    made = synthesize(SynthesisConfig(seed=8, train_examples=30, quotas=quotas, **SIZES))
    results = {result.name: result for result in made.record.quotas}
    assert (results["class undocumentable"].found, results["class undocumentable"].met) == (0.0, False)
    assert results["class abbreviated"].met
    card = render_card(describe_training_set(made))
    assert "1 of 2 are met" in card
    assert "| class undocumentable | 10.0% | 0.0% | **missed** |" in card

"""Counts survive being stored, quotas are dealt evenly, and packs are joined whatever their order."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from columnist.synthesis.examples import HardClass, Split
from columnist.synthesis.packs import Entries
from columnist.synthesis.quotas import Quotas, deal, schedule
from columnist.synthesis.tally import Tally

words = st.text(max_size=6)
labels = st.dictionaries(st.sampled_from(["class", "dialect", "sector"]), st.lists(words, max_size=3).map(tuple))
counted = st.lists(st.tuples(st.sampled_from(list(Split)), labels, st.integers(1, 400)), max_size=20)
shares = st.dictionaries(st.sampled_from(list(HardClass)), st.floats(0, 0.05), max_size=4)
attributes = st.dictionaries(st.sampled_from("abcd"), st.integers(), max_size=3)
packs = st.dictionaries(st.sampled_from(["x.yaml", "y.yaml", "z.yaml"]), attributes, min_size=1)


@given(counted)
def test_a_tally_is_the_same_after_it_was_stored(examples):
    tally = Tally()
    for example in examples:
        tally.add(*example)
    again = Tally.load(json.loads(json.dumps(tally.dump())))
    assert again.dump() == tally.dump()
    assert again.examples.total() == len(examples)
    assert all(again.counts(split, "class") == tally.counts(split, "class") for split in Split)


@given(counted, st.randoms())
def test_a_tally_ignores_the_order_of_examples(examples, rng):
    tallies = [Tally(), Tally()]
    for example in examples:
        tallies[0].add(*example)
    for example in rng.sample(examples, len(examples)):
        tallies[1].add(*example)
    assert tallies[0].dump() == tallies[1].dump()


@settings(max_examples=30, deadline=None)
@given(shares, st.integers(0, 2**40), st.integers(0, 50))
def test_every_block_holds_each_class_often_enough(classes, seed, block):
    quotas = Quotas(classes=classes)
    drawn = [schedule(quotas, seed, "train", block * 200 + place) for place in range(200)]
    assert all(drawn.count(hard) / 200 >= share for hard, share in classes.items())
    assert drawn == [schedule(quotas, seed, "train", block * 200 + place) for place in range(200)]


@given(st.lists(words, min_size=1, max_size=9, unique=True).map(tuple), st.integers(0, 99), st.integers(0, 40))
def test_a_round_deals_each_item_once(items, seed, round_):
    start = round_ * len(items)
    assert sorted(deal(items, seed, "x", start + place) for place in range(len(items))) == sorted(items)


@given(packs)
def test_a_set_grows_to_hold_what_any_pack_says_of_it(files):
    joined = Entries({name: {"sets": {"box": entries}} for name, entries in files.items()}).sections["sets"]["box"]
    assert set(joined) == {key for entries in files.values() for key in entries}
    last = {key: value for entries in files.values() for key, value in entries.items()}
    assert joined == last


@given(st.lists(st.lists(words, max_size=4), min_size=1, max_size=4))
def test_abbreviations_are_joined_without_repetition(forms):
    packs_ = {f"{number}.yaml": {"abbreviations": {"box": each}} for number, each in enumerate(forms)}
    joined = Entries(packs_).sections["abbreviations"]["box"]
    assert joined == list(dict.fromkeys(form for each in forms for form in each))

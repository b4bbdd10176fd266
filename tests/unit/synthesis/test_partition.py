"""Splits share no use case, no pair and no group that they must not share, also with vocabulary of a team's own."""

from collections import Counter

import pytest

from columnist.synthesis import Split, SynthesisConfig
from columnist.synthesis.candidates import open_source
from columnist.synthesis.generator import generate_group
from columnist.synthesis.lexicon import load_lexicon
from columnist.synthesis.naics import load_industries, load_sectors
from columnist.synthesis.partition import draw_partition, pairs_by_split

OWN_PACK = """
use_cases:
  llama_trekking:
    title: Llama trekking
    sectors: [71]
    decides: which llama walks with which guest
    entities: [llama, llama_trek, customer]
    watches:
      treks: {count: [number of treks walked in ^]}
      revenue: {amount: [money taken for treks in ^]}
entities:
  llama: {row: llama that walks with guests, about: llamas}
  llama_trek:
    row: walk with one llama
    about: walks with llamas
    sort: event
    belongs_to: {llama: that is led on ~}
sets:
  llama:
    temper: {code: [how ~ treats strangers], values: [calm, shy, wild]}
    height: {measure: [distance from the ground to the shoulder of ~], unit: [cm]}
    born: {date: [~ came into the world]}
    shorn: {whether: [~ has lost its coat this year]}
  llama_trek:
    begun: {time: [the guests set out]}
    distance: {measure: [way that was walked on ~], unit: [km]}
    price: {amount: [money that the guests paid for ~]}
    guests: {count: [number of people who came along]}
"""
SEEDS = (0, 7, 2024)
GROUPS = 40


@pytest.fixture(scope="module")
def lexicon():
    return load_lexicon()


@pytest.fixture(scope="module")
def own_pack(tmp_path_factory):
    path = tmp_path_factory.mktemp("packs") / "llamas.yaml"
    path.write_text(OWN_PACK)
    return path


@pytest.fixture(scope="module")
def made():
    """Groups of each split."""
    source = open_source(SynthesisConfig(seed=5, train_examples=1, validation_examples=0, test_examples=0))
    return {split: [generate_group(source, split, index) for index in range(GROUPS)] for split in Split}


def _pairs(lexicon, seed):
    return pairs_by_split(draw_partition(seed, lexicon), load_industries(), lexicon)


def _keys(sectors):
    return [(p.industry.code, p.use_case.id) for cases in sectors.values() for found in cases.values() for p in found]


@pytest.mark.parametrize("seed", SEEDS)
def test_use_cases_of_the_test_split_are_in_no_other(lexicon, seed):
    pairs = _pairs(lexicon, seed)
    cases = {split: {case for _, case in _keys(pairs[split])} for split in Split}
    assert cases[Split.TEST] == draw_partition(seed, lexicon).test_use_cases
    assert not cases[Split.TEST] & (cases[Split.TRAIN] | cases[Split.VALIDATION])
    assert len(cases[Split.TEST]) >= 20


@pytest.mark.parametrize("seed", SEEDS)
def test_every_pair_is_in_exactly_one_split(lexicon, seed):
    pairs = _pairs(lexicon, seed)
    keys = [key for split in Split for key in _keys(pairs[split])]
    assert set(Counter(keys).values()) == {1}
    assert {case for _, case in keys} == {case.id for case in lexicon.use_cases}
    for split in Split:
        for sector, cases in pairs[split].items():
            assert {p.industry.sector for found in cases.values() for p in found} == {sector}
            assert all({p.use_case.id for p in found} == {case} for case, found in cases.items())


@pytest.mark.parametrize("seed", SEEDS)
def test_every_sector_can_be_learned_from(lexicon, seed):
    pairs = _pairs(lexicon, seed)
    assert set(pairs[Split.TRAIN]) == set(load_sectors())
    assert len(pairs[Split.TEST]) >= 10
    sizes = {split: len(_keys(pairs[split])) for split in Split}
    assert sizes[Split.TRAIN] > 4 * sizes[Split.VALIDATION] > 0


def test_the_partition_is_a_function_of_the_seed(lexicon):
    assert draw_partition(3, lexicon) == draw_partition(3, lexicon)
    assert len({draw_partition(seed, lexicon).test_use_cases for seed in range(8)}) == 8


def test_reserved_entities_are_for_the_test_split_alone(lexicon):
    partition = draw_partition(1, lexicon)
    for entity in lexicon.entities.values():
        reserved = entity.id in partition.reserved
        assert partition.allows(entity, Split.TEST)
        assert partition.allows(entity, Split.TRAIN) is partition.allows(entity, Split.VALIDATION) is not reserved
    assert "customer" not in partition.reserved
    assert {"log", "config"} <= {lexicon.entities[name].sort for name in partition.reserved}


def test_groups_stay_in_one_split(made):
    groups = {split: {example.group for group in made[split] for example in group} for split in Split}
    assert sum(map(len, groups.values())) == len(set().union(*groups.values()))
    for split in Split:
        for group in made[split]:
            assert len({(e.group, e.naics_code, e.use_case) for e in group}) <= 1
            assert len({example.id for example in group}) == len(group)


def test_generated_use_cases_and_pairs_are_apart(made):
    cases = {split: {e.use_case for group in made[split] for e in group} for split in Split}
    pairs = {split: {(e.naics_code, e.use_case) for group in made[split] for e in group} for split in Split}
    assert not cases[Split.TEST] & (cases[Split.TRAIN] | cases[Split.VALIDATION])
    assert not pairs[Split.TRAIN] & pairs[Split.VALIDATION]


def test_a_teams_own_use_case_is_used(own_pack):
    lexicon = load_lexicon((own_pack,))
    splits = Counter()
    for seed in range(12):
        pairs = _pairs(lexicon, seed)
        found = {split for split in Split if any(case == "llama_trekking" for _, case in _keys(pairs[split]))}
        assert found
        assert found == {Split.TEST} or Split.TEST not in found
        splits.update(found)
    assert splits[Split.TRAIN] >= 6


def test_tables_about_a_teams_own_entities_are_made(own_pack):
    sizes = {"train_examples": 1, "validation_examples": 0, "test_examples": 0}
    source = open_source(SynthesisConfig(seed=1, vocabulary=(own_pack,), **sizes))
    split = next(s for s in (Split.TRAIN, Split.TEST) if "llama_trekking" in source.pairs[s].get("71", {}))
    only = {split: {"71": {"llama_trekking": source.pairs[split]["71"]["llama_trekking"]}}}
    narrow = source.model_copy(update={"pairs": only})
    examples = [example for index in range(12) for example in generate_group(narrow, split, index)]
    assert {example.use_case for example in examples} == {"llama_trekking"}
    texts = " ".join(text for e in examples for text in (e.reference.table, *e.reference.columns))
    assert "llama" in texts.lower()

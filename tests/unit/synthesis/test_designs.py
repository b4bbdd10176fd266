"""Designs of wide, raw and nested tables."""

from random import Random

import pytest

from columnist.synthesis.blueprints import Setting
from columnist.synthesis.designs import WIDE_COLUMNS, add_nested, design
from columnist.synthesis.lexicon import Kind, load_lexicon
from columnist.synthesis.naming import TableKind

NESTED = {Kind.RECORD, Kind.RECORDS, Kind.LIST}


@pytest.fixture(scope="module")
def lexicon():
    return load_lexicon()


def _designs(lexicon, kind, seeds=60):
    """Designs about the entities of many use cases, with their settings."""
    for seed in range(seeds):
        rng = Random(seed)
        case = rng.choice(lexicon.use_cases)
        setting = Setting(lexicon=lexicon, use_case=case, sector=case.sectors[0])
        entity = lexicon.entities[rng.choice(case.entities)]
        if made := design(kind, entity, setting, rng):
            yield made, entity, setting, rng


def test_wide_tables_are_about_things_and_say_which_period(lexicon):
    made = list(_designs(lexicon, TableKind.WIDE))
    assert len(made) >= 20
    for blueprint, entity, _, _ in made:
        assert entity.sort == "thing"
        assert len(blueprint.features) >= WIDE_COLUMNS
        assert blueprint.features[0].key
        assert not [feature.means for feature in blueprint.features if "^" in feature.means or "~" in feature.means]


def test_raw_tables_hold_one_document_as_it_came(lexicon):
    made = list(_designs(lexicon, TableKind.RAW))
    assert len(made) == 60
    for blueprint, *_ in made:
        assert [feature.kind for feature in blueprint.features].count(Kind.DOCUMENT) == 1
        assert 2 <= len(blueprint.features) <= 8
        assert all(feature.delivered for feature in blueprint.features if feature.key)


def test_nesting_adds_structures_and_takes_the_place_of_references(lexicon):
    added = 0
    for blueprint, _, setting, rng in _designs(lexicon, TableKind.ENTITY):
        nested = add_nested(blueprint, setting, rng)
        new = [feature for feature in nested.features if feature.kind in NESTED and feature not in blueprint.features]
        assert len(new) <= 3
        assert nested.features[0] == blueprint.features[0]
        about = {feature.noun for feature in new if feature.kind is Kind.RECORD}
        assert not {feature.target_noun for feature in nested.features if feature.target} & about
        assert all(len(feature.parts) > 1 for feature in new if feature.kind is not Kind.LIST)
        words = [feature.words for feature in new]
        assert len(set(words)) == len(words)
        added += bool(new)
    assert added >= 50


def test_what_all_trades_share_holds_no_lists_of_other_trades(lexicon):
    customer = lexicon.entities["customer"]
    for case in lexicon.use_cases:
        setting = Setting(lexicon=lexicon, use_case=case, sector=case.sectors[0])
        own = {lexicon.entities[name].nouns(setting.sector) for name in case.entities}
        rng = Random(case.id)
        nested = add_nested(design(TableKind.ENTITY, customer, setting, rng), setting, rng)
        assert {feature.noun for feature in nested.features if feature.kind is Kind.RECORDS} <= own, case.id


def test_only_tables_of_facts_are_nested(lexicon):
    for kind in (TableKind.BRIDGE, TableKind.LOOKUP, TableKind.RAW, TableKind.HISTORY):
        for blueprint, _, setting, rng in _designs(lexicon, kind, 20):
            assert add_nested(blueprint, setting, rng) is blueprint

"""Columns and tables that nobody can describe: plausible, consistent, and telling no more than their names."""

import re
from random import Random

import pytest

from columnist.synthesis.blueprints import Obscurity
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.naming import draw_style, is_kept
from columnist.synthesis.obscure import Family, draw_obscure, load_obscure_names, undocumentable

NAMES = load_obscure_names()


def names(features) -> list[str]:
    return ["_".join(word.removeprefix("=") for word in feature.words) for feature in features]


@pytest.mark.parametrize("obscurity", [Obscurity.OPAQUE, Obscurity.AMBIGUOUS])
@pytest.mark.parametrize("count", [1, 2, 3, 6, 15])
def test_as_many_as_asked_for_and_all_different(obscurity, count):
    for seed in range(60):
        features = draw_obscure(Random(seed), count, obscurity)
        assert len(features) == count
        assert len(set(names(features))) == count
        assert {feature.obscure for feature in features} == {obscurity}
        assert all(is_kept(feature.words) for feature in features)


def test_opaque_features_mean_nothing_and_ambiguous_ones_several_things():
    rng = Random(1)
    assert {feature.means for feature in draw_obscure(rng, 40)} == {""}
    for entry in NAMES.ambiguous:
        for means in entry.means:
            assert "," in means, entry.name
            assert " or " not in means, entry.name
            assert not means.endswith((".", "?")), entry.name
            assert means.startswith(("a ", "an ", "the ")), means


def test_kinds_show_nothing_that_a_unit_or_a_list_of_codes_would():
    for seed in range(100):
        for feature in (*draw_obscure(Random(seed), 8), *undocumentable(Random(seed))[1]):
            assert (feature.unit, feature.values, feature.noun, feature.subject, feature.target) == ((), (), "", (), "")
            assert not feature.key
            assert feature.kind in {Kind.TEXT, Kind.CODE, Kind.MEASURE, Kind.AMOUNT, Kind.WHEN, Kind.WHETHER}


def test_families_are_numbered_alike():
    assert Family(name="col {n}", kinds=("text",), digits=2).words(7) == ("=col", "=07")
    features = draw_obscure(Random(4), 12)
    stems = {re.sub(r"\d+", "#", name) for name in names(features)}
    assert len(stems) <= 2


def test_words_that_the_table_uses_are_not_drawn_again():
    taken = frozenset({"date", "status", "amount", "type", "code"})
    for seed in range(100):
        drawn = draw_obscure(Random(seed), 5, Obscurity.AMBIGUOUS, taken)
        assert not {word.removeprefix("=") for feature in drawn for word in feature.words} & taken


def test_undocumentable_tables_differ_and_tell_nothing():
    drawn = [undocumentable(Random(seed)) for seed in range(300)]
    assert all(3 <= len(features) <= 31 for _, features in drawn)
    assert all(len(set(names(features))) == len(features) for _, features in drawn)
    assert len({words for words, _ in drawn}) > 150
    assert len({tuple(names(features)) for _, features in drawn}) > 250


def test_every_style_leaves_them_readable():
    rng = Random(5)
    for number in range(300):
        style = draw_style(rng, ("postgres", "oracle", "tsql")[number % 3], {"custom": ("cstm",), "field": ("fld",)})
        words, features = undocumentable(rng)
        for feature in (*draw_obscure(rng, 3), *draw_obscure(rng, 3, Obscurity.AMBIGUOUS), *features):
            made = style.column(feature.words, feature.kind).lower().replace("_", "")
            assert made.startswith("".join(names([feature])).lower().replace("_", ""))
        assert re.fullmatch(r"[A-Za-z]\w*", style.join(words))


def test_one_seed_gives_one_draw():
    assert undocumentable(Random(9)) == undocumentable(Random(9))
    assert draw_obscure(Random(9), 5) == draw_obscure(Random(9), 5)

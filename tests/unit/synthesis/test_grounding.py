"""Texts say what the names of their columns say: measured over what the grammar makes, and case by case."""

from random import Random
from statistics import fmean

import pytest

from columnist.abstention import is_abstention
from columnist.ddl.tables import Column
from columnist.evaluation.words import stands_for, words
from columnist.synthesis import SynthesisConfig, synthesize
from columnist.synthesis.blueprints import Feature
from columnist.synthesis.drafts import Draft
from columnist.synthesis.grounding import ground, is_participle, name_words
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.phrasing import Page
from columnist.synthesis.voices import Manner, Voice


def draft(kind: Kind, named: str, means: str, **feature) -> Draft:
    name = named.replace(" ", "_")
    return Draft(
        feature=Feature(words=tuple(named.split()), kind=kind, means=means, **feature),
        column=Column(name=name, type="T"),
    )


def meanings(column: Draft, noun: str = "order") -> set[str]:
    """All meanings that a hundred authors give the column."""
    manners = list(Manner)
    pages = (Page(Voice(manner=manners[seed % len(manners)]), Random(seed)) for seed in range(100))
    return {ground(column, noun, page).feature.means for page in pages}


def test_most_words_of_names_are_in_the_texts_of_a_training_set():
    made = synthesize(SynthesisConfig(seed=3, train_examples=150, validation_examples=0, test_examples=0, quotas={}))
    shares = []
    for example in made.train:
        for column, text in zip(example.table.columns, example.reference.columns, strict=True):
            parts = [part for part in words(column.name.replace("_", " ")) if part.isalpha()]
            if parts and not is_abstention(text):
                said = words(text)
                shares.append(fmean(any(stands_for(part, word) for word in said) for part in parts))
    # People who documented real tables used 0.74 of them; texts from meanings alone had 0.35.
    assert fmean(shares) > 0.5


def test_a_name_is_spelled_out_beside_what_it_belongs_to():
    told = meanings(draft(Kind.AMOUNT, "monthly income", "earnings per month"))
    assert any(means == "monthly income of the order" for means in told)
    assert any("monthly income" in means and "earnings" in means for means in told)
    assert "earnings per month" in told  # some authors leave the name out


def test_what_was_done_is_said_of_the_noun():
    told = meanings(draft(Kind.TIME, "approved", "the manager signed"))
    assert "the order was approved" in told
    assert any("the manager signed" in means and "approved" in means for means in told)


@pytest.mark.parametrize(
    ("kind", "named", "means"),
    [
        (Kind.TIME, "ordered", "the customer paid"),  # "the order was ordered"
        (Kind.TIME, "interval begin", "the half hour started"),
        (Kind.WHETHER, "fan running", "the fan turns"),
    ],
)
def test_no_clause_is_made_of_words_that_make_none(kind, named, means):
    assert not any("the order " in text for text in meanings(draft(kind, named, means)))


def test_a_role_takes_the_place_of_who_plays_it():
    buyer = draft(Kind.NUMBER, "buyer", "who planned the sale", target="employee", target_noun="employee")
    grounded = ground(buyer, "sale", Page(Voice(manner=Manner.PLAIN), Random(1)))
    assert grounded.feature.target_noun == "buyer"
    own = draft(Kind.NUMBER, "employee", "who sold it", target="employee", target_noun="employee")
    assert ground(own, "sale", Page(Voice(manner=Manner.PLAIN), Random(1))) is own


def test_members_of_a_family_keep_what_tells_them_apart():
    for month in ("May", "June"):
        column = draft(Kind.COUNT, f"orders {month}", f"orders of {month}", noun="orders", family="orders")
        assert all(month in means for means in meanings(column, "shop"))


def test_what_says_it_already_is_left_alone():
    column = draft(Kind.COUNT, "line count", "count of lines")
    assert ground(column, "order", Page(Voice(manner=Manner.PLAIN), Random(1))) is column


def test_participles_and_names():
    assert [is_participle(word) for word in ("paid", "shipped", "speed", "red")] == [True, True, False, False]
    assert name_words(draft(Kind.NUMBER, "tail no", "mark")) == "tail number"
    assert name_words(draft(Kind.PERCENT, "eford", "hours lost", noun="forced outage rate")) == "forced outage rate"

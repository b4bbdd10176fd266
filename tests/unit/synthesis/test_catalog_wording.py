"""Texts as published catalogs word them: the words of the name, what they belong to, and nothing else."""

from random import Random

import pytest

from columnist.ddl.tables import Column
from columnist.synthesis import SynthesisConfig, synthesize
from columnist.synthesis.blueprints import Blueprint, Feature
from columnist.synthesis.catalog_wording import word_column, word_table
from columnist.synthesis.drafts import Draft
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.naming import TableKind
from columnist.synthesis.phrasing import Page
from columnist.synthesis.voices import Manner, Voice, draw_voice

_LONG = "what nobody but those who work in this one trade can tell"


def draft(named: str, kind: Kind = Kind.NAME, means: str = _LONG, **feature) -> Draft:
    words = tuple(named.split())
    return Draft(
        feature=Feature(words=words, kind=kind, means=means, **feature), column=Column(name="_".join(words), type="T")
    )


def blueprint(kind: TableKind = TableKind.ENTITY, **fields) -> Blueprint:
    whole = {
        "words": ("rental", "order"),
        "noun": "rental order",
        "nouns": "rental orders",
        "row": "order",
        "about": "-",
    }
    return Blueprint(**{**whole, "kind": kind, "entity": "rental_order", "features": (), **fields})


def texts(column: Draft, table: Blueprint | None = None) -> set[str]:
    """All that forty authors write about a column."""
    pages = (Page(Voice(manner=Manner.CATALOG), Random(seed)) for seed in range(40))
    return {word_column(column, table or blueprint(), page) for page in pages}


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (draft("pickup place"), {"pickup place associated with the ~"}),
        (draft("rental order colour"), {"colour associated with the ~"}),
        (draft("seats", Kind.COUNT), {"number of seats associated with the ~"}),
        (draft("start", Kind.DATE), {"start date associated with the ~"}),
        (draft("fully paid", Kind.WHETHER), {"whether the ~ is fully paid", "indicates whether the ~ is fully paid"}),
        (draft("consent", Kind.WHETHER), {"consent flag associated with the ~"}),
        (
            draft("assessor", target="employee", target_noun="employee"),
            {"ID of the assessor associated with the ~", "identifier of the assessor associated with the ~"},
        ),
        (
            draft("approved by", target="employee", target_noun="employee"),
            {"ID of the employee associated with the ~", "identifier of the employee associated with the ~"},
        ),
        (
            draft("rental order", Kind.NUMBER, "", key=True),
            {"unique identifier of the ~", "unique identifier for the ~"},
        ),
        (draft("updated by"), {"user who last updated the ~"}),
    ],
)
def test_texts_say_what_the_name_says(column, expected):
    assert texts(column) == {text.replace("~", "rental order") for text in expected}


def test_a_state_becomes_a_clause_of_what_happened():
    found = texts(draft("shipped", Kind.TIME))
    assert found == {"timestamp when the rental order was shipped", "date and time when the rental order was shipped"}
    assert "date when the rental order was created" in texts(draft("created", Kind.DATE))


def test_the_vocabulary_is_heard_only_where_it_has_all_words_of_the_name():
    assert "price paid for one day" in texts(draft("day price", means="price paid for one day"))
    assert not any("money" in text for text in texts(draft("day price", means="money for each day")))


def test_what_is_familiar_is_explained_and_what_one_trade_knows_is_not():
    assert texts(draft("status", Kind.CODE, "where the order stands")) == {
        "status of the rental order: where the order stands"
    }
    assert texts(draft("start", Kind.DATE, "the renter may come")) == {
        "start date of the rental order: when the renter may come"
    }
    assert texts(draft("mismatch cause", means="why they differ")) == {
        "mismatch cause associated with the rental order"
    }
    assert texts(draft("rental order", means="what was ordered")) == {"rental order of the row: what was ordered"}


def test_a_reference_to_the_same_kind_of_thing_keeps_its_meaning():
    parent = draft("parent", target="rental_order", target_noun="rental order", means="that this one extends")
    assert texts(parent) == {"ID of the rental order that this one extends"}


def test_tables_list_what_a_reader_looks_for_and_no_bookkeeping():
    drafts = (
        draft("rental order", Kind.NUMBER, "", key=True),
        draft("pickup place"),
        draft("paid", Kind.WHETHER),
        draft("rental order colour"),
        draft("batch", technical=True),
    )
    pages = [Page(Voice(manner=Manner.CATALOG), Random(seed)) for seed in range(20)]
    found = {word_table(blueprint(), drafts, page) for page in pages}
    assert found == {
        "table of rental orders, including pickup place and colour",
        "table with information about rental orders, including pickup place and colour",
    }
    daily = blueprint(TableKind.SNAPSHOT, period="daily")
    assert word_table(daily, (), pages[0]) == "table of daily snapshots of rental orders"


def test_the_share_of_such_authors_is_what_was_asked_for():
    assert all(draw_voice(Random(seed), catalog=1.0).manner is Manner.CATALOG for seed in range(30))
    assert not any(draw_voice(Random(seed)).manner is Manner.CATALOG for seed in range(300))
    config = {"seed": 3, "train_examples": 60, "validation_examples": 0, "test_examples": 0, "quotas": {}}
    shares = []
    for share in (0.0, 1.0):
        made = synthesize(SynthesisConfig(catalog_share=share, **config)).train
        found = [text for example in made for text in example.reference.columns]
        shares.append(sum("associated with the" in text for text in found) / len(found))
    assert shares[0] < 0.03 < 0.1 < shares[1]

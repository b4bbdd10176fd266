"""Texts say what the schema shows and no more."""

import re

import pytest

from columnist.abstention import is_abstention
from columnist.synthesis import SynthesisConfig, synthesize
from columnist.synthesis.lexicon import load_lexicon

# Names may be in other languages, and short ones may have lost their vowels.
_OTHER_UNITS = (
    "wks",
    "hrs",
    "mins",
    "yrs",
    "stunden",
    "heures",
    "horas",
    "ore",
    "uren",
    "std",
    "hrs",
    "dys",
    "tage",
    "jours",
    "dias",
    "giorni",
)


@pytest.fixture(scope="module")
def columns():
    config = SynthesisConfig(seed=31, train_examples=400, validation_examples=0, test_examples=100)
    made = synthesize(config)
    return [
        (column, text)
        for example in (*made.train, *made.test)
        for column, text in zip(example.table.columns, example.reference.columns, strict=True)
        if not is_abstention(text)
    ]


def test_units_appear_only_where_the_name_shows_them(columns):
    units = load_lexicon().units
    for column, text in columns:
        ending = text.rstrip(".)")
        named = [suffix for suffix, name in units.items() if ending.endswith((f", in {name}", f"({name}"))]
        if named:
            name = re.split(r"(?:__c|_ht|_ttc)$", column.name.lower())[0]  # what platforms and teams add to a name
            # Teams that show the kind of a column put it last: ``allowed_volume_gal_msr``.
            before_the_kind = name.rpartition("_")[0]
            shown = (*named, *_OTHER_UNITS)
            assert name.endswith(shown) or before_the_kind.endswith(shown), (column.name, text)


def test_a_unit_in_the_name_is_explained(columns):
    shown = [text for column, text in columns if column.name.lower().endswith(("_kwh", "_kg", "_min", "_km"))]
    assert len(shown) > 20
    explained = ("kilowatt-hours", "kilograms", "minutes", "kilometers")
    assert all(any(unit in text.lower() for unit in explained) for text in shown)


def test_time_zones_appear_only_where_name_or_type_shows_them(columns):
    for column, text in columns:
        # Seconds are counted since the start of 1970 in UTC, whatever the name says.
        if "UTC" in text and "since" not in text:
            assert "utc" in f"{column.name} {column.type}".lower(), (column.name, text)
        if "time zone" in text.lower() and "zone in which" not in text and "zone to use" not in text:
            assert re.search(r"TZ|TIME ZONE|OFFSET", column.type, re.IGNORECASE) or "zone" in column.name.lower(), (
                column.name,
                text,
            )


def test_codes_are_listed_only_where_the_statement_lists_them(columns):
    listed = [(column, text) for column, text in columns if column.values and column.values != ("Y", "N")]
    assert len(listed) > 50
    for column, text in listed:
        assert all(value in text for value in column.values), (column.name, text)
    for column, text in columns:
        if not column.values:
            assert not re.search(r"; one of|; allowed values|, given as ", text), (column.name, text)


def test_true_is_said_of_booleans_only(columns):
    for column, text in columns:
        if text.startswith("True "):
            assert "BOOL" in column.type.upper(), (column.type, text)


def test_articles_fit_the_next_word(columns):
    for column, text in columns:
        assert not re.search(r"\b[Aa] (?=[aeio])(?!one\b|once\b|eu)", text), (column.name, text)
        assert not re.search(r"\b[Aa]n (?=[bcdfgjklmnpqrstvwxyz])", text), (column.name, text)


def test_texts_are_varied(columns):
    openings = {" ".join(text.split()[:2]) for _, text in columns}
    assert len(openings) > 500
    assert len({text for _, text in columns}) / len(columns) > 0.6

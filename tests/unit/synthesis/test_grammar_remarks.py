"""Texts of columns made by hand: what the schema shows is said, what it does not show is not."""

import re
from random import Random

import pytest

from columnist.abstention import is_abstention, question_of
from columnist.ddl.tables import Column, Reference
from columnist.synthesis.blueprints import Blueprint, Feature, Obscurity
from columnist.synthesis.drafts import Draft
from columnist.synthesis.grammar import write_columns
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.naming import TableKind
from columnist.synthesis.voices import Manner, Voice, draw_voice

_UNITS = {"kg": "kilograms", "days": "days"}


def _draft(name, type_="VARCHAR(20)", feature=None, column=None, **shown):
    feature = Feature(**{"words": tuple(name.split("_")), "kind": Kind.NAME, "means": "who took it", **(feature or {})})
    return Draft(feature=feature, column=Column(name=name, type=type_, **(column or {})), **shown)


_KEY = _draft("claim_id", "BIGINT", {"kind": Kind.NUMBER, "means": "", "key": True, "noun": "claim"})


def _texts(*drafts, kind=TableKind.ENTITY, seeds=150, manner=None):
    """All that many authors write about the last of some columns."""
    blueprint = Blueprint(
        kind=kind, words=("claim",), noun="claim", nouns="claims", row="claim under a policy",
        about="claims and what became of them", entity="claim", features=tuple(d.feature for d in drafts),
    )  # fmt: skip
    found = []
    for seed in range(seeds):
        rng = Random(seed)
        voice = Voice(manner=manner, detail=0.9) if manner else draw_voice(rng)
        found.append(write_columns(blueprint, drafts, "claims", _UNITS, voice, rng)[-1])
    return found


def test_the_same_draw_gives_the_same_texts():
    assert _texts(_KEY, _draft("handler")) == _texts(_KEY, _draft("handler"))


def test_an_end_that_may_be_outstanding_is_empty_only_where_null_is_allowed():
    closed = {"kind": Kind.DATE, "means": "the claim was closed"}
    empty = re.compile(r"empty|null|blank|nothing|no value", re.IGNORECASE)
    nullable = _texts(_KEY, _draft("closed_on", "DATE", closed))
    assert sum(bool(empty.search(text)) for text in nullable) > 20
    required = _texts(_KEY, _draft("closed_on", "DATE", closed, {"nullable": False}))
    assert not any(empty.search(text) for text in required)
    filed = {"kind": Kind.DATE, "means": "the claim was filed"}
    assert not any(empty.search(text) for text in _texts(_KEY, _draft("filed_on", "DATE", filed)))


def test_what_a_meaning_says_of_null_is_dropped_where_the_column_is_never_null():
    means = {"kind": Kind.TIME, "means": "the claim was settled; null while it is open"}
    assert not any("null" in text for text in _texts(_draft("settled_at", "TIMESTAMP", means, {"nullable": False})))
    assert all("null while it is open" in text for text in _texts(_draft("settled_at", "TIMESTAMP", means)))


def test_time_zones_and_units_stand_before_what_follows_a_semicolon():
    means = {"kind": Kind.MEASURE, "means": "load of the truck; zero if empty", "unit": ("kg",)}
    texts = _texts(_draft("load_kg", "REAL", means, unit="kg"))
    # An author may say no more than the name does, which leaves the rest of the meaning out.
    told = [text for text in texts if "zero if empty" in text.lower()]
    assert len(told) > 10
    assert all(text.index("kilograms") < text.lower().index("zero if empty") for text in told)


def test_parts_of_a_composite_key_are_named():
    day = _draft("day", "DATE", {"kind": Kind.DATE, "means": "the state was taken", "key": True}, {"primary_key": True})
    site = _draft(
        "site_id", "BIGINT", {"kind": Kind.NUMBER, "target": "site", "target_noun": "site", "means": "that is meant"},
        {"primary_key": True, "nullable": False},
    )  # fmt: skip
    texts = _texts(day, site, kind=TableKind.SNAPSHOT)
    assert sum("key" in text or "unique" in text for text in texts) > 50
    assert any("day" in text for text in texts)


def test_declared_references_name_their_table_and_others_claim_no_foreign_key():
    feature = {"kind": Kind.NUMBER, "target": "customer", "target_noun": "customer", "means": "who filed the claim"}
    declared = _draft("customer_id", "BIGINT", feature, {"references": Reference(table='core."dim_cust"', column="id")})
    texts = _texts(_KEY, declared)
    assert sum("dim_cust" in text for text in texts) > 60
    assert not any('"' in text or "core." in text for text in texts)
    plain = _texts(_KEY, _draft("customer_id", "BIGINT", feature))
    assert not any("dim_cust" in text or re.search(r"\bFK\b", text) for text in plain)
    assert not any("foreign key" in text.lower() for text in plain if "not enforced" not in text)


def test_a_reference_to_the_same_table_is_called_so():
    feature = {"kind": Kind.NUMBER, "target": "claim", "target_noun": "claim", "means": "that was reopened"}
    texts = _texts(_KEY, _draft("earlier_claim_id", "BIGINT", feature))
    assert sum("self" in text.lower() or "this table" in text or "same table" in text for text in texts) > 20


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (_draft("badge", unique=True), r"unique|no two|never given twice|alternate"),
        (_draft("load_day", "DATE", {"kind": Kind.DATE, "means": "the file came"}, partition=True), r"partition"),
        (_draft("share", "REAL", {"kind": Kind.PERCENT, "means": "part paid"}, check="share BETWEEN 0 AND 60"), r"60"),
        (
            _draft("parts", "INT", {"kind": Kind.COUNT, "means": "pieces left"}, check="parts >= 0"),
            r"negative|zero|0 or more|below 0",
        ),
        (
            _draft(
                "state", column={"values": ("new", "done"), "default": "'new'::text"},
                feature={"kind": Kind.CODE, "means": "how far it got", "values": ("new", "done")},
            ),
            r"default|start out|to begin with|until someone|unless|if nothing",
        ),
    ],
)  # fmt: skip
def test_what_the_statement_declares_is_remarked_on(draft, words):
    texts = _texts(_KEY, draft)
    assert sum(bool(re.search(words, text, re.IGNORECASE)) for text in texts) > 25


def test_codes_are_listed_in_full():
    feature = {"kind": Kind.CODE, "means": "how far it got", "values": ("new", "in_work", "done")}
    for text in _texts(_KEY, _draft("state", feature=feature, column={"values": ("new", "in_work", "done")})):
        assert all(value in text for value in ("new", "in_work", "done")), text


@pytest.mark.parametrize(
    ("name", "type_", "kind", "unit", "words"),
    [
        ("seen_ms", "BIGINT", Kind.TIME, "ms", r"ms\b|millisecond"),
        ("seen_epoch", "BIGINT", Kind.TIME, "s", r"seconds|Unix|epoch"),
        ("seen_key", "INT", Kind.DATE, "yyyymmdd", r"yyyymmdd|eight digits"),
    ],
)
def test_encodings_of_moments_are_always_told(name, type_, kind, unit, words):
    texts = _texts(_KEY, _draft(name, type_, {"kind": kind, "means": "it was seen"}, unit=unit))
    assert all(re.search(words, text) for text in texts)


def test_fields_are_named_in_words():
    parts = (
        Feature(words=("zip",), kind=Kind.NUMBER, noun="postal code"),
        Feature(words=("city",), kind=Kind.NAME, noun="city"),
    )
    feature = {"kind": Kind.RECORD, "means": "the place of the damage", "parts": parts}
    texts = _texts(_KEY, _draft("place", "STRUCT<zip STRING, city STRING>", feature, fields=("zip", "city")))
    assert all("postal code" in text.lower() and "city" in text for text in texts)
    hidden = _texts(_KEY, _draft("place", "JSON", feature))
    assert not any("postal code" in text for text in hidden)


def test_money_is_read_in_the_currency_of_its_row():
    currency = _draft("currency_code", "CHAR(3)", {"kind": Kind.CODE, "means": "currency of the claim"})
    amount = _draft("paid", "DECIMAL(12,2)", {"kind": Kind.AMOUNT, "means": "sum paid out"})
    assert sum("currency_code" in text for text in _texts(currency, amount)) > 40
    assert not any("currency" in text for text in _texts(_KEY, amount))


@pytest.mark.parametrize(("obscurity", "means"), [("opaque", ""), ("ambiguous", "the date of booking, of billing")])
def test_nobody_guesses_at_obscure_columns(obscurity, means):
    feature = {"kind": Kind.DATE, "means": means, "obscure": Obscurity(obscurity)}
    texts = _texts(_KEY, _draft("date2", "DATE", feature))
    assert len(set(texts)) > 5
    for text in texts:
        assert is_abstention(text)
        assert question_of(text).endswith("?")
        assert "date2" in text
        assert "\n" not in text
        assert obscurity == "opaque" or "of billing" in text


def test_a_number_of_the_same_meaning_is_not_described_twice_alike():
    one = _draft("first_weight", "REAL", {"kind": Kind.MEASURE, "means": "weight of the load"})
    other = _draft("second_weight", "REAL", {"kind": Kind.CODE, "means": "weight of the load"})
    blueprint = Blueprint(
        kind=TableKind.ENTITY, words=("claim",), noun="claim", nouns="claims", row="claim", about="claims",
        features=(one.feature, other.feature),
    )  # fmt: skip
    texts = write_columns(blueprint, (one, other), "claims", _UNITS, draw_voice(Random(1)), Random(1))
    assert len(texts) == 2


@pytest.mark.parametrize("manner", Manner)
def test_every_manner_writes_sound_sentences(manner):
    handler = _draft("handler", column={"nullable": True})
    for text in _texts(_KEY, handler, manner=manner, seeds=40):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "  " not in text
        assert ".." not in text
        assert "{" not in text


def test_some_authors_end_without_a_period():
    texts = _texts(_KEY, _draft("handler"), seeds=300)
    assert 0.05 < sum(not text.endswith(".") for text in texts) / len(texts) < 0.3

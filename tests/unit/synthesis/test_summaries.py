"""Texts about tables: what one row is, what it leads to, and no more than the table shows."""

import re
from random import Random

import pytest

from columnist.abstention import is_abstention
from columnist.ddl.tables import Column, Reference
from columnist.synthesis.blueprints import Blueprint, Feature
from columnist.synthesis.drafts import Draft
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.naming import TableKind
from columnist.synthesis.summaries import write_summary
from columnist.synthesis.voices import Manner, Voice, draw_voice


def _draft(name, kind=Kind.NUMBER, type_="BIGINT", column=None, **feature):
    words = tuple(name.removesuffix("_id").split("_"))
    made = Feature(**{"words": words, "kind": kind, "noun": " ".join(words), **feature})
    return Draft(feature=made, column=Column(name=name, type=type_, **(column or {})))


_DRAFTS = (
    _draft("claim_id", key=True, column={"primary_key": True}),
    _draft("customer_id", target="customer", target_noun="customer", means="who filed the claim"),
    _draft("paid_amount", Kind.AMOUNT, "DECIMAL(12,2)", means="sum paid"),
    _draft("reserve", Kind.AMOUNT, "DECIMAL(12,2)", means="sum set aside"),
)


def _blueprint(kind=TableKind.ENTITY, **fields):
    return Blueprint(
        **{
            "kind": kind,
            "words": ("claim",),
            "noun": "claim",
            "nouns": "claims",
            "row": "demand for payment under a policy",
            "about": "claims and what became of them",
            "others": "policies",
            "entity": "claim",
            "period": "monthly" if kind in {TableKind.SNAPSHOT, TableKind.METRIC} else "",
            "features": tuple(draft.feature for draft in _DRAFTS),
            **fields,
        }
    )


def _summaries(blueprint, drafts=_DRAFTS, seeds=120, manner=None):
    found = []
    for seed in range(seeds):
        rng = Random(seed)
        voice = Voice(manner=manner, detail=0.9) if manner else draw_voice(rng)
        found.append(write_summary(blueprint, drafts, voice, rng, "tbl_claims"))
    return found


@pytest.mark.parametrize("kind", TableKind)
def test_every_kind_of_table_gets_sound_texts(kind):
    texts = _summaries(_blueprint(kind))
    assert len(set(texts)) > 15
    for text in texts:
        assert 3 <= len(text.split()) <= 70, text
        assert text[0].isupper() or text[0].isdigit(), text
        assert not re.search(r"\{|\}|  |\.\.|\(\)|, ,", text), text
        assert not re.search(r"\b(\w+) \1\b", text), text


def test_the_grain_is_told_more_often_than_not():
    texts = _summaries(_blueprint(), seeds=300)
    assert sum(bool(re.search(r"\b(row|record|grain|each|every)\b", text, re.IGNORECASE)) for text in texts) > 160


def test_careful_authors_write_more_than_terse_ones():
    lengths = {
        manner: sum(len(text.split()) for text in _summaries(_blueprint(), manner=manner))
        for manner in (Manner.CAREFUL, Manner.TERSE)
    }
    assert lengths[Manner.CAREFUL] > 1.8 * lengths[Manner.TERSE]


def test_joins_are_told_of_declared_references_only():
    reference = {"references": Reference(table="core.[dim_cust]", column="id")}
    declared = _draft("customer_id", target="customer", target_noun="customer", means="who filed", column=reference)
    told = _summaries(_blueprint(), (_DRAFTS[0], declared, *_DRAFTS[2:]), seeds=300)
    assert any("dim_cust" in text for text in told)
    assert not any("[" in text for text in told)
    assert not any("customer_id" in text for text in _summaries(_blueprint(), seeds=300))


def test_versions_without_an_end_are_current_only_where_the_end_may_be_null():
    ends = {"words": ("valid", "to"), "means": "this version of the claim was replaced", "technical": True}
    nullable = _draft("valid_to", Kind.DATE, "DATE", **ends)
    required = _draft("valid_to", Kind.DATE, "DATE", column={"nullable": False}, **ends)
    history = _blueprint(TableKind.HISTORY)
    assert any("valid_to" in text for text in _summaries(history, (*_DRAFTS, nullable), seeds=300))
    assert not any("valid_to" in text for text in _summaries(history, (*_DRAFTS, required), seeds=300))


def test_a_table_that_nobody_knows_gets_a_question():
    texts = _summaries(_blueprint(obscure=True))
    assert all(is_abstention(text) and text.endswith("?") and "tbl_claims" in text for text in texts)
    assert len(set(texts)) > 6

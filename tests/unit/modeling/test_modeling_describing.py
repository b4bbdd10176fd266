"""Texts, probabilities and questions: what is kept of what a model wrote, and what is asked instead."""

import pytest

from columnist.ddl.tables import Column, Table
from columnist.modeling import filling
from columnist.modeling.cleaning import clean
from columnist.modeling.describing import describe_tables, hold_back, repeated
from columnist.modeling.engines.protocol import Filled
from columnist.modeling.prompts import TABLE_SLOT, PromptKind


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("? Which values do teams store in custom_field_22?", "? Which values do teams store in custom_field_22?"),
        ("?What is flex_01 for", "? What is flex_01 for?"),
        (" **?** What is flex_01 for.", "? What is flex_01 for?"),
        ("? ? What is\n`flex_01` for??", "? What is flex_01 for?"),
        ('"? What is flex_01 for?"', "? What is flex_01 for?"),
        ("? Is it the date of posting, or of approval...", "? Is it the date of posting, or of approval?"),
        ("?", ""),
        ("? - ??", ""),
        ("? 1?", ""),
    ],
)
def test_an_abstention_keeps_its_marker_and_asks(written, plain):
    assert clean(written) == plain


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Date ** of the order.", "Date of the order."),
        ("Set by `_batch_id`.", "Set by _batch_id."),
        ("*__Key__*", "Key"),
        ("Is it paid?", "Is it paid?"),
    ],
)
def test_a_description_is_one_plain_line(written, plain):
    assert clean(written) == plain


class Parrot:
    """An engine that says of each column what it was told to, and remembers how it was asked."""

    def __init__(self, texts=None):
        self.texts, self.calls = texts or {}, []

    def fill(self, prompts, on_filled=None):
        self.calls.append(prompts)
        filled = [tuple(Filled(self.say(slot), (-0.5,)) for slot in prompt.slots) for prompt in prompts]
        for place, texts in enumerate(filled):
            if on_filled:
                on_filled(place, texts)
        return filled

    def say(self, slot):
        name = slot.lead.removesuffix(":").split(" ")[-1]
        return self.texts.get(name, f"Says {slot.lead}")


class Estimator:
    """Gives each text the probability that it was told, and one half otherwise."""

    def __init__(self, chances):
        self.chances = chances

    def probability(self, table, index, filled):
        assert filled.logprobs
        return self.chances.get(filled.text, 0.5)


STOCK = Table(
    name="stock",
    comment="Kept by hand.",
    columns=(Column(name="sku", type="TEXT"), Column(name="flex_01", type="INT"), Column(name="x9", type="DATE")),
)
WRITTEN = Parrot({"sku": "SKU: article.", "flex_01": "First flex.", "x9": "? What is x9"})


def test_without_a_threshold_all_texts_are_kept_with_their_probability():
    (described,) = describe_tables(
        WRITTEN, [STOCK], PromptKind.COMPACT, acceptance=Estimator({"SKU: article.": 0.9, "First flex.": 0.1})
    )
    assert described.texts.columns == ("SKU: article.", "First flex.", "? What is x9?")
    assert described.acceptances.columns == (0.9, 0.1, None)
    assert (described.texts.table, described.acceptances.table) == ("", None)


def test_below_the_threshold_a_question_stands_and_the_probability_stays():
    (described,) = describe_tables(
        WRITTEN,
        [STOCK],
        PromptKind.COMPACT,
        acceptance=Estimator({"SKU: article.": 0.9, "First flex.": 0.1}),
        threshold=0.5,
    )
    assert described.texts.columns == (
        "SKU: article.",
        "? What does flex_01 of stock count or measure, and in which unit?",
        "? What is x9?",
    )
    assert described.acceptances.columns == (0.9, 0.1, None)


def test_where_nothing_came_a_question_stands_only_if_questions_are_wanted():
    silent = Parrot(dict.fromkeys(("sku", "flex_01", "x9"), "--"))
    (described,) = describe_tables(silent, [STOCK], PromptKind.COMPACT)
    assert described.texts.columns == ("", "", "")
    (described,) = describe_tables(silent, [STOCK], PromptKind.COMPACT, threshold=0.0)
    assert all(text.startswith("? ") for text in described.texts.columns)
    assert described.texts.table == ""  # a person wrote it: there is nothing to ask


def test_of_texts_that_are_the_same_the_likeliest_stays():
    texts = {TABLE_SLOT: "Street.", 0: "Street", 1: "street.", 2: "STREET"}
    assert repeated(texts) == ((0, 1, 2),)
    assert hold_back(STOCK, texts, {0: 0.6, 1: 0.9, 2: 0.9}, 0.5) == {
        TABLE_SLOT: "Street.",
        0: "? How does sku differ from flex_01 and x9?",
        1: "street.",
        2: "? How does x9 differ from sku and flex_01?",
    }
    # What is held back anyway repeats nothing.
    assert hold_back(STOCK, {0: "Street", 1: "street."}, {0: 0.6, 1: 0.1}, 0.5)[0] == "Street"


def test_prompts_come_in_groups_that_depend_on_the_tables_alone(monkeypatch):
    monkeypatch.setattr(filling, "GROUP_SLOTS", 100)
    wide = Table(name="wide", columns=tuple(Column(name=f"c{number}") for number in range(170)))
    tables = [STOCK, wide, Table(name="done", comment="Yes.", columns=()), STOCK]
    engine, calls = Parrot(), []
    described = describe_tables(engine, tables, PromptKind.COMPACT, calls.append)
    assert [sum(len(prompt.slots) for prompt in prompts) for prompts in engine.calls] == [3 + 41 + 40, 40 + 40 + 10 + 3]
    assert described[1].texts.columns[169] == "Says c169:"
    assert described[2].texts.columns == ()
    assert calls[-1] == filling.Progress(tables=4, all_tables=4, texts=177, all_texts=177, reused=0)
    assert [progress.tables for progress in calls] == [2, 2, 2, 2, 2, 3, 4]


def test_tables_that_people_have_described_need_no_engine():
    human = Table(name="t", comment="Ours.", columns=(Column(name="a", comment="Also."),))
    engine = Parrot()
    assert [each.texts.columns for each in describe_tables(engine, [human, human], PromptKind.COMPACT)] == [("",)] * 2
    assert describe_tables(engine, [], PromptKind.COMPACT) == []
    assert engine.calls == []


def test_a_tuned_models_text_that_leaves_its_name_out_opens_with_it():
    texts = {"sku": "Article.", "flex_01": "First flex.", "x9": "? What is x9"}
    (tuned,) = describe_tables(Parrot(texts), [STOCK], PromptKind.COMPACT)
    assert tuned.texts.columns == ("SKU: article.", "First flex.", "? What is x9?")

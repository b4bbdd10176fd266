"""A documentation has the structure of its table, whatever a model says."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from columnist.abstention import abstain, is_abstention, question_of
from columnist.ddl.tables import Column, Table
from columnist.documentation import Origin, merge
from columnist.modeling.cleaning import clean
from columnist.modeling.dangers import find_dangers
from columnist.modeling.describing import describe_tables
from columnist.modeling.engines.protocol import Filled
from columnist.modeling.guarding import commands
from columnist.modeling.prompts import TABLE_SLOT, PromptKind

COMMENTS = st.none() | st.text(max_size=8) | st.text(alphabet="? ab", max_size=8)
# What the guard holds back is tested with the guard: here a text that is written is a text that stands.
WRITTEN = (st.text(max_size=30) | st.text(alphabet="? ab*_`\n\"'.", max_size=20)).filter(
    lambda text: not find_dangers(text) and not find_dangers(clean(text))
)
TABLES = st.builds(
    lambda name, comment, comments: Table(
        name=name or "t",
        comment=comment,
        columns=tuple(
            Column(name=f"c{number}", type="INT", comment=comment) for number, comment in enumerate(comments)
        ),
    ),
    st.text(max_size=5).filter(lambda name: not commands(name)),
    COMMENTS,
    st.lists(COMMENTS, max_size=50),
)


class Babbler:
    """An engine that answers each slot with the next of some texts and remembers what it was asked."""

    def __init__(self, texts):
        self.texts, self.asked = itertools.cycle(texts), []

    def fill(self, prompts, on_filled=None):
        self.asked += prompts
        filled = [tuple(Filled(next(self.texts)) for _ in prompt.slots) for prompt in prompts]
        for place, texts in enumerate(filled):
            on_filled(place, texts)
        return filled


@given(st.lists(TABLES, max_size=4), st.lists(WRITTEN, min_size=1, max_size=7), st.sampled_from(PromptKind))
def test_there_is_one_text_per_column_and_human_text_is_neither_asked_for_nor_replaced(tables, texts, kind):
    engine = Babbler(texts)
    calls = []
    written = [described.texts for described in describe_tables(engine, tables, kind, calls.append)]
    assert [len(text.columns) for text in written] == [len(table.columns) for table in tables]
    assert len(calls) == len(engine.asked)
    assert not calls or (calls[-1].texts, calls[-1].tables) == (calls[-1].all_texts, len(tables))
    asked = sum(len(prompt.slots) for prompt in engine.asked)
    assert asked == sum(not (comment or "").strip() for table in tables for comment in _comments(table))
    for table, generated in zip(tables, written, strict=True):
        documentation = merge(table, generated)
        for comment, text in zip(_comments(table), (documentation.description, *documentation.columns), strict=True):
            if (comment or "").strip():
                assert (text.value, text.origin) == (comment, Origin.HUMAN)
            else:
                said = abstain(text.question) if text.question else text.value
                # A tuned model's text may open with the words of its name; nothing of the text is lost.
                ends = {clean(text).casefold() for text in texts}
                assert said.casefold() in ends or any(
                    kind is PromptKind.COMPACT and end and said.casefold().endswith(f": {end}") for end in ends
                )
                assert said.isprintable()
                assert not is_abstention(text.value)


def _comments(table):
    return [table.comment, *(column.comment for column in table.columns)]


class Echo:
    """An engine that answers each slot with its lead."""

    def fill(self, prompts, on_filled=None):
        return [tuple(Filled(f"about {slot.index} {slot.lead}") for slot in prompt.slots) for prompt in prompts]


@given(st.lists(TABLES, min_size=1, max_size=4))
def test_each_text_lands_at_the_column_it_was_written_for(tables):
    for table, described in zip(tables, describe_tables(Echo(), tables, PromptKind.COMPACT), strict=True):
        texts = described.texts
        for index, (comment, text) in enumerate(
            zip(_comments(table), (texts.table, *texts.columns), strict=True), start=TABLE_SLOT
        ):
            if not (comment or "").strip():
                assert f"about {index} " in text  # a name may stand before it


@given(WRITTEN)
def test_cleaning_twice_is_cleaning_once(text):
    assert clean(clean(text)) == clean(text)


@given(WRITTEN.map(lambda text: f"? {text}"))
def test_an_abstention_is_one_line_that_asks_or_nothing(text):
    cleaned = clean(text)
    assert cleaned == "" or (is_abstention(cleaned) and question_of(cleaned).endswith("?"))
    assert cleaned.isprintable()
    assert not is_abstention(question_of(cleaned))

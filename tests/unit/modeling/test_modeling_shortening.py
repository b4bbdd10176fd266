"""Texts that are longer than a comment may be."""

import pytest

from columnist.ddl.tables import Column, Table
from columnist.modeling import describing
from columnist.modeling.describing import describe_tables
from columnist.modeling.engines.protocol import Filled
from columnist.modeling.prompts import PromptKind
from columnist.modeling.shortening import whole_sentences
from columnist.rendering.limits import Allowance

LONG = "Date on which the order was placed by the customer"
TABLE = Table(name="orders", dialect="hive", columns=(Column(name="made", type="DATE"), Column(name="qty")))


class Verbose:
    """An engine that is brief only where it is asked to be, and then says what it was told to."""

    def __init__(self, text, brief="Day of it."):
        self.text, self.brief, self.asked = text, brief, []

    def fill(self, prompts, on_filled=None):
        return [tuple(self.say(prompt, slot) for slot in prompt.slots) for prompt in prompts]

    def say(self, prompt, slot):
        asked = " ".join((prompt.schema_text, slot.lead))
        if "words" not in asked:
            return Filled(self.text, (-0.1,))
        self.asked.append(asked)
        return Filled(self.brief, (-0.2,))


@pytest.fixture(autouse=True)
def _no_name_before_a_text(monkeypatch, request):
    """Putting a name before a text is another matter."""
    if "naming" not in request.node.name:
        monkeypatch.setattr(describing, "name_first", lambda name, text: text)


def test_naming_a_text_never_makes_it_too_long():
    assert describe(Verbose("Day."), max_length=11) == ("Day.", "Made: day.", "Day.")


def describe(engine, kind=PromptKind.COMPACT, table=TABLE, **options):
    (described,) = describe_tables(engine, [table], kind, **options)
    return (described.texts.table, *described.texts.columns)


def test_texts_that_fit_are_left_alone():
    engine = Verbose("Day.")
    assert describe(engine, max_length=4) == ("Day.",) * 3
    assert engine.asked == []


def test_whole_sentences_that_fit_are_kept():
    engine = Verbose(f"{LONG}. {LONG}.")
    assert describe(engine, max_length=60) == (f"{LONG}.",) * 3
    assert engine.asked == []


@pytest.mark.parametrize("kind", PromptKind)
def test_otherwise_the_model_is_asked_for_fewer_words(kind):
    engine = Verbose(f"{LONG}.")
    assert describe(engine, kind, max_length=40) == ("Day of it.",) * 3
    assert len(engine.asked) == 3
    assert all("5 words" in asked for asked in engine.asked)


@pytest.mark.parametrize("brief", [f"{LONG}.", "", "--"])
def test_otherwise_a_person_is_asked(brief):
    texts = describe(Verbose(f"{LONG}.", brief), max_length=40)
    assert texts[1] == "? What does made hold, said in at most 40 characters?"
    assert texts[0] == "? What does orders hold, said in at most 40 characters?"


def test_a_question_may_be_longer_than_a_comment():
    assert describe(Verbose(f"? {LONG}"), max_length=10) == (f"? {LONG}?",) * 3
    assert describe(Verbose(f"{LONG}.", f"? {LONG}"), max_length=10)[1] == f"? {LONG}?"


def test_a_dialect_limits_columns_and_tables_on_its_own():
    """Hive takes 256 characters for a column and 4,000 for a table."""
    engine = Verbose("x" * 300)
    table, made, _ = describe(engine)
    assert (len(table), made) == (300, "Day of it.")
    assert len(engine.asked) == 2
    assert describe(Verbose("x" * 300), table=TABLE.model_copy(update={"dialect": "postgres"}))[1] == "x" * 300


def test_the_probability_is_that_of_the_short_text():
    class Estimator:
        def probability(self, table, index, filled):
            assert (filled.text, filled.logprobs) == ("Day of it.", (-0.2,))
            return 0.7

    (described,) = describe_tables(
        Verbose(f"{LONG}."), [TABLE], PromptKind.COMPACT, acceptance=Estimator(), max_length=40
    )
    assert described.acceptances.columns == (0.7, 0.7)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Code of the shop, e.g. B7 for Bern. It is unique.", "Code of the shop, e.g. B7 for Bern."),
        ("Weight in kg. It is measured at the gate of the yard.", ""),
        ("One. Two. Three and more than will fit in here.", "One. Two."),
        ("Größe des Lagers. Ändert sich nie, außer im Herbst.", "Größe des Lagers."),
    ],
)
def test_a_sentence_is_whole_only_where_that_is_sure(text, kept):
    assert whole_sentences(text, [Allowance(40, "characters", "the catalog")]) == kept

"""Texts and whose they are."""

import pytest
from pydantic import ValidationError

from columnist.ddl.tables import Column, Table
from columnist.documentation import Acceptances, Described, Origin, TableDocumentation, Text, Texts, merge

TABLE = Table(name="t", comment="Human.", columns=(Column(name="a", comment=" kept  as is \n"), Column(name="b")))


def test_human_text_wins_and_keeps_every_character():
    merged = merge(TABLE, Texts(table="Model.", columns=("Model a.", " Model b. ")))
    assert (merged.description.value, merged.description.origin) == ("Human.", Origin.HUMAN)
    assert [(text.value, text.origin) for text in merged.columns] == [
        (" kept  as is \n", Origin.HUMAN),
        ("Model b.", Origin.MODEL),
    ]


def test_without_a_model_only_people_speak():
    merged = merge(TABLE, None)
    assert [text.origin for text in merged.columns] == [Origin.HUMAN, Origin.NONE]


@pytest.mark.parametrize("comment", ["", " ", "\n\t", None])
def test_a_blank_comment_is_none(comment):
    table = Table(name="t", comment=comment, columns=(Column(name="a", comment=comment),))
    merged = merge(table, Texts(table="One.", columns=("Two.",)))
    assert (merged.description.origin, merged.columns[0].origin) == (Origin.MODEL, Origin.MODEL)


@pytest.mark.parametrize("columns", [(), ("a",), ("a", "b", "c")])
def test_another_number_of_texts_is_a_bug(columns):
    with pytest.raises(ValueError, match="has 2 columns but"):
        merge(TABLE, Texts(table="", columns=columns))


def test_a_documentation_has_one_text_per_column():
    none = Text(value="", origin=Origin.NONE)
    with pytest.raises(ValidationError, match="has 2 columns but 1 texts came"):
        TableDocumentation(table=TABLE, description=none, columns=(none,))


@pytest.mark.parametrize(("value", "origin"), [("x", Origin.NONE), ("", Origin.HUMAN), ("", Origin.MODEL)])
def test_empty_means_that_nobody_wrote(value, origin):
    with pytest.raises(ValidationError, match="does not fit the text"):
        Text(value=value, origin=origin)


def test_a_generated_abstention_is_a_question_and_no_text():
    merged = merge(Table(name="t", columns=(Column(name="a"),)), Texts(table=" ? What for?\n", columns=("\x00? Why?",)))
    assert merged.description == Text(value="", origin=Origin.NONE, question="What for?")
    assert merged.columns == (Text(value="", origin=Origin.NONE, question="Why?"),)


@pytest.mark.parametrize("generated", ["?", " ? ", "\u200b?\n"])
def test_a_marker_without_a_question_is_nothing(generated):
    merged = merge(Table(name="t", columns=()), Texts(table=generated, columns=()))
    assert merged.description == Text(value="", origin=Origin.NONE)


def test_a_person_may_begin_a_comment_with_a_question_mark():
    table = Table(name="t", comment="? ask Ann", columns=())
    for generated in ("Model.", "? What for?"):
        merged = merge(table, Texts(table=generated, columns=()))
        assert merged.description == Text(value="? ask Ann", origin=Origin.HUMAN)


def test_a_text_leaves_no_question():
    with pytest.raises(ValidationError, match="leaves no question, but 'Why"):
        Text(value="Units held.", origin=Origin.MODEL, question="Why?")


def test_machine_text_and_what_was_held_back_carry_their_probability():
    table = Table(name="t", comment="Human.", columns=(Column(name="a"), Column(name="b"), Column(name="c")))
    generated = Texts(table="Model.", columns=("Model.", "? What for?", ""))
    merged = merge(table, generated, Acceptances(table=0.9, columns=(0.8, 0.2, None)))
    assert [text.acceptance for text in (merged.description, *merged.columns)] == [None, 0.8, 0.2, None]
    with pytest.raises(ValidationError, match="a person's"):
        Text(value="x", origin=Origin.HUMAN, acceptance=0.5)


@pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan")])
def test_a_probability_is_one(probability):
    with pytest.raises(ValidationError):
        Acceptances(table=probability, columns=())


def test_each_text_has_a_place_for_its_probability():
    with pytest.raises(ValidationError, match="1 texts, but 2 probabilities came"):
        Described(texts=Texts(table="", columns=("",)), acceptances=Acceptances(columns=(None, None)))
    with pytest.raises(ValueError, match="is longer"):
        merge(Table(name="t", columns=()), None, Acceptances(columns=(None,)))

"""Questions that the product composes itself."""

import pytest

from columnist.ddl.tables import Column, Reference, Table
from columnist.questions import ask_about_column, ask_about_table, ask_difference, ask_for_brevity

NAMES = [f"flex_{number}" for number in range(20)]


def questions(**column):
    columns = tuple(Column(name=name, **column) for name in NAMES)
    table = Table(name="orders", columns=columns)
    return {ask_about_column(table, each) for each in columns}


@pytest.mark.parametrize(
    ("type_", "word"),
    [
        ("DATE", "event"),
        ("TIMESTAMP WITH TIME ZONE", "event"),
        ("datetime", "happens"),
        ("NUMBER(10)", "count"),
        ("TINYINT(1)", "set"),
        ("BOOLEAN", "set"),
        ("JSONB", "kept"),
        ("TEXT[]", "kept"),
        ("VARCHAR(20)", "enter"),
        ("INTERVAL", "enter"),
        ("", "enter"),
    ],
)
def test_a_question_fits_the_type_and_names_column_and_table(type_, word):
    asked = questions(type=type_)
    assert all(question.endswith("?") and "orders" in question and "flex_" in question for question in asked)
    assert any(word in question for question in asked)


def test_columns_are_not_all_asked_the_same_way_but_always_the_same():
    asked = questions(type="VARCHAR(20)")
    assert len({question.replace(name, "x") for question in asked for name in NAMES if name in question}) > 2
    assert asked == questions(type="VARCHAR(20)")


def test_codes_and_references_are_asked_about():
    assert all("A, B and C" in question for question in questions(type="TEXT", values=("A", "B", "C")))
    assert all("people" in question for question in questions(type="INT", references=Reference(table="people")))


def test_names_cannot_leave_the_line_or_fill_the_page():
    odd = Column(name="x\n\u200b{table}" + "y" * 1000, values=("a\tb", "{column}"))
    table = Table(name="t\r{0}", columns=(odd,))
    for question in (
        ask_about_table(table),
        ask_about_column(table, odd),
        ask_difference(odd, [odd, odd]),
        ask_for_brevity(odd.name, 20, "characters"),
    ):
        assert question.isprintable()
        assert len(question) < 400

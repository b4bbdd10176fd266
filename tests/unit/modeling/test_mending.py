"""What can be checked against the table is put right, and all else is left as the model wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from columnist.ddl.tables import Column, Reference, Table
from columnist.modeling.describing import hold_back
from columnist.modeling.mending import is_circular, mend
from columnist.modeling.prompts import TABLE_SLOT


def table(name: str, *columns: str, **fields) -> Table:
    return Table(name=name, columns=tuple(Column(name=column) for column in columns), **fields)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("title", "length"), "Table of films, including title and length."),
        (("film_id", "store_id", "created_at", "last_update", "attr7"), "Table of films."),
        (("film_title", "uuid", "batch_id"), "Table of films, including title."),
        (("film", "film_2"), "Table of films, including film and film 2."),
        (("a_dt", "qty", "price", "colour"), "Table of films, including a date, quantity and price."),
    ],
)
def test_a_list_of_columns_names_columns_that_are_there(columns, expected):
    assert mend(table("films", *columns), TABLE_SLOT, "Table of films, including name, name and mood.") == expected


def test_a_list_that_holds_stays():
    stock = table("stock", "stock_id", "carrier_cd", "wt_kg", "state")
    text = "Table of stock, including carrier code, weight and state."
    assert mend(stock, TABLE_SLOT, text) == text
    assert mend(table("stock", "attr7", "bin"), TABLE_SLOT, "Table of stock, including attr7.") == (
        "Table of stock, including bin."
    )
    assert mend(stock, TABLE_SLOT, "Table of stock, including state and state.").endswith("weight kg and state.")


def test_keys_and_references_are_not_what_a_reader_looks_for():
    films = Table(
        name="films",
        columns=(
            Column(name="code", primary_key=True),
            Column(name="language", references=Reference(table="languages")),
            Column(name="title"),
        ),
    )
    assert mend(films, TABLE_SLOT, "Table of films, including code and mood.") == "Table of films, including title."


@pytest.mark.parametrize(
    "clause",
    ["that the version describes", "whose state the row shows", "that the event concerns", "that the film is for"],
)
def test_clauses_about_what_a_table_does_not_have_are_left_out(clause):
    text = f"The ID of the film {clause}."
    assert mend(table("film_category", "film_id"), 0, text) == "The ID of the film."


def test_versions_and_events_may_be_spoken_of_where_there_are_some():
    text = "The ID of the film that the version describes."
    assert mend(table("film", "film_id", "valid_from"), 0, text) == text
    text = "The ID of the film that the event concerns."
    assert mend(table("film_events", "film_id"), 0, text) == text


def test_what_is_its_own_is_asked_about():
    assert is_circular("The country of the country: country in which the country is located.")
    assert not is_circular("The address of the customer: where the customer lives.")
    address = table("address", "address", "street")
    held = hold_back(
        address, {0: "The address of the address.", 1: "The street of the address."}, {0: 0.9, 1: 0.9}, 0.3
    )
    assert held[0].startswith("? ")
    assert held[1] == "The street of the address."


@given(st.text(max_size=120))
def test_other_texts_are_left_alone(text):
    if not text.startswith("The ID") and ", including " not in text:
        films = table("films", "title")
        assert mend(films, 0, text) == mend(films, TABLE_SLOT, text) == text

"""Texts that leave their name out open with it, and no other text is changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from columnist.modeling.naming_first import name_first


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("email", "The address to write to.", "Email: the address to write to."),
        ("ord_qty", "Units that were bought.", "Order quantity: units that were bought."),
        ("landing_page", "URL that was opened.", "Landing page: URL that was opened."),
        ("order_status", "Status of the order.", "Status of the order."),
        ("id", "Identifies the order.", "Identifies the order."),
        ("dim_orders", "Table of orders.", "Table of orders."),
        ("pk_order", "Unique identifier of the order.", "Unique identifier of the order."),
        ("last_modified_at", "Time of the last update.", "Time of the last update."),
        ("creation_date", "Date on which it was created.", "Date on which it was created."),
        ("x", "", ""),
    ],
)
def test_names_open_the_texts_that_leave_them_out(name, text, expected):
    assert name_first(name, text).casefold() == expected.casefold()


@pytest.mark.parametrize(
    ("name", "term"), [("hcc_code", "HCC code"), ("src_ip", "Source IP"), ("tuva_run", "Tuva run"), ("org", "Org")]
)
def test_what_is_read_letter_by_letter_is_in_capitals(name, term):
    assert name_first(name, "What it was.") == f"{term}: what it was."


def test_long_texts_stay_below_every_limit():
    text = "Units " + "that were bought " * 11
    assert name_first("order_quantity", text) == text


@given(st.text(max_size=30), st.text(max_size=150))
def test_no_word_of_a_text_is_lost(name, text):
    assert name_first(name, text).casefold().endswith(text.casefold()[1:])

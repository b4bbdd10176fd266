"""Each validator turns down what it is there for, and nothing else."""

import pytest

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.synthesis import Example
from columnist.synthesis.validators import find_fault, is_name_echo

DDL = "CREATE TABLE claim (claim_id INT, filed_at TIMESTAMP, paid NUMERIC(8, 2));"
NAMES = ("claim_id", "filed_at", "paid")
COLUMNS = ("Unique identifier of the claim.", "Date and time when the claim came in.", "Money paid out so far.")
TABLE = "Insurance claims from filing to settlement, one row per claim."


def _example(ddl=DDL, columns=COLUMNS, table=TABLE, names=NAMES):
    value = Table(name="claim", columns=tuple(Column(name=name, type="INT") for name in names))
    return Example(
        id="train-0",
        ddl=ddl,
        table=value,
        reference=Texts(table=table, columns=columns),
        naics_code="524126",
        use_case="claims_triage",
        license="Apache-2.0",
    )


def test_a_sound_example_passes():
    assert find_fault(_example()) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ddl": "CREATE TABLE claim (claim_id INT,"}, "statement does not parse"),
        ({"ddl": "SELECT 1"}, "statement is not one CREATE TABLE"),
        ({"ddl": DDL + DDL}, "statement is not one CREATE TABLE"),
        ({"ddl": "CREATE TABLE claim (claim_id INT);"}, "statement and table differ"),
        ({"names": ("a", "b"), "columns": COLUMNS[:2]}, "unusual number of columns"),
        ({"columns": (COLUMNS[0], COLUMNS[1], "Paid out.")}, "length of a column text"),
        ({"columns": (COLUMNS[0], COLUMNS[1], "Money " * 60 + "paid.")}, "length of a column text"),
        ({"table": "Insurance claims."}, "length of the table text"),
        ({"columns": (COLUMNS[0], COLUMNS[1], "Money paid out so far")}, "not a sentence"),
        ({"columns": (COLUMNS[0], COLUMNS[1], "money paid out so far.")}, "not a sentence"),
        ({"columns": (COLUMNS[0], COLUMNS[1], "Money paid on **claims** so far.")}, "unexpected characters"),
        ({"columns": (COLUMNS[0], COLUMNS[1], "Money paid on ~ so far.")}, "unexpected characters"),
        ({"columns": (COLUMNS[0], COLUMNS[1], "Money paid\nout so far.")}, "unexpected characters"),
        ({"columns": (COLUMNS[0], COLUMNS[1], "Money the the insurer paid.")}, "doubled word"),
        ({"columns": (COLUMNS[0], COLUMNS[1], COLUMNS[1])}, "two columns with the same text"),
        ({"names": (*NAMES[:2], "amount_paid"), "columns": (*COLUMNS[:2], "Amount paid.")}, "length of a column text"),
        ({"names": (*NAMES[:2], "fee_paid"), "columns": (*COLUMNS[:2], "The fee paid.")}, "text repeats the name"),
        ({"columns": (COLUMNS[0], COLUMNS[1], "Call 555 123 4567 89 to ask.")}, "looks like personal data"),
        ({"columns": (COLUMNS[0], COLUMNS[1], "Number such as 123-45-6789 or another.")}, "looks like personal data"),
    ],
)  # fmt: skip
def test_a_fault_is_named(change, reason):
    assert find_fault(_example(**change)) == reason


@pytest.mark.parametrize(
    ("name", "text", "echo"),
    [
        ("customerName", "Name of the customer.", True),
        ("ORDER_DATES", "The date of the order.", True),
        ("order_date", "Date the order was placed.", False),
        ("txn_dt", "Date of the transaction.", False),
    ],
)
def test_name_echo(name, text, echo):
    assert is_name_echo(name, text) is echo

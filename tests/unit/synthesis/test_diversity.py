"""Diversity: every figure worked out by hand on small collections."""

import pytest

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.synthesis.diversity import compare_diversity, type_family


def _table(*columns, dialect="hive"):
    """A table from names, types and texts."""
    made = tuple(Column(name=name, type=type_) for name, type_, _ in columns)
    table = Table(name="t", dialect=dialect, columns=made)
    return table, Texts(table="", columns=tuple(text for _, _, text in columns))


ORDERS = _table(
    ("order_id", "INT", "Key of the order."),
    ("paid", "DATE", "Day the order was paid."),
    ("flex_1", "STRING", "? What is flex_1 for?"),
    ("note", "STRING", ""),
)
STOCK = _table(("OrderID", "BIGINT", "Key of the order."), ("qty", "INT", "The qty."), dialect="duckdb")


def test_one_collection():
    (found,) = compare_diversity({"mine": [ORDERS, STOCK]}).values()
    assert (found.tables, found.columns, found.texts) == (2, 6, 4)
    assert found.abstained == round(1 / 6, 4)
    # Runs: "key of the" and "of the order" twice, "day the order", "the order was", "order was paid": 5 of 7.
    assert found.distinct_3 == round(5 / 7, 4)
    # order_id and OrderID are the same name: of five names, four are in one table.
    assert found.single_names == 0.8
    assert found.new_names == 1.0
    assert found.name_echo == 0.25
    assert (found.width[0], found.width[2:]) == (2, (4, 4))
    assert found.words == (2, 4, 5)
    assert found.types == {"integer": 0.5, "text": 0.3333, "date": 0.1667}
    assert found.dialects == {"hive": 0.5, "duckdb": 0.5}


def test_names_are_compared_with_the_other_collections():
    found = compare_diversity({"a": [ORDERS], "b": [STOCK]})
    assert (found["a"].new_names, found["b"].new_names) == (0.75, 0.5)


def test_repetition_is_counted_over_equally_many_texts():
    echo = [_table(("a", "INT", "Key of the order."), ("b", "INT", "Key of the order.")) for _ in range(5)]
    alone = compare_diversity({"echo": echo})["echo"].distinct_3
    beside = compare_diversity({"echo": echo, "other": [_table(("a", "INT", "One two three."))]})
    assert alone == 0.1  # 2 of 20
    assert beside["echo"].distinct_3 == 1.0  # one text of it
    assert beside["other"].distinct_3 == 1.0


def test_empty_collections_are_measured_as_nothing():
    found = compare_diversity({"none": [], "bare": [_table(("a", "INT", ""))], "mine": [ORDERS]})
    assert (found["none"].tables, found["none"].distinct_3, found["none"].width) == (0, 0.0, (0, 0, 0, 0))
    assert (found["bare"].texts, found["bare"].name_echo, found["bare"].words) == (0, 0.0, (0, 0, 0))
    assert found["mine"].distinct_3 == 1.0
    assert compare_diversity({}) == {}


def test_the_measure_is_the_same_every_time():
    tables = [_table((f"c{n}", "INT", f"Text {n} of so many others.")) for n in range(50)]
    both = {"many": tables, "few": tables[:7]}
    assert compare_diversity(both) == compare_diversity(both)


@pytest.mark.parametrize(
    ("type_", "family"),
    [
        ("ENUM('row', 'map', 'json')", "enumeration"),
        ("Enum8('date' = 1)", "enumeration"),
        ("VARCHAR(20) CHARACTER SET utf8mb4", "text"),
        ("SET('a','b')", "enumeration"),
        ("INTERVAL", "other"),
        ("POINT", "other"),
        ("UInt64", "integer"),
        ("Nullable(Int32)", "integer"),
        ("HUGEINT", "integer"),
        ("BIGSERIAL", "integer"),
        ("INTEGER", "integer"),
        ("INT[]", "array"),
        ("ROW(a INT)", "nested"),
        ("MAP<STRING, INT>", "nested"),
        ("TIMESTAMP_NTZ", "time"),
        ("TIMETZ", "time"),
        ("DATETIME2(7)", "time"),
        ("DATE", "date"),
        ("TINYINT(1)", "boolean"),
        ("BIT", "boolean"),
        ("SMALLMONEY", "decimal"),
        ("NUMBER(10, 2)", "decimal"),
        ("UNIQUEIDENTIFIER", "identifier"),
        ("VARBINARY(16)", "binary"),
        ("JSONB", "document"),
        ("", "other"),
    ],
)
def test_families_of_types(type_, family):
    assert type_family(type_) == family

"""The data file of types: complete for every dialect, and spelled as a team would."""

from random import Random

import pytest
import sqlglot
from sqlglot import exp

from columnist.synthesis.column_types import DIALECTS, draw_types, enum_type, has_time_zone, is_text, quote

ROW_NAMES = """
key text long fixed date time flag count small big amount price decimal real percent score coordinate document bytes
uuid ip geo xml year short interval rowversion
"""
ROWS = frozenset(ROW_NAMES.split())
# Rows that are no types of columns.
CLAUSES = {"identity", "uuid_default", "now", "today"}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_has_every_row(dialect):
    assert set(draw_types(Random(1), dialect).spellings) >= ROWS


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_spelling_is_a_type_of_its_dialect(dialect):
    spellings = {
        types.sql(logical, 40)
        for types in (draw_types(Random(seed), dialect) for seed in range(60))
        for logical in types.spellings
        if logical not in CLAUSES
    }
    for spelling in sorted(spellings):
        parsed = sqlglot.parse_one(f"CREATE TABLE t (a {spelling}, b INT)", read=dialect)
        assert isinstance(parsed, exp.Create), spelling
        assert [column.name for column in parsed.this.expressions] == ["a", "b"], spelling


def test_teams_write_in_one_case_but_leave_what_is_quoted():
    lower = [types for seed in range(80) if (types := draw_types(Random(seed), "sqlite")).lower]
    assert lower
    spellings = {spelling for types in lower for spelling in types.spellings.values()}
    assert all(spelling == spelling.lower() or "'" in spelling for spelling in spellings)


def test_clickhouse_keeps_its_capitals():
    assert not any(draw_types(Random(seed), "clickhouse").lower for seed in range(80))


def test_types_are_told_apart():
    assert [has_time_zone(t) for t in ("timestamp(6) with time zone", "DATETIMEOFFSET(3)", "TIMESTAMP_LTZ")] == [
        True,
        True,
        False,
    ]
    assert [is_text(t) for t in ("NVARCHAR(MAX)", "LowCardinality(String)", "NUMBER(10)", "clob")] == [
        True,
        True,
        False,
        True,
    ]


def test_values_with_apostrophes_are_quoted():
    assert quote("owner's") == "'owner''s'"
    assert enum_type("clickhouse", ("owner's",)) == "Enum8('owner''s' = 1)"

"""Identifiers are kept as they were written, and quoted where that is no identifier."""

import pytest

from columnist.ddl.tables import Column, Table
from columnist.rendering.identifiers import identify_column, identify_table


@pytest.mark.parametrize(
    ("dialect", "identifier"),
    [
        ("postgres", 'shop."Order Items"'),
        ("postgres", '"a""b".c'),
        ("mysql", "`a``b`.`c`"),
        ("tsql", "[dbo].[Order Items]"),
        ("tsql", "#staging"),
        ("oracle", "SYS$LOG#1"),
        ("bigquery", "my-project.sales.orders"),
        ("bigquery", "`my-project.sales.orders`"),
        ("postgres", "straße.größe"),
        ("hive", "2026_orders"),
        ("tsql", "@cdmDatabaseSchema.person"),
    ],
)
def test_what_was_written_is_kept(dialect: str, identifier: str) -> None:
    table = Table(name="x", identifier=identifier, dialect=dialect, columns=())
    assert identify_table(table) == identifier


@pytest.mark.parametrize(
    "identifier",
    ["a b", "a;b", "a--b", "a.", ".a", 'a"b', "a'b", "a/*b*/", '"a"b"', "a\nb", "(a)", "a b.c", "`a`b`", "a.b;"],
)
def test_what_is_no_identifier_is_quoted(identifier: str) -> None:
    table = Table(name="t", schema='s"x', identifier=identifier, columns=(Column(name="c", identifier=identifier),))
    assert identify_table(table) == '"s""x"."t"'
    assert identify_column(table, table.columns[0]) == '"c"'


def test_mysql_reads_a_bare_hash_as_a_comment() -> None:
    table = Table(name="a#b", dialect="mysql", columns=(Column(name="`x#y`", identifier="`x#y`"),))
    assert identify_table(table) == "`a#b`"
    assert identify_column(table, table.columns[0]) == "`x#y`"


def test_a_column_is_one_part() -> None:
    table = Table(name="t", columns=(Column(name="a.b"),))
    assert identify_column(table, table.columns[0]) == '"a.b"'

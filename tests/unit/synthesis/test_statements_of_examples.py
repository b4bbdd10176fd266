"""The statements: executed where an engine is at hand, and read back by the product's own reader."""

import sqlite3

import duckdb
import pytest

from columnist.ddl import read_text
from columnist.synthesis import SynthesisConfig, synthesize
from columnist.synthesis.column_types import DIALECTS


def _examples(dialect, count=40):
    config = SynthesisConfig(seed=21, train_examples=count, validation_examples=0, test_examples=0, dialects=(dialect,))
    return synthesize(config).train


def test_sqlite_executes_its_statements():
    for example in _examples("sqlite"):
        connection = sqlite3.connect(":memory:")
        connection.execute(example.ddl)
        rows = connection.execute(f'PRAGMA table_xinfo("{example.table.name}")').fetchall()
        connection.close()
        assert [row[1] for row in rows] == [column.name for column in example.table.columns]


def test_duckdb_executes_its_statements():
    for example in _examples("duckdb"):
        with duckdb.connect(":memory:") as connection:
            if example.table.schema_name:
                connection.execute(f"CREATE SCHEMA {example.table.schema_name}")
            for statement in _parents(example.table):
                connection.execute(statement)
            connection.execute(example.ddl)
            described = connection.execute(f"DESCRIBE {example.table.identifier}").fetchall()
        assert [row[0] for row in described] == [column.name for column in example.table.columns]


def _parents(table):
    """DuckDB wants to see the tables that foreign keys lead to."""
    parents = {
        column.references.table: f"CREATE TABLE {column.references.table} "
        f'("{column.references.column}" {column.type} PRIMARY KEY)'
        for column in table.columns
        if column.references and column.references.table != table.identifier
    }
    return parents.values()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_reader_finds_the_same_table(dialect):
    for example in _examples(dialect, 20):
        script = read_text(example.ddl, dialect)
        assert not script.skipped
        (table,) = script.tables
        assert _essence(table) == _essence(example.table)


def _essence(table):
    """Everything but the definitions, which the generator leaves out."""
    columns = tuple(column.model_dump(exclude={"definition"}) for column in table.columns)
    return {**table.model_dump(exclude={"columns"}), "columns": columns}

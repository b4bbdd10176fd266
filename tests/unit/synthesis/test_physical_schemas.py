"""Whole groups of tables: read back, parsed by sqlglot, and created one after the other by real engines."""

import re
import sqlite3
from random import Random

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from columnist.ddl import read_text
from columnist.ddl.tables import Reference, Table
from columnist.synthesis.blueprints import Setting
from columnist.synthesis.column_types import DIALECTS, draw_types
from columnist.synthesis.examples import HardClass
from columnist.synthesis.groups import plan_group
from columnist.synthesis.lexicon import Kind, load_lexicon
from columnist.synthesis.naming import TableKind, draw_style, table_words
from columnist.synthesis.physical import Schema, declares_keys, draw_columns
from columnist.synthesis.quoting import Quoting
from columnist.synthesis.statements import draw_layout, render_statement

RAW = {TableKind.STAGING, TableKind.RAW}
SHOWN = re.compile(r"STRUCT|Tuple|Nested|OBJECT\(", re.IGNORECASE)
FLOATING = re.compile(r"FLOAT|REAL|DOUBLE", re.IGNORECASE)
COMMENTED = re.compile(r"--|/\*|\bCOMMENT\s*=?\s*'|description\s*=", re.IGNORECASE)


def make_group(dialect, seed, hard=None):
    """The tables of a group, each with its drafts and its statement."""
    rng = Random(f"{dialect} {seed}")
    lexicon = load_lexicon()
    case = rng.choice(lexicon.use_cases)
    setting = Setting(lexicon=lexicon, use_case=case, sector=case.sectors[0])
    blueprints = plan_group(setting, lambda _: True, hard, rng)
    types = draw_types(rng, dialect)
    layout = draw_layout(rng, types)
    team = {
        "dialect": dialect,
        "style": draw_style(rng, dialect, lexicon.abbreviations),
        "types": types,
        "quoting": Quoting(dialect=dialect, always=rng.random() < 0.2),
        "schema_name": "" if dialect == "sqlite" else rng.choice(("", "core")),
        "restricts_codes": rng.random() < 0.6,
        "planned": frozenset(blueprint.entity for blueprint in blueprints),
    }
    targets, made = {}, []
    for blueprint in blueprints:
        raw = blueprint.kind in RAW
        schema = Schema(
            **team,
            declares_references=not raw,
            everything_is_text=raw and rng.random() < 0.6,
            has_keys=declares_keys(dialect, rng, blueprint.kind),
            targets=dict(targets),
        )
        drafts = draw_columns(blueprint, schema, rng)
        name = schema.style.join(table_words(blueprint.words, blueprint.kind, schema.style, rng))
        identifier = schema.quoting.qualified(schema.schema_name, name)
        statement = render_statement(identifier, drafts, schema, layout, rng)
        columns = tuple(draft.column for draft in drafts)
        table = Table(
            schema_name=schema.schema_name or None,
            name=name,
            identifier=identifier,
            dialect=dialect,
            columns=columns,
            line=1,
        )
        keys = [column.name for column in columns if column.primary_key]
        if blueprint.kind is TableKind.ENTITY and len(keys) == 1:
            targets[blueprint.entity] = Reference(table=identifier, column=keys[0])
        made.append((table, drafts, statement, schema))
    return made


def make_tables(dialect, groups, hard=None):
    return [made for seed in range(groups) for made in make_group(dialect, seed, hard)]


def _essence(table):
    """Everything but the definitions, which the generator leaves out."""
    columns = [column.model_dump(exclude={"definition"}) for column in table.columns]
    return {**table.model_dump(exclude={"columns"}), "columns": columns}


def _parsed_names(statement, dialect):
    (created,) = sqlglot.parse(statement, read=dialect)
    assert isinstance(created, exp.Create), statement
    outside = created.find(exp.PartitionedByProperty)
    listed = [*created.this.expressions, *(outside.this.expressions if outside else ())]
    return [item.name for item in listed if isinstance(item, exp.ColumnDef)]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("hard", [None, HardClass.NESTED])
def test_statements_say_what_the_tables_are(dialect, hard):
    for table, _, statement, _ in make_tables(dialect, 16, hard):
        script = read_text(statement, dialect)
        assert not script.skipped, statement
        assert [_essence(read) for read in script.tables] == [_essence(table)], statement
        assert _parsed_names(statement, dialect) == [column.name for column in table.columns]
        assert not COMMENTED.search(statement)


def test_duckdb_creates_groups_in_order():
    made = 0
    for seed in range(130):
        group = make_group("duckdb", seed, HardClass.NESTED if seed % 4 == 0 else None)
        with duckdb.connect(":memory:") as connection:
            connection.execute("CREATE SCHEMA core")
            own = {table.identifier for table, *_ in group}
            for table, _, statement, _ in group:
                for parent in _parents_elsewhere(table, own):
                    connection.execute(parent)
                connection.execute(statement)
                described = connection.execute(f"DESCRIBE {table.identifier}").fetchall()
                assert [row[0] for row in described] == [column.name for column in table.columns]
                made += 1
    assert made >= 300


def _parents_elsewhere(table, own):
    """DuckDB wants to see the tables that foreign keys lead to."""
    return [
        f'CREATE TABLE IF NOT EXISTS {column.references.table} ("{column.references.column}" {column.type} PRIMARY KEY)'
        for column in table.columns
        if column.references and column.references.table not in own
    ]


def test_sqlite_creates_groups_in_order():
    made = 0
    for seed in range(130):
        connection = sqlite3.connect(":memory:")
        connection.execute("PRAGMA foreign_keys = ON")
        for table, _, statement, _ in make_group("sqlite", seed, HardClass.NESTED if seed % 4 == 0 else None):
            connection.execute(statement)
            rows = connection.execute(f'PRAGMA table_xinfo("{table.name}")').fetchall()
            assert [row[1] for row in rows] == [column.name for column in table.columns]
            made += 1
        connection.close()
    assert made >= 300


@pytest.mark.parametrize("dialect", ["duckdb", "oracle", "hive"])
def test_wide_tables_work(dialect):
    for table, _, statement, _ in make_tables(dialect, 3, HardClass.WIDE):
        assert len(table.columns) >= 100
        (read,) = read_text(statement, dialect).tables
        assert _essence(read) == _essence(table)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_fields_are_known_where_the_type_shows_them(dialect):
    structures = [
        draft
        for _, drafts, _, _ in make_tables(dialect, 25, HardClass.NESTED)
        for draft in drafts
        if draft.feature.kind in {Kind.RECORD, Kind.RECORDS}
    ]
    assert structures
    for draft in structures:
        assert bool(draft.fields) == bool(SHOWN.search(draft.column.type))
        assert all(re.search(rf"\b{re.escape(field)}\b", draft.column.type) for field in draft.fields)


def test_the_same_draw_gives_the_same_statement():
    assert [made[2] for made in make_group("snowflake", 5)] == [made[2] for made in make_group("snowflake", 5)]


def test_amounts_are_exact():
    teams = [made for dialect in DIALECTS if dialect not in {"sqlite", "snowflake", "bigquery"}
             for made in make_tables(dialect, 12)]  # fmt: skip
    amounts = [
        draft.column.type
        for _, drafts, _, schema in teams
        for draft in drafts
        if draft.feature.kind is Kind.AMOUNT and not draft.feature.obscure and not schema.everything_is_text
    ]
    assert len(amounts) > 50
    assert not [type_ for type_ in amounts if FLOATING.search(type_)]


def test_references_inside_a_group_have_the_type_of_the_key():
    checked = 0
    for dialect in ("postgres", "mysql", "tsql", "duckdb"):
        for seed in range(25):
            keys = {}
            for table, drafts, _, _ in make_group(dialect, seed):
                for draft in drafts:
                    target = draft.column.references
                    if target and (target.table, target.column) in keys:
                        key = keys[target.table, target.column].upper()
                        counted = {"SERIAL": "INTEGER", "BIGSERIAL": "BIGINT"}
                        assert draft.column.type.upper() == counted.get(key, key)
                        checked += 1
                keys |= {(table.identifier, column.name): column.type for column in table.columns}
    assert checked > 20


def test_partition_columns_are_in_the_partition_clause():
    seen = set()
    for dialect in ("bigquery", "hive", "spark", "databricks", "clickhouse", "postgres"):
        for _, drafts, statement, _ in make_tables(dialect, 100 if dialect in {"spark", "databricks"} else 40):
            for draft in drafts:
                if draft.partition:
                    clause = re.split(r"PARTITION(?:ED)? BY", statement, flags=re.IGNORECASE)[1]
                    assert draft.column.identifier in clause.split("\nORDER BY")[0]
                    seen.add(dialect)
    # Tables of Postgres are seldom partitioned, so it may be missing from a draw this small.
    assert seen >= {"bigquery", "hive", "spark", "databricks", "clickhouse"}


def test_moments_stored_as_numbers_say_since_when():
    units = {}
    for dialect in ("bigquery", "snowflake", "postgres"):
        for _, drafts, _, _ in make_tables(dialect, 120):
            for draft in drafts:
                if draft.feature.kind.is_moment and draft.unit:
                    units.setdefault(draft.unit, []).append(draft)
    assert set(units) == {"s", "ms", "yyyymmdd"}
    assert all(draft.feature.kind is Kind.DATE for draft in units["yyyymmdd"])
    assert all(
        re.search("INT|NUMBER", draft.column.type, re.IGNORECASE) for drafts in units.values() for draft in drafts
    )


def test_obscure_columns_get_plain_types():
    features = [
        draft
        for dialect in DIALECTS
        for seed in range(12)
        for hard in (HardClass.OPAQUE, HardClass.AMBIGUOUS)
        for _, drafts, _, _ in make_group(dialect, seed, hard)
        for draft in drafts
        if draft.feature.obscure
    ]
    assert len(features) > 100
    for draft in features:
        assert (draft.check, draft.unit, draft.column.values) == ("", "", ())
        assert not draft.unique
        assert not draft.partition

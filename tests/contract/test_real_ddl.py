"""Read the real scripts that people wrote, and say how many tables were read."""

import json
import logging
import time
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from columnist.ddl import DIALECTS, Column, Script, read_file, read_text
from columnist.ddl.dialects import detect
from columnist.ddl.encoding import decode
from columnist.ddl.parser import opens_table
from columnist.ddl.splitter import split
from columnist.errors import SourceError

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
SCRIPTS = DATA / "ddl"
# One statement a line, without semicolons, and each with its own table z.
LINE_BY_LINE = "generic__sqlglot__identity.sql"
MIN_READ = 0.99
MAX_S = 30

needs_scripts = pytest.mark.skipif(not SCRIPTS.is_dir(), reason=f"needs the real scripts in {SCRIPTS}")


def _manifest() -> list[dict]:
    return json.loads((SCRIPTS / "manifest.json").read_text(encoding="utf-8"))


def _read(entry: dict, dialect: str | None) -> list[Script]:
    path = SCRIPTS / entry["file"]
    if entry["file"] != LINE_BY_LINE:
        return [read_file(path, dialect)]
    scripts = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if "CREATE" in line and "TABLE" in line:
            try:
                scripts.append(read_text(line, dialect))
            except SourceError:
                continue  # a view, or a table in a string; the manifest's count tells a table that is missed
    return scripts


def _is_repeated(reason: str) -> bool:
    return "is created on line" in reason


@needs_scripts
@pytest.mark.parametrize("detect", [False, True], ids=["given", "detected"])
def test_of_the_real_tables_99_percent_are_read(detect, capsys):
    started, read, repeated, expected, report = time.monotonic(), 0, 0, 0, []
    for entry in _manifest():
        scripts = _read(entry, None if detect else entry["dialect"] or "postgres")
        skipped = [each for script in scripts for each in script.skipped]
        own_repeated = sum(_is_repeated(each.reason) for each in skipped)
        own_read = sum(len(script.tables) for script in scripts)
        statements = sum(script.create_table_statements for script in scripts)
        read, repeated = read + own_read, repeated + own_repeated
        expected += entry["create_table_statements"]
        assert own_read + own_repeated <= entry["create_table_statements"], f"{entry['file']}: tables are made up"
        if statements < entry["create_table_statements"]:
            report.append(f"  {entry['file']}: {statements} of {entry['create_table_statements']} seen")
        report += [f"  {entry['file']}:{each.line}: {each.reason} ({each.statement[:40]})" for each in skipped]
    elapsed = time.monotonic() - started
    with capsys.disabled():
        how = "dialects detected" if detect else "dialects given"
        print(f"\n{how}: {read} of {expected} CREATE TABLE read, {repeated} more repeat a table, {elapsed:.1f} s")
        print("\n".join(report))
    assert (read + repeated) / expected >= MIN_READ
    assert elapsed < MAX_S


@needs_scripts
def test_sqlglot_agrees_wherever_it_reads_a_table_by_itself(capsys):
    """Compare with a parser that shares no code with ours: names, types, defaults, comments."""
    compared = unread = 0
    for entry in _manifest():
        dialect = entry["dialect"]
        if not dialect:
            continue
        text, _ = decode((SCRIPTS / entry["file"]).read_bytes(), entry["file"])
        for statement in split(text, dialect):
            if not opens_table(statement.text):
                continue
            theirs = _columns_of_sqlglot(statement.text, dialect)
            ours = read_text(statement.text, dialect).tables
            unread += theirs is None
            if theirs and ours:
                compared += 1
                assert [_essence(column, dialect) for column in ours[0].columns] == theirs, statement.text[:200]
    with capsys.disabled():
        print(f"\nsqlglot alone agrees on {compared} tables and cannot read {unread}")
    assert compared > 1900


def _columns_of_sqlglot(sql: str, dialect: str) -> list[tuple] | None:
    logger = logging.getLogger("sqlglot")
    logger.disabled = True  # it warns of every statement that it cannot read
    try:
        created = sqlglot.parse_one(sql, dialect=dialect)
    except SqlglotError:
        return None
    finally:
        logger.disabled = False
    if not isinstance(created, exp.Create):
        return None
    if not isinstance(created.this, exp.Schema):
        return []
    found = []
    for column in created.this.find_all(exp.ColumnDef):
        if column.parent is not created.this:
            continue  # a field of a STRUCT
        kinds = {type(constraint.kind): constraint.kind for constraint in column.constraints}
        comment = kinds.get(exp.CommentColumnConstraint)
        found.append(
            (
                column.name,
                column.kind.sql(dialect).upper() if column.kind else "",
                exp.DefaultColumnConstraint in kinds,
                comment.this.name if comment else None,
            )
        )
    return found


def _essence(column: Column, dialect: str) -> tuple:
    kind = exp.DataType.build(column.type, dialect=dialect, udt=True).sql(dialect) if column.type else ""
    # sqlglot reads the domain "Name" as the type NAME.
    return column.name, kind.upper().replace('"NAME"', "NAME"), column.default is not None, column.comment


@needs_scripts
def test_scripts_are_in_the_encodings_of_the_manifest():
    for entry in _manifest():
        assert decode((SCRIPTS / entry["file"]).read_bytes(), "x")[1].startswith(entry["encoding"]), entry["file"]


@needs_scripts
def test_most_dialects_are_detected(capsys):
    wrong = []
    for entry in _manifest():
        if not entry["dialect"]:
            continue
        found = detect(decode((SCRIPTS / entry["file"]).read_bytes(), entry["file"])[0])
        if found != entry["dialect"]:
            wrong.append(f"{entry['file']}: {found}")
    with capsys.disabled():
        print(f"\n{len(wrong)} dialects detected otherwise than the manifest says:", *wrong, sep="\n  ")
    # Those left over are standard SQL without anything of their dialect, or the dialect's next of kin.
    assert len(wrong) <= 7


@needs_scripts
def test_human_comments_of_real_scripts_are_found():
    def texts(file: str) -> int:
        (script,) = (
            read_file(SCRIPTS / entry["file"], entry["dialect"]) for entry in _manifest() if entry["file"] == file
        )
        described = [table for table in script.tables if table.comment]
        return len(described) + sum(bool(column.comment) for table in script.tables for column in table.columns)

    assert texts("oracle__db-sample-schemas__hr_create.sql") == 42
    assert texts("tsql__tbls__mssql.sql") == 4
    assert texts("databricks__tbls__databricks_nested_types.sql") == 11
    assert texts("clickhouse__tbls__clickhouse.sql") == 4


@needs_scripts
def test_partitions_of_a_pg_dump_know_their_parent_and_their_keys():
    script = read_file(SCRIPTS / "postgres__pagila__pagila-schema.sql", "postgres")
    tables = {table.name: table for table in script.tables}
    assert tables["payment_p2022_01"].partition_of == "public.payment"
    assert tables["payment_p2022_01"].identifier == "public.payment_p2022_01"
    assert [column.name for column in tables["film_actor"].columns if column.primary_key] == ["actor_id", "film_id"]
    actor_id = tables["film_actor"].columns[0]
    assert (actor_id.references.table, actor_id.references.column) == ("public.actor", "actor_id")


@pytest.mark.skipif(not (DATA / "documented_tables.jsonl").is_file(), reason="needs documented_tables.jsonl")
def test_documented_tables_are_read_with_all_their_columns():
    lines = (DATA / "documented_tables.jsonl").read_text(encoding="utf-8").splitlines()
    read = 0
    for entry in map(json.loads, lines):
        assert entry["dialect"] in DIALECTS
        for dialect in (entry["dialect"], None):
            (table,) = read_text(entry["ddl"], dialect).tables
            names = [column.name for column in table.columns]
            # One script declares a column twice, in two cases; no database would take it.
            assert len(names) == entry["n_columns"] - (entry["id"] == "dev-0174"), entry["id"]
            assert set(entry["columns"]) <= set(names), entry["id"]
        read += 1
    assert read == len(lines) > 600

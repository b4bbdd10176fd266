"""Compare whole scripts with what was read of them before, and with what databases make of them.

After an intended change, write the files anew and read the difference:
``python tests/golden/ddl/test_golden_ddl.py``.
"""

import json
import sqlite3
from pathlib import Path

import duckdb
import pytest

from columnist.ddl import read_file, read_text

HERE = Path(__file__).parent
SCRIPTS = sorted(HERE.glob("*.sql"))
PORTABLE = """
CREATE TABLE "Stock Room" (
  id INTEGER NOT NULL PRIMARY KEY,
  "Qty (pieces)" DECIMAL(9,2) DEFAULT 0 NOT NULL,
  label VARCHAR DEFAULT 'it''s; new', -- a comment; of nobody
  moved_at TIMESTAMP
);
CREATE TABLE item (a INTEGER, b INTEGER NOT NULL, PRIMARY KEY (a, b), CHECK (a > b), UNIQUE (b));
CREATE TABLE picked AS SELECT a, b AS "B b" FROM item;
"""


def _as_json(path: Path) -> str:
    script = read_file(path, path.suffixes[0][1:]).model_copy(update={"file": path.name})
    return json.dumps(script.model_dump(mode="json", exclude_defaults=True), indent=1, ensure_ascii=False) + "\n"


def test_there_are_scripts():
    assert len(SCRIPTS) == 5


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_read_as_before(path):
    assert _as_json(path) == path.with_suffix(".json").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_their_dialects_are_detected(path):
    assert read_file(path).dialect == path.suffixes[0][1:]


def test_sqlite_has_the_columns_that_were_read():
    tables = read_text(PORTABLE, "sqlite").tables
    with sqlite3.connect(":memory:") as database:
        database.executescript(PORTABLE)
        for table in tables:
            rows = database.execute(f"PRAGMA table_info({table.identifier})").fetchall()
            assert [column.name for column in table.columns] == [row[1] for row in rows]
            if table.name != "picked":  # no types in a query
                assert [(c.type, not c.nullable, c.default) for c in table.columns] == [
                    # SQLite lets a primary key be NULL unless it says otherwise; SQL does not.
                    (row[2], bool(row[3] or row[5]), row[4])
                    for row in rows
                ]
            assert [column.primary_key for column in table.columns] == [bool(row[5]) for row in rows]
    database.close()


def test_duckdb_takes_comments_on_what_was_read():
    tables = read_text(PORTABLE, "duckdb").tables
    with duckdb.connect() as database:
        database.execute(PORTABLE)
        for table in tables:
            database.execute(f"COMMENT ON TABLE {table.identifier} IS 'T'")
            for column in table.columns:
                database.execute(f"COMMENT ON COLUMN {table.identifier}.{column.identifier} IS '{column.name}'")
        commented = database.execute(
            "SELECT column_name, comment, is_nullable FROM duckdb_columns() WHERE NOT internal"
            " ORDER BY table_oid, column_index"
        ).fetchall()
    columns = [column for table in tables for column in table.columns]
    assert [(c.name, c.name, c.nullable) for c in columns] == commented


if __name__ == "__main__":
    for each in SCRIPTS:
        each.with_suffix(".json").write_text(_as_json(each), encoding="utf-8")

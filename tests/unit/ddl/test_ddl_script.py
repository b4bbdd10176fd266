from pathlib import Path

import pytest

from columnist.ddl import DIALECTS, read_bytes, read_file, read_text
from columnist.errors import SourceError


def _reason(text: str, dialect: str | None = "postgres") -> list[str]:
    return [skipped.reason for skipped in read_text(text, dialect).skipped]


def test_a_script_is_read_with_an_account_of_everything():
    script = read_text(
        "SET x = 1;\nCREATE TABLE a (id INT);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);\n"
        "CREATE INDEX i ON a (id);\nCREATE TABLE b AS SELECT f();",
        "postgres",
        "x.sql",
    )
    assert script.file == "x.sql"
    assert [(table.name, table.line) for table in script.tables] == [("a", 2)]
    assert script.ignored == {"CREATE INDEX": 1, "INSERT": 2, "SET": 1}
    assert script.create_table_statements == 2
    assert [(skipped.line, skipped.reason) for skipped in script.skipped] == [
        (6, "its query does not name its columns")
    ]
    assert script.skipped[0].statement == "CREATE TABLE b AS SELECT f()"


@pytest.mark.parametrize("text", ["", "  \n\t\n", "-- nothing\n/* here */\n;;"])
def test_an_empty_script_is_an_error(text):
    with pytest.raises(SourceError, match="is empty"):
        read_text(text)


def test_a_script_without_tables_is_an_error():
    with pytest.raises(SourceError, match="no CREATE TABLE among its 1 statements"):
        read_text("SELECT 1")


def test_an_unknown_dialect_is_an_error_that_names_the_known_ones():
    with pytest.raises(SourceError, match=r"postgres, mysql.*did you mean snowflake\?") as caught:
        read_text("CREATE TABLE t (a INT)", "snowflak")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_reads_a_plain_table(dialect):
    (table,) = read_text("CREATE TABLE s.t (a INT NOT NULL, b VARCHAR(10) NULL DEFAULT 'x')", dialect).tables
    assert table.dialect == dialect
    assert [(c.name, c.type, c.nullable, c.default) for c in table.columns] == [
        ("a", "INT", False, None),
        ("b", "VARCHAR(10)", True, "'x'"),
    ]


def test_missing_files_and_directories_are_errors(tmp_path: Path):
    with pytest.raises(SourceError, match="does not exist"):
        read_file(tmp_path / "none.sql")
    with pytest.raises(SourceError, match="is a directory"):
        read_file(tmp_path)


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x03", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"CREATE TABLE t (a INT)\x00"])
def test_binary_files_are_errors(data, tmp_path: Path):
    path = tmp_path / "x.sql"
    path.write_bytes(data)
    with pytest.raises(SourceError, match="binary file"):
        read_file(path)


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings_are_told_and_lines_stay_right(encoding, expected):
    text = "-- Größe\r\n\r\nCREATE TABLE straße (größe INT);\r\n"
    script = read_bytes(text.encode(encoding), "postgres")
    assert script.encoding == expected
    (table,) = script.tables
    assert (table.name, table.columns[0].name, table.line) == ("straße", "größe", 3)


def test_a_table_created_twice_is_kept_once_and_reported():
    text = "CREATE TABLE t (a INT);\nCREATE TABLE IF NOT EXISTS T (b INT);"
    assert [column.name for column in read_text(text, "postgres").tables[0].columns] == ["a"]
    assert _reason(text) == ["T is created on line 1 already; the first is kept"]
    assert len(read_text(text, "mysql").tables) == 2, "MySQL tells T from t"


def test_binary_rows_of_a_dump_do_not_spoil_names():
    rows = b"INSERT INTO t VALUES ('" + b"\x01\xff\x81\xfe" + b"', 'some more text in this row');\n"
    data = "CREATE TABLE `größe` (`länge` INT COMMENT 'fünf Äpfel, süß');\n".encode() + rows
    (table,) = read_bytes(data, "mysql").tables
    assert (table.name, table.columns[0].name, table.columns[0].comment) == ("größe", "länge", "fünf Äpfel, süß")


def test_lone_carriage_returns_are_line_ends():
    script = read_bytes(b"-- old Mac\rCREATE TABLE t (\ra INT -- x\r, b INT);\r", "postgres")
    assert [(table.line, len(table.columns)) for table in script.tables] == [(2, 2)]


def test_a_dialect_may_go_by_another_name():
    assert read_text("CREATE TABLE t (a INT)", "PostgreSQL").dialect == "postgres"
    assert read_text("CREATE TABLE t (a INT)", "mariadb").dialect == "mysql"


@pytest.mark.parametrize(
    ("body", "columns"),
    [
        ("x INT", ["x"]),
        ("x INT, y VARCHAR(20)", ["x", "y"]),
        ("x INT, y INT, PRIMARY KEY (x)", ["x", "y"]),
        ("x NUMERIC(10, y TEXT)", ["x"]),
    ],
)
@pytest.mark.parametrize("end", [";\n", "\n"])
def test_a_list_of_columns_that_never_closes_is_reported(body, columns, end):
    script = read_text(f"CREATE TABLE a ({body}{end}CREATE TABLE b (y INT);", "postgres")
    assert [(table.name, [column.name for column in table.columns]) for table in script.tables] == [
        ("a", columns),
        ("b", ["y"]),
    ]
    assert [(skipped.line, "never closes" in skipped.reason) for skipped in script.skipped] == [(1, True)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABEL x (a int)",
        "create tbale x(a int)",
        "CREATE TEMP TABL IF NOT EXISTS s.x (a int)",
        'CREATE OR REPLACE TABLEE "my table" (a int)',
        "CREATE TABLES [dbo] . [x] (a int)",
        "CREATE /* why */ TALBE event (a int)",
    ],
)
def test_a_statement_that_nearly_creates_a_table_is_reported(statement):
    script = read_text(f"CREATE TABLE t (a INT);\n{statement};\nCREATE TABLE u (a INT);", "postgres")
    assert [table.name for table in script.tables] == ["t", "u"]
    assert [(skipped.line, "is CREATE TABLE meant?" in skipped.reason) for skipped in script.skipped] == [(2, True)]
    assert (script.create_table_statements, script.ignored) == (2, {})


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLESPACE x LOCATION 'y'",
        "CREATE TYPE x AS (a int)",
        "CREATE VIEW tables AS (SELECT 1)",
        "CREATE MATERIALIZED VIEW tabel AS (SELECT 1)",
        "CREATE INDEX tabel ON t (a)",
        "CREATE FUNCTION tabel (a int) RETURNS int",
        "CREATE FUNCTION f() RETURNS TABLE (a int)",
        "CREATE AGGREGATE stable (sfunc = f)",
        "CREATE TABLE FUNCTION f(x INT64) AS SELECT x",
        "CREATE STAGE x (a int)",
        "CREATE TABEL",
        "INSERT INTO tabel (a) VALUES (1)",
    ],
)
def test_other_statements_are_not_taken_for_a_misspelt_one(statement):
    assert not _reason(f"CREATE TABLE t (a INT);\n{statement};")


@pytest.mark.parametrize("before", ["TEMP", "TEMPORARY", "GLOBAL TEMPORARY", "UNLOGGED", "FOREIGN", "EXTERNAL"])
def test_tables_of_all_kinds_are_read(before):
    script = read_text(f"CREATE {before} TABLE t (a INT);", "postgres")
    assert [table.name for table in script.tables] == ["t"]
    assert not script.skipped


def test_a_script_of_misspelt_tables_only_says_so():
    with pytest.raises(SourceError, match=r"no CREATE TABLE .*; line 2: CREATE TABEL .* is CREATE TABLE meant\?"):
        read_text("SET x = 1;\nCREATE TABEL x (a int);", "postgres")


def test_what_is_listed_in_part_is_told_from_what_is_not_listed():
    script = read_text("CREATE TABLE a (x INT, 5 y);\nCREATE TABLE b;\nCREATE TABEL c (x INT);", "postgres")
    assert [table.name for table in script.tables] == ["a"]
    assert [(skipped.line, skipped.partial) for skipped in script.skipped] == [(1, True), (2, False), (3, False)]

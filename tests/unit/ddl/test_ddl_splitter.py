import pytest

from columnist.ddl import read_text
from columnist.ddl.splitter import split


def _texts(text: str, dialect: str) -> list[str]:
    return [statement.text for statement in split(text, dialect)]


@pytest.mark.parametrize(
    ("dialect", "statement"),
    [
        ("postgres", "SELECT ';', '''; ', E'\\';', \";\", $$;$$, $a$;$$;$a$, U&';'"),
        ("postgres", "SELECT 1 -- ;\n, /* ; /* ; */ ; */ 2"),
        ("postgres", "SELECT '\\', v$x$y"),
        ("mysql", "SELECT '\\';', \"\\\";\", `;` # ;\n, 1"),
        ("mysql", "SELECT 1 /* ; /* ; */"),
        ("tsql", "SELECT [;]]], N';', ';', \";\""),
        ("oracle", "SELECT q'[';]', q'!;'!', nq'{;}', 'a\\' FROM dual"),
        ("bigquery", "SELECT ''';''', \"\"\"a\";\"\"\", r'\\;', `;`"),
        ("snowflake", "SELECT '\\';', $$;$$"),
        ("sqlite", "SELECT [;], ';', \";\", `;`"),
        ("postgres", "CREATE FUNCTION f() RETURNS int AS $f$ BEGIN; END; $f$ LANGUAGE plpgsql"),
        ("postgres", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN a THEN 1 END; END"),
        ("sqlite", "CREATE TRIGGER x AFTER INSERT ON t BEGIN UPDATE t SET a = 1; DELETE FROM t; END"),
        ("mysql", "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF; CREATE TABLE x (a INT); END"),
        ("tsql", "CREATE TRIGGER x ON t AFTER UPDATE AS\nBEGIN\n UPDATE t SET a = 1; SELECT 2;\nEND"),
    ],
)
def test_semicolons_that_end_nothing(dialect, statement):
    assert _texts(f"{statement};\nSELECT 99;", dialect) == [statement, "SELECT 99"]


_PROCEDURE = "CREATE PROC p AS\nCREATE TABLE #x (a INT);"


@pytest.mark.parametrize(
    ("dialect", "text", "expected"),
    [
        ("tsql", "SELECT 1\nGO\nSELECT 2\ngo 5 -- twice\n  GO  \nSELECT 3", ["SELECT 1", "SELECT 2", "SELECT 3"]),
        ("tsql", "CREATE PROC p AS\nCREATE TABLE #x (a INT);\nGO\nSELECT 2", [_PROCEDURE, "SELECT 2"]),
        ("oracle", "SELECT 1\n/\nREM it's\nSET ECHO ON\n@x.sql\nSELECT 4/\n2;\n/", ["SELECT 1", "SELECT 4/\n2"]),
        ("oracle", "BEGIN\n NULL;\nEND;\n/\nSELECT 1;", ["BEGIN\n NULL;\nEND;", "SELECT 1"]),
        ("mysql", "DELIMITER $$\nBEGIN a; END$$\nDELIMITER ;\nSELECT 1;", ["BEGIN a; END", "SELECT 1"]),
        ("postgres", "\\connect x\nSELECT 1;\n\\copy t from 'it''s.csv';\nSELECT 2;", ["SELECT 1", "SELECT 2"]),
        ("postgres", "COPY t FROM stdin;\nit's\nCREATE TABLE x;\n\\.\nSELECT 2;", ["COPY t FROM stdin", "SELECT 2"]),
        ("sqlite", ".mode csv\nSELECT 1;", ["SELECT 1"]),
        ("postgres", "{% if it's %}\nSELECT 1;\n{# ; #}", ["SELECT 1"]),
    ],
)  # fmt: skip
def test_what_clients_add(dialect, text, expected):
    assert _texts(text, dialect) == expected


def test_missing_semicolons_are_forgiven_where_a_line_can_only_open_a_statement():
    text = "CREATE TABLE a (x int)\nCREATE TABLE b (x int)\nALTER TABLE a ADD y int\nCOMMENT ON TABLE b IS 'x'\n"
    assert [text.partition(" (")[0] for text in _texts(text, "postgres")] == [
        "CREATE TABLE a",
        "CREATE TABLE b",
        "ALTER TABLE a ADD y int",
        "COMMENT ON TABLE b IS 'x'",
    ]


def test_tables_within_if_blocks_of_tsql_are_read():
    script = read_text("IF OBJECT_ID('t') IS NULL\nBEGIN\nCREATE TABLE t (a INT) ON [PRIMARY]\nEND\nGO\n", "tsql")
    assert [table.name for table in script.tables] == ["t"]


def test_lines_are_counted_in_every_kind_of_text():
    text = "\n/* two\n lines */\r\nSELECT 'a\nb';  SELECT 2;\r\n\r\nSELECT 3"
    assert [statement.line for statement in split(text, "postgres")] == [4, 5, 7]


def test_a_body_that_never_closes_does_not_hide_the_rest():
    script = read_text("CREATE PROCEDURE p() BEGIN SELECT 1;\nCREATE TABLE t (a INT);", "mysql")
    assert [table.name for table in script.tables] == ["t"]


@pytest.mark.parametrize("opening", ["SELECT 'oops;", "/* oops"])
def test_what_never_closes_is_reported_when_it_hides_tables(opening):
    script = read_text(f"CREATE TABLE t (a INT);\n{opening}\nCREATE TABLE u (a INT);", "postgres")
    assert [table.name for table in script.tables] == ["t"]
    assert [(s.line, s.reason) for s in script.skipped] == [
        (2, "a string or comment that opens in this statement never closes; nothing after it is read")
    ]


def test_conditional_comments_of_mysql_are_code():
    script = read_text("/*!40101 SET NAMES utf8 */;\nCREATE TABLE t (a INT /*!80023 INVISIBLE */, b INT);", "mysql")
    assert [column.name for column in script.tables[0].columns] == ["a", "b"]
    assert script.ignored == {"SET": 1}

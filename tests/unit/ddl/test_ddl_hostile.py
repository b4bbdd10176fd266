"""Scripts written to make a reader slow, or to make it fall."""

import time

import pytest

from columnist.ddl import DIALECTS, read_text
from columnist.ddl.dialects import detect
from columnist.errors import SourceError

REPEATS = 20_000
# Linear reading takes about 0.1 s; anything quadratic takes minutes.
MAX_S = 5
PIECES = [
    "'\\",
    '"\\',
    "`",
    "'",
    "[a",
    "q'[",
    "/*",
    "/* */",
    "--x\n",
    "a;",
    "x\n",
    "\n",
    "{{",
    "{%",
    "$a$ ",
    "(",
    ")",
    "<",
]
PIECES += [
    "BEGIN x; ",
    "CREATE PROCEDURE p AS BEGIN ;\n",
    "CREATE \n",
    "CREATE TABLE ",
    "COPY a (b ",
    "ARRAY<",
    "::",
    "E'",
    "1+",
]


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "oracle"])
@pytest.mark.parametrize("piece", PIECES)
def test_time_is_linear_in_the_length_of_the_script(piece, dialect):
    started = time.perf_counter()
    assert read_text("CREATE TABLE t (a INT);\n" + piece * REPEATS, dialect).tables[0].name == "t"
    assert time.perf_counter() - started < MAX_S


@pytest.mark.parametrize(
    "opening", ["(", "[", "{", "ARRAY<", "STRUCT<a ", "CASE WHEN ", "NOT ", "- ", "SELECT (", "/*"]
)
@pytest.mark.parametrize(
    "before",
    [
        "",
        "CREATE TABLE u ",
        "CREATE TABLE u (a ",
        "CREATE TABLE u (a INT DEFAULT ",
        "CREATE TABLE u (a INT CHECK ",
        "CREATE TABLE u AS SELECT ",
        "ALTER TABLE t ADD ",
        "COMMENT ON TABLE t IS ",
    ],
)
def test_deep_nesting_is_survived(before, opening):
    script = read_text(f"CREATE TABLE t (a INT);\n{before}{opening * 10_000}", "bigquery")
    assert script.tables[0].name == "t"
    if script.create_table_statements > 1:
        assert len(script.tables) == 2 or script.skipped, "u is neither read nor reported"


@pytest.mark.parametrize("piece", PIECES)
def test_detection_is_linear_too(piece):
    started = time.perf_counter()
    assert detect(piece * REPEATS) in DIALECTS
    assert time.perf_counter() - started < MAX_S


def test_thousands_of_inserts_never_reach_a_parser():
    row = "INSERT INTO t VALUES (1, 'it''s; CREATE TABLE no (a int);', 3.5),\n(2, 'x', NULL);\n"
    started = time.perf_counter()
    script = read_text("CREATE TABLE t (a INT);\n" + row * 20_000, "postgres")
    assert script.ignored == {"INSERT": 20_000}
    assert time.perf_counter() - started < MAX_S


def test_a_script_of_one_endless_string_is_an_error_of_one_line():
    with pytest.raises(SourceError, match="no CREATE TABLE"):
        read_text("'" + "x" * 100_000)


@pytest.mark.parametrize("name", ["a" * 250, "a." * 120, '"' * 250, "[" * 250, " ." * 120])
def test_the_name_of_a_misspelt_table_is_not_tried_in_every_way(name):
    started = time.perf_counter()
    assert not read_text(f"CREATE TABLE t (a INT);\nCREATE TABEL {name};", "postgres").skipped
    assert time.perf_counter() - started < MAX_S

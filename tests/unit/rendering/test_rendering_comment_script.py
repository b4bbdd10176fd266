"""Comment scripts: what is written, what is left out, and that nothing breaks out."""

import pytest

from columnist.ddl.tables import Column, Table
from columnist.documentation import Origin, TableDocumentation, Texts, merge
from columnist.rendering import Header, render_sql

HOSTILE = "Net';\nDROP TABLE x; --\x00 \\' & $(v) ${env:HOME}"


def documented(dialect: str = "postgres", text: str = "Units held.", **column: object) -> TableDocumentation:
    table = Table(name="stock", dialect=dialect, columns=(Column(name="qty", type="INT", **column),))
    return merge(table, Texts(table="Stock of a shop.", columns=(text,)))


def statements(script: str) -> list[str]:
    return [line for line in script.splitlines() if line and not line.startswith("--")]


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        (
            "bigquery",
            [
                "ALTER TABLE stock SET OPTIONS (description = 'Stock of a shop.');",
                r"ALTER TABLE stock ALTER COLUMN qty SET OPTIONS (description = 'O\'Hara \\ ${x}; y');",
            ],
        ),
        (
            "clickhouse",
            [
                "ALTER TABLE stock MODIFY COMMENT 'Stock of a shop.';",
                r"ALTER TABLE stock COMMENT COLUMN qty 'O\'Hara \\ ${x}; y';",
            ],
        ),
        (
            "databricks",
            [
                "COMMENT ON TABLE stock IS 'Stock of a shop.';",
                r"ALTER TABLE stock ALTER COLUMN qty COMMENT 'O\'Hara \\ $\u007bx}; y';",
            ],
        ),
        (
            "hive",
            [
                "ALTER TABLE stock SET TBLPROPERTIES ('comment' = 'Stock of a shop.');",
                r"ALTER TABLE stock CHANGE COLUMN qty qty INT COMMENT 'O\'Hara \\ $\u007bx}\u003b y';",
            ],
        ),
        (
            "mysql",
            [
                "ALTER TABLE stock COMMENT = 'Stock of a shop.';",
                r"ALTER TABLE stock MODIFY COLUMN qty INT NOT NULL COMMENT 'O''Hara \\ ${x}; y';",
            ],
        ),
        (
            "postgres",
            [
                "COMMENT ON TABLE stock IS 'Stock of a shop.';",
                r"COMMENT ON COLUMN stock.qty IS 'O''Hara \ ${x}; y';",
            ],
        ),
        (
            "snowflake",
            [
                "COMMENT ON TABLE stock IS 'Stock of a shop.';",
                r"COMMENT ON COLUMN stock.qty IS 'O''Hara \\ ${x}; y';",
            ],
        ),
        (
            "tsql",
            [
                "EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'Stock of a shop.', "
                "@level0type = N'SCHEMA', @level0name = N'dbo', @level1type = N'TABLE', @level1name = N'stock';",
                r"EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'O''Hara \ ${x}; y', "
                "@level0type = N'SCHEMA', @level0name = N'dbo', @level1type = N'TABLE', @level1name = N'stock', "
                "@level2type = N'COLUMN', @level2name = N'qty';",
            ],
        ),
    ],
)
def test_every_dialect_has_its_own_statements(dialect: str, expected: list[str]) -> None:
    documentation = documented(dialect, "O'Hara \\ ${x}; y", definition="INT NOT NULL")
    assert statements(render_sql([documentation], Header())) == expected


@pytest.mark.parametrize("dialect", ["oracle", "redshift", "duckdb", "trino"])
def test_other_dialects_comment_as_postgres_does(dialect: str) -> None:
    assert statements(render_sql([documented(dialect)], Header())) == statements(render_sql([documented()], Header()))


def test_spark_comments_as_databricks_does() -> None:
    assert statements(render_sql([documented("spark")], Header())) == [
        "COMMENT ON TABLE stock IS 'Stock of a shop.';",
        "ALTER TABLE stock ALTER COLUMN qty COMMENT 'Units held.';",
    ]


def test_human_text_is_written_on_request_only() -> None:
    documentation = documented(comment="Counted on Fridays.")
    assert statements(render_sql([documentation], Header())) == ["COMMENT ON TABLE stock IS 'Stock of a shop.';"]
    everything = render_sql([documentation], Header(), origins=(Origin.MODEL, Origin.HUMAN))
    assert "COMMENT ON COLUMN stock.qty IS 'Counted on Fridays.';" in everything
    assert "machine text" not in everything


def test_the_opening_names_source_and_model() -> None:
    script = render_sql([documented()], Header(source="shop.sql\nDROP", model="columnist v3"))
    assert script.splitlines()[:2] == [
        "-- Comments on the tables of shop.sql DROP.",
        "-- All are machine text, written by columnist v3; comments that people wrote stay as they are.",
    ]


def test_a_table_without_machine_text_leaves_no_trace() -> None:
    table = Table(name="stock", columns=(Column(name="qty"),), comment="By a person.")
    assert "stock" not in render_sql([merge(table, None)], Header())


def test_a_partition_leaves_its_texts_to_its_parent() -> None:
    table = Table(name="stock_2026", columns=(Column(name="qty"),), partition_of="stock")
    script = render_sql([merge(table, Texts(table="Stock.", columns=("Units.",)))], Header())
    assert statements(script) == []
    assert "-- stock_2026: left out, stock carries the texts of its partitions" in script


@pytest.mark.parametrize("dialect", ["sqlite", "athena", "drill", "something"])
def test_a_dialect_without_comments_gets_lines_to_read(dialect: str) -> None:
    script = render_sql([documented(dialect, HOSTILE)], Header())
    assert f"No statement comments on tables and columns in {dialect}" in script
    assert "-- stock: Stock of a shop.\n-- stock.qty: Net'; DROP TABLE x; --" in script
    assert all(line.startswith("--") for line in script.splitlines() if line)


def test_no_line_goes_on_after_a_backslash() -> None:
    script = render_sql([documented("sqlite", "ends so \\")], Header())
    assert script.endswith("-- stock.qty: ends so \\ .\n")


@pytest.mark.parametrize("dialect", ["bigquery", "clickhouse", "databricks", "hive", "mysql", "postgres", "tsql"])
def test_hostile_names_and_texts_stay_in_their_place(dialect: str) -> None:
    column = Column(name='q";\nDROP TABLE x; --`]', type="INT", definition="INT")
    table = Table(name="t';\nDROP TABLE y;", dialect=dialect, columns=(column,))
    script = render_sql([merge(table, Texts(table=HOSTILE, columns=(HOSTILE,)))], Header())
    outside = [line for line in script.splitlines() if line.startswith("DROP")]
    # Names keep their line end inside quotes; both of the lines that start so are within one.
    quotes = ('"', "`", "]", "'")
    assert all(any(mark in line for mark in quotes) for line in outside)
    assert "\x00" not in script


def test_oracle_and_sqlcmd_are_told_about_variables() -> None:
    assert "run SET DEFINE OFF first" in render_sql([documented("oracle", "Smith & Co")], Header())
    assert "run SET DEFINE OFF" not in render_sql([documented("oracle")], Header())
    assert "run it with -x" in render_sql([documented("tsql", "$(name)")], Header())


@pytest.mark.parametrize(
    ("dialect", "longest", "unit"),
    [("bigquery", 1024, "characters"), ("mysql", 1024, "characters"), ("hive", 256, "characters")],
)
def test_a_text_is_left_out_rather_than_cut(dialect: str, longest: int, unit: str) -> None:
    fits = render_sql([documented(dialect, "é" * longest, definition="INT")], Header())
    assert "é" * longest in fits
    script = render_sql([documented(dialect, "é" * (longest + 1), definition="INT")], Header())
    assert "é" not in script
    assert f"-- left out: column qty: {longest + 1:,} {unit}, but {dialect} takes {longest:,}" in script


def test_limits_in_bytes_count_bytes() -> None:
    assert "left out" not in render_sql([documented("oracle", "é" * 2000)], Header())
    assert "4,002 bytes, but oracle takes 4,000" in render_sql([documented("oracle", "é" * 2001)], Header())
    assert "left out" not in render_sql([documented("tsql", "é" * 3750)], Header())
    assert "7,502 bytes of UTF-16, but tsql takes 7,500" in render_sql([documented("tsql", "é" * 3751)], Header())


@pytest.mark.parametrize(
    "definition", [None, "", "INT CHECK (qty > 0)", "INT REFERENCES t (id)", "INT /*!80023 INVISIBLE */"]
)
def test_mysql_columns_without_a_sure_definition_are_left_out(definition: str | None) -> None:
    script = render_sql([documented("mysql", definition=definition)], Header())
    assert statements(script) == ["ALTER TABLE stock COMMENT = 'Stock of a shop.';"]
    assert "-- left out: column qty: MODIFY COLUMN would have to repeat its whole definition" in script


def test_hive_columns_without_a_type_are_left_out() -> None:
    table = Table(name="stock", dialect="hive", columns=(Column(name="qty"),))
    script = render_sql([merge(table, Texts(table="", columns=("Units.",)))], Header())
    assert "-- left out: column qty: CHANGE COLUMN has to repeat its type" in script


def test_tsql_names_the_catalog_and_schema() -> None:
    table = Table(name="stock", schema="shop", catalog="Sales DB", dialect="tsql", columns=())
    script = render_sql([merge(table, Texts(table="Stock.", columns=()))], Header())
    assert "EXEC [Sales DB].sys.sp_addextendedproperty" in script
    assert "@level0name = N'shop'" in script


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (("Stock.", "? What?", "Units."), "-- 1 column needs a person: a"),
        (("Stock.", "? What?", "? Why?"), "-- 2 columns need a person: a, b;\\ ."),
        (("? What?", "A.", "B."), "-- the table itself needs a person"),
        (("? What?", "? Why?", ""), "-- the table itself and 1 column need a person: a"),
    ],
)
@pytest.mark.parametrize("dialect", ["postgres", "sqlite"])
def test_the_texts_that_need_a_person_are_counted_at_the_end(
    texts: tuple[str, str, str], line: str, dialect: str
) -> None:
    table = Table(name="stock", dialect=dialect, columns=(Column(name="a"), Column(name="b;\n\\")))
    script = render_sql([merge(table, Texts(table=texts[0], columns=texts[1:]))], Header())
    assert script.splitlines()[-1] == line.replace("b;", "b; ")
    assert "What" not in script
    assert "Why" not in script


def test_a_table_of_questions_alone_is_named() -> None:
    table = Table(name="tmp_2", columns=(Column(name="attr7"),))
    script = render_sql([merge(table, Texts(table="", columns=("? What?",)))], Header())
    assert script.endswith("\n\n-- tmp_2\n-- 1 column needs a person: attr7\n")
    assert statements(script) == []


def test_a_person_who_began_a_comment_with_a_question_mark_is_quoted() -> None:
    script = render_sql([documented(comment="? ask Ann")], Header(), origins=(Origin.MODEL, Origin.HUMAN))
    assert "COMMENT ON COLUMN stock.qty IS '? ask Ann';" in script
    assert "need" not in script

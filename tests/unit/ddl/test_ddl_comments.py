import pytest

from columnist.ddl import Table, read_text


def _table(sql: str, dialect: str) -> Table:
    script = read_text(sql, dialect)
    assert not script.skipped
    return script.tables[0]


def _texts(sql: str, dialect: str) -> tuple[str | None, ...]:
    table = _table(sql, dialect)
    return (table.comment, *(column.comment for column in table.columns))


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        (
            "mysql",
            "CREATE TABLE t (a INT COMMENT 'it''s a', b INT) ENGINE=InnoDB COMMENT='a; \"t\"' DEFAULT CHARSET=x",
        ),
        ("mysql", r"CREATE TABLE t (a INT COMMENT 'it\'s a', b INT) COMMENT 'a; \"t\"'"),
        ("mysql", 'CREATE TABLE t (a INT COMMENT "it\'s a", b INT) /*!50100 COMMENT \'a; "t"\' */'),
        ("hive", 'CREATE TABLE t (a INT COMMENT "it\'s a", b INT) COMMENT \'a; "t"\' STORED AS ORC'),
        ("spark", "CREATE TABLE t (a INT COMMENT 'it\\'s a', b INT) USING parquet COMMENT 'a; \"t\"'"),
        ("databricks", "CREATE TABLE t (a INT COMMENT 'it\\'s a', b INT) COMMENT 'a; \"t\"' TBLPROPERTIES ('x'='y')"),
        ("snowflake", "CREATE TABLE t (a INT COMMENT 'it''s a', b INT) CLUSTER BY (a) COMMENT = 'a; \"t\"'"),
        ("clickhouse", "CREATE TABLE t (a Int8 COMMENT 'it''s a', b Int8) ENGINE = Memory COMMENT 'a; \"t\"'"),
        (
            "bigquery",
            'CREATE TABLE t (a INT64 OPTIONS(description="it\'s a"), b INT64) OPTIONS(x=1, description=\'a; "t"\')',
        ),
        (
            "bigquery",
            "CREATE TABLE t (a INT64 OPTIONS(description='''it's a'''), b INT64) OPTIONS(description=r'a; \"t\"')",
        ),
        ("trino", "CREATE TABLE t (a INT COMMENT 'it''s a', b INT) COMMENT 'a; \"t\"' WITH (format = 'ORC')"),
        ("athena", "CREATE EXTERNAL TABLE t (a INT COMMENT \"it's a\", b INT) COMMENT 'a; \"t\"' LOCATION 's3://x'"),
    ],
)
def test_comments_within_create_table(dialect, sql):
    assert _texts(sql, dialect) == ('a; "t"', "it's a", None)


@pytest.mark.parametrize("dialect", ["postgres", "oracle", "redshift", "snowflake", "duckdb", "databricks", "trino"])
def test_comment_on(dialect):
    sql = (
        "CREATE TABLE s.t (a INT, b INT);"
        "COMMENT ON TABLE s.t IS 'a; \"t\"';\nCOMMENT\nON COLUMN t.a -- why\n IS 'a''s';"
    )
    if dialect == "databricks":
        sql = sql.replace("a''s", r"a\'s")
    assert _texts(sql, dialect) == ('a; "t"', "a's", None)


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ("'it''s'", "it's"),
        (r"E'a\nb\t\'c\' \\ \x41 \u00e9'", "a\nb\t'c' \\ A é"),
        (r"'no\nescape'", r"no\nescape"),
        ("$$it's $1$$", "it's $1"),
        ("$x$ $$ ; $x$", " $$ ; "),
        ("'one '\n'two'", "one two"),
        ("N'é'", "é"),
        ("NULL", None),
        ("''", None),
    ],
)
def test_strings_of_postgres(literal, text):
    sql = f"CREATE TABLE t (a INT, b INT); COMMENT ON COLUMN t.a IS 'old'; COMMENT ON COLUMN t.a IS {literal};"
    assert _texts(sql, "postgres") == (None, text, None)


def test_quoted_names_are_told_from_folded_ones():
    sql = "CREATE TABLE t (\"A\" INT, a INT);COMMENT ON COLUMN t.A IS 'folded'; COMMENT ON COLUMN t.\"A\" IS 'quoted';"
    assert _texts(sql, "postgres") == (None, "quoted", "folded")


def test_comments_on_what_the_script_does_not_create_are_ignored():
    script = read_text(
        "CREATE TABLE t (a INT); COMMENT ON TABLE v IS 'x'; COMMENT ON COLUMN t.z IS 'x'; COMMENT ON VIEW t IS 'x';",
        "postgres",
    )
    assert script.tables[0].comment is None
    assert script.ignored == {"COMMENT COLUMN": 1, "COMMENT TABLE": 1, "COMMENT VIEW": 1}


@pytest.mark.parametrize(
    "call",
    [
        "EXEC sp_addextendedproperty 'MS_Description', N'It''s', 'SCHEMA', 'dbo', 'TABLE', 't', 'COLUMN', 'a'",
        "EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'It''s', @level0type=N'SCHEMA',"
        " @level0name=N'dbo', @level1type=N'TABLE', @level1name=N't', @level2type=N'COLUMN', @level2name=N'a'",
        "EXECUTE [sys].[sp_updateextendedproperty] @level2name=[a], @level2type=COLUMN, @level1name=[t],"
        " @level1type=N'table', @level0name=dbo, @level0type=N'SCHEMA', @value=N'It''s', @name=ms_description",
        "EXEC sp_addextendedproperty 'MS_Description', 'old', 'USER', 'dbo', 'TABLE', 't', 'COLUMN', 'a'\nGO\n"
        "EXEC sp_dropextendedproperty 'MS_Description', 'SCHEMA', 'dbo', 'TABLE', 't', 'COLUMN', 'a'\n"
        "EXEC sp_addextendedproperty 'MS_Description', 'It''s', 'SCHEMA', 'dbo', 'TABLE', 't', 'COLUMN', 'a'",
    ],
)
def test_extended_properties_of_a_column(call):
    assert _texts(f"CREATE TABLE [dbo].[t] ([a] INT, b INT)\nGO\n{call}\nGO\n", "tsql") == (None, "It's", None)


def test_extended_properties_of_a_table():
    sql = "CREATE TABLE t (a INT);\nEXEC sp_addextendedproperty 'MS_Description', 'x', 'SCHEMA', 'dbo', 'TABLE', 't'"
    assert _texts(sql, "tsql") == ("x", None)


@pytest.mark.parametrize(
    "call",
    [
        "EXEC sp_addextendedproperty 'Caption', 'x', 'SCHEMA', 'dbo', 'TABLE', 't'",
        "EXEC sp_addextendedproperty 'MS_Description', @text, 'SCHEMA', 'dbo', 'TABLE', 't'",
        "EXEC sp_addextendedproperty 'MS_Description', 'x', 'SCHEMA', 'dbo', 'VIEW', 't'",
        "EXEC sp_addextendedproperty 'MS_Description', 'x', 'SCHEMA', 'dbo', 'TABLE', 't', 'INDEX', 'i'",
        "EXEC sp_addextendedproperty 'MS_Description', 'x'",
    ],
)
def test_other_extended_properties_are_ignored(call):
    script = read_text(f"CREATE TABLE t (a INT);\n{call}", "tsql")
    assert script.tables[0].comment is None
    assert script.ignored == {"EXEC": 1}


@pytest.mark.parametrize(
    ("dialect", "alter"),
    [
        ("mysql", "ALTER TABLE t COMMENT = 'T', MODIFY a INT COMMENT 'A'"),
        ("mysql", "ALTER TABLE t COMMENT 'T', CHANGE COLUMN a a BIGINT NOT NULL COMMENT 'A'"),
        ("snowflake", "ALTER TABLE t SET COMMENT = 'T'; ALTER TABLE t MODIFY COLUMN a COMMENT 'A'"),
        ("databricks", "COMMENT ON TABLE t IS 'T'; ALTER TABLE t ALTER COLUMN a COMMENT 'A'"),
        ("hive", "ALTER TABLE t SET TBLPROPERTIES ('comment' = 'T'); ALTER TABLE t CHANGE a a INT COMMENT 'A'"),
        ("clickhouse", "ALTER TABLE t MODIFY COMMENT 'T'; ALTER TABLE t COMMENT COLUMN a 'A'"),
        (
            "bigquery",
            "ALTER TABLE t SET OPTIONS (description = 'T'); ALTER TABLE t ALTER COLUMN a SET OPTIONS (description='A')",
        ),
    ],
)
def test_comments_of_alter_table(dialect, alter):
    assert _texts(f"CREATE TABLE t (a INT, b INT); {alter};", dialect) == ("T", "A", None)


def test_ordinary_comments_are_not_human_comments():
    sql = "/* t */ CREATE TABLE t ( -- table\n a INT, -- the a\n b /* b */ INT # hash\n) -- end\n;"
    assert _texts(sql, "mysql") == (None, None, None)


def test_comments_within_types_indexes_and_partitions_belong_to_no_column():
    sql = "CREATE TABLE t (a STRUCT<x: INT COMMENT 'in'>, b INT)"
    assert _texts(sql, "spark") == (None, None, None)
    sql = "CREATE TABLE t (a INT, b INT, KEY k (a) COMMENT 'i') PARTITION BY HASH (a) (PARTITION p COMMENT = 'p')"
    assert _texts(sql, "mysql") == (None, None, None)

"""Tables that take their columns from elsewhere, and statements that change them later."""

import pytest

from columnist.ddl import Script, Table, read_text


def _tables(sql: str, dialect: str = "postgres") -> dict[str, Table]:
    script = read_text(sql, dialect)
    assert not script.skipped
    return {table.name: table for table in script.tables}


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _only_reason(script: Script) -> str:
    (skipped,) = script.skipped
    return skipped.reason


def test_partitions_have_the_columns_and_keys_of_their_parent_but_not_its_comments():
    tables = _tables(
        "CREATE TABLE s.p (id int, d date NOT NULL) PARTITION BY RANGE (d);"
        "COMMENT ON TABLE s.p IS 'P'; COMMENT ON COLUMN s.p.id IS 'Id';"
        "CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY HASH (id);"
        "CREATE TABLE s.p11 PARTITION OF s.p1 DEFAULT;"
        "ALTER TABLE ONLY s.p ADD CONSTRAINT k PRIMARY KEY (id, d);"
    )
    for name, parent in (("p1", "s.p"), ("p11", "s.p1")):
        assert tables[name].partition_of == parent
        assert [(c.name, c.type, c.primary_key, c.comment) for c in tables[name].columns] == [
            ("id", "int", True, None),
            ("d", "date", True, None),
        ]
        assert tables[name].comment is None


def test_attached_partitions_know_their_parent():
    tables = _tables(
        "CREATE TABLE public.p (id int) PARTITION BY LIST (id); CREATE TABLE public.c (id int);"
        "ALTER TABLE ONLY public.p ATTACH PARTITION public.c FOR VALUES IN (1);"
        "ALTER TABLE public.p ADD PRIMARY KEY (id)"
    )
    assert tables["c"].partition_of == "public.p"
    assert tables["c"].columns[0].primary_key


def test_inherited_columns_come_first():
    tables = _tables(
        "CREATE TABLE a (x int PRIMARY KEY, y int); CREATE TABLE b (z int);"
        "CREATE TABLE c (w int, y bigint, CHECK (x > 1), PRIMARY KEY (x)) INHERITS (a, b);"
    )
    assert [(c.name, c.type, c.primary_key) for c in tables["c"].columns] == [
        ("x", "int", True),
        ("y", "bigint", False),
        ("z", "int", False),
        ("w", "int", False),
    ]
    assert tables["c"].partition_of is None


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("postgres", "CREATE TABLE b (LIKE a)"),
        ("mysql", "CREATE TABLE b LIKE a"),
        ("mysql", "CREATE TABLE b (LIKE a)"),
        ("snowflake", "CREATE TABLE b CLONE a"),
        ("bigquery", "CREATE TABLE b COPY a"),
        ("clickhouse", "CREATE TABLE b AS a"),
        ("postgres", "CREATE TABLE b AS SELECT * FROM a WHERE false"),
        ("postgres", "CREATE TABLE b AS SELECT x, a.y FROM a"),
        ("hive", "CREATE TABLE b STORED AS ORC AS SELECT x AS x, count(*) AS y FROM a GROUP BY x"),
        ("spark", "CREATE TABLE b USING DELTA AS WITH c AS (SELECT 1) SELECT CAST(NULL AS INT) AS x, 2 y FROM c"),
        ("mysql", "CREATE TABLE b (SELECT x, y FROM a)"),
        ("oracle", "CREATE TABLE b (x, y) AS SELECT 1, 2 FROM dual"),
        ("clickhouse", "CREATE TABLE b (x Int8, y Int8) ENGINE = Memory AS SELECT 1, 2"),
        ("trino", "CREATE TABLE b WITH (format = 'ORC') AS SELECT x, y FROM a"),
        ("postgres", "CREATE TABLE b (x, y) AS VALUES (1, 2)"),
    ],
)
def test_columns_taken_from_a_table_or_a_query(dialect, sql):
    assert _names(_tables(f"CREATE TABLE a (x INT, y INT); {sql};", dialect)["b"]) == ["x", "y"]


def test_columns_of_a_query_keep_their_quotes_and_have_no_type():
    (table,) = _tables('CREATE TABLE b AS SELECT 1 AS "X y", z FROM t').values()
    assert [(c.identifier, c.type) for c in table.columns] == [('"X y"', ""), ("z", "")]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("CREATE TABLE b AS SELECT f(1)", "its query does not name its columns"),
        ("CREATE TABLE b AS SELECT * FROM zz", "columns are those of zz, which the script does not create"),
        ("CREATE TABLE b PARTITION OF zz DEFAULT", "columns are those of zz, which the script does not create"),
        ("CREATE TABLE b () INHERITS (zz)", "columns are those of zz, which the script does not create"),
        ("CREATE TABLE b (LIKE zz)", "columns are those of zz, which the script does not create"),
        ("CREATE TABLE b OF some_type", "are those of a type"),
        ("CREATE TABLE b", "has no list of columns"),
        ("CREATE TABLE (a int)", "no table name"),
        ("CREATE TABLE b (1, 2)", "none of its columns can be read, the first is '1'"),
        ("CREATE TABLE b AS SELECT FROM WHERE", "its query"),
        (f"CREATE TABLE b (a int DEFAULT {'(' * 10_000}1{')' * 10_000})", "nested more than 100 deep"),
        (f"CREATE TABLE b AS SELECT {'(' * 10_000}1{')' * 10_000} AS a", "nested more than 100 deep"),
        (f"CREATE TABLE b AS SELECT {'- ' * 10_000}1 AS a", "nested too deeply"),
    ],
)
def test_a_table_without_known_columns_is_skipped_with_the_reason(sql, reason):
    script = read_text(f"CREATE TABLE a (x INT);\n{sql};", "postgres")
    assert [table.name for table in script.tables] == ["a"]
    assert reason in _only_reason(script)
    assert script.skipped[0].line == 2
    assert "\n" not in script.skipped[0].reason


def test_a_query_that_names_some_columns_is_read_with_a_remark():
    script = read_text("CREATE TABLE b AS SELECT x, f(y), z FROM t", "snowflake")
    assert _names(script.tables[0]) == ["x", "z"]
    assert _only_reason(script) == "table b: 1 of the columns of its query have no name and are left out"


def test_an_unknown_parent_beside_own_columns_is_a_remark():
    script = read_text("CREATE TABLE b (x int) INHERITS (zz)", "postgres")
    assert _names(script.tables[0]) == ["x"]
    assert "also has the columns of zz" in _only_reason(script)


def test_partition_columns_of_hive_are_columns():
    sql = "CREATE TABLE t (a STRING) PARTITIONED BY (dt STRING COMMENT 'day', h INT) CLUSTERED BY (a) INTO 4 BUCKETS"
    (table,) = _tables(sql, "hive").values()
    assert [(c.name, c.comment) for c in table.columns] == [("a", None), ("dt", "day"), ("h", None)]
    (table,) = _tables("CREATE TABLE t (a INT, b INT) USING delta PARTITIONED BY (b)", "databricks").values()
    assert _names(table) == ["a", "b"]


def test_virtual_tables_of_sqlite():
    (table,) = _tables("CREATE VIRTUAL TABLE v USING fts5(a, b UNINDEXED, tokenize = 'porter')", "sqlite").values()
    assert _names(table) == ["a", "b"]


@pytest.mark.parametrize(
    "head",
    ["TEMP", "TEMPORARY", "GLOBAL TEMPORARY", "UNLOGGED", "FOREIGN", "EXTERNAL", "TRANSIENT", "COLUMN", "OR REPLACE"],
)
def test_all_kinds_of_tables_are_read(head):
    create = f"CREATE {head} TABLE" if head != "OR REPLACE" else "create or replace table"
    assert list(_tables(f"{create} IF NOT EXISTS t (a int)")) == ["t"]


@pytest.mark.parametrize(
    "head", ["CREATE TABLE", "CREATE /* a */ TABLE -- b\n", "create\n\ttable", "CREATE TABLE /* it's */ IF NOT EXISTS"]
)
@pytest.mark.parametrize("name", ['"t"', " t", ' /**/ "t"'])
def test_the_head_of_a_statement_may_be_spaced_in_any_way(head, name):
    assert list(_tables(f"{head}{name}(a int)")) == ["t"]


def test_views_indexes_and_functions_are_no_tables():
    script = read_text(
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT 1; CREATE MATERIALIZED VIEW m AS SELECT 1;"
        "CREATE INDEX table_i ON t (a); CREATE TABLE FUNCTION f() AS (SELECT 1); DROP TABLE x; TRUNCATE TABLE x;",
        "bigquery",
    )
    assert script.create_table_statements == 1
    assert script.ignored == {
        "CREATE FUNCTION": 1, "CREATE INDEX": 1, "CREATE VIEW": 2, "DROP TABLE": 1, "TRUNCATE": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("dialect", "alter", "expected"),
    [
        ("postgres", "ALTER TABLE IF EXISTS ONLY t ADD COLUMN IF NOT EXISTS c text DEFAULT 'x'", ["a", "b", "c"]),
        ("postgres", "ALTER TABLE t ADD COLUMN c int, ADD d int", ["a", "b", "c", "d"]),
        ("oracle", "ALTER TABLE t ADD (c NUMBER DEFAULT 0, CONSTRAINT k UNIQUE (a), d DATE)", ["a", "b", "c", "d"]),
        ("tsql", "ALTER TABLE t ADD c int NULL, d int", ["a", "b", "c", "d"]),
        ("mysql", "ALTER TABLE t ADD COLUMN (c int, d int), ADD INDEX i (a)", ["a", "b", "c", "d"]),
        ("mysql", "ALTER TABLE t ADD c int FIRST, ADD d int AFTER a", ["a", "b", "c", "d"]),
        ("hive", "ALTER TABLE t ADD COLUMNS (c INT, d INT)", ["a", "b", "c", "d"]),
        ("postgres", "ALTER TABLE t DROP COLUMN IF EXISTS b CASCADE", ["a"]),
        ("postgres", "ALTER TABLE t RENAME COLUMN a TO z", ["z", "b"]),
        ("mysql", "ALTER TABLE t CHANGE COLUMN a z bigint", ["z", "b"]),
        ("postgres", "ALTER TABLE t ADD COLUMN a int", ["a", "b"]),
        ("postgres", "ALTER TABLE t ENABLE ROW LEVEL SECURITY", ["a", "b"]),
        ("postgres", f"ALTER TABLE t ADD {'(' * 10_000}", ["a", "b"]),
    ],
)
def test_alter_table_changes_columns(dialect, alter, expected):
    (table,) = _tables(f"CREATE TABLE t (a int, b int); {alter};", dialect).values()
    assert _names(table) == expected


def test_alter_table_changes_keys_defaults_and_nullability():
    (table,) = _tables(
        "CREATE TABLE public.t (a int, b int);"
        "ALTER TABLE ONLY public.t ALTER COLUMN a SET DEFAULT nextval('public.s'::regclass);"
        "ALTER TABLE public.t ALTER b SET NOT NULL; ALTER TABLE ONLY public.t ADD CONSTRAINT k PRIMARY KEY (a);"
        "ALTER TABLE t OWNER TO me;"
    ).values()
    a, b = table.columns
    assert (a.default, a.primary_key, a.nullable, b.nullable) == ("nextval('public.s'::regclass)", True, False, False)


def test_several_tables_of_one_name_are_told_apart_by_their_schema():
    tables = read_text(
        "CREATE TABLE x.t (a int); CREATE TABLE y.t (a int); COMMENT ON TABLE y.t IS 'Y'; COMMENT ON TABLE t IS '?'",
        "postgres",
    ).tables
    assert [(table.identifier, table.comment) for table in tables] == [("x.t", None), ("y.t", "Y")]


def test_tables_within_create_schema_belong_to_it():
    tables = read_text(
        'CREATE SCHEMA "My S"\n  CREATE TABLE t (a int)\n  CREATE TABLE other.u (a int);\nCREATE TABLE v (a int);',
        "postgres",
    ).tables
    assert [table.identifier for table in tables] == ['"My S".t', "other.u", "v"]
    assert tables[0].schema_name == "My S"

"""Live databases: DuckDB as it is, others through an inspector, and passwords that appear nowhere."""

import pytest
from sqlalchemy import create_engine, types
from sqlalchemy.exc import OperationalError

from columnist.catalogs import SourceKind, database, open_catalog
from columnist.catalogs.bare_statements import agrees, render_create_table, strip_comments
from columnist.catalogs.database import read_tables
from columnist.ddl.tables import Reference
from columnist.errors import ConfigError, SourceError

duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")


@pytest.fixture
def warehouse(tmp_path):
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL)")
        connection.execute(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer (id),"
            " paid DECIMAL(8, 2), tags VARCHAR[])"
        )
        connection.execute("COMMENT ON TABLE orders IS 'Orders of the shop.'")
        connection.execute("COMMENT ON COLUMN orders.paid IS 'Money received so far, in euros.'")
        connection.execute("CREATE SCHEMA sales; CREATE TABLE sales.week (week_no INTEGER)")
    return path


def test_duckdb_is_read_with_comments_and_keys(warehouse):
    before = warehouse.read_bytes()
    catalog = open_catalog(f"duckdb:///{warehouse}")
    assert (catalog.kind, catalog.name) == (SourceKind.DATABASE, "duckdb:///shop.duckdb")
    customer, orders = (found.table for found in catalog.tables)
    assert orders.comment == "Orders of the shop."
    assert [(c.name, c.type, c.comment) for c in orders.columns][2:] == [
        ("paid", "DECIMAL(8,2)", "Money received so far, in euros."),
        ("tags", "VARCHAR[]", None),
    ]
    assert orders.columns[1].references == Reference(table="customer", column="id")
    assert customer.columns[0].primary_key
    assert warehouse.read_bytes() == before
    assert open_catalog(f"duckdb:///{warehouse}") == catalog


def test_another_schema_of_duckdb(warehouse):
    (found,) = open_catalog(f"duckdb:///{warehouse}", schema="sales").tables
    assert found.table.qualified_name == "sales.week"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("duckdb:///{folder}/none.duckdb", "there is no such file"),
        ("duckdb:///{folder}/text.duckdb", "cannot be read"),
        ("sqlite:///{folder}/any.db", "SQLite keeps no comments"),
        ("nosuchdb://me:s3cret@host/db", "unknown dialect|no driver"),
        ("postgresql+nodriver://me:s3cret@host/db", "no driver for postgresql"),
        ("://", "cannot be understood"),
        ("postgresql://me:s3cret@host:port/db", "cannot be understood"),
    ],
)
def test_databases_that_cannot_be_read(tmp_path, url, said):
    (tmp_path / "text.duckdb").write_text("no database")
    with pytest.raises(SourceError, match=said) as caught:
        open_catalog(url.format(folder=tmp_path))
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "any.db").exists()


def test_an_empty_schema_is_refused(warehouse):
    with pytest.raises(SourceError, match="has no tables"):
        open_catalog(f"duckdb:///{warehouse}", schema="nothing")


def test_the_message_of_a_driver_shows_no_password(monkeypatch):
    def refuse(url):
        raise OperationalError("SELECT 1", {}, Exception("no way in for me with s3cret at host\nDETAIL: s3cret"))

    monkeypatch.setattr(database, "create_engine", lambda url: _Engine(refuse))
    with pytest.raises(
        SourceError, match=r"postgresql://host/db cannot be read: no way in for me with \*\*\*"
    ) as caught:
        open_catalog("postgresql://me:s3cret@host/db")
    assert "s3cret" not in str(caught.value)


class _Engine:
    def __init__(self, connect):
        self.connect = lambda: connect(None)

    def dispose(self):
        return None


class _Inspector:
    """What SQLAlchemy's inspector answers for two tables of PostgreSQL."""

    def get_table_names(self, schema=None):
        return ["orders", "customer"]

    def get_columns(self, table_name, schema=None):
        key = {"name": "id", "type": types.INTEGER(), "nullable": False, "comment": None}
        state = {"name": "state", "type": types.Enum("open", "paid"), "nullable": False, "comment": "Where it stands."}
        owner = {"name": "customer_id", "type": types.BIGINT(), "nullable": True}
        return [key, state, owner] if table_name == "orders" else [key]

    def get_pk_constraint(self, table_name, schema=None):
        return {"constrained_columns": ["id"]}

    def get_foreign_keys(self, table_name, schema=None):
        target = {"referred_schema": "crm", "referred_table": "customer", "referred_columns": ["id"]}
        return [{"constrained_columns": ["customer_id"], **target}] if table_name == "orders" else []

    def get_table_comment(self, table_name, schema=None):
        return {"text": "Orders of the shop." if table_name == "orders" else None}


def test_other_databases_are_read_through_the_inspector():
    dialect = create_engine("sqlite://").dialect
    found = read_tables(_Inspector(), "postgres", "shop", lambda type_: str(type_.compile(dialect=dialect)))
    customer, orders = (each.table for each in found)
    assert (customer.qualified_name, orders.qualified_name) == ("shop.customer", "shop.orders")
    assert orders.comment == "Orders of the shop."
    assert [(c.name, c.type, c.primary_key, c.nullable, c.comment) for c in orders.columns] == [
        ("id", "INTEGER", True, False, None),
        ("state", "VARCHAR(4)", False, False, "Where it stands."),
        ("customer_id", "BIGINT", False, True, None),
    ]
    assert orders.columns[1].values == ("open", "paid")
    assert orders.columns[2].references == Reference(table="crm.customer", column="id")
    assert render_create_table(orders).splitlines()[-3:] == [
        "  PRIMARY KEY (id),",
        "  FOREIGN KEY (customer_id) REFERENCES crm.customer (id)",
        ");",
    ]


def test_a_schema_is_for_databases_only(tmp_path):
    with pytest.raises(ConfigError, match="--schema 'x' is for databases"):
        open_catalog(str(tmp_path), schema="x")


def test_a_database_file_has_to_be_given_as_a_url(warehouse):
    with pytest.raises(SourceError, match=r"give duckdb:///.*shop\.duckdb"):
        open_catalog(str(warehouse))


@pytest.mark.parametrize(
    ("dialect", "written", "bare"),
    [
        (
            "mysql",
            "CREATE TABLE t (a INT COMMENT 'x', b INT) ENGINE=InnoDB COMMENT='y'",
            "CREATE TABLE t (a INT, b INT) ENGINE=InnoDB",
        ),
        (
            "snowflake",
            "create table t (comment text default 'x' comment 'y') comment = 'z'",
            "create table t (comment text default 'x')",
        ),
        (
            "bigquery",
            "CREATE TABLE t (a INT64 OPTIONS(description='x')) OPTIONS(description='y', labels=[('a', 'b')])",
            "CREATE TABLE t (a INT64) OPTIONS( labels=[('a', 'b')])",
        ),
        ("hive", "CREATE TABLE t (a INT) COMMENT 'x' TBLPROPERTIES ('comment'='y')", "CREATE TABLE t (a INT)"),
        (
            "postgres",
            "CREATE TABLE t (\n  a int, -- one\n  -- two\n  b int /* three */\n)",
            "CREATE TABLE t (\n  a int,\n  b int\n)",
        ),
    ],
)
def test_comments_are_stripped_from_statements(dialect, written, bare):
    assert strip_comments(written, dialect) == bare
    assert strip_comments(bare, dialect) == bare


def test_a_statement_that_says_less_than_is_known_does_not_agree(warehouse):
    orders = open_catalog(f"duckdb:///{warehouse}").tables[1].table
    bare = orders.model_copy(
        update={"columns": tuple(c.model_copy(update={"comment": None}) for c in orders.columns), "comment": None}
    )
    assert agrees(render_create_table(bare), bare)
    assert not agrees("CREATE TABLE orders (id INTEGER)", bare)
    assert not agrees("SELECT 1", bare)

"""Live databases: what their own catalogs say of tables, columns, keys and comments. Nothing is written.

Passwords are part of a URL and of nothing else: no name, message or digest holds them.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from columnist.catalogs.catalog import Catalog, FoundTable, SourceKind
from columnist.catalogs.duckdb_catalog import read_duckdb
from columnist.ddl.dialects import resolve
from columnist.ddl.tables import Column, Reference, Table
from columnist.digests import digest_value
from columnist.errors import SourceError

_OTHER_NAMES = {"awsathena": "athena", "clickhousedb": "clickhouse", "cockroachdb": "postgres", "deltalake": "spark"}
_EXAMPLE = "postgresql+psycopg://user@host/database"


class Inspector(Protocol):
    """What is asked of SQLAlchemy's inspector."""

    def get_table_names(self, schema: str | None = None) -> Sequence[str]:
        """Return the tables of a schema."""

    def get_columns(self, table_name: str, schema: str | None = None) -> Sequence[Any]:
        """Return the columns of a table."""

    def get_pk_constraint(self, table_name: str, schema: str | None = None) -> Any:
        """Return the primary key of a table."""

    def get_foreign_keys(self, table_name: str, schema: str | None = None) -> Sequence[Any]:
        """Return the foreign keys of a table."""

    def get_table_comment(self, table_name: str, schema: str | None = None) -> Any:
        """Return the comment on a table."""


def read_database(source: str, dialect: str | None = None, schema: str | None = None) -> Catalog:
    """Read the tables of a schema.

    Args:
        source: A SQLAlchemy URL, such as ``postgresql+psycopg://user@host/database`` or
            ``duckdb:///warehouse.duckdb``.
        dialect: How types are written; told from the URL if left out.
        schema: The schema; the database's default one if left out.

    Raises:
        SourceError: The URL cannot be used, its driver is not installed, the database
            cannot be reached or keeps no comments, or the schema has no tables.
    """
    url = _parse(source)
    backend = url.get_backend_name()
    if backend == "sqlite":
        raise SourceError(
            "SQLite keeps no comments, so there is nothing to harvest; expected a database that does, or a script"
        )
    name = _name(url, schema)
    if backend == "duckdb":
        tables = read_duckdb(url.database or "", schema)
    else:
        tables = _inspect(url, dialect or _dialect_of(backend), schema, name)
    if not tables:
        raise SourceError(f"{name} has no tables; expected a schema with some, name it with --schema")
    digest = digest_value([table.model_dump(mode="json") for table in tables])
    return Catalog(kind=SourceKind.DATABASE, name=name, digest=digest, tables=tables)


def read_tables(
    inspector: Inspector, dialect: str, schema: str | None, compile_type: Callable[[Any], str]
) -> tuple[FoundTable, ...]:
    """Read all tables of a schema, in the order of their names.

    Args:
        inspector: Answers from the database's catalog.
        dialect: The dialect of the tables.
        schema: The schema; the default one if ``None``.
        compile_type: Writes a column's type as SQL.
    """
    names = sorted(inspector.get_table_names(schema=schema))
    return tuple(FoundTable(table=_read_table(inspector, name, dialect, schema, compile_type)) for name in names)


def _read_table(
    inspector: Inspector, name: str, dialect: str, schema: str | None, compile_type: Callable[[Any], str]
) -> Table:
    key = set(inspector.get_pk_constraint(name, schema=schema).get("constrained_columns") or ())
    references = {
        column: Reference(table=_qualified(target.get("referred_schema"), target["referred_table"]), column=other)
        for target in inspector.get_foreign_keys(name, schema=schema)
        for column, other in zip(target["constrained_columns"], target["referred_columns"], strict=False)
    }
    columns = tuple(
        Column(
            name=column["name"],
            type=compile_type(column["type"]),
            nullable=bool(column.get("nullable", True)) and column["name"] not in key,
            primary_key=column["name"] in key,
            references=references.get(column["name"]),
            values=tuple(map(str, getattr(column["type"], "enums", ()))),
            comment=column.get("comment"),
        )
        for column in inspector.get_columns(name, schema=schema)
    )
    comment = inspector.get_table_comment(name, schema=schema).get("text")
    return Table(schema_name=schema, name=name, dialect=dialect, columns=columns, comment=comment)


def _inspect(url: URL, dialect: str, schema: str | None, name: str) -> tuple[FoundTable, ...]:
    try:
        engine = create_engine(url)
    except (ImportError, NoSuchModuleError) as error:
        raise SourceError(
            f"there is no driver for {url.drivername} ({error}); install the package that SQLAlchemy needs for it"
        ) from None
    try:
        with engine.connect() as connection:

            def compile_type(type_: Any) -> str:
                return str(type_.compile(dialect=engine.dialect))

            return read_tables(inspect(connection), dialect, schema, compile_type)
    except NotImplementedError:
        raise SourceError(f"{name} keeps no comments that can be read; expected a database that does") from None
    except SQLAlchemyError as error:
        raise SourceError(f"{name} cannot be read: {_scrub(error, url)}; check the URL and the rights") from None
    finally:
        engine.dispose()


def _parse(source: str) -> URL:
    try:
        return make_url(source)
    except (ArgumentError, ValueError):
        # The URL is not repeated: it may hold a password.
        raise SourceError(f"the database URL cannot be understood; expected one such as {_EXAMPLE}") from None


def _dialect_of(backend: str) -> str:
    try:
        return resolve(_OTHER_NAMES.get(backend, backend))
    except SourceError as error:
        raise SourceError(f"{error}; say which with --dialect") from None


def _name(url: URL, schema: str | None) -> str:
    """Name a database by what it is and where, without users, passwords, paths and options.

    Example:
        >>> _name(make_url("postgresql+psycopg://me:secret@db.local:5432/shop?password=x"), "sales")
        'postgresql://db.local/shop.sales'
    """
    database = (url.database or "").replace("\\", "/").rpartition("/")[2]
    return f"{url.get_backend_name()}://{url.host or ''}/{database}{f'.{schema}' if schema else ''}"


def _scrub(error: SQLAlchemyError, url: URL) -> str:
    """Return the first line of a driver's message without any secret of the URL."""
    said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    secrets = [url.password, *(value for values in url.normalized_query.values() for value in values)]
    for secret in filter(None, secrets):
        said = said.replace(str(secret), "***")
    return said


def _qualified(schema: str | None, table: str) -> str:
    return f"{schema}.{table}" if schema else table

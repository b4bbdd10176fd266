"""DuckDB files: tables, their statements and comments, as DuckDB itself lists them."""

from pathlib import Path
from typing import Any

from columnist.catalogs.catalog import FoundTable
from columnist.ddl import read_text
from columnist.ddl.tables import Column, Table
from columnist.errors import SourceError

_DEFAULT_SCHEMA = "main"
_TABLES = (
    "SELECT table_name, comment, sql FROM duckdb_tables()"
    " WHERE database_name = current_database() AND schema_name = ? AND NOT internal ORDER BY table_name"
)
_COLUMNS = (
    "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns()"
    " WHERE database_name = current_database() AND schema_name = ? AND table_name = ? ORDER BY column_index"
)


def read_duckdb(database: str, schema: str | None = None) -> tuple[FoundTable, ...]:
    """Read the tables of a schema of a DuckDB file, which is opened to read only.

    Args:
        database: Path of the file.
        schema: The schema; ``main`` if left out.

    Raises:
        SourceError: DuckDB is not installed, or the file is missing, locked or no DuckDB database.
    """
    try:
        import duckdb
    except ImportError:
        raise SourceError("DuckDB is not installed; run pip install duckdb to read its databases") from None
    if not Path(database).is_file():
        raise SourceError(f"duckdb:///{database}: there is no such file; expected the path of a DuckDB database")
    wanted = schema or _DEFAULT_SCHEMA
    try:
        with duckdb.connect(database, read_only=True) as connection:
            rows = connection.execute(_TABLES, [wanted]).fetchall()
            return tuple(_found(row, wanted, connection.execute(_COLUMNS, [wanted, row[0]]).fetchall()) for row in rows)
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0]
        raise SourceError(f"duckdb:///{database} cannot be read: {reason}; check the file") from None


def _found(row: tuple[str, str | None, str | None], schema: str, rows: list[Any]) -> FoundTable:
    name, comment, sql = row
    comments = {column: text for column, _, _, text in rows}
    table = _from_statement(sql or "") or Table(
        name=name,
        schema_name=None if schema == _DEFAULT_SCHEMA else schema,
        dialect="duckdb",
        columns=tuple(Column(name=column, type=type_, nullable=nullable) for column, type_, nullable, _ in rows),
    )
    columns = tuple(each.model_copy(update={"comment": comments.get(each.name)}) for each in table.columns)
    return FoundTable(table=table.model_copy(update={"comment": comment, "columns": columns}), statement=sql or "")


def _from_statement(sql: str) -> Table | None:
    """Read the statement that DuckDB keeps: it has the keys, which its list of columns lacks."""
    try:
        tables = read_text(sql, "duckdb").tables
    except SourceError:
        return None
    return tables[0] if len(tables) == 1 else None

"""How long a comment may be, per dialect."""

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Limit(NamedTuple):
    """The longest comment of a table and of a column; ``None`` where no limit bites."""

    table: int | None
    column: int | None
    unit: str
    source: str


_UNITS: Mapping[str, Callable[[str], int]] = {
    "characters": len,
    "bytes": lambda text: len(text.encode()),
    "bytes of UTF-16": lambda text: len(text.encode("utf-16-le")),
}

# Dialects that are not here (PostgreSQL, DuckDB, Snowflake, Trino and others) document no limit that a
# sentence could reach.
LIMITS: Mapping[str, Limit] = {
    "athena": Limit(2048, 255, "bytes", "AWS Glue API, TableInput.Description and Column.Comment"),
    "bigquery": Limit(16_384, 1_024, "characters", "BigQuery, Quotas and limits, Tables"),
    "hive": Limit(4_000, 256, "characters", "metastore schema up to Hive 3 (COLUMNS_V2.COMMENT), and Impala"),
    "mariadb": Limit(2_048, 1_024, "characters", "MariaDB, CREATE TABLE, COMMENT"),
    "mysql": Limit(2_048, 1_024, "characters", "MySQL 8.4 manual, CREATE TABLE, COMMENT"),
    "oracle": Limit(4_000, 4_000, "bytes", "Oracle SQL Reference, COMMENT; ALL_COL_COMMENTS is VARCHAR2(4000)"),
    "tsql": Limit(7_500, 7_500, "bytes of UTF-16", "SQL Server, sp_addextendedproperty, @value"),
}


def excess(text: str, dialect: str, *, of_table: bool) -> str | None:
    """Say by how much a comment is too long for a dialect, or return ``None`` where it fits.

    Example:
        >>> excess("x" * 300, "hive", of_table=False)
        '300 characters, but hive takes 256'
        >>> excess("x" * 300, "postgres", of_table=False) is None
        True
    """
    limit = LIMITS.get(dialect)
    longest = limit and (limit.table if of_table else limit.column)
    if limit is None or longest is None:
        return None
    length = _UNITS[limit.unit](text)
    return f"{length:,} {limit.unit}, but {dialect} takes {longest:,}" if length > longest else None

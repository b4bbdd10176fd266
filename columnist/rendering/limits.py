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

LIMITS: Mapping[str, Limit] = {
    "athena": Limit(2048, 255, "bytes", "AWS Glue API, TableInput.Description and Column.Comment"),
    "bigquery": Limit(16_384, 1_024, "characters", "BigQuery, Quotas and limits, Tables"),
    "hive": Limit(4_000, 256, "characters", "metastore schema up to Hive 3 (COLUMNS_V2.COMMENT), and Impala"),
    "impala": Limit(4_000, 256, "characters", "Impala, CREATE TABLE, COMMENT; tables as in the metastore of Hive"),
    "mariadb": Limit(2_048, 1_024, "characters", "MariaDB, CREATE TABLE, COMMENT"),
    "mysql": Limit(2_048, 1_024, "characters", "MySQL 8.4 manual, CREATE TABLE, COMMENT"),
    "oracle": Limit(4_000, 4_000, "bytes", "Oracle SQL Reference, COMMENT; ALL_COL_COMMENTS is VARCHAR2(4000)"),
    "tsql": Limit(7_500, 7_500, "bytes of UTF-16", "SQL Server, sp_addextendedproperty, @value"),
}

# Why no limit bites in the other dialects: none is documented that a sentence could reach.
UNLIMITED: Mapping[str, str] = {
    "clickhouse": "ClickHouse, ALTER TABLE ... COMMENT: a string, whose length is not bounded",
    "databricks": "Databricks SQL, COMMENT ON: a string literal, no length documented",
    "drill": "Apache Drill has no statement for comments",
    "duckdb": "DuckDB, COMMENT ON: a string, no length documented",
    "postgres": "PostgreSQL, pg_description.description is of type text, which takes 1 GB",
    "redshift": "Amazon Redshift, COMMENT: no length documented",
    "snowflake": "Snowflake, COMMENT: a string literal, no length documented; a VARCHAR takes 16 MB and more",
    "spark": "Spark SQL, COMMENT: kept as JSON in the properties of a table, no length documented",
    "sqlite": "SQLite has no comments but those in the text of its statements",
    "trino": "Trino, COMMENT: handed to the connector, which may have a limit of its own",
}


class Allowance(NamedTuple):
    """The most that one comment may have of a unit, and who says so."""

    longest: int
    unit: str
    set_by: str

    def takes(self, text: str) -> bool:
        """Whether a text fits."""
        return self.measure(text) <= self.longest

    def measure(self, text: str) -> int:
        """Return how much of the unit a text has."""
        return _UNITS[self.unit](text)


def allowances(dialect: str, *, of_table: bool, max_length: int | None = None) -> tuple[Allowance, ...]:
    """Return what a comment has to fit into: the dialect's limit, and a catalog's own in characters.

    Example:
        >>> [(each.longest, each.unit) for each in allowances("athena", of_table=False, max_length=100)]
        [(255, 'bytes'), (100, 'characters')]
        >>> allowances("postgres", of_table=True)
        ()
    """
    limit = LIMITS.get(dialect)
    longest = limit and (limit.table if of_table else limit.column)
    own = [] if max_length is None else [Allowance(max_length, "characters", "the catalog")]
    return (*([Allowance(longest, limit.unit, dialect)] if limit and longest is not None else []), *own)


def excess(text: str, dialect: str, *, of_table: bool) -> str | None:
    """Say by how much a comment is too long for a dialect, or return ``None`` where it fits.

    Example:
        >>> excess("x" * 300, "hive", of_table=False)
        '300 characters, but hive takes 256'
        >>> excess("x" * 300, "postgres", of_table=False) is None
        True
    """
    for each in allowances(dialect, of_table=of_table):
        if not each.takes(text):
            return f"{each.measure(text):,} {each.unit}, but {each.set_by} takes {each.longest:,}"
    return None

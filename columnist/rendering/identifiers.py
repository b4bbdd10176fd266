"""Identifiers as SQL, where a table says how it was written and where it does not."""

import re
from collections.abc import Mapping

from columnist.ddl.tables import Column, Table

_BRACKETS: Mapping[str, tuple[str, str]] = {
    "bigquery": ("`", "`"),
    "clickhouse": ("`", "`"),
    "databricks": ("`", "`"),
    "hive": ("`", "`"),
    "mariadb": ("`", "`"),
    "mysql": ("`", "`"),
    "spark": ("`", "`"),
    "tsql": ("[", "]"),
}

# A word may start with @ (templates such as @schema.table), hold # and $ (Oracle, SQL Server), and single
# hyphens (BigQuery projects); it can never start a comment or end a statement.
_WORD = r"[@#]?[\w$]+(?:[#-][\w$]+)*#?"
_PART = rf"""(?:{_WORD}|"(?:[^"]|"")+"|`(?:[^`]|``)+`|\[(?:[^\]]|\]\])+\])"""
_PATH = re.compile(rf"{_PART}(?:\.{_PART})*")
_NAME = re.compile(_PART)
_PLAIN_HASH = re.compile(r"^[^\"`\[]*#")


def identify_table(table: Table) -> str:
    """Return a table's full name as SQL: as it was written, or quoted where that is no identifier.

    Example:
        >>> identify_table(Table(name="Orders", identifier='shop."Orders"', columns=()))
        'shop."Orders"'
        >>> identify_table(Table(name="order items", schema="shop", columns=()))
        '"shop"."order items"'
    """
    if _is_written(_PATH, table.identifier, table.dialect):
        return table.identifier
    parts = (table.catalog, table.schema_name, table.name)
    return ".".join(quote(part, table.dialect) for part in parts if part)


def identify_column(table: Table, column: Column) -> str:
    """Return a column's name as SQL: as it was written, or quoted where that is no identifier.

    Example:
        >>> table = Table(name="t", dialect="mysql", columns=(Column(name="odd; name"), Column(name="id")))
        >>> [identify_column(table, column) for column in table.columns]
        ['`odd; name`', 'id']
    """
    if _is_written(_NAME, column.identifier, table.dialect):
        return column.identifier
    return quote(column.name, table.dialect)


def quote(name: str, dialect: str) -> str:
    """Return a name in the quotes of the dialect.

    Example:
        >>> quote('a"b', "postgres"), quote("a]b", "tsql")
        ('"a""b"', '[a]]b]')
    """
    left, right = _BRACKETS.get(dialect, ('"', '"'))
    return f"{left}{name.replace(right, right * 2)}{right}"


def _is_written(form: re.Pattern[str], identifier: str, dialect: str) -> bool:
    """Tell whether an identifier is one; MySQL reads a bare # as the start of a comment."""
    if dialect in {"mysql", "mariadb"} and _PLAIN_HASH.match(identifier):
        return False
    return form.fullmatch(identifier) is not None

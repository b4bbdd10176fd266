"""Ask sqlglot what only a full SQL parser can tell."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from columnist.ddl.dialects import sqlglot_name

_NAMES_CONSTANTS = frozenset({"postgres", "redshift"})
_MAX_DEPTH = 100
_MAX_CHARACTERS = 200_000


class Projection(NamedTuple):
    """What a query returns.

    Attributes:
        names: Pairs of a column's name and its SQL; a column without a name is left out.
        unnamed: Number of columns the query gives no name.
        star_of: The table whose columns a lone ``*`` stands for, as SQL.
    """

    names: tuple[tuple[str, str], ...]
    unnamed: int
    star_of: str | None


def projection(sql: str, dialect: str) -> Projection:
    """Tell which columns ``CREATE TABLE x AS ...`` makes.

    Raises:
        ValueError: The query cannot be read.

    Example:
        >>> projection("CREATE TABLE x AS SELECT a, b + 1 AS c FROM t", "postgres").names
        (('a', 'a'), ('c', 'c'))
    """
    query = _parse(sql, dialect).args.get("expression")
    if not isinstance(query, exp.Query):
        raise ValueError("its columns come from something that is not a query")
    query = query.unnest()
    names: list[tuple[str, str]] = []
    unnamed = 0
    for selected in query.selects:
        name = selected.args.get("alias") if isinstance(selected, exp.Alias) else selected.this
        if isinstance(selected, exp.Alias | exp.Column) and isinstance(name, exp.Identifier):
            names.append((name.name, name.sql(dialect=sqlglot_name(dialect))))
        elif isinstance(selected, exp.Literal) and dialect in _NAMES_CONSTANTS:
            names.append(("?column?", '"?column?"'))
        else:
            unnamed += 1
    return Projection(tuple(names), unnamed, _star_of(query, dialect))


def _star_of(query: exp.Query, dialect: str) -> str | None:
    if not isinstance(query, exp.Select) or not [*query.selects] or not isinstance(query.selects[0], exp.Star):
        return None
    source = query.args.get("from_") or query.args.get("from")
    if len(query.selects) > 1 or source is None or query.args.get("joins") or not isinstance(source.this, exp.Table):
        return None
    if query.args.get("with_") or query.args.get("with"):
        return None
    table = source.this.copy()
    table.set("alias", None)
    return str(table.sql(dialect=sqlglot_name(dialect)))


@lru_cache(maxsize=4096)
def is_column(definition: str, dialect: str) -> bool:
    """Tell whether sqlglot reads a text as the definition of one column.

    Example:
        >>> is_column("a INT", "postgres"), is_column("a INT b TEXT", "postgres")
        (True, False)
    """
    try:
        created = _parse(f"CREATE TABLE t ({definition})", dialect)
    except ValueError:
        return False
    columns = created.this.expressions if isinstance(created.this, exp.Schema) else []
    return len(columns) == 1 and isinstance(columns[0], exp.ColumnDef)


def _parse(sql: str, dialect: str) -> exp.Create:
    if len(sql) > _MAX_CHARACTERS:
        raise ValueError(f"its query is longer than {_MAX_CHARACTERS:,} characters")
    if _depth(sql) > _MAX_DEPTH:
        raise ValueError(f"its query is nested more than {_MAX_DEPTH} deep")
    try:
        with _quiet_logger():
            parsed = sqlglot.parse_one(sql, dialect=sqlglot_name(dialect))
    except (SqlglotError, RecursionError) as error:
        raise ValueError(f"its query cannot be read: {_one_line(error)}") from None
    if not isinstance(parsed, exp.Create):
        raise ValueError("its query cannot be read")
    return parsed


def _depth(sql: str) -> int:
    """Return the deepest nesting; brackets in strings count too, which errs on the safe side."""
    depth = deepest = 0
    for character in sql:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    return deepest


def _one_line(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    message = str(error).partition("\n")[0]
    return message.partition(". Line ")[0][:120]


@contextmanager
def _quiet_logger() -> Iterator[None]:
    """Keep sqlglot from logging what the caller reports anyway."""
    logger = logging.getLogger("sqlglot")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before

"""Questions to a person about what a schema does not tell, asked by the product itself.

A model that is taught to ask asks better questions; these stand where a model
guessed, or wrote nothing. Each asks only what its name, type and table leave open.
"""

import re
from collections.abc import Mapping, Sequence

from columnist.ddl.tables import Column, Table
from columnist.digests import digest_bytes

_TABLES = (
    "What does one row of {table} stand for, and who writes it?",
    "What is {table} for, and which application fills it?",
    "Which process fills {table}, and what does each row describe?",
)
_CODES = (
    "What does each value of {column} in {table} mean: {values}?",
    "When does a row of {table} get which {column}: {values}?",
)
_REFERENCES = (
    "Which part does the row of {target} that {column} names play for a row of {table}?",
    "Why does a row of {table} point to {target} by {column}?",
)
_FLAGS = (
    "What is true of a row of {table} when {column} is set?",
    "Who sets {column} of {table}, and what does it decide?",
)
_DATES = (
    "Which event does {column} of {table} date?",
    "What happens to a row of {table} at its {column}?",
)
_NUMBERS = (
    "What does {column} of {table} count or measure, and in which unit?",
    "Is {column} of {table} a code, a count or an amount, and of what?",
)
_NESTED = (
    "Which fields does {column} of {table} hold, and who writes them?",
    "What is kept inside {column} of {table}, and where is its structure agreed?",
)
_OTHERS = (
    "What do people or programs enter in {column} of {table}?",
    "What does {column} of {table} hold, and who fills it in?",
    "What should a reader of {table} take {column} to mean?",
)
# The first that is found in a type decides: DATETIME is a date, TINYINT(1) a flag, INTERVAL no number.
_BY_TYPE: Mapping[re.Pattern[str], Sequence[str]] = {
    re.compile(r"json|xml|variant|struct|map|array|object|super|\[\]", re.IGNORECASE): _NESTED,
    re.compile(r"^(bool|bit\b|tinyint\(1\))", re.IGNORECASE): _FLAGS,
    re.compile(r"date|time", re.IGNORECASE): _DATES,
    re.compile(r"interval", re.IGNORECASE): _OTHERS,
    re.compile(r"int|num|dec|float|double|real|money|serial", re.IGNORECASE): _NUMBERS,
}
_SHOWN = 4  # of the values and names that a question lists
_LONGEST_NAME = 60


def ask_about_table(table: Table) -> str:
    """Return a question to whoever owns a table.

    Example:
        >>> ask_about_table(Table(name="tmp_2", columns=()))
        'Which process fills tmp_2, and what does each row describe?'
    """
    return _choose(_TABLES, table.qualified_name).format(table=_plain(table.qualified_name))


def ask_about_column(table: Table, column: Column) -> str:
    """Return a question that fits the type of a column; the same column always gets the same.

    Example:
        >>> table = Table(name="orders", columns=(Column(name="flex_01", type="INT"), Column(name="x9", type="DATE")))
        >>> for column in table.columns:
        ...     print(ask_about_column(table, column))
        Is flex_01 of orders a code, a count or an amount, and of what?
        What happens to a row of orders at its x9?
    """
    frame = _choose(_frames(column), f"{table.qualified_name}.{column.name}")
    return frame.format(
        table=_plain(table.name),
        column=_plain(column.name),
        values=_listed(column.values),
        target=_plain(column.references.table if column.references else ""),
    )


def ask_difference(column: Column, others: Sequence[Column]) -> str:
    """Return a question about columns that one and the same text was written for.

    Example:
        >>> ask_difference(Column(name="addr2"), [Column(name="addr1"), Column(name="addr3")])
        'How does addr2 differ from addr1 and addr3?'
    """
    return f"How does {_plain(column.name)} differ from {_listed([other.name for other in others])}?"


def ask_for_brevity(name: str, limit: int, unit: str) -> str:
    """Return a question about what no text was written for that is short enough.

    Example:
        >>> ask_for_brevity("qty_oh", 20, "characters")
        'What does qty_oh hold, said in at most 20 characters?'
    """
    return f"What does {_plain(name)} hold, said in at most {limit:,} {unit}?"


def _frames(column: Column) -> Sequence[str]:
    if column.values:
        return _CODES
    if column.references:
        return _REFERENCES
    return next((frames for pattern, frames in _BY_TYPE.items() if pattern.search(column.type)), _OTHERS)


def _choose(frames: Sequence[str], key: str) -> str:
    return frames[int(digest_bytes(key.encode())[:8], 16) % len(frames)]


def _listed(names: Sequence[str]) -> str:
    """Join as many names as a question can hold.

    Example:
        >>> _listed(["N"]), _listed(["N", "P", "D"]), _listed(["N", "P", "D", "R", "X"])
        ('N', 'N, P and D', 'N, P, D, R and others')
    """
    if len(names) > _SHOWN:
        return f"{', '.join(map(_plain, names[:_SHOWN]))} and others"
    plain = [_plain(name) for name in names]
    return " and ".join(part for part in (", ".join(plain[:-1]), *plain[-1:]) if part)


def _plain(name: str) -> str:
    r"""Return a name on one line and of bounded length, whatever a script calls its columns.

    Example:
        >>> _plain("odd\n\u200bname"), len(_plain("y" * 1000))
        ('odd name', 60)
    """
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"

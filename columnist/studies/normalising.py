"""Bring texts into one form, so that spaces, quotes and full stops do not tell which model wrote them.

What this does *not* cover: length, wording and how often a system abstains. These are what is compared.
"""

import re
import unicodedata

from columnist.abstention import is_abstention, question_of
from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.studies.items import StudyText

_NONE = "(no description"
NO_DESCRIPTION = f"{_NONE})"
_TYPED = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "`": ""}
)
_MARKUP = re.compile(r"\*{2,}|_{2,}(?=\W|$)|(?<!\w)_{2,}")
_END = " .,;:"
_LISTING = ("enum", "set(")  # types that say their values themselves


def normalise(text: str) -> str:
    """Return a text as raters see it: one line, capital first letter, a full stop, plain quotes.

    An abstention is shown as what it asks, an empty text as none; the same for every system.

    Example:
        >>> normalise(" **date** the order was “placed” ")
        'Date the order was "placed".'
        >>> normalise("? What is flex_01 for?"), normalise("")
        ('(no description; asks: What is flex_01 for?)', '(no description)')
    """
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if line.startswith(_NONE) and line.endswith(")"):
        return line
    core = _strip(line)
    if is_abstention(core):
        question = _as_sentence(_strip(question_of(core).strip("?! ")).rstrip("?! "), "?")
        return f"{_NONE}; asks: {question})" if question else NO_DESCRIPTION
    return _as_sentence(core, ".") or NO_DESCRIPTION


def normalise_texts(table: Table, texts: Texts, text_id: str) -> StudyText:
    """Return what a system wrote about a table as raters see it, under an id."""
    columns = ((column.name, normalise(text)) for column, text in zip(table.columns, texts.columns, strict=True))
    return StudyText(text_id=text_id, table_text=normalise(texts.table), columns=tuple(columns))


def show_schema(table: Table) -> str:
    """Return a table as a CREATE TABLE statement with nothing of what people wrote about it.

    Made from what was read, not from the script: comments hide in too many places there.

    Example:
        >>> columns = Column(name="id", type="INT", primary_key=True), Column(name="st", type="TEXT", comment="State")
        >>> print(show_schema(Table(name="t", columns=columns)))
        CREATE TABLE t (
          id INT PRIMARY KEY,
          st TEXT
        )
        >>> coded = (Column(name="a", type="ENUM('x')", values=("x",)), Column(name="b", type="CHAR(1)", values=("x",)))
        >>> print(show_schema(Table(name="t", columns=coded)))
        CREATE TABLE t (
          a ENUM('x'),
          b CHAR(1) CHECK (b IN ('x'))
        )
    """
    lines = ",\n".join(f"  {_show_column(column)}" for column in table.columns)
    return f"CREATE TABLE {table.identifier} (\n{lines}\n)"


def _strip(text: str) -> str:
    """Return a text without markup, and without what stands around it."""
    line = unicodedata.normalize("NFC", _MARKUP.sub("", text.translate(_TYPED)))
    before = None
    while line != before:  # quotes within bullets within quotes
        before, line = line, _strip_around(" ".join(line.split()))
    return line


def _as_sentence(line: str, end: str) -> str:
    """Return a text with a capital and an end; nothing where no letter or digit is left."""
    if not any(sign.isalnum() for sign in line):
        return ""
    return unicodedata.normalize("NFC", line[0].upper() + line[1:]) + ("" if line[-1] in "!?" else end)


def _strip_around(line: str) -> str:
    line = line.rstrip(_END).lstrip("*#•- .,;:")
    # Only quotes around the whole text: those of a word in it stay.
    if len(line) > 1 and line[0] == line[-1] and line[0] in "\"'*" and line[0] not in line[1:-1]:
        line = line[1:-1]
    return line


def _show_column(column: Column) -> str:
    parts = [column.identifier, column.type]
    if column.primary_key:
        parts.append("PRIMARY KEY")
    elif not column.nullable:
        parts.append("NOT NULL")
    if column.default is not None:
        parts.append(f"DEFAULT {column.default}")
    if column.values and not column.type.casefold().startswith(_LISTING):
        listed = ", ".join("'" + value.replace("'", "''") + "'" for value in column.values)
        parts.append(f"CHECK ({column.identifier} IN ({listed}))")
    if column.references is not None:
        target = f" ({column.references.column})" if column.references.column else ""
        parts.append(f"REFERENCES {column.references.table}{target}")
    return " ".join(part for part in parts if part)

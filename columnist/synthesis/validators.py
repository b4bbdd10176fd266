"""What a candidate has to fulfil before it may teach anything: a tuple of pure functions."""

import re
from collections import Counter
from collections.abc import Callable

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from columnist.synthesis.examples import Example

Validator = Callable[[Example], str | None]

MAX_COLUMN_CHARACTERS = 255
COLUMN_WORDS = (3, 28)
TABLE_WORDS = (8, 42)
COLUMNS = (3, 24)
_ALLOWED = re.compile(r"[A-Za-z0-9 ,.;:()'/%-]|_")
_DOUBLED = re.compile(r"\b(\w+) \1\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
_STOP_WORD_LIST = """
the a an of for to in on at by is was and or its this that it
"""
_STOP_WORDS = frozenset(_STOP_WORD_LIST.split())
_PERSONAL_DATA = (
    re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    re.compile(r"\b\d{3}-\d{2}-\d{4}\b"),
    re.compile(r"(?:\+?\d[ ()-]?){9,}"),
    re.compile(r"https?://"),
)


def check_statement(example: Example) -> str | None:
    """The statement parses in its dialect, as one CREATE TABLE with the columns of the table."""
    try:
        statements = sqlglot.parse(example.ddl, read=example.table.dialect)
    except SqlglotError:
        return "statement does not parse"
    if len(statements) != 1 or not isinstance(statements[0], exp.Create):
        return "statement is not one CREATE TABLE"
    schema = statements[0].this
    definitions = [e.name for e in schema.expressions if isinstance(e, exp.ColumnDef)]
    names = [column.name for column in example.table.columns]
    return None if definitions == names else "statement and table differ"


def check_structure(example: Example) -> str | None:
    """The table has a usual number of columns and is named."""
    fewest, most = COLUMNS
    return None if example.table.name and fewest <= len(example.table.columns) <= most else "unusual number of columns"


def check_length(example: Example) -> str | None:
    """Texts are neither stubs nor essays."""
    if any(len(text) > MAX_COLUMN_CHARACTERS or not _within(text, COLUMN_WORDS) for text in example.reference.columns):
        return "length of a column text"
    return None if _within(example.reference.table, TABLE_WORDS) else "length of the table text"


def check_plain_text(example: Example) -> str | None:
    """Texts are one plain sentence: no markup, no placeholders, no doubled words, a period at the end."""
    for text in _texts(example):
        if not text.endswith(".") or (not text[0].isupper() and not text[0].isdigit()):
            return "not a sentence"
        if _ALLOWED.sub("", text) or ".." in text or "  " in text:
            return "unexpected characters"
        if _DOUBLED.search(text):
            return "doubled word"
    return None


def check_duplicates(example: Example) -> str | None:
    """No two columns of a table have the same text."""
    counts = Counter(text.casefold() for text in example.reference.columns)
    return "two columns with the same text" if max(counts.values()) > 1 else None


def check_name_echo(example: Example) -> str | None:
    """A text says more than the name of its column.

    Example:
        >>> is_name_echo("order_date", "Date of the order."), is_name_echo("order_date", "Date the order was placed.")
        (True, False)
    """
    pairs = zip(example.table.columns, example.reference.columns, strict=True)
    return "text repeats the name" if any(is_name_echo(column.name, text) for column, text in pairs) else None


def check_personal_data(example: Example) -> str | None:
    """Texts hold nothing that looks like a person's data."""
    texts = " ".join(_texts(example))
    return "looks like personal data" if any(pattern.search(texts) for pattern in _PERSONAL_DATA) else None


VALIDATORS: tuple[Validator, ...] = (
    check_structure,
    check_length,
    check_plain_text,
    check_duplicates,
    check_name_echo,
    check_personal_data,
    check_statement,
)


def find_fault(example: Example, validators: tuple[Validator, ...] = VALIDATORS) -> str | None:
    """Return the first reason against an example, or ``None``."""
    return next((reason for validator in validators if (reason := validator(example))), None)


def is_name_echo(name: str, text: str) -> bool:
    """Whether every word of a text that carries meaning is already in the name.

    Example:
        >>> is_name_echo("CustomerName", "The name of the customer."), is_name_echo("qty", "Units sold.")
        (True, False)
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    known = {_stem(word) for word in _WORD.findall(spaced.lower().replace("_", " "))}
    content = {_stem(word) for word in _WORD.findall(text.lower())} - _STOP_WORDS
    return content <= known


def _stem(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word


def _within(text: str, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= len(text.split()) <= bounds[1]


def _texts(example: Example) -> tuple[str, ...]:
    return (example.reference.table, *example.reference.columns)

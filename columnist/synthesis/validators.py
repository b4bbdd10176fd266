"""What a candidate has to fulfil before it may teach anything: a tuple of pure functions."""

import re
from collections import Counter
from collections.abc import Callable

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from columnist.abstention import is_abstention, question_of
from columnist.ddl import read_text
from columnist.ddl.tables import Column
from columnist.errors import SourceError
from columnist.rendering.limits import excess
from columnist.synthesis.examples import Example
from columnist.synthesis.shingles import words_of
from columnist.synthesis.teachers.plain_texts import find_text_fault, is_english

Validator = Callable[[Example], str | None]

COLUMN_WORDS = (2, 60)
TABLE_WORDS = (4, 90)
QUESTION_WORDS = (3, 45)
COLUMNS = (1, 400)
_ALLOWED = re.compile(r"[A-Za-z0-9 ,.;:()'\"/%_+&=?`-]")
_DOUBLED = re.compile(r"\b(\w+) \1\b(?! (?:number|code))", re.IGNORECASE)
_OPENS = re.compile(r"[A-Za-z0-9`'\"]")
_ENDS = re.compile(r"[A-Za-z0-9_.)%'\"`]$")
_WORD = re.compile(r"[^\W_]+")
_STOP_WORD_LIST = """
the a an of for to in on at by is was and or its this that it
"""
_STOP_WORDS = frozenset(_STOP_WORD_LIST.split())
_MOMENT = re.compile(r"\b\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?")  # as long as a telephone number
_PERSONAL_DATA = (
    re.compile(r"\b\d{3}-\d{2}-\d{4}\b"),
    re.compile(r"(?:\+?\d[ ()-]{0,2}){9,}"),
    re.compile(r"\b(?:\d[ -]?){13,16}\b"),
)
# What people write when they have nothing to say. A text with one of these teaches a model to pad. An "additional
# information about why the payment failed" says something, so most phrases count only where the text ends with them.
_FILLER_LIST = r"""
(?:additional|relevant|various|miscellaneous|other|general) (?:information|data|details)$
|(?:additional|relevant|various|miscellaneous|other|general) (?:information|data|details)
 (?:about|on|for|of|related to) (?:the |this )?\w+$
|(?:information|details|data) (?:about|related to) the \w+$
|(?:data|information) related to (?:the |this )?\w+$
|as the name (?:suggests|implies|says)|self-explanatory|lorem ipsum|various purposes
|plays an? (?:key|crucial|vital|important) role|it is important to|please note
"""
_OPENING_FILLER_LIST = r"""
(?:this|the) (?:column|field) (?:stores|contains|represents|holds|is used|indicates)
|(?:placeholder|todo|tbd|tba|fixme)
|(?:n/a|none|unknown|not applicable|to be (?:defined|determined|added))$
"""
_FILLER = re.compile(
    rf"\b(?:{_FILLER_LIST.replace(chr(10), '')})(?:\b|$)|^(?:{_OPENING_FILLER_LIST.replace(chr(10), '')})(?:\b|$)",
    re.IGNORECASE,
)
# Licenses under which examples may be used in a set that is passed on; others need a LicenseRef, which says that
# somebody has looked at the terms.
_LICENSE = re.compile(
    r"^(?:Apache-2\.0|MIT|BSD-[23]-Clause|ISC|0BSD|Unlicense|CC0-1\.0|CC-BY-4\.0|MPL-2\.0"
    r"|CDLA-Permissive-2\.0|ODC-By-1\.0|LicenseRef-[A-Za-z0-9.-]+)$"
)


def check_structure(example: Example) -> str | None:
    """The table is named, has a number of columns that occurs, and at least one text to learn from."""
    fewest, most = COLUMNS
    if not example.table.name:
        return "table without a name"
    if not fewest <= len(example.table.columns) <= most:
        return "unusual number of columns"
    return None if any(text.strip() for text in _texts(example)) else "no text at all"


def check_license(example: Example) -> str | None:
    """The license is known, or named as one that somebody has looked at."""
    return None if _LICENSE.match(example.license) else "license that is not allowed"


def check_length(example: Example) -> str | None:
    """Texts are neither stubs nor essays, and fit into the comments of their dialect."""
    table, columns, dialect = example.reference.table, example.reference.columns, example.table.dialect
    if any(text and not _within(text, COLUMN_WORDS) for text in columns):
        return "length of a column text"
    if table and not _within(table, TABLE_WORDS):
        return "length of the table text"
    if excess(table, dialect, of_table=True) or any(excess(text, dialect, of_table=False) for text in columns):
        return "too long for a comment of its dialect"
    return None


def check_plain_text(example: Example) -> str | None:
    """Texts are plain sentences or phrases: no markup, no placeholders, no doubled words."""
    for text in _texts(example):
        plain = question_of(text) or text
        if is_abstention(text) and not plain.endswith("?"):
            return "an abstention without a question"
        if not _OPENS.match(plain) or not (_ENDS.search(plain) or is_abstention(text)):
            return "not a sentence"
        if _ALLOWED.sub("", plain) or ".." in plain or "  " in plain:
            return "unexpected characters"
        if _DOUBLED.search(plain):
            return "doubled word"
    return None


def check_content(example: Example) -> str | None:
    """Texts hold no link, markup, secret or order to their reader."""
    faults = (find_text_fault(text) for text in _texts(example) if not is_abstention(text))
    return next((fault for fault in faults if fault), None)


def check_filler(example: Example) -> str | None:
    """No text merely fills its place.

    Example:
        >>> is_filler("Additional information."), is_filler("Date on which the order was paid.")
        (True, False)
    """
    return "filler instead of a description" if any(is_filler(text) for text in _texts(example)) else None


def check_language(example: Example) -> str | None:
    """All texts together are English; a single one may be too short to tell."""
    texts = " ".join(text for text in _texts(example) if not is_abstention(text))
    return None if is_english(texts) else "texts that are not English"


def check_duplicates(example: Example) -> str | None:
    """No two columns of a table have the same text."""
    counts = Counter(text.casefold() for text in example.reference.columns if text)
    return "two columns with the same text" if counts and max(counts.values()) > 1 else None


def check_name_echo(example: Example) -> str | None:
    """A text says more than the name of its column.

    Example:
        >>> is_name_echo("order_date", "Date of the order."), is_name_echo("order_date", "Date the order was placed.")
        (True, False)
    """
    pairs = zip(example.table.columns, example.reference.columns, strict=True)
    echoes = (is_name_echo(column.name, text) for column, text in pairs if text and not is_abstention(text))
    return "text repeats the name" if any(echoes) else None


def check_personal_data(example: Example) -> str | None:
    """Texts hold nothing that looks like a person's data."""
    return "looks like personal data" if any(is_personal(text) for text in _texts(example)) else None


def check_statement(example: Example) -> str | None:
    """The statement parses in its dialect, and our own reader finds the table in it that the example has."""
    try:
        statements = sqlglot.parse(example.ddl, read=example.table.dialect)
    except SqlglotError:
        return "statement does not parse"
    if len(statements) != 1 or not isinstance(statements[0], exp.Create):
        return "statement is not one CREATE TABLE"
    try:
        script = read_text(example.ddl, example.table.dialect)
    except SourceError:
        return "statement cannot be read"
    if len(script.tables) != 1 or script.skipped:
        return "statement cannot be read"
    read, made = script.tables[0].columns, example.table.columns
    return None if [_declared(column) for column in read] == [_declared(column) for column in made] else _DIFFER


_DIFFER = "statement and table differ"

VALIDATORS: tuple[Validator, ...] = (
    check_structure,
    check_license,
    check_length,
    check_plain_text,
    check_content,
    check_filler,
    check_language,
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
    known = {_stem(word) for word in _WORD.findall(spaced.casefold())}
    content = {_stem(word) for word in _WORD.findall(text.casefold())} - _STOP_WORDS
    return content <= known


def is_personal(text: str) -> bool:
    """Whether a text holds what looks like a number of a person, a telephone or a card.

    Example:
        >>> is_personal("Customer 078-05-1120 called."), is_personal("Orders since 2019.")
        (True, False)
    """
    rest = _MOMENT.sub("", text)
    return any(pattern.search(rest) for pattern in _PERSONAL_DATA)


def is_filler(text: str) -> bool:
    """Whether a text holds a phrase that people write when they have nothing to say."""
    return bool(_FILLER.search(text.strip(". ")))


def _declared(column: Column) -> tuple[str, str, bool]:
    return column.name, "".join(column.type.casefold().split()), column.primary_key


def _stem(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word


def _within(text: str, bounds: tuple[int, int]) -> bool:
    fewest, most = QUESTION_WORDS if is_abstention(text) else bounds
    return fewest <= len(words_of(text)) <= most


def _texts(example: Example) -> tuple[str, ...]:
    """All texts that are there; harvested tables have columns that nobody described."""
    return tuple(text for text in (example.reference.table, *example.reference.columns) if text)

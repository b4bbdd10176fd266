"""What a copied table is recognised by, whatever its names are styled like and its texts punctuated."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from columnist.synthesis.shingles import letters_of, words_of

# Words that say nothing of a subject: grammar, and what every catalog says of its tables and columns.
_GRAMMAR = """
    a after all also an and any are as at be been before between but by can contains did do does during each either
    else for from had has have how if in indicates into is it its may more most must no not of off on one only or
    other otherwise over per provided refers same shows such than that the their them then there these they this
    those to under unique up used uses was were what when where whether which while who whose will with within would
    e g i ie eg etc s t
"""
_CATALOG = """
    active amount associated belongs boolean code column contains count created current data database date datetime
    day default deleted description details entry false field file flag foreign format given group history id
    identification identifier identifies indicator information internal item key kind label last level line list log
    modified month name new null number numeric object order original parent primary record reference references
    related removed row sequence set source specific state status string surrogate system table text time timestamp
    timezone title total true type unit updated url user utc uuid valid value version year
"""
GENERIC_WORDS = frozenset((_GRAMMAR + _CATALOG).split())

_NAMES = re.compile(r"\w+")
# Quoted strings, which hold comments; and what SQL calls comments.
_REMARKS = re.compile(r"'((?:[^']|'')*)'|--([^\n]*)|/\*(.*?)\*/", re.DOTALL)


@dataclass(frozen=True)
class Features:
    """A table as it is compared.

    Attributes:
        title: The table's name without case and separators, marked with ``@``.
        names: The columns' names without case and separators, marked with ``#``.
        texts: The texts as lower-case words.
    """

    title: str
    names: frozenset[str]
    texts: frozenset[str]


def features_of(table: str, columns: Iterable[str], texts: Iterable[str]) -> Features:
    """Return the features of a table.

    Example:
        >>> found = features_of("ORDERS", ["orderId"], ["Unique ID of the order."])
        >>> found.title, sorted(found.names), sorted(found.texts)
        ('@orders', ['#orderid'], ['unique id of the order'])
    """
    worded = frozenset(" ".join(words_of(text)) for text in texts) - {""}
    return Features(title=f"@{letters_of(table)}", names=frozenset(f"#{letters_of(c)}" for c in columns), texts=worded)


def names_in(ddl: str) -> set[str]:
    """Return what could be a column's name in a statement, in the form of features.

    Example:
        >>> sorted(names_in("CREATE TABLE t (Order_ID INT)"))
        ['#create', '#int', '#orderid', '#t', '#table']
    """
    return {f"#{word.replace('_', '')}" for word in _NAMES.findall(ddl.casefold())}


def remarks_in(ddl: str) -> list[str]:
    """Return the comments and quoted strings of a statement.

    Example:
        >>> remarks_in("a INT COMMENT 'The key.' -- of the table")
        ['The key.', ' of the table']
    """
    return ["".join(groups) for groups in _REMARKS.findall(ddl)]


def content_words(text: str) -> set[str]:
    """Return the distinct words of a feature text that say something of its subject.

    Example:
        >>> sorted(content_words("unique identifier of the hospital stay"))
        ['hospital', 'stay']
    """
    return {word for word in text.split() if word not in GENERIC_WORDS and not word.isdecimal()}


def runs_in(text: str, length: int) -> list[str]:
    """Return the runs of so many words of a feature text; none where it is shorter.

    Example:
        >>> runs_in("date the order was paid", 4)
        ['date the order was', 'the order was paid']
    """
    words = text.split()
    return [" ".join(words[start : start + length]) for start in range(len(words) - length + 1)]

"""What a simulated rater thinks of two texts: from nothing but the words on the page, with noise.

The rule is the page's own advice: a text has to be about this table, and to say more than the name does.
It is no model of people, and agreement with it says nothing of a text's quality.
"""

import re
from random import Random
from typing import NamedTuple

from columnist.identifiers import split_name

_WORD = re.compile(r"[a-z]{3,}")
_EMPTY = frozenset(
    ("the", "and", "for", "from", "that", "this", "with", "which", "has", "was", "its", "not", "one", "each")
)
_STEM = 4  # letters that a word shares with its other forms
_ENOUGH = 0.5  # share of texts that have a word of their names, from which on all are taken to be about the table
_MANY = 4  # further words of a text that says a lot
_TIE = 0.08  # difference that a rater does not notice


class Row(NamedTuple):
    """What a page shows about a column, or about the table where ``name`` is empty."""

    name: str
    a: str
    b: str


class Reading(NamedTuple):
    """What a rater reads on a page.

    Attributes:
        number: Of the item, from 1, as the page counts.
    """

    schema: str
    rows: tuple[Row, ...]
    number: int
    total: int


class Opinion(NamedTuple):
    """What a rater answers.

    Attributes:
        preference: As the page's form names it.
        worse: The option that is worse, ``A`` or ``B``; empty where none is.
    """

    preference: str
    worse: str


def form_opinion(reading: Reading, random: Random, noise: float) -> Opinion:
    """Prefer the option that is about the table and says more than the names.

    Args:
        reading: What the page shows.
        random: The rater's own chance.
        noise: Standard deviation of what is added to the difference of both values, which lie from 0 to 3.

    Example:
        >>> rows = (Row("", "Orders.", "One row for each order of a customer."), Row("qty", "Qty.", "Pieces ordered."))
        >>> form_opinion(Reading("CREATE TABLE orders (qty INT)", rows, 1, 9), Random(1), 0).preference
        'B'
    """
    a = value_of(reading.schema, [(row.name, row.a) for row in reading.rows])
    b = value_of(reading.schema, [(row.name, row.b) for row in reading.rows])
    difference = a - b + random.gauss(0, noise)
    if abs(difference) < _TIE:
        return Opinion("TIE", "")
    return Opinion("A", "B") if difference > 0 else Opinion("B", "A")


def value_of(schema: str, texts: list[tuple[str, str]]) -> float:
    """Return what texts are worth: up to 2 for being about the table, and up to 1 for what they add to names.

    Args:
        schema: As the page shows it.
        texts: Of the table and of each column, each with the column's name.

    Example:
        >>> own, other = [("qty", "Pieces that were ordered.")], [("qty", "Birthday of a patient.")]
        >>> [value_of("CREATE TABLE orders (qty INT)", texts) for texts in (own, other)]
        [2.75, 0.5]
    """
    table = _names(schema.partition("(")[0])
    told = [(stems(text), _names(name)) for name, text in texts]
    about = sum(bool(said & (own | table)) for said, own in told) / len(told)
    more = sum(min(len(said - own), _MANY) for said, own in told)
    return 2 * min(about / _ENOUGH, 1) + more / (_MANY * len(told))


def _names(identifier: str) -> frozenset[str]:
    return stems(" ".join(split_name(identifier)))


def stems(text: str) -> frozenset[str]:
    """Return the beginnings of the words of a text that say something.

    Example:
        >>> sorted(stems("The orders that were ordered"))
        ['orde', 'were']
    """
    return frozenset(word[:_STEM] for word in _WORD.findall(text.casefold()) if word not in _EMPTY)

"""Which texts of a table its reference lets one measure, and what a text says."""

import statistics
from collections.abc import Iterable, Sequence
from itertools import compress
from typing import TypeVar

from columnist.abstention import is_abstention

T = TypeVar("T")


def is_described(reference: str) -> bool:
    """Whether a reference says something: not where it abstains, and not where nobody wrote one.

    Example:
        >>> [is_described(reference) for reference in ("Units held.", "? Which unit is it in?", " ")]
        [True, False, False]
    """
    return bool(reference.strip()) and not is_abstention(reference)


def keep_described(values: Sequence[T], references: Sequence[str]) -> list[T]:
    """Return what belongs to the references that say something.

    Example:
        >>> keep_described(["id", "attr7"], ["Key of the order.", "? What is kept in attr7?"])
        ['id']
    """
    return list(compress(values, map(is_described, references)))


def says(text: str) -> str:
    """Return what a text says of its column: nothing, where it asks.

    Example:
        >>> says("Units held."), says("? Which unit is it in?")
        ('Units held.', '')
    """
    return "" if is_abstention(text) else text


def mean_or_none(values: Iterable[float]) -> float | None:
    """Return the mean, or ``None`` of no values: a table without them has no such measure.

    Example:
        >>> mean_or_none([0.0, 1.0]), mean_or_none([])
        (0.5, None)
    """
    found = list(values)
    return statistics.fmean(found) if found else None

"""How the parts of a name are joined, and how it is kept a valid identifier."""

import re
from collections.abc import Callable
from enum import StrEnum

from columnist.synthesis.name_words import cut_word, drop_vowels

LONGEST_NAME = 63  # characters; the shortest limit of the dialects in use today


class Case(StrEnum):
    """How words are joined to a name."""

    SNAKE = "snake"
    UPPER = "upper"
    CAMEL = "camel"
    PASCAL = "pascal"
    FLAT = "flat"  # customername
    FLAT_UPPER = "flat_upper"  # CUSTOMERNAME
    TITLE = "title"  # Customer_Name
    CUSTOM = "custom"  # Customer_Name__c, as platforms mark what their customers add
    CODED = "coded"  # CUNAM


_JOINS: dict[Case, Callable[[list[str]], str]] = {
    Case.SNAKE: "_".join,
    Case.UPPER: lambda parts: "_".join(parts).upper(),
    Case.CAMEL: lambda parts: parts[0] + "".join(map(_capital, parts[1:])),
    Case.PASCAL: lambda parts: "".join(map(_capital, parts)),
    Case.FLAT: lambda parts: "".join(parts).replace("_", "").lower(),
    Case.FLAT_UPPER: lambda parts: "".join(parts).replace("_", "").upper(),
    Case.TITLE: lambda parts: "_".join(map(_capital, parts)),
    Case.CUSTOM: lambda parts: "_".join(map(_capital, parts)),
    Case.CODED: lambda parts: "_".join(parts).upper(),
}
_CAPITALIZED = {Case.CAMEL, Case.PASCAL, Case.TITLE, Case.CUSTOM}


def join_parts(parts: tuple[str, ...], case: Case, capital_id: bool = False, room: int = LONGEST_NAME) -> str:
    """Join parts to a valid identifier.

    Args:
        parts: The parts of the name; what no identifier may hold is left out of them.
        case: How they are joined.
        capital_id: The team writes ``customerID``.
        room: The longest name that is wanted; the longest parts are shortened until it fits.

    Example:
        >>> join_parts(("customer", "id"), Case.PASCAL), join_parts(("customer", "id"), Case.CAMEL, capital_id=True)
        ('CustomerId', 'customerID')
        >>> join_parts(("30", "day", "rate"), Case.SNAKE), join_parts(("hours", "hours"), Case.UPPER)
        ('n_30_day_rate', 'HOURS')
        >>> join_parts(("administration", "of", "justice"), Case.SNAKE, room=16)
        'admn_of_jstc'
    """
    kept = _without_repetition([clean for part in parts if (clean := re.sub(r"\W+", "", part, flags=re.ASCII))])
    if case in _CAPITALIZED:
        kept = [piece for part in kept for piece in part.split("_") if piece]
    if capital_id and case in _CAPITALIZED:
        kept = ["ID" if part == "id" and index else part for index, part in enumerate(kept)]
    if not kept or kept[0][0].isdigit():
        kept.insert(0, "n")
    name = _JOINS[case](kept)
    for shorten in (drop_vowels, cut_word, lambda word: word[:2]):
        for part in sorted(kept, key=len, reverse=True):
            if len(name) <= room:
                return name
            kept[kept.index(part)] = shorten(part)
            name = _JOINS[case](kept)
    return name[:room].rstrip("_")


def _without_repetition(parts: list[str]) -> list[str]:
    """Leave out a part that its successor repeats, be it in the plural: ``hour_hours``."""
    followers = [*parts[1:], ""]
    return [
        part
        for part, follower in zip(parts, followers, strict=False)
        if part.lower() not in {follower.lower(), follower.lower().removesuffix("s")}
    ]


def _capital(part: str) -> str:
    return part[:1].upper() + part[1:]

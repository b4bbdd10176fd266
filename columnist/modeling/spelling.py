"""Names spelled out: ``cust_dob`` is the *customer date of birth*.

What an abbreviation means is knowledge a small model need not carry in its
weights: the product gives it as context. Precision comes first. An abbreviation
with several common readings is spelled out only where its place in the name or
its neighbours make the reading sure, and a name that runs together is taken apart
only if every piece is a known word; everything else stays as it is written.

The knowledge is in ``data/abbreviations.yaml`` and the two word lists beside it.
"""

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import yaml

from columnist.identifiers import split_name

_MIN_RUN = 5  # a shorter part is two words by accident more often than by intent
_MIN_WORDS_RUN = 7  # the same for words that are all written in full
_MAX_RUN = 60  # bounds the work on hostile names
_MAX_PIECE = 20
_MIN_SKELETON = 5  # shorter runs of consonants fit too many words
_VOWELS = str.maketrans("", "", "aeiou")
_CUSTOM = "__c"  # what Salesforce appends to fields that are not its own
# What a piece of a name that runs together costs, in nats: few, long and frequent pieces win.
_PIECE_COST = 6.0
_ABBREVIATION_COST = 9.0


class _Reading(NamedTuple):
    """What an abbreviation means beside certain words."""

    words: str
    neighbours: frozenset[str]


class _Lexicon(NamedTuple):
    """Everything known of the words of names.

    Attributes:
        always: Abbreviations with one reading.
        last: Readings at the end of a name.
        first: Readings at the start of a name.
        beside: Readings beside other words.
        opening: Abbreviations that may open a name that runs together.
        closing: Abbreviations that may close one.
        trailing: Words that may follow what counts as the last of a name.
        skeletons: Words without their vowels, where one word alone leaves them.
        costs: Words that may be a piece of one, with what they cost.
        known: All words.
    """

    always: Mapping[str, str]
    last: Mapping[str, str]
    first: Mapping[str, str]
    beside: Mapping[str, _Reading]
    opening: frozenset[str]
    closing: frozenset[str]
    trailing: frozenset[str]
    skeletons: Mapping[str, str]
    costs: Mapping[str, float]
    known: frozenset[str]


@lru_cache(maxsize=1 << 16)
def spell_out(name: str) -> str:
    """Return the words of an identifier in lower case, with what is short for a word spelled out.

    Example:
        >>> [spell_out(name) for name in ("cust_dob", "qty_oh", "custShippingAddr_2", "CREATEDDATE")]
        ['customer date of birth', 'quantity on hand', 'customer shipping address 2', 'created date']
        >>> [spell_out(name) for name in ("ACCTNBR", "empno", "stg_orders", "inv_no", "st_x")]
        ['account number', 'employee number', 'staging orders', 'invoice number', 'st x']
    """
    parts = _parts(name)
    return " ".join(_read(part, place, parts) or part for place, part in enumerate(parts))


def is_spelled_differently(name: str) -> bool:
    """Tell whether spelling a name out says more than its own words do.

    Example:
        >>> is_spelled_differently("order_id"), is_spelled_differently("ord_id")
        (False, True)
    """
    return spell_out(name) != " ".join(split_name(name))


def known_share(name: str) -> float:
    """Return the share of a name's words that are known words or sure abbreviations, from 0 to 1.

    Digits and single letters tell nothing, so they count as unknown.

    Example:
        >>> known_share("cust_dob"), known_share("line_7"), known_share("zqx")
        (1.0, 0.5, 0.0)
    """
    parts = _parts(name)
    known = sum(bool(_read(part, place, parts)) or _is_known(part) for place, part in enumerate(parts))
    return known / len(parts) if parts else 0.0


def _parts(name: str) -> tuple[str, ...]:
    """Split a name into words, taking apart those that run together."""
    return tuple(piece for word in split_name(name.removesuffix(_CUSTOM)) for piece in _take_apart(word))


def _read(part: str, place: int, parts: tuple[str, ...]) -> str | None:
    """Return what a part of a name is surely short for, or ``None``: the narrowest rule decides."""
    lexicon = _lexicon()
    reading = lexicon.beside.get(part)
    if reading and any(_meanings(other) & reading.neighbours for other in parts if other != part):
        return reading.words
    following = [other for other in parts[place + 1 :] if not other.isdecimal() and other not in lexicon.trailing]
    if place == 0 and following and part in lexicon.first:
        return lexicon.first[part]
    if place > 0 and not following and part in lexicon.last:
        return lexicon.last[part]
    if part in lexicon.known:
        return None
    return lexicon.always.get(part) or _read_plural(part) or lexicon.skeletons.get(part)


def _read_plural(part: str) -> str | None:
    """Read the plural of an abbreviation: ``txns`` are transactions.

    Example:
        >>> _read_plural("txns"), _read_plural("qtys"), _read_plural("status")
        ('transactions', 'quantities', None)
    """
    lexicon = _lexicon()
    singular = lexicon.always.get(part[:-1]) if len(part) > 3 and part.endswith("s") else None
    if not singular or part in lexicon.known or part in lexicon.beside:
        return None
    return f"{singular[:-1]}ies" if singular.endswith("y") and singular[-2] not in "aeo" else f"{singular}s"


@lru_cache(maxsize=1 << 12)
def _meanings(part: str) -> frozenset[str]:
    """Return a part and the words it may be short for, as neighbours are listed."""
    lexicon = _lexicon()
    return frozenset((part, *lexicon.always.get(part, "").split(), *lexicon.last.get(part, "").split()))


def _is_known(part: str) -> bool:
    """Tell whether a part is a word, or an English inflection of one."""
    known = _lexicon().known
    stems = (part, *(part.removesuffix(ending) for ending in ("s", "es", "d", "ed", "ing")), f"{part[:-3]}y")
    return len(part) > 1 and any(stem in known for stem in stems)


@lru_cache(maxsize=1 << 14)
def _take_apart(word: str) -> tuple[str, ...]:
    """Return the pieces of a word that runs together, or the word alone if it is one or not all is known.

    Example:
        >>> _take_apart("custid"), _take_apart("orderlinenumber"), _take_apart("valid"), _take_apart("xyzdate")
        (('cust', 'id'), ('order', 'line', 'number'), ('valid',), ('xyzdate',))
    """
    lexicon = _lexicon()
    if not _MIN_RUN <= len(word) <= _MAX_RUN or not word.isascii() or not word.isalpha():
        return (word,)
    if _is_known(word) or word in lexicon.always or _read_plural(word) or word in lexicon.skeletons:
        return (word,)
    pieces = _cheapest_pieces(word)
    in_full = all(piece in lexicon.costs for piece in pieces)
    return (word,) if in_full and len(word) < _MIN_WORDS_RUN else pieces


def _cheapest_pieces(word: str) -> tuple[str, ...]:
    """Return the cheapest way to cut a word into known pieces, or the word if there is none."""
    best: list[tuple[float, tuple[str, ...]] | None] = [(0.0, ())]
    for end in range(1, len(word) + 1):
        ways = []
        for start in range(max(0, end - _MAX_PIECE), end):
            way, cost = best[start], _piece_cost(word, start, end)
            if way is not None and cost is not None:
                ways.append((way[0] + _PIECE_COST + cost, (*way[1], word[start:end])))
        best.append(min(ways, default=None))
    found = best[len(word)]
    return found[1] if found else (word,)


def _piece_cost(word: str, start: int, end: int) -> float | None:
    """Return what a piece costs, or ``None`` where it may not stand; the whole word is no piece."""
    lexicon, piece = _lexicon(), word[start:end]
    if piece == word:
        return None
    if piece in lexicon.costs:
        return lexicon.costs[piece]
    may_stand = (start == 0 and piece in lexicon.opening) or (end == len(word) and piece in lexicon.closing)
    return _ABBREVIATION_COST if may_stand else None


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    """Read the data files, once and only when a name is spelled out."""
    # The base loader leaves every scalar a string: "no" is an abbreviation here, not a truth value.
    content = yaml.load(_read_data("abbreviations.yaml"), Loader=yaml.CBaseLoader)
    always, last, first = (_by_abbreviation(content[section]) for section in ("always", "last", "first"))
    readings = {short: line.split(" | ") for short, line in content["beside"].items()}
    words = (*_read_words("database_words.txt"), *_read_words("prose_words.txt"))
    whole = {*_read_words("whole_words.txt"), *content["kept"].split()}
    # A word that is part of many others tells nothing where it turns up inside of one.
    costs = {word: math.log(rank) for rank, word in enumerate(dict.fromkeys(words), start=100)}
    for word in (*content["affixes"].split(), *always):
        costs.pop(word, None)
    spelled = " ".join((*always.values(), *last.values(), *first.values())).split()
    return _Lexicon(
        always=always,
        last=last,
        first=first,
        beside={short: _Reading(words, frozenset(near.split())) for short, (words, near) in readings.items()},
        opening=frozenset(content["opening"].split()),
        trailing=frozenset(content["trailing"].split()),
        skeletons=_skeletons(dict.fromkeys(words)),
        closing=frozenset(content["closing"].split()),
        costs=costs,
        known=frozenset((*words, *whole, *spelled)) - always.keys(),
    )


def _skeletons(words: Iterable[str]) -> dict[str, str]:
    """Return words by what is left of them without vowels, where no other word leaves the same.

    Example:
        >>> _skeletons(["energy", "grinding", "grounding", "rate"])
        {'enrgy': 'energy'}
    """
    found: dict[str, str | None] = {}
    for word in words:
        skeleton = word[0] + word[1:].translate(_VOWELS)
        if _MIN_SKELETON <= len(skeleton) < len(word):
            found[skeleton] = None if skeleton in found else word
    return {skeleton: word for skeleton, word in found.items() if word}


def _by_abbreviation(section: Mapping[str, str]) -> dict[str, str]:
    return {short: words for words, shorts in section.items() for short in shorts.split()}


def _read_words(file: str) -> list[str]:
    lines = _read_data(file).splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def _read_data(file: str) -> str:
    return files("columnist.modeling").joinpath("data", file).read_text(encoding="utf-8")

"""Fabrications planted into honest texts, and how many of them the rules for unsupported claims find.

The wordings and what they are filled with stand in ``data/fabrications.yaml``. The rules
were worked on with one half of them; what is reported is measured on the other half.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import yaml
from pydantic import TypeAdapter

from columnist.ddl.tables import Column, Table
from columnist.digests import digest_value
from columnist.evaluation.claims import Subject, unsupported_claims
from columnist.evaluation.described import is_described
from columnist.evaluation.intervals import Interval
from columnist.evaluation.shares import exact_share
from columnist.identifiers import split_name
from columnist.modeling.prompts.type_families import type_family
from columnist.values import Value

if TYPE_CHECKING:
    from columnist.synthesis.examples import Example

OVERALL = "all kinds"


class Half(StrEnum):
    """Which wordings: those the rules were worked on with, or those held out."""

    TUNING = "tuning"
    HELD_OUT = "held_out"


class Wordings(Value):
    """Ways to say something, and what to say."""

    wordings: tuple[str, ...]
    fills: tuple[tuple[str, ...], ...]


class Fabrication(Value):
    """One kind of claim to plant.

    Attributes:
        families: Families of types of the columns it is planted into.
        signs: Parts of names beside which it might be true.
    """

    families: tuple[str, ...]
    signs: str
    tuning: Wordings
    held_out: Wordings

    def half(self, half: Half) -> Wordings:
        """Return the wordings of one half."""
        return self.tuning if half is Half.TUNING else self.held_out

    def fits(self, table: Table, column: Column, fill: Sequence[str]) -> bool:
        """Whether a claim about a column is sure to be made up: no name, type or value speaks of such a thing."""
        names = (table.qualified_name, *(each.name for each in table.columns))
        own = {*split_name(column.name), *split_name(table.name), *split_name(column.type)}
        around = {part for written in (*names, column.type, *column.values) for part in split_name(written)}
        told = {word for filled in fill for word in split_name(filled)} - _COMMON
        return (
            type_family(column.type, table.dialect) in self.families
            and not (column.values or column.primary_key or column.references)
            and own.isdisjoint(self.signs.split())
            and around.isdisjoint(told)
        )


# Words of fills that any name may have without the claim being true for it.
_COMMON = frozenset({"the", "of", "and", "full", "number", "s", "a", "for"})


class Planted(NamedTuple):
    """A text about a column, honest or with one fabrication; ``kind`` is empty where it is honest."""

    table: Table
    column: Column
    kind: str
    honest: str
    text: str


class Detection(Value):
    """How well fabrications of one kind, or all of them, are found.

    Attributes:
        planted: Texts with such a fabrication.
        caught: Those of them that the rules blame for something they did not blame the honest text for.
        honest: Texts without a fabrication.
        blamed: Those of them that a rule of this kind blames.
        missed: The planted texts that no rule blames.
        wrong: The honest texts that are blamed.
    """

    kind: str
    planted: int
    caught: int
    recall: Interval
    honest: int
    blamed: int
    precision: Interval | None
    missed: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


@cache
def load_fabrications() -> dict[str, Fabrication]:
    """Return the kinds of fabrication with their wordings."""
    text = files("columnist.evaluation").joinpath("data/fabrications.yaml").read_bytes()
    return TypeAdapter(dict[str, Fabrication]).validate_python(yaml.safe_load(text))


def plant_fabrications(examples: Sequence["Example"], seed: int, half: Half = Half.HELD_OUT) -> tuple[Planted, ...]:
    """Plant fabrications into texts of synthetic tables, and leave as many texts honest.

    Of each table's described columns, half are candidates; each gets the kind that was
    planted least so far among those that fit it. The honest texts are of other columns.

    Args:
        examples: Tables with references.
        seed: Decides which columns and which wordings.
        half: Which wordings.
    """
    rng = Random(digest_value([seed, "fabrications", half.value]))
    decks = {kind: _deal(each.half(half), rng) for kind, each in load_fabrications().items()}
    counts = Counter(dict.fromkeys(decks, 0))
    planted: list[Planted] = []
    honest: list[Planted] = []
    for example in examples:
        pairs = zip(example.table.columns, example.reference.columns, strict=True)
        described = [(column, text) for column, text in pairs if is_described(text)]
        rng.shuffle(described)
        middle = len(described) // 2
        honest += [Planted(example.table, column, "", text, text) for column, text in described[middle:]]
        for column, text in described[:middle]:
            found = _plant(example.table, column, text, decks, sorted(counts, key=lambda kind: (counts[kind], kind)))
            if found:
                counts[found.kind] += 1
                planted.append(found)
    return (*planted, *rng.sample(honest, min(len(honest), len(planted))))


def fabricate(kind: str, table: Table, column: Column, honest: str, rng: Random) -> str | None:
    """Return an honest text with one fabrication, worded as held out; nothing where the kind does not fit."""
    decks = {kind: _deal(load_fabrications()[kind].held_out, rng)}
    found = _plant(table, column, honest, decks, [kind])
    return found.text if found else None


def _deal(wordings: Wordings, rng: Random) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every wording with every fill in a random order, over and over."""
    deck = [(wording, fill) for wording in wordings.wordings for fill in wordings.fills]
    while True:
        yield from rng.sample(deck, len(deck))


def _plant(
    table: Table,
    column: Column,
    honest: str,
    decks: dict[str, Iterator[tuple[str, tuple[str, ...]]]],
    kinds: Sequence[str],
) -> Planted | None:
    """Plant the first kind that fits a column, or nothing."""
    for kind in kinds:
        fabrication = load_fabrications()[kind]
        if not fabrication.fits(table, column, ()):
            continue
        wording, fill = next(decks[kind])
        if fabrication.fits(table, column, fill) and not set(fill) & set(honest.casefold().split()):
            return Planted(table, column, kind, honest, _word(wording, fill, table, column, honest))
    return None


def _word(wording: str, fill: Sequence[str], table: Table, column: Column, honest: str) -> str:
    first, second, third = (*fill, "", "")[:3]
    name = " ".join(split_name(column.name))
    return wording.format(
        text=honest.strip().rstrip("."),
        a=first,
        b=second,
        c=third,
        A=first[:1].upper() + first[1:],
        name=name,
        Name=name.capitalize(),
        table=" ".join(split_name(table.name)),
    )


def detect(texts: Sequence[Planted]) -> tuple[Detection, ...]:
    """Let the rules judge planted and honest texts: recall and precision, of all kinds and of each.

    The precision of a kind is that of the rule of this kind, whatever was planted; that
    of all kinds is of any blame. Its interval takes texts as independent, although those
    of one table have names in common.
    """
    judged = [(each, _kinds_blamed(each)) for each in texts]
    kinds = [kind for kind in load_fabrications() if any(each.kind == kind for each in texts)]
    return tuple(_count(kind, judged) for kind in (OVERALL, *kinds))


def _kinds_blamed(planted: Planted) -> frozenset[str]:
    """Return the kinds of claims that are new in a planted text, or those of an honest one."""
    subject = Subject.of_column(planted.table, planted.column)
    before = unsupported_claims(planted.honest, subject) if planted.kind else ()
    return frozenset(claim.kind for claim in unsupported_claims(planted.text, subject) if claim not in before)


def _count(kind: str, judged: Sequence[tuple[Planted, frozenset[str]]]) -> Detection:
    mine = [(each, found) for each, found in judged if each.kind and kind in {OVERALL, each.kind}]
    caught = sum(bool(found) for _, found in mine)
    told = [(each, found) for each, found in judged if (found if kind == OVERALL else kind in found)]
    wrong = tuple(each.text for each, _ in told if not each.kind)
    return Detection(
        kind=kind,
        planted=len(mine),
        caught=caught,
        recall=exact_share(caught, len(mine)),
        honest=sum(not each.kind for each, _ in judged),
        blamed=len(wrong),
        precision=exact_share(len(told) - len(wrong), len(told)) if told else None,
        missed=tuple(each.text for each, found in mine if not found),
        wrong=wrong,
    )

"""Columns and tables that nobody can describe from their schema, so that a model learns to ask.

Opaque names tell nothing (``custom_field_22``); ambiguous ones could mean
several things (``date2``). An abbreviation is neither: an honest reader can
spell it out.
"""

from functools import cache
from importlib.resources import files
from random import Random
from typing import Any, Self

import yaml
from pydantic import Field, model_validator

from columnist.synthesis.blueprints import Feature, Obscurity
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.naming import keep
from columnist.values import Value


class Family(Value):
    """Numbered columns that software leaves for its customers: ``attribute1`` to ``attribute15``.

    Attributes:
        name: The words of the name, with ``{n}`` for the number.
        kinds: What the columns may hold.
        digits: The number is filled up with zeros to so many digits.
        ordinary: Such columns stand in tables that are otherwise in order.
    """

    name: str = Field(pattern=r"\{n\}")
    kinds: tuple[Kind, ...] = Field(min_length=1)
    digits: int = 1
    ordinary: bool = True

    def words(self, number: int) -> tuple[str, ...]:
        """The words of one column's name, marked to be left as they are.

        Example:
            >>> Family(name="flex {n}", kinds=("text",), digits=2).words(4)
            ('=flex', '=04')
        """
        return keep(*self.name.format(n=f"{number:0{self.digits}}").split())


class Ambiguity(Value):
    """A name with several meanings.

    Attributes:
        means: What it may mean; one of several lists of alternatives.
    """

    name: str
    kind: Kind
    means: tuple[str, ...] = Field(min_length=1)


class Letters(Value):
    """What unknown abbreviations are made of."""

    openings: tuple[str, ...]
    middles: tuple[str, ...]
    endings: tuple[str, ...]


class ObscureNames(Value):
    """Names that do not tell what a column or a table holds."""

    families: tuple[Family, ...]
    singles: dict[Kind, tuple[str, ...]]
    letters: Letters
    ambiguous: tuple[Ambiguity, ...]
    tables: tuple[str, ...]

    @model_validator(mode="before")
    @classmethod
    def _from_file(cls, content: dict[str, Any]) -> dict[str, Any]:
        """Read ``date2: {when: [...]}``: the kind is the key of the meanings."""
        entries = [(name, *next(iter(entry.items()))) for name, entry in content["ambiguous"].items()]
        return {**content, "ambiguous": [{"name": n, "kind": kind, "means": means} for n, kind, means in entries]}

    @model_validator(mode="after")
    def _ambiguous_is_not_opaque(self) -> Self:
        both = {entry.name for entry in self.ambiguous} & {name for names in self.singles.values() for name in names}
        if both:
            raise ValueError(f"both ambiguous and opaque: {', '.join(sorted(both))}")
        return self


@cache
def load_obscure_names() -> ObscureNames:
    """Read the names that tell nothing, or too many things.

    Example:
        >>> len(load_obscure_names().families) >= 60, len(load_obscure_names().ambiguous) >= 90
        (True, True)
    """
    path = files("columnist.synthesis").joinpath("data", "naming", "obscure.yaml")
    return ObscureNames.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def draw_obscure(
    rng: Random, count: int, obscurity: Obscurity = Obscurity.OPAQUE, taken: frozenset[str] = frozenset()
) -> tuple[Feature, ...]:
    """Draw columns for a table that is otherwise in order.

    Args:
        rng: Where the draw comes from.
        count: How many columns; opaque ones come in families with consistent numbers.
        obscurity: Whether their names tell nothing or several things.
        taken: Words that occur in the table's other columns: ``status`` beside
            ``order_status`` would not be ambiguous in the way the question says.

    Example:
        >>> [" ".join(feature.words) for feature in draw_obscure(Random(8), 2, Obscurity.AMBIGUOUS)]
        ['=value', '=volume']
    """
    if obscurity is Obscurity.AMBIGUOUS:
        return _draw_ambiguous(rng, count, taken)
    numbered = count if count > 2 or rng.random() < 0.75 else 0
    return (*_draw_families(rng, numbered, ordinary=True), *_draw_singles(rng, count - numbered))


def undocumentable(rng: Random) -> tuple[tuple[str, ...], tuple[Feature, ...]]:
    """Draw a table of which nothing can be said: the words of its name, and its columns.

    Example:
        >>> words, features = undocumentable(Random(3))
        >>> len(features) >= 3 and all(feature.obscure is Obscurity.OPAQUE for feature in features)
        True
    """
    name = rng.choice(load_obscure_names().tables)
    number = rng.choice((str(rng.randint(1, 9)), f"{rng.randint(1, 99):02}", f"{rng.randint(1, 999):04}"))
    count = rng.choices((rng.randint(3, 6), rng.randint(6, 14), rng.randint(14, 30)), weights=(4, 4, 1))[0]
    singles = rng.randint(0, 2) if rng.random() < 0.3 else 0
    if rng.random() < 0.15:
        singles = count
    features = (*_draw_singles(rng, singles), *_draw_families(rng, max(0, count - singles), ordinary=False))
    return keep(*name.format(n=number).split()), features


def _draw_families(rng: Random, count: int, ordinary: bool) -> tuple[Feature, ...]:
    """Numbered columns of one family, or of two."""
    if not count:
        return ()
    families = [family for family in load_obscure_names().families if family.ordinary or not ordinary]
    strange = [family for family in families if not family.ordinary]
    first = rng.choice(strange if strange and rng.random() < 0.6 else families)
    second = rng.choice(families)
    cut = rng.randint(2, count - 2) if count > 4 and second.name[0] != first.name[0] and rng.random() < 0.35 else count
    return (*_numbered(rng, first, cut), *_numbered(rng, second, count - cut))


def _numbered(rng: Random, family: Family, count: int) -> tuple[Feature, ...]:
    """Columns from one on, or with the gaps that unused ones leave."""
    numbers = list(range(1, count + 1))
    if rng.random() < (0.8 if count < 3 else 0.35):
        numbers = sorted(rng.sample(range(1, max(25, count * 3)), count))
    kind = rng.choice(family.kinds)
    mixed = rng.random() < 0.4
    return tuple(
        Feature(words=family.words(number), kind=rng.choice(family.kinds) if mixed else kind, obscure=Obscurity.OPAQUE)
        for number in numbers
    )


def _draw_singles(rng: Random, count: int) -> tuple[Feature, ...]:
    """Columns whose terse names belong to no family: ``xkz``, ``ind_b``."""
    names = load_obscure_names()
    drawn: dict[str, Kind] = {}
    while len(drawn) < count:
        kind = rng.choices(tuple(names.singles), weights=[len(forms) for forms in names.singles.values()])[0]
        drawn.setdefault(_soup(rng) if rng.random() < 0.5 else rng.choice(names.singles[kind]), kind)
    return tuple(
        Feature(words=keep(*name.split()), kind=kind, obscure=Obscurity.OPAQUE) for name, kind in drawn.items()
    )


def _soup(rng: Random) -> str:
    """Letters that spell nothing, as in a system that its makers alone could read."""
    letters = load_obscure_names().letters
    middle = rng.choice(letters.middles) if rng.random() < 0.6 else ""
    return rng.choice(letters.openings) + middle + rng.choice(letters.endings)


def _draw_ambiguous(rng: Random, count: int, taken: frozenset[str]) -> tuple[Feature, ...]:
    entries = [entry for entry in load_obscure_names().ambiguous if not set(entry.name.split()) & taken]
    return tuple(
        Feature(
            words=keep(*entry.name.split()),
            kind=entry.kind,
            means=rng.choice(entry.means),
            obscure=Obscurity.AMBIGUOUS,
        )
        for entry in rng.sample(entries, min(count, len(entries)))
    )

"""Quotas: how much of a training set has to be of each hard class, dialect and sector, and whether it is."""

from collections.abc import Mapping
from functools import lru_cache
from math import ceil
from random import Random

from pydantic import Field, field_validator

from columnist.digests import digest_value
from columnist.synthesis.examples import HardClass
from columnist.synthesis.record import QuotaResult
from columnist.values import Value

_BLOCK = 200  # groups; every block of them has its share of each class
_PARTS = 4  # of a block; a class is spread over them, so that small sets have their share too
_TABLES_PER_GROUP = 2.8
# Groups of these classes have one table, or not all of their tables become what the group was made for. The rarest
# classes are counted low: one table more or less decides whether a small set has enough of them.
_TABLES_OF_CLASS = {
    HardClass.WIDE: 0.7,  # and some trades have too little to say of one thing
    HardClass.UNDOCUMENTABLE: 0.9,
    HardClass.OPAQUE: 2.0,
    HardClass.AMBIGUOUS: 2.0,
    HardClass.NESTED: 1.8,
}
_MARGIN = 1.25  # candidates are rejected unevenly


class Quotas(Value):
    """The least shares of the training examples, each between 0 and 1.

    Attributes:
        classes: By hard class; a class that is not named has no quota and is not
            made on purpose.
        dialect: For each dialect that was asked for.
        sector: For each sector of the industry classification.
    """

    classes: dict[HardClass, float] = Field(default_factory=dict)
    dialect: float = Field(default=0.0, ge=0, le=1)
    sector: float = Field(default=0.0, ge=0, le=0.05)

    @field_validator("classes")
    @classmethod
    def _leave_room(cls, classes: dict[HardClass, float]) -> dict[HardClass, float]:
        if any(not 0 <= share <= 1 for share in classes.values()):
            raise ValueError("expected shares between 0 and 1")
        groups = sum(_groups_per_block(hard, share) for hard, share in classes.items())
        if groups > _BLOCK:
            raise ValueError(f"the quotas of hard classes need {groups / _BLOCK:.0%} of the groups; ask for less")
        return classes


def schedule(quotas: Quotas, seed: int, split: str, index: int) -> HardClass | None:
    """Return the hard class that the group with a number is to be of.

    Every block of groups holds each class as often as its quota needs, in an
    order of its own: shares then hardly depend on the seed or on the size.

    Example:
        >>> quotas = Quotas(classes={HardClass.WIDE: 0.02})
        >>> sum(schedule(quotas, 1, "train", index) is HardClass.WIDE for index in range(200))
        20
    """
    block, place = divmod(index, _BLOCK)
    return _block(tuple(sorted(quotas.classes.items())), seed, split, block)[place]


def deal(items: tuple[str, ...], seed: int, purpose: str, index: int) -> str:
    """Deal items like cards: each once in every round, in an order of its own.

    Example:
        >>> sorted(deal(("a", "b", "c"), 1, "letters", index) for index in range(3))
        ['a', 'b', 'c']
    """
    round_, place = divmod(index, len(items))
    return _round(items, seed, purpose, round_)[place]


def measure_quotas(
    quotas: Quotas,
    counts: Mapping[str, Mapping[str, int]],
    total: int,
    dialects: tuple[str, ...],
    sectors: tuple[str, ...],
) -> tuple[QuotaResult, ...]:
    """Compare what was asked for with what was made.

    Args:
        quotas: The shares asked for.
        counts: Training examples by ``class``, ``dialect`` and ``sector``.
        total: The number of training examples.
        dialects: The dialects that were asked for.
        sectors: All sectors.
    """
    wanted = {("class", hard.value): share for hard, share in quotas.classes.items()}
    wanted |= {("dialect", dialect): quotas.dialect for dialect in dialects if quotas.dialect}
    wanted |= {("sector", sector): quotas.sector for sector in sectors if quotas.sector}
    return tuple(
        QuotaResult(name=f"{axis} {name}", wanted=share, found=counts[axis].get(name, 0) / max(total, 1))
        for (axis, name), share in wanted.items()
    )


def _groups_per_block(hard: HardClass, share: float) -> int:
    tables = share * _MARGIN * _BLOCK * _TABLES_PER_GROUP
    return ceil(tables / _TABLES_OF_CLASS.get(hard, _TABLES_PER_GROUP))


@lru_cache(maxsize=64)
def _block(
    classes: tuple[tuple[HardClass, float], ...], seed: int, split: str, block: int
) -> tuple[HardClass | None, ...]:
    planned: list[HardClass | None] = [hard for hard, share in classes for _ in range(_groups_per_block(hard, share))]
    planned += [None] * (_BLOCK - len(planned))
    rng = Random(digest_value([seed, split, "schedule", block]))
    parts = [planned[start::_PARTS] for start in range(_PARTS)]
    rng.shuffle(parts)
    return tuple(hard for part in parts for hard in rng.sample(part, len(part)))


@lru_cache(maxsize=64)
def _round(items: tuple[str, ...], seed: int, purpose: str, number: int) -> tuple[str, ...]:
    dealt = list(items)
    Random(digest_value([seed, purpose, number])).shuffle(dealt)
    return tuple(dealt)

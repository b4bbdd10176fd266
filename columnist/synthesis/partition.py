"""Which use cases, entities and (industry, use case) pairs belong to which split."""

from collections.abc import Iterable
from random import Random

from columnist.digests import digest_value
from columnist.synthesis.examples import Split
from columnist.synthesis.lexicon import Entity, Lexicon, UseCase
from columnist.synthesis.naics import Industry
from columnist.values import Value

_TEST_PART = 8  # every eighth use case is kept for the test split
_VALIDATION_PART = 8  # every eighth pair that is left is kept for validation
_COMMON_USES = 3  # an entity of so many use cases belongs to no single one


class Partition(Value):
    """How a seed divides the vocabulary.

    The test split is made of use cases that no training or validation example
    has. Entities of those use cases are reserved for it too: no other split has
    a table about them, except for the few that most trades share, such as
    customers. Training and validation share use cases, never a pair of industry
    and use case.

    Attributes:
        test_use_cases: Identifiers of the use cases kept for the test split.
        reserved: Entities that only test tables are about.
    """

    seed: int
    test_use_cases: frozenset[str]
    reserved: frozenset[str]

    def split_of(self, industry: Industry, use_case: UseCase) -> Split:
        """The one split that a pair may be used in."""
        if use_case.id in self.test_use_cases:
            return Split.TEST
        drawn = int(digest_value([self.seed, industry.code, use_case.id])[:8], 16)
        return Split.VALIDATION if drawn % _VALIDATION_PART == 0 else Split.TRAIN

    def allows(self, entity: Entity, split: Split) -> bool:
        """Whether a split may have tables about an entity."""
        return split is Split.TEST or entity.id not in self.reserved


class Pair(Value):
    """An industry and a use case that occurs in it."""

    industry: Industry
    use_case: UseCase


def draw_partition(seed: int, lexicon: Lexicon, own: frozenset[str] = frozenset()) -> Partition:
    """Divide the vocabulary for a seed.

    Args:
        seed: Decides which use cases are kept for the test split.
        lexicon: The vocabulary.
        own: Use cases of a team's own packs, which were written to be learned from.

    Example:
        >>> from columnist.synthesis.lexicon import load_lexicon
        >>> partition = draw_partition(1, load_lexicon())
        >>> len(partition.test_use_cases) >= 6, len(partition.reserved) >= 15
        (True, True)
    """
    rng = Random(digest_value([seed, "partition"]))
    ids = sorted(case.id for case in lexicon.use_cases if case.id not in own)
    test = frozenset(rng.sample(ids, max(1, len(ids) // _TEST_PART)))
    uses = [name for case in lexicon.use_cases for name in case.entities]
    in_test = {name for case in lexicon.use_cases if case.id in test for name in case.entities}
    reserved = {name for name in in_test if uses.count(name) < _COMMON_USES}
    sorts = {sort: [entity.id for entity in lexicon.of_sort(sort)] for sort in ("log", "config")}
    reserved |= {name for names in sorts.values() for name in rng.sample(names, len(names) // _TEST_PART)}
    return Partition(seed=seed, test_use_cases=test, reserved=frozenset(reserved))


def pairs_by_split(
    partition: Partition, industries: Iterable[Industry], lexicon: Lexicon
) -> dict[Split, dict[str, dict[str, tuple[Pair, ...]]]]:
    """List the pairs of each split by sector and use case."""
    by_sector: dict[str, list[Industry]] = {}
    for industry in industries:
        by_sector.setdefault(industry.sector, []).append(industry)
    pairs: dict[Split, dict[str, dict[str, tuple[Pair, ...]]]] = {split: {} for split in Split}
    for use_case in lexicon.use_cases:
        for sector in use_case.sectors:
            divided: dict[Split, list[Pair]] = {}
            for industry in (i for i in by_sector.get(sector, []) if use_case.occurs_in(i.code)):
                pair = Pair(industry=industry, use_case=use_case)
                divided.setdefault(partition.split_of(industry, use_case), []).append(pair)
            for split, found in divided.items():
                pairs[split].setdefault(sector, {})[use_case.id] = tuple(found)
    return pairs

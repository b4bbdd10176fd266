"""What the rows of a training set share with the tables of catalogs, and how surprising that is.

A shared feature (a column name, the table's name, a text) is worth as many bits as
it is rare in the training set and the catalogs together: a name in every second
table is worth one, a name found once in four thousand tables twelve. The bits
of a pair add up, as if features were independent. They are not quite, so a margin
is asked for on top of what the best of so many pairs would reach by chance.
"""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from columnist.synthesis.catalog_index import CatalogIndex
from columnist.synthesis.features import Features, content_words, features_of, names_in, remarks_in, runs_in
from columnist.synthesis.near_duplicates import sign
from columnist.synthesis.shingles import runs_of
from columnist.synthesis.training_rows import TrainingRow

_SHINGLE_WORDS = 3  # as in shingles_of
_NAMES_OF_A_SUBJECT = 2  # fewer are no sign of one
_MOST_PAIRS = 20_000
_MOST_COPIES = 1_000
_MOST_NEIGHBOURS = 5


@dataclass(frozen=True)
class Place:
    """Which row."""

    id: str
    split: str


@dataclass(frozen=True)
class Pair:
    """A row that shares features with a table, the first of those that share the same."""

    place: Place
    table: int
    shared: frozenset[str]
    same_columns: bool


@dataclass(frozen=True)
class Copy:
    """Runs of words in a row that are a table's."""

    place: Place
    table: int
    runs: tuple[str, ...]


@dataclass(frozen=True)
class Neighbour:
    """The table that is nearest to a row by MinHash, with their exact Jaccard similarity."""

    place: Place
    table: int
    jaccard: float
    shared: int


@dataclass
class Overlap:
    """What was seen while the rows went by; its size depends on the catalogs, not on the rows.

    Attributes:
        frequency: In how many different tables of the training set a feature of
            the catalogs was seen. A row that is there many times counts once, or
            a leak would make itself common.
        runs: Runs of the catalogs that were seen.
        copies: Rows with such runs, the first thousand.
        rows_with_copies: All of them.
    """

    index: CatalogIndex
    rows: int
    different: int = 0
    frequency: Counter[str] = field(default_factory=Counter)
    runs: set[str] = field(default_factory=set)
    copies: list[Copy] = field(default_factory=list)
    rows_with_copies: int = 0
    near: dict[int, list[Neighbour]] = field(default_factory=dict)
    near_duplicates: int = 0
    _pairs: dict[tuple[int, frozenset[str]], Pair] = field(default_factory=dict)
    _shares: dict[int, Counter[frozenset[str]]] = field(default_factory=lambda: defaultdict(Counter))
    _seen: set[bytes] = field(default_factory=set)

    @property
    def chance_bits(self) -> float:
        """What the best of all pairs may reach by chance."""
        return math.log2(max(2, self.rows * len(self.index.tables)))

    @property
    def needed_bits(self) -> float:
        """What a pair must reach to be no accident."""
        return self.chance_bits + self.index.thresholds.margin_bits

    def add(self, row: TrainingRow) -> None:
        """Compare a row with all tables."""
        texts = [*row.texts, *remarks_in(row.ddl)] if row.ddl else list(row.texts)
        features = features_of(row.table, row.columns, texts)
        place = Place(id=row.id, split=row.split.value)
        known = {*features.names, *names_in(row.ddl), *features.texts, features.title} & self.index.by_feature.keys()
        is_new = self._count(features, known)
        self._add_pairs(place, features, known, is_new)
        self._add_copies(place, features)
        self._add_neighbour(place, features)

    def bits_of(self, feature: str) -> float:
        """What sharing a feature is worth."""
        limits = self.index.thresholds
        tables = len(self.index.by_feature[feature])
        common = max(1, self.frequency[feature] + tables - 1)  # the pair itself is no reason to call it common
        bits = min(limits.most_bits, math.log2((self.different + len(self.index.tables)) / common))
        if feature[0] in "#@":
            return bits
        return min(bits, limits.bits_per_content_word * len(content_words(feature)))

    def is_copy(self, pair: Pair, bits: float) -> bool:
        """Whether what a pair shares is no accident."""
        names = [feature for feature in pair.shared if feature[0] == "#"]
        equal = pair.same_columns and len(names) >= self.index.thresholds.same_columns
        return bits >= self.needed_bits or (equal and self.score(names) >= self.chance_bits)

    def is_near_duplicate(self, found: Neighbour) -> bool:
        """Whether a row says much the same as its nearest table."""
        limits = self.index.thresholds
        return found.jaccard >= limits.near_duplicate and found.shared >= limits.near_duplicate_shingles

    def score(self, shared: Iterable[str]) -> float:
        """What sharing these features is worth, in bits, if they were independent of each other."""
        return math.fsum(self.bits_of(feature) for feature in shared)

    def score_pair(self, pair: Pair) -> float:
        """What a pair shares is worth, in bits.

        Names of one subject, the table's own included, go together: where several other rows share half of
        these names with the table, that half is worth what it is common, and only
        the other half counts in full.
        """
        names = frozenset(feature for feature in pair.shared if feature[0] == "#")
        titled = frozenset(feature for feature in pair.shared if feature[0] == "@")
        told, rest = self.score(names | titled), self.score(pair.shared - names - titled)
        half = math.ceil(len(names) / 2)
        shares = self._shares.get(pair.table, Counter())
        alike = sum(number for found, number in shares.items() if len(found & names) >= half)
        if alike <= self.index.thresholds.rows_of_a_subject:
            return told + rest
        return told / 2 + math.log2(max(2, self.different) / alike) + rest

    def strongest(self) -> list[tuple[float, Pair]]:
        """The table that shares most with each row, by falling bits; copies come first."""
        best: dict[Place, tuple[bool, float, Pair]] = {}
        for pair in self._pairs.values():
            bits = self.score_pair(pair)
            found = (self.is_copy(pair, bits), bits, pair)
            if pair.place not in best or found[:2] > best[pair.place][:2]:
                best[pair.place] = found
        ranked = sorted(best.values(), key=lambda found: (not found[0], -found[1], found[2].place.id, found[2].table))
        return [(bits, pair) for _, bits, pair in ranked]

    def _count(self, features: Features, known: set[str]) -> bool:
        """Count what a row may share, unless a row with the same names was there; tell whether it was counted."""
        content = "\n".join(sorted(features.names))
        identity = hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        if identity in self._seen:
            return False
        self._seen.add(identity)
        self.different += 1
        self.frequency.update(known)
        return True

    def _add_pairs(self, place: Place, features: Features, known: set[str], is_new: bool) -> None:
        by_table: dict[int, set[str]] = defaultdict(set)
        for feature in known:
            for table in self.index.by_feature[feature]:
                by_table[table].add(feature)
        # Fewer could not reach what is needed, however rare.
        least = self.chance_bits / self.index.thresholds.most_bits
        for table, shared in by_table.items():
            names = frozenset(feature for feature in shared if feature[0] == "#")
            if is_new and len(names) >= _NAMES_OF_A_SUBJECT:
                self._shares[table][names] += 1
            if len(shared) < least:
                continue
            counted = self._counted(features.names, self.index.tables[table].features.names, shared)
            if len(counted) < least:
                continue
            same = features.names == self.index.tables[table].features.names
            pair = Pair(place=place, table=table, shared=frozenset(counted), same_columns=same)
            self._pairs.setdefault((table, pair.shared), pair)
        if len(self._pairs) > _MOST_PAIRS:
            self._keep_strongest()

    def _counted(self, own: frozenset[str], theirs: frozenset[str], shared: set[str]) -> set[str]:
        """Leave names out unless the row as a whole is like the table: any two tables may share a few."""
        limits = self.index.thresholds
        names = {feature for feature in shared if feature[0] == "#"}
        alike = len(names) >= limits.name_jaccard * len(own | theirs)
        contained = len(names & own) >= limits.name_containment * len(own)
        if alike or contained:
            return shared
        return {feature for feature in shared if feature[0] not in "#@"}

    def _keep_strongest(self) -> None:
        ranked = sorted(self._pairs.items(), key=lambda item: self.score_pair(item[1]), reverse=True)
        self._pairs = dict(ranked[: _MOST_PAIRS // 2])

    def _add_copies(self, place: Place, features: Features) -> None:
        found = [
            run
            for text in sorted(features.texts)
            for run in runs_in(text, self.index.thresholds.run_words)
            if run in self.index.by_run
        ]
        if not found:
            return
        self.runs.update(found)
        self.rows_with_copies += 1
        if len(self.copies) < _MOST_COPIES:
            (table, _), *_ = Counter(self.index.by_run[run] for run in found).most_common(1)
            self.copies.append(Copy(place=place, table=table, runs=tuple(found)))

    def _add_neighbour(self, place: Place, features: Features) -> None:
        shingles = features.names.union(*(runs_of(text, _SHINGLE_WORDS) for text in features.texts))
        if len(shingles & self.index.shingles) < self.index.thresholds.neighbour * len(shingles):
            return
        similar = np.mean(self.index.signatures == sign(shingles), axis=1)
        nearest = int(np.argmax(similar))
        theirs = self.index.tables[nearest].shingles
        shared = len(shingles & theirs)
        found = Neighbour(place=place, table=nearest, jaccard=shared / len(shingles | theirs), shared=shared)
        self.near_duplicates += self.is_near_duplicate(found)
        file = self.index.tables[nearest].file
        ranked = sorted([*self.near.get(file, ()), found], key=lambda each: -each.jaccard)
        self.near[file] = ranked[:_MOST_NEIGHBOURS]

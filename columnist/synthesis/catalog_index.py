"""The tables of catalogs, to be found by what a row of a training set may share with them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from columnist.synthesis.documented import DocumentedTable
from columnist.synthesis.features import Features, content_words, features_of, runs_in
from columnist.synthesis.near_duplicates import PERMUTATIONS, sign_table
from columnist.synthesis.shingles import shingles_of
from columnist.values import Value


class Thresholds(Value):
    """When an overlap is no accident.

    Attributes:
        run_words: Words in a run that is compared.
        run_content_words: Distinct words of a run that must say something of its
            subject; "the date and time when the row was created" says nothing.
        most_bits: What one feature is worth at most, however rare.
        bits_per_content_word: What a text is worth at most for each of its words
            that say something.
        margin_bits: Bits beyond those that chance explains, the binary logarithm of
            the number of pairs compared.
        rows_of_a_subject: More rows than this that share half of a pair's names with
            its table show that these names go together wherever the subject is met.
        name_jaccard: Column names count where a row and a table have this share
            of all their names in common,
        name_containment: or where this share of the row's names is the table's.
        same_columns: The least number of columns for which an equal set of names
            needs no margin.
        near_duplicate: Jaccard similarity over names and runs of three words;
            unlike tables stay below 0.1.
        near_duplicate_shingles: Shared names and runs that this takes at least.
        neighbour: Share of a row's shingles known to the catalogs from which its
            nearest neighbour is looked for; no row below it can be a near duplicate.
    """

    run_words: int = 8
    run_content_words: int = 4
    most_bits: float = 12.0
    bits_per_content_word: float = 3.0
    margin_bits: float = 14.0
    rows_of_a_subject: int = 4
    name_jaccard: float = 0.4
    name_containment: float = 0.8
    same_columns: int = 4
    near_duplicate: float = 0.25
    near_duplicate_shingles: int = 10
    neighbour: float = 0.2


THRESHOLDS = Thresholds()


@dataclass(frozen=True)
class CatalogTable:
    """A table of a catalog, ready to be compared."""

    file: int
    id: str
    features: Features
    shingles: frozenset[str]


class CatalogIndex:
    """The tables of all catalogs, to be found by what rows may share with them."""

    def __init__(self, catalogs: Sequence[Iterable[DocumentedTable]], thresholds: Thresholds = THRESHOLDS):
        self.tables: list[CatalogTable] = []
        self.by_feature: dict[str, list[int]] = defaultdict(list)
        self.by_run: dict[str, int] = {}
        self.thresholds = thresholds
        signatures = []
        for file, tables in enumerate(catalogs):
            for each in tables:
                self._add(file, each)
                signatures.append(sign_table(each.table, each.texts))
        # One row a table.
        self.signatures = np.array(signatures, dtype=np.uint32).reshape(-1, PERMUTATIONS)
        self.shingles = frozenset().union(*(table.shingles for table in self.tables))

    def _add(self, file: int, each: DocumentedTable) -> None:
        names = (column.name for column in each.table.columns)
        features = features_of(each.table.name, names, (each.texts.table, *each.texts.columns))
        number = len(self.tables)
        shingles = frozenset(shingles_of(each.table, each.texts))
        self.tables.append(CatalogTable(file=file, id=each.id, features=features, shingles=shingles))
        for feature in (features.title, *features.names, *features.texts):
            self.by_feature[feature].append(number)
        for text in features.texts:
            for run in runs_in(text, self.thresholds.run_words):
                if len(content_words(run)) >= self.thresholds.run_content_words:
                    self.by_run.setdefault(run, number)

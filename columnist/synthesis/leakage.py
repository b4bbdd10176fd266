"""Overlap of examples with the tables that models are measured on: leakage is an error, not a rejection."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from columnist.errors import TrainingSetError
from columnist.synthesis.documented import DocumentedTable, read_documented
from columnist.synthesis.near_duplicates import PERMUTATIONS, sign_table

# Two tables of unlike origin share a few per cent of their shingles; a copy that was edited shares most.
LEAKAGE_THRESHOLD = 0.5


class LeakageGuard:
    """Compares examples with evaluation tables by MinHash."""

    def __init__(self, files: dict[str, tuple[DocumentedTable, ...]]) -> None:
        self._places = [f"{each.id} of {name}" for name, tables in files.items() for each in tables]
        signatures = [sign_table(each.table, each.texts) for tables in files.values() for each in tables]
        # (tables, PERMUTATIONS): a few thousand rows are compared faster than they are looked up.
        self._signatures = np.array(signatures, dtype=np.uint32).reshape(-1, PERMUTATIONS)

    @classmethod
    def open(cls, paths: Sequence[Path]) -> "LeakageGuard":
        """Read the evaluation files.

        Raises:
            TrainingSetError: A file cannot be read as documented tables, or two
                have the same name, by which they are reported.
            SourceError: A script cannot be read.
        """
        names = [path.name for path in paths]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise TrainingSetError(
                f"expected evaluation files of different names, but {twice[0]} came twice; rename one of them"
            )
        return cls({path.name: read_documented(path) for path in paths})

    def check(self, example_id: str, signature: bytes) -> None:
        """Refuse an example that overlaps with an evaluation table.

        Raises:
            TrainingSetError: It does.
        """
        if not len(self._signatures):
            return
        similar = np.mean(self._signatures == np.frombuffer(signature, dtype=np.uint32), axis=1)
        nearest = int(np.argmax(similar))
        if similar[nearest] >= LEAKAGE_THRESHOLD:
            raise TrainingSetError(
                f"leakage: example {example_id} shares about {similar[nearest]:.0%} with {self._places[nearest]}, on "
                "which models are measured; take the source of that example out of the training set"
            )

"""The tables that a ladder is measured on: real ones that people have described, or those of a test split."""

from pathlib import Path
from random import Random

from columnist.evaluation.evaluating import TestTables
from columnist.evaluation.test_tables import DOCUMENTED, SYNTHETIC
from columnist.selection.config import SelectionConfig
from columnist.synthesis.documented import draw_documented
from columnist.synthesis.examples import TrainingSet


def draw_real(selection: SelectionConfig) -> TestTables:
    """Draw tables from the file of documented ones.

    Raises:
        TrainingSetError: It cannot be read, or holds too few tables.
    """
    file = Path(str(selection.documented))
    examples = draw_documented(file, selection.tables, selection.tables_seed, selection.tables_skip)
    origin = f"{file.name}, real tables that people have described"
    return TestTables(name=DOCUMENTED, origin=origin, planned=selection.tables, examples=tuple(examples))


def draw_synthetic(training_set: TrainingSet, selection: SelectionConfig) -> TestTables:
    """Draw tables from the test split of a training set; all of it where it has fewer."""
    examples = training_set.test
    places = sorted(Random(selection.tables_seed).sample(range(len(examples)), min(selection.tables, len(examples))))
    return TestTables(
        name=SYNTHETIC,
        origin=f"test split of training set {training_set.digest[:12]}",
        planned=selection.tables,
        examples=tuple(examples[place] for place in places),
    )

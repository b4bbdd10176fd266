"""Which tables an evaluation is made on: of a training set's test split, and real ones that people have described."""

from pathlib import Path
from random import Random

from pydantic import Field

from columnist.errors import ConfigError
from columnist.evaluation.evaluating import TestTables
from columnist.modeling.acceptance.documented import Half, read_documented_tables
from columnist.synthesis.documented import draw_documented
from columnist.synthesis.examples import Example, TrainingSet
from columnist.values import Value

SYNTHETIC, DOCUMENTED = "synthetic", "documented"


class TablesConfig(Value):
    """Which tables to evaluate on.

    Attributes:
        synthetic: How many of the test split at most.
        documented: A file of documented tables, or none.
        documented_tables: How many to draw from it, among those of 3 to 30 columns that are described in full.
        documented_seed: Decides their order.
        documented_skip: How many of that order to leave out, because somebody has looked at them.
        smallest_slice: Tables that a slice needs at least.
    """

    synthetic: int = Field(ge=0)
    documented: str | None
    documented_tables: int = Field(ge=2)
    documented_seed: int = Field(ge=0)
    documented_skip: int = Field(ge=0)
    smallest_slice: int = Field(ge=2)


class TestSets(Value):
    """The sets of tables of one evaluation."""

    __test__ = False  # not a test, whatever its name says

    sets: tuple[TestTables, ...]


def draw_test_tables(training_set: TrainingSet, config: TablesConfig, seed: int) -> TestSets:
    """Draw the tables of an evaluation.

    Args:
        training_set: What the candidate was trained from; its test split is drawn from.
        config: Which tables.
        seed: Decides which synthetic ones, if there are more than asked for.

    Raises:
        ConfigError: No tables are asked for, or the file of documented tables is not there.
        TrainingSetError: The file cannot be read, or holds too few tables.
    """
    sets = []
    if config.synthetic:
        sets.append(_draw_synthetic(training_set, config.synthetic, seed))
    if config.documented is not None:
        sets.append(_draw_documented(Path(config.documented), config))
    if not sets:
        raise _nothing_asked()
    return TestSets(sets=tuple(sets))


def require_tables(config: TablesConfig) -> None:
    """Make sure that tables are asked for and can be drawn, before hours of work depend on them.

    Raises:
        ConfigError: No tables are asked for, or the file of documented tables is not there.
        TrainingSetError: The file cannot be read, or holds too few tables.
        SourceError: It is a script that cannot be read.
    """
    if not config.synthetic and config.documented is None:
        raise _nothing_asked()
    if config.documented is not None:
        _draw_examples(Path(config.documented), config)


def _draw_synthetic(training_set: TrainingSet, most: int, seed: int) -> TestTables:
    examples = training_set.test
    if len(examples) > most:
        examples = tuple(examples[place] for place in sorted(Random(seed).sample(range(len(examples)), most)))
    origin = f"test split of training set {training_set.digest[:12]}"
    # What the split does not hold was never planned: its size belongs to the training set.
    return TestTables(name=SYNTHETIC, origin=origin, planned=min(most, len(training_set.test)), examples=examples)


def _draw_documented(file: Path, config: TablesConfig) -> TestTables:
    examples = _draw_examples(file, config)
    kept = {known.id for known in read_documented_tables(file, Half.KEPT, None, config.documented_seed)}
    return TestTables(
        name=DOCUMENTED,
        origin=f"{file.name}, real tables that people have described",
        planned=config.documented_tables,
        examples=tuple(examples),
        by_people=True,
        unfitted=tuple(example.id for example in examples if example.id in kept),
    )


def _draw_examples(file: Path, config: TablesConfig) -> list[Example]:
    if not file.is_file():
        raise ConfigError(
            f"tables.documented: expected a file of documented tables, but {file} is none; name yours "
            "with --documented FILE, or leave real tables out with --set tables.documented=null"
        )
    return draw_documented(file, config.documented_tables, config.documented_seed, config.documented_skip)


def _nothing_asked() -> ConfigError:
    return ConfigError("tables: expected synthetic tables, documented ones or both, but none are asked for")

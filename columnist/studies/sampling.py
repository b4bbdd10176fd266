"""Which tables a study is about: drawn so that every kind of table has its share, after each look too."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from pydantic import Field, ValidationError

from columnist.digests import digest_bytes
from columnist.errors import ConfigError, TrainingSetError
from columnist.evaluation.slices import DIMENSIONS, slices_of
from columnist.synthesis.documented import draw_documented
from columnist.synthesis.examples import Example, Split, as_lines
from columnist.values import Value


class PoolConfig(Value):
    """Which tables may be drawn. With the values of an evaluation, they are those that it measured.

    Attributes:
        synthetic: At most so many of a training set's test split.
        synthetic_seed: Decides which.
        documented_tables: At most so many of a file of documented tables.
        documented_seed: Decides their order.
        documented_skip: How many of that order to leave out.
        max_columns: Wider tables are left out: nobody compares a hundred columns with care.
    """

    synthetic: int = Field(ge=2)
    synthetic_seed: int = Field(ge=0)
    documented_tables: int = Field(ge=2)
    documented_seed: int = Field(ge=0)
    documented_skip: int = Field(ge=0)
    max_columns: int = Field(ge=1)


class Pool(Value):
    """Tables that no system in question has learned from.

    Attributes:
        sha256: As an evaluation on the same tables states it.
        max_columns: Wider tables are not drawn.
    """

    examples: tuple[Example, ...]
    sha256: str
    max_columns: int

    @property
    def eligible(self) -> tuple[Example, ...]:
        """The examples that may be drawn."""
        return tuple(each for each in self.examples if len(each.table.columns) <= self.max_columns)


def pool_documented(file: Path, config: PoolConfig) -> Pool:
    """Return the documented tables of a file, without what people wrote about them in sight.

    Raises:
        TrainingSetError: The file cannot be read, or holds too few tables.
    """
    try:
        examples = draw_documented(file, config.documented_tables, config.documented_seed, config.documented_skip)
    except TrainingSetError as error:
        raise TrainingSetError(
            f"{error}. A study draws from JSON lines (.jsonl) of described tables, each with ddl, columns (texts by "
            f"name) and description, and leaves out the first {config.documented_skip} of the drawn order: --set "
            "pool.documented_skip=N changes that"
        ) from error
    return _as_pool(examples, config)


def pool_test_split(folder: Path, config: PoolConfig) -> Pool:
    """Return the test split of a training set's folder.

    Raises:
        TrainingSetError: The folder holds no examples that can be read.
    """
    from columnist.synthesis.browsing import read_lines

    return pool_lines(read_lines(folder, Split.TEST), config)


def pool_lines(lines: Iterable[str], config: PoolConfig) -> Pool:
    """Return the pool of a test split's lines: drawn as an evaluation draws, where it holds more than asked for.

    Raises:
        TrainingSetError: A line is no example.
    """
    try:
        examples = [Example.model_validate_json(line) for line in lines if line.strip()]
    except ValidationError as error:
        raise TrainingSetError(
            f"the test split: expected one example a line, but {error.errors()[0]['msg']}; give another training set"
        ) from error
    if len(examples) > config.synthetic:
        places = sorted(Random(config.synthetic_seed).sample(range(len(examples)), config.synthetic))
        examples = [examples[place] for place in places]
    return _as_pool(examples, config)


def draw_tables(pool: Sequence[Example], count: int, seed: int) -> tuple[Example, ...]:
    """Draw tables so that each dialect, width, sector and difficulty has its share.

    Each next table is one of those whose kinds are furthest behind their shares of the pool, so
    that the shares hold after any number of tables: a look at the first 21 is no look at one dialect.

    Args:
        pool: What to draw from, in any order.
        count: How many.
        seed: Decides between tables that are as far behind.

    Raises:
        ConfigError: The pool has too few tables.

    Example:
        >>> from columnist.synthesis.documented import Texts
        >>> from columnist.ddl.tables import Column, Table
        >>> def table(name, dialect):
        ...     return Example(id=name, ddl="", table=Table(name=name, columns=(Column(name="a"),), dialect=dialect),
        ...                    reference=Texts(table="", columns=("",)), naics_code="", use_case="", license="")
        >>> pool = [table(f"t{n}", "hive" if n < 2 else "mysql") for n in range(8)]
        >>> sorted(each.table.dialect for each in draw_tables(pool, 4, seed=1))
        ['hive', 'mysql', 'mysql', 'mysql']
    """
    if len(pool) < count:
        raise ConfigError(
            f"the study needs {count} tables, but {len(pool)} may be drawn; ask for fewer tables with --set "
            "study.tables=N, or give a larger file or training set"
        )
    left = sorted(pool, key=lambda example: example.id)
    Random(seed).shuffle(left)
    kinds = {example.id: tuple(slices_of(example)) for example in left}
    shares = {kind: times / len(left) for kind, times in Counter(k for own in kinds.values() for k in own).items()}
    drawn: list[Example] = []
    counts: Counter[tuple[str, str]] = Counter()
    while len(drawn) < count:
        due = {kind: share * (len(drawn) + 1) - counts[kind] for kind, share in shares.items()}
        # The sum of squares weighs what is far behind, or far ahead, more than what is nearly even.
        chosen = max(left, key=lambda example: sum(due[kind] * abs(due[kind]) for kind in kinds[example.id]))
        left.remove(chosen)
        drawn.append(chosen)
        counts.update(kinds[chosen.id])
    return tuple(drawn)


def describe_kind(example: Example) -> dict[str, str]:
    """Return the dialect, width, sector and difficulty of a table, for its registration."""
    found: dict[str, list[str]] = {dimension: [] for dimension in DIMENSIONS}
    for dimension, value in slices_of(example):
        found[dimension].append(value)
    return {dimension: ", ".join(values) or "unknown" for dimension, values in found.items()}


def _as_pool(examples: Sequence[Example], config: PoolConfig) -> Pool:
    kept = tuple(examples)
    return Pool(examples=kept, sha256=digest_bytes(as_lines(kept)), max_columns=config.max_columns)

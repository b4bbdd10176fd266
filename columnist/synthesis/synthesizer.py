"""Synthesize a training set: generate, validate, remove duplicates, split."""

from collections import Counter
from collections.abc import Callable

from pydantic import Field, field_validator

from columnist.digests import digest_value
from columnist.errors import TrainingSetError
from columnist.synthesis.column_types import DIALECTS
from columnist.synthesis.examples import Example, Split, SynthesisRecord, TrainingSet
from columnist.synthesis.generator import Source, generate_candidate
from columnist.synthesis.lexicon import input_digests, load_lexicon
from columnist.synthesis.naics import load_industries
from columnist.synthesis.partition import draw_partition, pairs_by_split
from columnist.synthesis.validators import find_fault
from columnist.values import Value

GENERATOR = "grammar"
GENERATOR_VERSION = "1"
_ATTEMPTS_PER_EXAMPLE = 20
_SPARE_ATTEMPTS = 200
_DUPLICATE = "duplicate of another example"


class SynthesisConfig(Value):
    """What to synthesize.

    Attributes:
        train_examples: Number of training examples; each is one table.
        dialects: Dialects to draw from, as often as they are named.
        license: SPDX identifier under which the examples may be used.
    """

    seed: int = Field(ge=0)
    train_examples: int = Field(ge=1, le=100_000)
    validation_examples: int = Field(ge=0, le=20_000)
    test_examples: int = Field(ge=0, le=20_000)
    dialects: tuple[str, ...] = Field(default=DIALECTS, min_length=1)
    license: str = Field(default="Apache-2.0", min_length=1)

    @field_validator("dialects")
    @classmethod
    def _dialects_are_known(cls, dialects: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(dialects) - set(DIALECTS))
        if unknown:
            raise ValueError(f"unknown dialects {', '.join(unknown)}; choose from {', '.join(DIALECTS)}")
        return dialects

    def size_of(self, split: Split) -> int:
        """The number of examples asked for in a split."""
        sizes = {
            Split.TRAIN: self.train_examples,
            Split.VALIDATION: self.validation_examples,
            Split.TEST: self.test_examples,
        }
        return sizes[split]


def synthesize(config: SynthesisConfig, progress: Callable[[int, int], None] | None = None) -> TrainingSet:
    """Synthesize a training set.

    The same configuration gives the same bytes in any process. Test tables are
    of use cases that no training or validation example had, and nearly all are
    about entities that no other split has a table about; training and
    validation share no pair of industry and use case.

    Args:
        config: Seed, sizes and dialects.
        progress: Called with the number of examples made so far and the total.

    Raises:
        TrainingSetError: So many different examples cannot be made, or a data
            file of the generator is damaged.

    Example:
        >>> config = SynthesisConfig(seed=1, train_examples=3, validation_examples=1, test_examples=1)
        >>> training_set = synthesize(config)
        >>> [len(training_set.split(split)) for split in Split], training_set.record.generator
        ([3, 1, 1], 'grammar')
    """
    source = open_source(config)
    report = progress or (lambda _done, _total: None)
    total = sum(config.size_of(split) for split in Split)
    rejected: Counter[str] = Counter()
    seen: set[str] = set()
    made: dict[Split, tuple[Example, ...]] = {}
    # The test split comes first: it stays the same while the training split grows.
    for split in (Split.TEST, Split.VALIDATION, Split.TRAIN):
        before = sum(len(examples) for examples in made.values())
        made[split] = _make_split(source, split, config.size_of(split), seen, rejected, _shifted(report, before, total))
    record = SynthesisRecord(
        generator=GENERATOR,
        generator_version=GENERATOR_VERSION,
        seed=config.seed,
        inputs=input_digests(),
        rejected=dict(sorted(rejected.items())),
    )
    return TrainingSet(train=made[Split.TRAIN], validation=made[Split.VALIDATION], test=made[Split.TEST], record=record)


def open_source(config: SynthesisConfig) -> Source:
    """Gather all that candidates are drawn from: vocabulary, industries and their division into splits."""
    lexicon = load_lexicon()
    partition = draw_partition(config.seed, lexicon)
    return Source(
        seed=config.seed,
        lexicon=lexicon,
        partition=partition,
        pairs=pairs_by_split(partition, load_industries(), lexicon),
        dialects=config.dialects,
        license=config.license,
    )


def _make_split(
    source: Source, split: Split, size: int, seen: set[str], rejected: Counter[str], report: Callable[[int], None]
) -> tuple[Example, ...]:
    examples: list[Example] = []
    candidates = (generate_candidate(source, split, index) for index in range(_attempts(size)))
    while len(examples) < size and (example := next(candidates, None)):
        reason = find_fault(example) or (_DUPLICATE if structure_digest(example) in seen else None)
        if reason:
            rejected[reason] += 1
            continue
        seen.add(structure_digest(example))
        examples.append(example)
        report(len(examples))
    if len(examples) < size:
        raise TrainingSetError(
            f"{size} {split.value} examples were asked for, but only {len(examples)} different ones could be made; "
            "ask for fewer"
        )
    return tuple(examples)


def _attempts(size: int) -> int:
    return size * _ATTEMPTS_PER_EXAMPLE + _SPARE_ATTEMPTS


def structure_digest(example: Example) -> str:
    """Digest of what a table consists of, whatever its naming style, dialect or order of columns.

    Near duplicates that differ in case, underscores or types only have the same digest.
    """
    columns = sorted(_letters(column.name) for column in example.table.columns)
    return digest_value([_letters(example.table.name), columns])


def _letters(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _shifted(report: Callable[[int, int], None], before: int, total: int) -> Callable[[int], None]:
    return lambda done: report(before + done, total)

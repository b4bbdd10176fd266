"""Evaluate: what several systems wrote about the same tables, measured and compared."""

import random
from collections.abc import Sequence
from typing import Protocol

from pydantic import Field

from columnist.digests import digest_bytes
from columnist.documentation import Acceptances, Texts
from columnist.evaluation.comparison import Comparison, EvaluationConfig, compare_values
from columnist.evaluation.identity import SystemIdentity
from columnist.evaluation.intervals import Interval, bootstrap_mean
from columnist.evaluation.measuring import Measured, ReplyFaults, Similarity, measure_texts
from columnist.evaluation.results import Evaluation, Role, Sample, SetResult, SystemResult, TableSet
from columnist.evaluation.slices import compare_slices
from columnist.modeling.acceptance.calibration import Calibration
from columnist.synthesis.examples import Example, as_lines
from columnist.values import Value


class Encoder(Protocol):
    """Tells how near texts are in meaning."""

    def similarities(self, texts: Sequence[str], others: Sequence[str]) -> Sequence[float]:
        """Return the cosine of each text and its counterpart."""
        ...


class TestTables(Value):
    """Tables with references that no system in question has learned from.

    Attributes:
        origin: Where they come from, in words.
        planned: How many were asked for.
        unfitted: Ids of the examples on which probabilities of acceptance can be measured, because the product fits
            them to other projects' tables; ``None`` for all.
    """

    __test__ = False  # not a test, whatever its name says

    name: str
    origin: str
    planned: int
    examples: tuple[Example, ...]
    unfitted: tuple[str, ...] | None = None

    def describe(self) -> TableSet:
        """Return what the tables are, without them."""
        return TableSet(
            name=self.name,
            origin=self.origin,
            sha256=digest_bytes(as_lines(self.examples)),
            n_tables=len(self.examples),
            planned=self.planned,
            n_texts=sum(1 + len(example.table.columns) for example in self.examples),
        )


class Written(Value):
    """What one system wrote about one set of tables, in their order.

    Attributes:
        tables: The set's name.
        faults: What each raw reply got wrong in its form.
        acceptances: How likely each text would be accepted; empty where the system cannot tell.
        seconds: How long it took, on the machine and under the load of then.
    """

    tables: str
    identity: SystemIdentity
    role: Role
    texts: tuple[Texts, ...]
    faults: tuple[ReplyFaults, ...]
    acceptances: tuple[Acceptances, ...] = ()
    seconds: float = Field(ge=0)


def evaluate_systems(
    sets: Sequence[TestTables],
    written: Sequence[Written],
    calibrations: Sequence[Calibration],
    config: EvaluationConfig,
    encoder: Encoder | None,
    smallest_slice: int,
) -> Evaluation:
    """Measure all systems on every set of tables, and compare the candidate with each of the others.

    Args:
        sets: The tables with their references.
        written: What each system wrote about each set; the candidate's first.
        calibrations: How far the candidate's probabilities can be trusted, each named for its set.
        config: Seed, level and amounts.
        encoder: Tells how near two texts are in meaning; without it, that is not measured.
        smallest_slice: Tables that a slice needs at least.

    Raises:
        TrainingSetError: A set has fewer than two tables.
        ValueError: The texts do not belong to the tables, or two systems have the same name.
    """
    calibrated = {each.name: each for each in calibrations}
    similarity = encoder.similarities if encoder else None
    found = []
    for tables in sets:
        own = [each for each in written if each.tables == tables.name]
        result = evaluate_tables(tables, own, config, similarity, smallest_slice)
        found.append(result.model_copy(update={"calibration": calibrated.get(tables.name)}))
    return Evaluation(config=config, sets=tuple(found))


def evaluate_tables(
    tables: TestTables,
    written: Sequence[Written],
    config: EvaluationConfig,
    similarity: Similarity | None,
    smallest_slice: int,
) -> SetResult:
    """Measure all systems on the same tables, and compare the first with each of the others.

    Whether a table has a measure depends on its reference, never on a system.

    Args:
        tables: The tables with their references.
        written: What each system wrote about them; the candidate's first.
        config: Seed, level and amounts.
        similarity: Tells how near two texts are in meaning; without it, that is not measured.
        smallest_slice: Tables that a slice needs at least.

    Raises:
        TrainingSetError: There are fewer than two tables, so there is no interval.
        ValueError: The texts do not belong to the tables, or two systems have the same name.
    """
    names = [each.identity.name for each in written]
    if len(set(names)) < len(names):
        raise ValueError(f"systems need names of their own, got {', '.join(names)}")
    examples = tables.examples
    measured = {
        each.identity.name: measure_texts(examples, each.texts, similarity, each.faults or None) for each in written
    }
    candidate, *others = names
    return SetResult(
        tables=tables.describe(),
        systems=tuple(
            SystemResult(identity=each.identity, role=each.role, means=_means(measured[each.identity.name], config))
            for each in written
        ),
        comparisons=tuple(
            Comparison(baseline=name, metrics=compare_values(measured[candidate], measured[name], config))
            for name in others
        ),
        slices=compare_slices(
            examples, measured[candidate], {name: measured[name] for name in others}, config, smallest_slice
        ),
        samples=_choose_samples(examples, written, config),
    )


def _means(measured: Measured, config: EvaluationConfig) -> dict[str, Interval]:
    known = {name: [value for value in values if value is not None] for name, values in measured.items()}
    return {
        name: bootstrap_mean(values, config.seed, config.level, resamples=config.resamples)
        for name, values in known.items()
        if len(values) >= 2
    }


def _choose_samples(
    examples: Sequence[Example], written: Sequence[Written], config: EvaluationConfig
) -> tuple[Sample, ...]:
    amount = min(config.samples, len(examples))
    chosen = sorted(random.Random(config.seed).sample(range(len(examples)), amount))
    return tuple(
        Sample(
            table=examples[place].table.name,
            columns=tuple(column.name for column in examples[place].table.columns),
            ddl=examples[place].ddl,
            reference=examples[place].reference,
            texts={each.identity.name: each.texts[place] for each in written},
        )
        for place in chosen
    )

"""The candidate's texts against the baseline's, on tables neither has seen."""

import random
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import Field

from columnist.documentation import Texts
from columnist.evaluation.intervals import Interval, bootstrap_difference, bootstrap_mean
from columnist.evaluation.measures import MEASURES, Direction, Measure
from columnist.evaluation.measuring import Measured, Similarity, measure_texts
from columnist.values import Value

if TYPE_CHECKING:
    # What makes training sets takes most of a second to load, and whoever describes tables needs none of it.
    from columnist.synthesis.examples import Example


class EvaluationConfig(Value):
    """How an evaluation is made; nothing has a default, because each of these moves the result.

    Attributes:
        seed: Fixes the resampling and the choice of samples.
        level: Nominal coverage of the intervals.
        samples: Number of tables shown side by side.
        resamples: Number of bootstrap samples per interval.
    """

    seed: int = Field(ge=0)
    level: float = Field(gt=0, lt=1)
    samples: int = Field(ge=0)
    resamples: int = Field(ge=100)


class Finding(StrEnum):
    """What an interval of a difference says about the candidate."""

    BETTER = "better"
    WORSE = "worse"
    UNDECIDED = "undecided"


class MetricResult(Value):
    """One measure of both models; ``difference`` is candidate minus baseline, paired by table.

    Attributes:
        n_tables: How many tables have this measure; the intervals are over these.
    """

    name: str
    direction: Direction
    n_tables: int
    candidate: Interval
    baseline: Interval
    difference: Interval

    @property
    def finding(self) -> Finding:
        """What the whole interval of the difference says; touching zero leaves it undecided."""
        low, high = self.difference.low, self.difference.high
        if low <= 0 <= high:
            return Finding.UNDECIDED
        return Finding.BETTER if (low > 0) == (self.direction is Direction.HIGHER) else Finding.WORSE

    @property
    def better_than_baseline(self) -> bool:
        """Whether the whole interval lies on the good side of zero."""
        return self.finding is Finding.BETTER


class TableSample(Value):
    """One table with all texts about it, abstentions among them, for a person to read."""

    table: str
    columns: tuple[str, ...]
    ddl: str
    reference: Texts
    candidate: Texts
    baseline: Texts


class Evaluation(Value):
    """What was measured, on how much, and some of what was read.

    A measure that fewer than two tables have is not among the metrics.
    """

    metrics: tuple[MetricResult, ...]
    n_tables: int
    n_texts: int
    samples: tuple[TableSample, ...]

    def metric(self, name: str) -> MetricResult:
        """Return the result of the measure of that name.

        Raises:
            KeyError: It was not measured.
        """
        return {result.name: result for result in self.metrics}[name]

    def numbers(self) -> dict[str, float]:
        """Return every estimate and bound as flat names, for an experiment tracker."""
        return {
            f"{result.name}.{whose}.{which}": getattr(getattr(result, whose), which)
            for result in self.metrics
            for whose in ("candidate", "baseline", "difference")
            for which in ("estimate", "low", "high")
        }


def compare(
    examples: Sequence["Example"],
    candidate: Sequence[Texts],
    baseline: Sequence[Texts],
    config: EvaluationConfig,
    similarity: Similarity | None = None,
) -> Evaluation:
    """Measure two models' texts on the same tables.

    Every value is a mean over the texts of one table, so that the table is the
    unit of all intervals: texts of one table are not independent of each other.
    Whether a table has a measure depends on its reference, never on a model.

    Args:
        examples: Tables with their references.
        candidate: The tuned model's texts, in the order of the examples.
        baseline: The base model's texts, in the same order.
        config: Seed, level and amounts.
        similarity: Tells how near two texts are in meaning; without it, that is not measured.

    Raises:
        TrainingSetError: There are fewer than two tables, so there is no interval.
        ValueError: The texts do not belong to the examples, by number of tables or columns.
    """
    ours = measure_texts(examples, candidate, similarity)
    theirs = measure_texts(examples, baseline, similarity)
    return Evaluation(
        metrics=compare_values(ours, theirs, config),
        n_tables=len(examples),
        n_texts=sum(1 + len(texts.columns) for texts in candidate),
        samples=_choose_samples(examples, candidate, baseline, config),
    )


def compare_values(candidate: Measured, baseline: Measured, config: EvaluationConfig) -> tuple[MetricResult, ...]:
    """Compare what was measured of two models on the same tables, measure by measure."""
    results = (_compare_one(each, candidate, baseline, config) for each in MEASURES if each.name in candidate)
    return tuple(result for result in results if result is not None)


def _compare_one(
    measure: Measure, candidate: Measured, baseline: Measured, config: EvaluationConfig
) -> MetricResult | None:
    seed, level, resamples = config.seed, config.level, config.resamples
    ours = [value for value in candidate[measure.name] if value is not None]
    theirs = [value for value in baseline[measure.name] if value is not None]
    if len(ours) < 2:
        return None
    return MetricResult(
        name=measure.name,
        direction=measure.direction,
        n_tables=len(ours),
        candidate=bootstrap_mean(ours, seed, level, resamples=resamples),
        baseline=bootstrap_mean(theirs, seed, level, resamples=resamples),
        difference=bootstrap_difference(ours, theirs, seed, level, resamples=resamples),
    )


def _choose_samples(
    examples: Sequence["Example"], candidate: Sequence[Texts], baseline: Sequence[Texts], config: EvaluationConfig
) -> tuple[TableSample, ...]:
    amount = min(config.samples, len(examples))
    chosen = sorted(random.Random(config.seed).sample(range(len(examples)), amount))
    return tuple(
        TableSample(
            table=examples[index].table.name,
            columns=tuple(column.name for column in examples[index].table.columns),
            ddl=examples[index].ddl,
            reference=examples[index].reference,
            candidate=candidate[index],
            baseline=baseline[index],
        )
        for index in chosen
    )

"""Two systems on the same tables: what differs, how surely, and on how many tables."""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import Field

from columnist.evaluation.intervals import Interval, bootstrap_difference, bootstrap_mean
from columnist.evaluation.measures import MEASURES, Direction, Measure
from columnist.evaluation.measuring import Measured
from columnist.evaluation.permutation import count_wins, permutation_p
from columnist.values import Value


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
    """What the interval and the test of a difference say together about the candidate; see ``MetricResult.finding``."""

    BETTER = "better"
    WORSE = "worse"
    UNDECIDED = "undecided"


class MetricResult(Value):
    """One measure of both systems; ``difference`` is candidate minus baseline, paired by table.

    Attributes:
        n_tables: How many tables have this measure; the intervals are over these.
        wins: Tables on which the candidate is better, whatever the direction of the measure.
        ties: Tables on which both are equal.
        losses: Tables on which the candidate is worse.
        p_value: Of the exact paired permutation test, two-sided.
    """

    name: str
    direction: Direction
    n_tables: int
    candidate: Interval
    baseline: Interval
    difference: Interval
    wins: int
    ties: int
    losses: int
    p_value: float = Field(ge=0, le=1)

    @property
    def finding(self) -> Finding:
        """What is found where interval and test agree: the whole interval off zero, and a p of ``1 - level`` or less.

        Both, because a bootstrap interval of few or mostly equal differences is too narrow: three tables that are
        worse and none that is better leave zero out of it, though chance alone does that in one case of four.
        """
        low, high = self.difference.low, self.difference.high
        if low <= 0 <= high or self.p_value > 1 - self.difference.level:
            return Finding.UNDECIDED
        return Finding.BETTER if (low > 0) == (self.direction is Direction.HIGHER) else Finding.WORSE


class Comparison(Value):
    """The candidate against one other system, measure by measure.

    A measure that fewer than two tables have is not among the metrics.

    Attributes:
        baseline: The other system's name.
    """

    baseline: str
    metrics: tuple[MetricResult, ...]

    def metric(self, name: str) -> MetricResult:
        """Return the result of the measure of that name.

        Raises:
            KeyError: It was not measured.
        """
        return {result.name: result for result in self.metrics}[name]


def compare_values(
    candidate: Measured, baseline: Measured, config: EvaluationConfig, measures: Sequence[Measure] = MEASURES
) -> tuple[MetricResult, ...]:
    """Compare what was measured of two systems on the same tables, measure by measure.

    Every value is a mean over the texts of one table, so that the table is the unit
    of all intervals and tests: texts of one table are not independent of each other.

    Args:
        candidate: Values of each measure, one per table.
        baseline: The same of the other system, on the same tables.
        config: Seed, level and amounts.
        measures: Which of them to compare.
    """
    results = (_compare_one(each, candidate, baseline, config) for each in measures if each.name in candidate)
    return tuple(result for result in results if result is not None)


def _compare_one(
    measure: Measure, candidate: Measured, baseline: Measured, config: EvaluationConfig
) -> MetricResult | None:
    seed, level, resamples = config.seed, config.level, config.resamples
    ours = [value for value in candidate[measure.name] if value is not None]
    theirs = [value for value in baseline[measure.name] if value is not None]
    if len(ours) < 2:
        return None
    wins, ties, losses = count_wins(ours, theirs, measure.direction)
    return MetricResult(
        name=measure.name,
        direction=measure.direction,
        n_tables=len(ours),
        candidate=bootstrap_mean(ours, seed, level, resamples=resamples),
        baseline=bootstrap_mean(theirs, seed, level, resamples=resamples),
        difference=bootstrap_difference(ours, theirs, seed, level, resamples=resamples),
        wins=wins,
        ties=ties,
        losses=losses,
        p_value=permutation_p([ours - theirs for ours, theirs in zip(ours, theirs, strict=True)]),
    )

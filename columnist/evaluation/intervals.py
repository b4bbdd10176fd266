"""Intervals of means over tables, by the bootstrap."""

import math
import statistics
from collections.abc import Sequence
from typing import Self

from pydantic import Field, FiniteFloat, model_validator

from columnist.values import Value

# Below this, a difference of two values is rounding noise of the values themselves.
_DIGITS = 12
_RESAMPLES = 9_999


class Interval(Value):
    """An estimate with the interval that covers the truth in a share ``level`` of evaluations."""

    low: FiniteFloat
    high: FiniteFloat
    estimate: FiniteFloat
    level: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def _ends_are_ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"an interval runs from low to high, but {self.low} > {self.high}")
        return self


def bootstrap_mean(values: Sequence[float], seed: int, level: float = 0.95, *, resamples: int = _RESAMPLES) -> Interval:
    """Return the mean of values, one per table, with its percentile bootstrap interval (Efron 1979).

    The percentile interval stays within the data's range and exists for every
    sample. BCa needs a correction that does not exist for some samples of
    shares, and gained nothing in a simulation of this use (300 repetitions of
    62 tables, nominal 95 %): coverage 0.93 against 0.94 for a share that is 0 in
    nine tables of ten, 0.94 against 0.94 for a skewed one; with 20 tables both
    fall to 0.80-0.91, so intervals of few tables are too narrow.

    Args:
        values: At least two values: one says nothing about the spread.
        seed: Fixes the resampling.
        level: Nominal coverage, between 0 and 1.
        resamples: Number of bootstrap samples.

    Raises:
        ValueError: There are fewer than two values, or one is not finite.

    Example:
        >>> bootstrap_mean([0.5, 0.5, 0.5], seed=1)
        Interval(low=0.5, high=0.5, estimate=0.5, level=0.95)
    """
    if len(values) < 2 or not all(map(math.isfinite, values)):
        raise ValueError(f"an interval needs two finite values or more, got {list(values)[:5]}")
    if min(values) == max(values):
        return Interval(low=values[0], high=values[0], estimate=values[0], level=level)
    low, high = _percentiles(values, seed, level, resamples)
    return Interval(low=low, high=high, estimate=statistics.fmean(values), level=level)


def bootstrap_difference(
    candidate: Sequence[float],
    baseline: Sequence[float],
    seed: int,
    level: float = 0.95,
    *,
    resamples: int = _RESAMPLES,
) -> Interval:
    """Return the mean of candidate minus baseline over the same tables, with its interval.

    The pairs are resampled, which is the same as resampling their differences:
    a table that is hard for both does not widen the interval.

    Raises:
        ValueError: The values are not paired, fewer than two, or not finite.

    Example:
        >>> bootstrap_difference([0.9, 0.7], [0.4, 0.2], seed=1).estimate
        0.5
    """
    if len(candidate) != len(baseline):
        raise ValueError(f"paired values need equal numbers, got {len(candidate)} and {len(baseline)}")
    differences = [round(mine - theirs, _DIGITS) for mine, theirs in zip(candidate, baseline, strict=True)]
    return bootstrap_mean(differences, seed, level, resamples=resamples)


def _percentiles(values: Sequence[float], seed: int, level: float, resamples: int) -> tuple[float, float]:
    import numpy
    from scipy.stats import bootstrap  # takes half a second to import

    result = bootstrap(
        (numpy.asarray(values, dtype=float),),
        numpy.mean,
        vectorized=True,
        n_resamples=resamples,
        batch=1_000,
        confidence_level=level,
        method="percentile",
        rng=numpy.random.default_rng(seed),
    )
    return float(result.confidence_interval.low), float(result.confidence_interval.high)

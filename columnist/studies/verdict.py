"""What a study says: promote, reject, or inconclusive and how many tables more that would take."""

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from columnist.evaluation.intervals import Interval
from columnist.studies.winrate import average_raters, describe_means, t_interval
from columnist.values import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

POWER = 0.8  # by convention (Cohen 1988)
_MOST_TABLES = 10_000  # beyond which a number is no advice
_ROUNDS = 50


class StudyVerdict(StrEnum):
    """What follows for the candidate."""

    PROMOTE = "promote"
    REJECT = "reject"
    INCONCLUSIVE = "inconclusive"


class LookResult(Value):
    """The primary statistic after some tables.

    Attributes:
        tables: How many.
        reached: Whether ballots enough are there to look.
        bound: Standard errors that the estimate has to be beyond the threshold.
        interval: The repeated confidence interval, which belongs to that bound; ``None`` where not reached.
        verdict: By the interval alone, before any condition.
    """

    tables: int
    reached: bool
    bound: float
    interval: Interval | None
    verdict: StudyVerdict


def look_at(
    scores: "Array", tables: int, bound: float, threshold: float, level: float, least_raters: int
) -> LookResult:
    """Look at the first tables of a study.

    Args:
        scores: Of shape (tables, raters), with NaN for no answer.
        tables: How many to look at.
        bound: Of this look.
        threshold: What the win rate has to lie above.
        level: Of the study, which the interval states as its own: over all looks together.
        least_raters: Answers that each of the tables needs.
    """
    import numpy

    seen = scores[:tables]
    if ((~numpy.isnan(seen)).sum(axis=1) < least_raters).any():
        return LookResult(tables=tables, reached=False, bound=bound, interval=None, verdict=StudyVerdict.INCONCLUSIVE)
    means = average_raters(seen)
    return LookResult(
        tables=tables,
        reached=True,
        bound=bound,
        interval=t_interval(means, level, bound),
        verdict=name_verdict(int(judge_means(means, threshold, bound))),
    )


def judge_means(means: "Array", threshold: float, bound: float) -> "Array":
    """Return 1 where the whole interval lies above the threshold, -1 where it lies below, and 0 otherwise.

    Args:
        means: Of shape (..., tables).
        threshold: What the win rate has to lie above.
        bound: Half the interval's width in standard errors.

    Example:
        >>> import numpy
        >>> judge_means(numpy.array([[0.6, 0.8, 0.7], [0.2, 0.1, 0.3], [0.0, 1.0, 0.5]]), 0.5, 2.9).tolist()
        [1, -1, 0]
    """
    mean, error = describe_means(means)
    judged: Array = (mean - bound * error > threshold).astype(int) - (mean + bound * error < threshold)
    return judged


def name_verdict(judged: int) -> StudyVerdict:
    """Return the verdict of 1, 0 or -1.

    Example:
        >>> name_verdict(-1).value
        'reject'
    """
    return {1: StudyVerdict.PROMOTE, -1: StudyVerdict.REJECT}.get(judged, StudyVerdict.INCONCLUSIVE)


def count_more_tables(means: "Array", threshold: float, tail: float) -> int | None:
    """Return how many tables more would decide with a power of 0.8, were rate and spread as observed.

    The formula for one mean with quantiles of t, solved by going round. It is an estimate from
    an estimate: a rate near the threshold asks for many tables, and may lie further away.

    Args:
        means: One for each table so far.
        threshold: What the win rate has to lie above, or below for the candidate to be rejected.
        tail: One-sided error at the last look.

    Returns:
        At least 1, or ``None`` where no number below ten thousand is enough.

    Example:
        >>> import numpy
        >>> count_more_tables(numpy.array([0.5, 0.75, 0.25, 1.0, 0.5]), threshold=0.5, tail=0.05)
        47
        >>> count_more_tables(numpy.array([0.25, 0.75]), threshold=0.5, tail=0.05) is None
        True
    """
    from scipy import stats

    distance, spread = abs(float(means.mean()) - threshold), float(means.std(ddof=1))
    if spread >= distance * _MOST_TABLES:
        return None
    needed = 10.0
    for _ in range(_ROUNDS):
        degrees = max(1.0, needed - 1)
        quantiles = float(stats.t.isf(tail, degrees) + stats.t.ppf(POWER, degrees))
        needed = max(2.0, (quantiles * spread / distance) ** 2)
        if needed > _MOST_TABLES:
            return None
    return max(1, math.ceil(needed) - len(means))

"""The win rate of a candidate, with intervals over tables: by t, and by the bootstrap, which have to agree."""

import math
from typing import TYPE_CHECKING, Any

from columnist.evaluation.intervals import Interval
from columnist.studies.clusters import Resampling, draw_clusters, percentile_interval
from columnist.studies.registration import Hypothesis
from columnist.values import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

# Ends that are further apart than this say that the tables' means are too few or too skewed for either interval.
TOLERANCE = 0.03


class WinRate(Value):
    """A mean over tables with both of its intervals."""

    by_t: Interval
    by_bootstrap: Interval

    @property
    def intervals_agree(self) -> bool:
        """Whether both ends of the two intervals are within the tolerance."""
        ends = ((self.by_t.low, self.by_bootstrap.low), (self.by_t.high, self.by_bootstrap.high))
        return all(abs(ours - theirs) <= TOLERANCE for ours, theirs in ends)


def find_threshold(hypothesis: Hypothesis, margin: float) -> float:
    """Return what the win rate has to lie above.

    Example:
        >>> find_threshold(Hypothesis.NON_INFERIOR, 0.1), find_threshold(Hypothesis.SUPERIOR, 0.0)
        (0.4, 0.5)
    """
    return 0.5 - margin if hypothesis is Hypothesis.NON_INFERIOR else 0.5 + margin


def average_raters(scores: "Array") -> "Array":
    """Return each table's mean score over the raters who answered; NaN where nobody did.

    Args:
        scores: Of shape (..., tables, raters), with NaN for no answer.

    Example:
        >>> import numpy
        >>> average_raters(numpy.array([[1.0, 0.0], [numpy.nan, 0.5]])).tolist()
        [0.5, 0.5]
    """
    import numpy

    answered = ~numpy.isnan(scores)
    sums = numpy.where(answered, scores, 0.0).sum(axis=-1)
    counts = answered.sum(axis=-1)
    return numpy.where(counts > 0, sums / numpy.maximum(counts, 1), numpy.nan)


def describe_means(means: "Array") -> tuple["Array", "Array"]:
    """Return the mean over tables and its standard error, of each study.

    Args:
        means: Of shape (..., tables), with at least two tables and no NaN.

    Example:
        >>> import numpy
        >>> mean, error = describe_means(numpy.array([0.25, 0.75]))
        >>> float(mean), float(error)
        (0.5, 0.25)
    """
    error: Array = means.std(axis=-1, ddof=1) / math.sqrt(means.shape[-1])
    return means.mean(axis=-1), error


def t_interval(means: "Array", level: float, bound: float | None = None) -> Interval:
    """Return the mean over tables with the interval that Student's t gives.

    Args:
        means: One for each table.
        level: Nominal coverage of both sides.
        bound: Standard errors to either side, where a look sets them; the quantile of t if left out.

    Example:
        >>> import numpy
        >>> found = t_interval(numpy.array([0.25, 0.75, 0.25, 0.75]), level=0.95)
        >>> round(found.low, 4), found.estimate, round(found.high, 4)
        (0.0407, 0.5, 0.9593)
    """
    from scipy import stats

    mean, error = describe_means(means)
    reach = float(error) * (float(stats.t.ppf((1 + level) / 2, len(means) - 1)) if bound is None else bound)
    estimate = float(mean)
    return Interval(low=max(0.0, estimate - reach), high=min(1.0, estimate + reach), estimate=estimate, level=level)


def measure_win_rate(means: "Array", resampling: Resampling) -> WinRate:
    """Return the win rate with both intervals.

    Args:
        means: One for each table, in the order of the tables.
        resampling: How the bootstrap is made; its level is that of both intervals.
    """
    drawn = draw_clusters(len(means), resampling) @ means / len(means)
    return WinRate(
        by_t=t_interval(means, resampling.level),
        by_bootstrap=percentile_interval(float(means.mean()), drawn, resampling.level),
    )

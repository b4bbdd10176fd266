"""What has to hold besides the interval before a candidate is promoted, for one study or for thousands.

The arrays have shape (studies, tables, raters). A condition can only keep a candidate from being
promoted, so that no condition makes a study err more often.
"""

from typing import TYPE_CHECKING, Any

from columnist.studies.agreement_report import LOSS, WIN, resample_ordinal_alpha
from columnist.studies.ratings import score_categories
from columnist.studies.verdict import judge_means
from columnist.studies.winrate import TOLERANCE, average_raters, describe_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

# Of each rater's interval. In 2,500 simulated honest studies of 62 tables by four raters, 2 % had a rater whose
# interval left out one half; with 0.95 it were 13 %.
POSITION_LEVEL = 0.99


def raters_agree(categories: "Array", drawn: "Array", level: float) -> "Array":
    """Tell whether the lower bound of ordinal alpha lies above 0.

    Args:
        categories: As in ``Ratings``.
        drawn: How often each table is in each resample, of shape (resamples, tables).
        level: Of the percentile interval.
    """
    import numpy

    lower: Array = numpy.quantile(resample_ordinal_alpha(categories, drawn), (1 - level) / 2, axis=-1)
    above: Array = lower > 0
    return above


def survives_each_removal(categories: "Array", threshold: float, bound: float) -> "Array":
    """Tell whether the candidate would be promoted without any one of the raters, too; never with fewer than two."""
    import numpy

    studies, _tables, raters = categories.shape
    scores = score_categories(categories)
    # Without a rater who answered nothing, the study is what it was.
    counted = (categories >= 0).any(axis=1).sum(axis=1)
    survives: Array = numpy.ones(studies, dtype=bool) & (counted > 1)
    for rater in range(raters):
        means = average_raters(numpy.delete(scores, rater, axis=2))
        survives &= judge_means(means, threshold, bound) == 1
    return survives


def position_biased(categories: "Array", candidate_was_a: "Array") -> "Array":
    """Tell of each rater whether the exact interval of the share of A among decided answers leaves out one half.

    Options change places from item to item, so that half of the better texts are A whoever wrote them.

    Returns:
        Of shape (studies, raters).
    """
    chosen, decided = count_positions(categories, candidate_was_a)
    return is_lopsided(chosen, decided)


def count_positions(categories: "Array", candidate_was_a: "Array") -> tuple["Array", "Array"]:
    """Return how often each rater chose A, and how often A or B."""
    won, lost = categories == WIN, categories == LOSS
    chosen_a = (won & candidate_was_a) | (lost & ~candidate_was_a)
    return chosen_a.sum(axis=-2), (won | lost).sum(axis=-2)


def is_lopsided(chosen: "Array", decided: "Array") -> "Array":
    """Tell whether the Clopper-Pearson interval of a share leaves out one half.

    Example:
        >>> import numpy
        >>> is_lopsided(numpy.array([20, 25, 40]), numpy.array([50, 50, 50])).tolist()
        [False, False, True]
    """
    import numpy
    from scipy import stats

    lopsided: Array = stats.binom.cdf(numpy.minimum(chosen, decided - chosen), decided, 0.5) < (1 - POSITION_LEVEL) / 2
    return lopsided


def repeats_hold(kept: "Array", shown: "Array", least: float) -> "Array":
    """Tell whether enough hidden repeats, of all raters together, were answered as before; never without any.

    Example:
        >>> import numpy
        >>> repeats_hold(numpy.array([15, 15, 0]), numpy.array([24, 20, 0]), 0.7).tolist()
        [False, True, False]
    """
    import numpy

    holds: Array = (shown > 0) & (kept >= least * numpy.maximum(shown, 1) - 1e-9)
    return holds


def intervals_agree(means: "Array", drawn: "Array", level: float) -> "Array":
    """Tell whether the intervals of the win rate by t and by bootstrap end within the tolerance of each other.

    Args:
        means: Of shape (studies, tables).
        drawn: How often each table is in each resample, of shape (resamples, tables).
        level: Of both intervals.
    """
    import numpy
    from scipy import stats

    tables = means.shape[1]
    mean, error = describe_means(means)
    reach = float(stats.t.ppf((1 + level) / 2, tables - 1)) * error
    ends = numpy.quantile(drawn @ means.T / tables, [(1 - level) / 2, (1 + level) / 2], axis=0)
    apart = numpy.abs(numpy.stack([mean - reach, mean + reach]).clip(0, 1) - ends).max(axis=0)
    agree: Array = apart <= TOLERANCE
    return agree

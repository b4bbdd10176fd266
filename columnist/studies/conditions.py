"""What has to hold besides the interval before a candidate is promoted, for one study or for thousands.

The arrays have shape (studies, tables, raters). A condition can only keep a candidate from being
promoted, so that no condition makes a study err more often.
"""

from typing import TYPE_CHECKING, Any

from columnist.studies.agreement_report import LOSS, WIN, rank_coincidences, resample_ordinal_alpha
from columnist.studies.ratings import score_categories
from columnist.studies.winrate import TOLERANCE, average_raters, describe_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

# Of each rater's interval. In 2,500 simulated honest studies of 62 tables by four raters, 2 % had a rater whose
# interval left out one half; with 0.95 it were 13 %.
POSITION_LEVEL = 0.99
# Of pairs of answers. Raters who answer by chance, but for the candidate in nine cases of ten, agree on 0.82.
ALIKE = 0.8


def raters_agree(categories: "Array", drawn: "Array", level: float) -> "Array":
    """Tell whether the lower bound of ordinal alpha lies above 0, or nearly all answers to a table are alike.

    Where a candidate wins nearly everywhere, alpha says nothing: it compares disagreement with what chance
    would give, and there is none (Feinstein & Cicchetti 1990). Then the share of pairs counts that are alike.

    Args:
        categories: As in ``Ratings``.
        drawn: How often each table is in each resample, of shape (resamples, tables).
        level: Of the percentile interval.
    """
    import numpy

    agree: Array = share_alike(categories) >= ALIKE
    rest = numpy.flatnonzero(~agree)
    if len(rest):
        alphas = resample_ordinal_alpha(categories[rest], drawn)
        agree[rest] = numpy.quantile(alphas, (1 - level) / 2, axis=-1) > 0
    return agree


def share_alike(categories: "Array") -> "Array":
    """Return the share of pairs of answers to a table that rank the candidate alike; 0 without pairs.

    Example:
        >>> import numpy
        >>> share_alike(numpy.array([[[WIN, WIN, WIN], [LOSS, LOSS, WIN]]])).round(3).tolist()  # 3 + 1 of 6 pairs
        [0.667]
    """
    import numpy

    pairs = rank_coincidences(categories).sum(axis=-3)
    total = pairs.sum(axis=(-2, -1))
    share: Array = pairs.trace(axis1=-2, axis2=-1) / numpy.where(total > 0, total, 1)
    return share


def survives_each_removal(categories: "Array", threshold: float) -> "Array":
    """Tell whether the rate stays above the threshold without any one of the raters; never with fewer than two.

    The estimate alone is asked for. Whether fewer raters would show it as surely is another question: of
    simulated studies that had power, a third failed it, for lack of ballots and not for any one rater's sake.
    """
    import numpy

    studies, _tables, raters = categories.shape
    scores = score_categories(categories)
    # Without a rater who answered nothing, the study is what it was.
    counted = (categories >= 0).any(axis=1).sum(axis=1)
    survives: Array = numpy.ones(studies, dtype=bool) & (counted > 1)
    for rater in range(raters):
        mean, _error = describe_means(average_raters(numpy.delete(scores, rater, axis=2)))
        survives &= mean > threshold
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

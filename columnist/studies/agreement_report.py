"""How far the raters of a study agree, by every coefficient in use, each with an interval over tables."""

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from columnist.evaluation.intervals import Interval
from columnist.studies.agreement import kappas
from columnist.studies.clusters import Resampling, draw_clusters, percentile_interval
from columnist.studies.coefficients import (
    Scale,
    coincide,
    count_categories,
    fleiss,
    gwet,
    krippendorff,
    share_agreeing,
    step_up,
)
from columnist.values import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

# What a ballot can say of the candidate's text. Two bad texts are no tie, but as a rank they lie where a tie lies.
LOSS, TIE, WIN, BOTH_BAD = range(4)
_CATEGORIES = 4
_RANKS = 3


class PairAgreement(Value):
    """How far two raters agree.

    Attributes:
        kappa: Cohen's (1960).
    """

    first: str
    second: str
    n_tables: int
    percent: Interval
    kappa: Interval


class AgreementReport(Value):
    """How far raters agree on the candidate's text being better, a tie, worse, or both being bad.

    No coefficient is enough: alpha and the kappas are low where nearly all answers are
    alike, and AC1 is high then, though no rater tells one table from another.

    Attributes:
        n_tables: Tables with answers of two raters or more.
        percent: Share of pairs of raters who answered alike.
        cohen: Each two raters; ``cohen_mean`` is their mean kappa (Light 1971).
        fleiss: Fleiss' kappa.
        alpha_nominal: Krippendorff's alpha of the four answers.
        alpha_ordinal: Of worse, tie or both bad, better, as ranks; ``alpha_interval`` as 0, 0.5 and 1.
        ac1: Gwet's.
        reliability: Of the mean of all raters: Spearman-Brown on ``alpha_interval``.
        n_raters: Answers on a table, on average; what ``reliability`` is of.
    """

    n_tables: int
    n_raters: float
    percent: Interval
    cohen: tuple[PairAgreement, ...]
    cohen_mean: Interval
    fleiss: Interval
    alpha_nominal: Interval
    alpha_ordinal: Interval
    alpha_interval: Interval
    ac1: Interval
    reliability: Interval


def report_agreement(categories: "Array", raters: Sequence[str], resampling: Resampling) -> AgreementReport | None:
    """Measure agreement; ``None`` where fewer than two tables have answers of two raters.

    Args:
        categories: Of shape (tables, raters): ``LOSS``, ``TIE``, ``WIN``, ``BOTH_BAD``, or -1 for no answer.
        raters: Their names.
        resampling: How the intervals are made.

    Example:
        >>> import numpy
        >>> found = report_agreement(numpy.array([[WIN, WIN], [LOSS, LOSS], [WIN, TIE], [LOSS, LOSS]]), ["x", "y"],
        ...                          Resampling(seed=1, level=0.95, resamples=200))
        >>> found.percent.estimate, found.n_raters
        (0.75, 2.0)
    """
    import numpy

    shared = categories[(categories >= 0).sum(axis=1) > 1]
    n_tables = len(shared)
    if n_tables < 2:
        return None
    # The first row of weights is the study itself, the others are resamples.
    weights = numpy.vstack([numpy.ones((1, n_tables)), draw_clusters(n_tables, resampling)])
    counts = count_categories(shared, _CATEGORIES)
    n_raters = float((shared >= 0).sum(axis=1).mean())

    def interval(values: "Array") -> Interval:
        return percentile_interval(float(values[0]), values[1:], resampling.level)

    ranked = rank_coincidences(shared)
    by_interval = krippendorff(_draw(weights, ranked), Scale.INTERVAL)
    pairs = tuple(_pair_up(shared, raters, weights, resampling.level))
    return AgreementReport(
        n_tables=n_tables,
        n_raters=n_raters,
        percent=interval(share_agreeing(counts, weights)),
        cohen=tuple(pair for pair, _kappas in pairs),
        cohen_mean=interval(numpy.nanmean([values for _pair, values in pairs], axis=0)),
        fleiss=interval(fleiss(counts, weights)),
        alpha_nominal=interval(krippendorff(_draw(weights, coincide(counts)), Scale.NOMINAL)),
        alpha_ordinal=interval(krippendorff(_draw(weights, ranked), Scale.ORDINAL)),
        alpha_interval=interval(by_interval),
        ac1=interval(gwet(counts, weights)),
        reliability=interval(step_up(by_interval, n_raters)),
    )


def rank_coincidences(categories: "Array") -> "Array":
    """Return each table's coincidences of ranks, with two bad texts ranked as a tie.

    Args:
        categories: Of shape (..., tables, raters).
    """
    import numpy

    return coincide(count_categories(numpy.where(categories == BOTH_BAD, TIE, categories), _RANKS))


def resample_ordinal_alpha(categories: "Array", drawn: "Array") -> "Array":
    """Return the ordinal alpha of each study in each resample of its tables, of shape (studies, resamples).

    Args:
        categories: Of shape (studies, tables, raters).
        drawn: How often each table is in each resample, of shape (resamples, tables).
    """
    return krippendorff(_draw(drawn, rank_coincidences(categories)), Scale.ORDINAL)


def _draw(weights: "Array", coincidences: "Array") -> "Array":
    """Add up each resample's coincidences: (resamples, tables) with (..., tables, k, k) to (..., resamples, k, k)."""
    shape = coincidences.shape
    flat = coincidences.reshape(*shape[:-2], shape[-2] * shape[-1])
    added: Array = (weights @ flat).reshape(*shape[:-3], len(weights), *shape[-2:])
    return added


def _pair_up(shared: "Array", raters: Sequence[str], weights: "Array", level: float) -> Any:
    """Yield the agreement of each two raters with answers in common, and its kappa in every resample."""
    import numpy

    for first, second in combinations(range(len(raters)), 2):
        both = (shared[:, first] >= 0) & (shared[:, second] >= 0)
        if not both.any():
            continue
        counts = numpy.zeros((len(shared), _CATEGORIES, _CATEGORIES))
        counts[numpy.flatnonzero(both), shared[both, first], shared[both, second]] = 1
        drawn = (weights @ counts.reshape(len(counts), -1)).reshape(-1, _CATEGORIES, _CATEGORIES)
        # A resample may hold none of the tables that both have answered.
        empty = drawn.sum(axis=(1, 2)) == 0
        drawn[empty, 0, 0] = 1
        kappa = numpy.where(empty, numpy.nan, kappas(drawn))
        percent = numpy.where(empty, numpy.nan, drawn.trace(axis1=1, axis2=2) / drawn.sum(axis=(1, 2)))
        pair = PairAgreement(
            first=raters[first],
            second=raters[second],
            n_tables=int(both.sum()),
            percent=percentile_interval(float(percent[0]), percent[1:], level),
            kappa=percentile_interval(float(kappa[0]), kappa[1:], level),
        )
        yield pair, kappa

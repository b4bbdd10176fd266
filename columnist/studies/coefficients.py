"""Coefficients of agreement among any number of raters, for many resamples at once.

All start from counts: how many raters gave each category to each unit. Units with fewer than two
answers say nothing of agreement, and are left out of it.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


class Scale(StrEnum):
    """What a difference between two categories means: any, of ranks, or of numbers."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


def count_categories(categories: "Array", n_categories: int) -> "Array":
    """Return how many raters gave each category to each unit.

    Args:
        categories: Of shape (..., units, raters): places from 0, and -1 for no answer.
        n_categories: How many there are.

    Returns:
        Of shape (..., units, categories).

    Example:
        >>> import numpy
        >>> count_categories(numpy.array([[0, 2, 2], [1, -1, 1]]), 3).tolist()
        [[1.0, 0.0, 2.0], [0.0, 2.0, 0.0]]
    """
    import numpy

    return numpy.stack([(categories == place).sum(axis=-1) for place in range(n_categories)], axis=-1).astype(float)


def coincide(counts: "Array") -> "Array":
    """Return each unit's coincidences: ordered pairs of answers by different raters, each weighing 1 / (answers - 1).

    Args:
        counts: Of shape (..., units, categories).

    Returns:
        Of shape (..., units, categories, categories).

    Example:
        >>> import numpy
        >>> coincide(numpy.array([[2.0, 1.0], [1.0, 0.0]])).tolist()
        [[[1.0, 1.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]]
    """
    import numpy

    pairs = counts[..., :, None] * counts[..., None, :] - counts[..., None] * numpy.eye(counts.shape[-1])
    others = counts.sum(axis=-1)[..., None, None] - 1
    return numpy.where(others > 0, pairs / numpy.maximum(others, 1), 0.0)


def krippendorff(coincidences: "Array", scale: Scale) -> "Array":
    """Return Krippendorff's alpha of each coincidence matrix; 0 where only one answer was ever given.

    Krippendorff (2011), "Computing Krippendorff's alpha-reliability": one less the share of
    observed differences among those expected. Categories are equally spaced, in order.

    Args:
        coincidences: Of shape (..., categories, categories).
        scale: How far apart two categories are.

    Example:
        >>> import numpy
        >>> float(krippendorff(numpy.array([[4.0, 0.0], [0.0, 4.0]]), Scale.NOMINAL))
        1.0
    """
    import numpy

    margins = coincidences.sum(axis=-1)
    totals = margins.sum(axis=-1)
    apart = _differences(margins, scale)
    observed = (coincidences * apart).sum(axis=(-2, -1))
    expected = (margins[..., :, None] * margins[..., None, :] * apart).sum(axis=(-2, -1))
    defined = expected > 1e-12
    return numpy.where(defined, 1 - (totals - 1) * observed / numpy.where(defined, expected, 1), 0.0)


def share_agreeing(counts: "Array", weights: "Array") -> "Array":
    """Return the mean share of pairs of raters who agree on a unit.

    Args:
        counts: Of shape (units, categories).
        weights: How often each unit is drawn, of shape (resamples, units).

    Example:
        >>> import numpy
        >>> share_agreeing(numpy.array([[2.0, 0.0], [1.0, 1.0]]), numpy.ones((1, 2))).tolist()
        [0.5]
    """
    import numpy

    answers = counts.sum(axis=1)
    pairs = answers * (answers - 1)
    shares = (counts * (counts - 1)).sum(axis=1) / numpy.maximum(pairs, 1)
    return _over(weights @ (shares * (pairs > 0)), weights @ (pairs > 0))


def fleiss(counts: "Array", weights: "Array") -> "Array":
    """Return Fleiss' kappa (1971), with units of unequal numbers of raters as Gwet (2014) takes them.

    Args:
        counts: Of shape (units, categories).
        weights: How often each unit is drawn, of shape (resamples, units).

    Example:
        >>> import numpy
        >>> fleiss(numpy.array([[2.0, 0.0], [0.0, 2.0]]), numpy.ones((1, 2))).tolist()
        [1.0]
    """
    shares = _category_shares(counts, weights)
    return _beyond(share_agreeing(counts, weights), (shares**2).sum(axis=1))


def gwet(counts: "Array", weights: "Array") -> "Array":
    """Return Gwet's AC1 (2008): chance agrees only on units that are hard to place.

    Args:
        counts: Of shape (units, categories).
        weights: How often each unit is drawn, of shape (resamples, units).

    Example:
        >>> import numpy
        >>> gwet(numpy.array([[2.0, 0.0], [0.0, 2.0]]), numpy.ones((1, 2))).tolist()
        [1.0]
    """
    shares = _category_shares(counts, weights)
    expected = (shares * (1 - shares)).sum(axis=1) / (counts.shape[1] - 1)
    return _beyond(share_agreeing(counts, weights), expected)


def step_up(reliability: "Array", raters: float) -> "Array":
    """Return how reliable the mean of several raters is (Spearman 1910, Brown 1910), from that of one.

    Raters who agree less than by chance have a mean of no reliability.

    Example:
        >>> import numpy
        >>> step_up(numpy.array([0.38, -0.1]), 4).round(2).tolist()
        [0.71, 0.0]
    """
    import numpy

    single = numpy.maximum(reliability, 0.0)
    return raters * single / (1 + (raters - 1) * single)


def _differences(margins: "Array", scale: Scale) -> "Array":
    """Return the squared difference between each two categories; that of ranks depends on how many are between."""
    import numpy

    if scale is Scale.NOMINAL:
        return 1 - numpy.eye(margins.shape[-1])
    middles: Array = numpy.arange(margins.shape[-1], dtype=float)
    if scale is Scale.ORDINAL:
        # The sum over the categories from one to the other, less half of both ends, is the distance of their middles.
        middles = margins.cumsum(axis=-1) - margins / 2
    squared: Array = (middles[..., :, None] - middles[..., None, :]) ** 2
    return squared


def _category_shares(counts: "Array", weights: "Array") -> "Array":
    """Return the mean share of answers that each category has, over units with an answer."""
    import numpy

    answers = counts.sum(axis=1)
    shares = counts / numpy.maximum(answers, 1)[:, None]
    return _over(weights @ shares, (weights @ (answers > 0))[:, None])


def _beyond(observed: "Array", expected: "Array") -> "Array":
    import numpy

    possible = 1 - expected
    # Sums of shares that are all of it differ from one by rounding; 0 / 0 is no evidence of agreement.
    defined = possible > 1e-12
    return numpy.where(defined, (observed - expected) / numpy.where(defined, possible, 1), 0.0)


def _over(part: "Array", whole: "Array") -> "Array":
    import numpy

    return numpy.where(whole > 0, part / numpy.where(whole > 0, whole, 1), numpy.nan)

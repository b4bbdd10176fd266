"""Shares of counted things, with their exact interval."""

from columnist.evaluation.intervals import Interval


def exact_share(hits: int, total: int, level: float = 0.95) -> Interval:
    """Return a share with its Clopper-Pearson interval, which covers the truth in at least ``level`` of cases.

    Raises:
        ValueError: There is nothing to take a share of, or there are more hits than that.

    Example:
        >>> share = exact_share(9, 10)
        >>> share.estimate, round(share.low, 4), round(share.high, 4)
        (0.9, 0.555, 0.9975)
    """
    if not 0 <= hits <= total or not total:
        raise ValueError(f"a share needs 0 <= hits <= total and a total above 0, got {hits} of {total}")
    from scipy.stats import binomtest  # takes half a second to import

    ends = binomtest(hits, total).proportion_ci(level, method="exact")
    return Interval(low=float(ends.low), high=float(ends.high), estimate=hits / total, level=level)

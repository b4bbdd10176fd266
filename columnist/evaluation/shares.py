"""Shares of counted things, with their exact interval and bound (Clopper and Pearson 1934)."""

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
    low, high = _ends(hits, total, level, "two-sided")
    return Interval(low=low, high=high, estimate=hits / total, level=level)


def bound_share(hits: int, total: int, level: float = 0.95) -> float:
    """Return the one-sided upper bound of a share: the truth stays below it in at least ``level`` of cases.

    Raises:
        ValueError: There is nothing to take a share of, or there are more hits than that.

    Example:
        >>> f"{bound_share(0, 300):.2%}, where the interval ends at {exact_share(0, 300).high:.2%}"
        '0.99%, where the interval ends at 1.22%'
    """
    return _ends(hits, total, level, "less")[1]


def _ends(hits: int, total: int, level: float, alternative: str) -> tuple[float, float]:
    if not 0 <= hits <= total or not total:
        raise ValueError(f"a share needs 0 <= hits <= total and a total above 0, got {hits} of {total}")
    from scipy.stats import binomtest  # takes half a second to import

    ends = binomtest(hits, total, alternative=alternative).proportion_ci(level, method="exact")
    return float(ends.low), float(ends.high)

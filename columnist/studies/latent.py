"""The model of simulated ballots: a latent preference, made of table, rater and chance, and a bar for ties."""

from functools import cache

_TIES = 0.2  # share of ballots, where the systems are equal


@cache
def tie_bar() -> float:
    """Return how far a latent preference of variance 1 has to lie from 0 for an answer that is no tie.

    Example:
        >>> round(tie_bar(), 4)  # a fifth of a normal distribution lies nearer to 0
        0.2533
    """
    from scipy import stats

    return float(stats.norm.ppf(0.5 + _TIES / 2))


@cache
def shift_to(win_rate: float) -> float:
    """Return how far the latent preference is shifted where the expected score is a win rate.

    Example:
        >>> round(shift_to(0.5), 9), shift_to(0.6) > 0
        (0.0, True)
    """
    from scipy import optimize, stats

    bar = tie_bar()
    return float(
        optimize.brentq(lambda s: (stats.norm.cdf(s - bar) + stats.norm.cdf(s + bar)) / 2 - win_rate, -6.0, 6.0)
    )

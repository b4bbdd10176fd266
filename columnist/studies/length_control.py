"""A win rate from which the effect of length is taken out, as in AlpacaEval 2."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from columnist.evaluation.intervals import Interval
from columnist.studies.clusters import Resampling, draw_clusters, number_clusters, percentile_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

_ROUNDS = 100
_CLOSE = 1e-10


def control_length(
    scores: Sequence[float], differences: Sequence[int], tables: Sequence[str], ridge: float, resampling: Resampling
) -> Interval | None:
    """Return the win rate that texts of equal length would have, with its interval over tables.

    Dubois et al. (2024), "Length-Controlled AlpacaEval": the logit of winning is an
    intercept plus a multiple of ``tanh(difference / standard deviation)``; the rate at
    difference zero is what the intercept says. Their term for how hard an instruction
    is needs many models and is left out. A tie counts as half a win and half a loss.

    Where one side's texts are always about as much longer, length cannot be told from
    merit, and the penalty on its effect attributes the wins to merit.

    Args:
        scores: For each item 1 for a win, 0 for a loss, 0.5 for neither.
        differences: Characters of the text whose wins are counted beyond those of the other.
        tables: The table of each item.
        ridge: Penalty on the effect of length; the smaller, the more is attributed to length.
        resampling: How the interval is made.

    Returns:
        The rate, or ``None`` where there are fewer than two tables.

    Example:
        >>> found = control_length([1, 0, 0.5, 1], [7, 7, 7, 7], ["a", "b", "c", "d"], 1.0,
        ...                        Resampling(seed=1, level=0.95, resamples=100))
        >>> round(found.estimate, 6)
        0.625
    """
    import numpy

    places, n_tables = number_clusters(tables)
    if n_tables < 2:
        return None
    wins, covariate = numpy.asarray(scores, dtype=float), _covariate(differences)
    drawn = draw_clusters(n_tables, resampling)[:, places].astype(float)
    estimate = _rates_at_zero(wins, covariate, numpy.ones((1, len(wins))), ridge)[0]
    return percentile_interval(float(estimate), _rates_at_zero(wins, covariate, drawn, ridge), resampling.level)


def _covariate(differences: Sequence[int]) -> "Array":
    import numpy

    lengths = numpy.asarray(differences, dtype=float)
    spread = lengths.std()
    # Without spread nothing can be learned of length.
    return numpy.tanh(lengths / spread) if spread else numpy.zeros(len(lengths))


def _rates_at_zero(wins: "Array", covariate: "Array", weights: "Array", ridge: float) -> "Array":
    """Fit one logistic regression for each row of weights and return the rates at equal length.

    Newton's method for all rows at once: there are two parameters, so each step is a formula.
    """
    import numpy
    from scipy.special import expit, logit

    rates: Array = weights @ wins / weights.sum(axis=1)
    bounded = (rates > 0) & (rates < 1)  # otherwise the intercept has no bound, and the rate is what it is
    rows, effect = weights[bounded], numpy.zeros(int(bounded.sum()))
    intercept = logit(rates[bounded])
    for _ in range(_ROUNDS):
        chances = expit(intercept[:, None] + effect[:, None] * covariate)
        errors, spreads = rows * (chances - wins), rows * chances * (1 - chances)
        slopes = errors.sum(axis=1), errors @ covariate + ridge * effect
        curves = spreads.sum(axis=1), spreads @ covariate, spreads @ covariate**2 + ridge
        steps = _solve(curves, slopes)
        intercept, effect = intercept - steps[0], effect - steps[1]
        if numpy.abs(steps).max(initial=0.0) < _CLOSE:
            break
    rates[bounded] = expit(intercept)
    return rates


def _solve(curves: tuple["Array", "Array", "Array"], slopes: tuple["Array", "Array"]) -> "Array":
    """Solve two equations with a symmetric matrix for each row; steps of more than one in logits would overshoot."""
    import numpy

    first, cross, second = curves
    determinant = first * second - cross**2
    steps = numpy.stack([second * slopes[0] - cross * slopes[1], first * slopes[1] - cross * slopes[0]]) / determinant
    clipped: Array = numpy.clip(steps, -1.0, 1.0)
    return clipped

"""A win rate from which the effect of length is taken out, as in AlpacaEval 2."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from columnist.evaluation.intervals import Interval
from columnist.judging.settings import LengthControl
from columnist.studies.clusters import Resampling, draw_clusters, number_clusters, percentile_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray


def control_length(
    scores: Sequence[float],
    differences: Sequence[int],
    tables: Sequence[str],
    control: LengthControl,
    resampling: Resampling,
) -> Interval | None:
    """Return the win rate that options of equal length would have, with its interval over tables.

    Dubois et al. (2024), "Length-Controlled AlpacaEval": the logit of winning is an
    intercept plus a multiple of ``tanh(difference / standard deviation)``; the rate at
    difference zero is what the intercept says. Their term for how hard an instruction
    is needs many models and is left out. A tie counts as half a win and half a loss.

    Where one side's texts are always about as much longer, length cannot be told from
    merit, and the penalty on its effect attributes the wins to merit.

    Args:
        scores: For each item 1 for a win of option A, 0 for a loss, 0.5 for neither.
        differences: Characters of option A beyond those of option B.
        tables: The table of each item.
        control: How strongly the effect of length is penalised.
        resampling: How the interval is made.

    Returns:
        The rate, or ``None`` where there are fewer than two tables.
    """
    import numpy

    places, n_tables = number_clusters(tables)
    if n_tables < 2:
        return None
    wins, covariate = numpy.asarray(scores, dtype=float), _covariate(differences)
    estimate = _rate_at_zero(wins, covariate, numpy.ones(len(wins)), control.ridge)
    drawn = draw_clusters(n_tables, resampling)[:, places]
    rates = numpy.array([_rate_at_zero(wins, covariate, weights, control.ridge) for weights in drawn])
    return percentile_interval(estimate, rates, resampling.level)


def _covariate(differences: Sequence[int]) -> "NDArray[Any]":
    import numpy

    lengths = numpy.asarray(differences, dtype=float)
    spread = lengths.std()
    # Without spread nothing can be learned of length.
    return numpy.tanh(lengths / spread) if spread else numpy.zeros(len(lengths))


def _rate_at_zero(wins: "NDArray[Any]", covariate: "NDArray[Any]", weights: "NDArray[Any]", ridge: float) -> float:
    """Fit the logistic regression and return the rate at equal length."""
    import numpy
    from sklearn.linear_model import LogisticRegression

    rate = float(weights @ wins / weights.sum())
    if rate in (0.0, 1.0):
        return rate  # an intercept without bound
    rows = numpy.concatenate([covariate, covariate])[:, None]
    won = numpy.repeat([1, 0], len(wins))
    shares = numpy.concatenate([weights * wins, weights * (1 - wins)])
    used = shares > 0
    model = LogisticRegression(C=1 / ridge, tol=1e-8, max_iter=1000)
    model.fit(rows[used], won[used], sample_weight=shares[used])
    return float(1 / (1 + numpy.exp(-model.intercept_[0])))

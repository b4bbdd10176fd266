"""Strengths of more than two models from comparisons of two at a time (Bradley & Terry 1952)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field

from columnist.errors import StudyError
from columnist.evaluation.intervals import Interval
from columnist.studies.clusters import Resampling, draw_clusters, number_clusters, percentile_interval
from columnist.values import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

_ROUNDS = 10_000
_CLOSE = 1e-12


class Comparison(Value):
    """One answer about two models.

    Attributes:
        score: 1 where the first is better, 0 where the second is, 0.5 for neither.
    """

    table_id: str
    first: str
    second: str
    score: float = Field(ge=0, le=1)


class Strength(Value):
    """Where a model stands among the others.

    Attributes:
        strength: Log odds against a model of average strength, with its interval over tables.
        win_rate: Expected against another one of the models, drawn at random.
    """

    model: str
    strength: Interval
    win_rate: Interval


def rank_models(comparisons: Sequence[Comparison], resampling: Resampling) -> tuple[Strength, ...]:
    """Rank models by their strengths, the strongest first.

    A tie counts as half a win of either. Resamples in which some models never win against
    the others have no finite strengths, and are left out of the intervals.

    Args:
        comparisons: Of two models each, in any order.
        resampling: How tables are resampled.

    Raises:
        StudyError: A model is compared with itself, there are fewer than two tables, or some models never win
            against the others, so that no finite strengths exist.

    Example:
        >>> games = [("a", "b", 1), ("b", "c", 1), ("c", "a", 1), ("a", "b", 1), ("a", "c", 1), ("b", "a", 1)]
        >>> answers = [Comparison(table_id=f"t{n}", first=x, second=y, score=s) for n, (x, y, s) in enumerate(games)]
        >>> [each.model for each in rank_models(answers, Resampling(seed=1, level=0.95, resamples=100))]
        ['a', 'b', 'c']
    """
    import numpy

    models = sorted({name for comparison in comparisons for name in (comparison.first, comparison.second)})
    places, n_tables = number_clusters([comparison.table_id for comparison in comparisons])
    _refuse(comparisons, n_tables)
    wins = numpy.zeros((n_tables, len(models), len(models)))
    for place, comparison in zip(places, comparisons, strict=True):
        first, second = models.index(comparison.first), models.index(comparison.second)
        wins[place, first, second] += comparison.score
        wins[place, second, first] += 1 - comparison.score
    own = fit_strengths(wins.sum(axis=0))
    if not numpy.isfinite(own).all():
        raise StudyError(
            f"models {', '.join(models)}: some never win against the others, so no finite strengths fit; compare more "
            "pairs, or leave such a model out"
        )
    weights = draw_clusters(n_tables, resampling)
    drawn = numpy.array([fit_strengths(each) for each in numpy.tensordot(weights, wins, axes=1)])
    rates, drawn_rates = _expected_rates(own), _expected_rates(drawn)
    found = [
        Strength(
            model=model,
            strength=percentile_interval(float(own[place]), drawn[:, place], resampling.level),
            win_rate=percentile_interval(float(rates[place]), drawn_rates[:, place], resampling.level),
        )
        for place, model in enumerate(models)
    ]
    return tuple(sorted(found, key=lambda each: (-each.strength.estimate, each.model)))


def fit_strengths(wins: "Array") -> "Array":
    """Return the strengths of greatest likelihood as log odds with mean 0; NaN where none are finite.

    The MM algorithm of Hunter (2004), "MM algorithms for generalized Bradley-Terry models".

    Args:
        wins: How often each row's model won against each column's.

    Example:
        >>> import numpy
        >>> fit_strengths(numpy.array([[0.0, 3.0], [1.0, 0.0]])).round(6).tolist()  # half of log 3 to either side
        [0.549306, -0.549306]
    """
    import numpy
    from scipy.sparse.csgraph import connected_components

    # Strengths exist where each model is reached from each other one by a chain of wins (Ford 1957).
    parts, _labels = connected_components(wins > 0, directed=True, connection="strong")
    if parts > 1:
        return numpy.full(len(wins), numpy.nan)
    games, won = wins + wins.T, wins.sum(axis=1)
    power = numpy.ones(len(wins))
    for _ in range(_ROUNDS):
        following = won / (games / (power[:, None] + power[None, :])).sum(axis=1)
        following /= numpy.exp(numpy.log(following).mean())
        moved = float(numpy.abs(numpy.log(following / power)).max())
        power = following
        if moved < _CLOSE:
            break
    strengths: Array = numpy.log(power)
    return strengths


def _expected_rates(strengths: "Array") -> "Array":
    """Return each model's chance against another one, for strengths of shape (..., models)."""
    from scipy.special import expit

    chances = expit(strengths[..., :, None] - strengths[..., None, :])
    rates: Array = (chances.sum(axis=-1) - 0.5) / (strengths.shape[-1] - 1)
    return rates


def _refuse(comparisons: Sequence[Comparison], n_tables: int) -> None:
    for comparison in comparisons:
        if comparison.first == comparison.second:
            raise StudyError(
                f"table {comparison.table_id}: {comparison.first} is compared with itself; give two different models"
            )
    if n_tables < 2:
        raise StudyError(
            f"comparisons of {n_tables} tables came, but an interval over tables needs 2; compare more tables"
        )

"""Intervals where tables are drawn, not items: the bootstrap over clusters (Efron 1979)."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field

from columnist.evaluation.intervals import Interval
from columnist.values import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Resampling(Value):
    """How intervals are made; nothing has a default, because each of these moves them.

    Attributes:
        seed: Fixes the resampling.
        level: Nominal coverage.
        resamples: Number of bootstrap samples.
    """

    seed: int = Field(ge=0)
    level: float = Field(gt=0, lt=1)
    resamples: int = Field(ge=100, le=100_000)


def draw_clusters(n_clusters: int, resampling: Resampling) -> "NDArray[Any]":
    """Return how often each cluster is drawn into each bootstrap sample: shape (resamples, clusters).

    Example:
        >>> drawn = draw_clusters(5, Resampling(seed=1, level=0.95, resamples=100))
        >>> drawn.shape, set(drawn.sum(axis=1).tolist())
        ((100, 5), {5})
    """
    import numpy

    generator = numpy.random.default_rng(resampling.seed)
    return generator.multinomial(n_clusters, [1 / n_clusters] * n_clusters, size=resampling.resamples)


def percentile_interval(estimate: float, resampled: "NDArray[Any]", level: float) -> Interval:
    """Return the percentile interval of a statistic from its bootstrap values; those that do not exist are left out."""
    import numpy

    values = resampled[numpy.isfinite(resampled)]
    if not len(values):
        return Interval(low=estimate, high=estimate, estimate=estimate, level=level)
    low, high = numpy.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(low=float(low), high=float(high), estimate=estimate, level=level)


def bootstrap_share(hits: Iterable[tuple[str, bool]], resampling: Resampling) -> Interval | None:
    """Return the share of hits with its interval, clustered; ``None`` where there are fewer than two clusters.

    Args:
        hits: For each case its cluster, and whether it is one.
        resampling: How the interval is made.

    Example:
        >>> shares = bootstrap_share([("t1", True), ("t1", False), ("t2", True), ("t2", False)],
        ...                          Resampling(seed=1, level=0.95, resamples=100))
        >>> shares.low, shares.estimate, shares.high
        (0.5, 0.5, 0.5)
        >>> bootstrap_share([("t1", True)], Resampling(seed=1, level=0.95, resamples=100)) is None
        True
    """
    import numpy

    cases = list(hits)
    places, n_clusters = number_clusters([cluster for cluster, _hit in cases])
    if n_clusters < 2:
        return None
    counts = numpy.zeros((n_clusters, 2))
    for place, (_cluster, hit) in zip(places, cases, strict=True):
        counts[place] += hit, 1
    drawn = draw_clusters(n_clusters, resampling) @ counts
    estimate = float(counts[:, 0].sum() / counts[:, 1].sum())
    return percentile_interval(estimate, drawn[:, 0] / drawn[:, 1], resampling.level)


def number_clusters(names: Sequence[str]) -> tuple[list[int], int]:
    """Return the place of each name among the sorted different ones, and how many those are.

    Sorted, so that an interval does not depend on the order of the cases.

    Example:
        >>> number_clusters(["b", "a", "b"])
        ([1, 0, 1], 2)
    """
    places = {name: place for place, name in enumerate(sorted(set(names)))}
    return [places[name] for name in names], len(places)

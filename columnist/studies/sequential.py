"""Bounds for looking at a study more than once without erring more often (O'Brien & Fleming 1979)."""

import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from columnist.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST_NODES = 100  # of the integration
_NODES_PER_ROOT = 35  # which puts nodes two thirds of a standard deviation of a step apart, or nearer
_FLOOR = -9.0  # standard deviations below which a path has no weight


def obrien_fleming_bounds(looks: Sequence[int], alpha: float) -> tuple[float, ...]:
    """Return the value that a standard normal statistic has to exceed at each look.

    The bound at a look with a share ``t`` of all tables is ``C / sqrt(t)``. The constant is
    the one that a study without any effect exceeds, at any look, with probability ``alpha``;
    Jennison & Turnbull (2000), table 2.3, list it for equal steps.

    Args:
        looks: Numbers of tables at each look, rising.
        alpha: One-sided.

    Raises:
        ConfigError: Looks do not rise from at least 1, or alpha is not between 0 and one half.

    Example:
        >>> [round(bound, 3) for bound in obrien_fleming_bounds((10, 20, 30, 40, 50), 0.025)][-1]
        2.04
        >>> [round(bound, 2) for bound in obrien_fleming_bounds((21, 42, 62), 0.05)]
        [2.94, 2.08, 1.71]
    """
    from scipy.optimize import brentq

    if not looks or looks[0] < 1 or any(later <= earlier for earlier, later in pairwise(looks)):
        raise ConfigError(f"looks {tuple(looks)}: expected rising numbers of tables from 1 on; correct them")
    if not 0 < alpha < 0.5:
        raise ConfigError(f"alpha {alpha}: expected a one-sided error between 0 and 0.5; correct it")
    shares = [look / looks[-1] for look in looks]
    constant = float(brentq(lambda c: _crossing(shares, c) - alpha, 0.0, 8.0, xtol=1e-12))
    return tuple(constant / math.sqrt(share) for share in shares)


def t_bounds(looks: Sequence[int], alpha: float) -> tuple[float, ...]:
    """Return the O'Brien-Fleming bounds for a t statistic over as many tables as each look has.

    Each bound is exceeded by chance as often as the normal one would be (Jennison & Turnbull
    2000, section 11.4): 21 tables estimate their own spread too badly for normal quantiles.

    Raises:
        ConfigError: As ``obrien_fleming_bounds``, or a look has fewer than 2 tables.

    Example:
        >>> [round(bound, 2) for bound in t_bounds((21, 42, 62), 0.05)]
        [3.34, 2.15, 1.74]
    """
    from scipy import stats

    bounds = obrien_fleming_bounds(looks, alpha)
    if looks[0] < 2:
        raise ConfigError(f"looks {tuple(looks)}: one table has no spread; begin with 2 or more")
    return tuple(float(stats.t.isf(stats.norm.sf(bound), look - 1)) for bound, look in zip(bounds, looks, strict=True))


def _crossing(shares: Sequence[float], constant: float) -> float:
    """Return the probability that a Brownian motion, seen at some times, is ever above a constant.

    The statistic times the root of its share is such a motion. The density of the paths that were
    never above is carried from look to look (Armitage, McPherson & Rowe 1969) on Gauss-Legendre nodes.
    """
    from scipy.special import ndtr

    finest = min((later - earlier for earlier, later in pairwise(shares)), default=1.0)
    n_nodes = max(_LEAST_NODES, math.ceil(_NODES_PER_ROOT / math.sqrt(finest)))
    nodes, weights = _nodes(n_nodes)
    span = (constant - _FLOOR) / 2
    places, weights = _FLOOR + span * (nodes + 1), weights * span
    density = _normal(places, shares[0])
    crossed = float(ndtr(-constant / math.sqrt(shares[0])))
    for earlier, later in pairwise(shares):
        step = later - earlier
        crossed += float((weights * density) @ ndtr((places - constant) / math.sqrt(step)))
        density = _normal(places[:, None] - places[None, :], step) @ (weights * density)
    return crossed


@cache
def _nodes(count: int) -> tuple["NDArray[Any]", "NDArray[Any]"]:
    import numpy

    nodes, weights = numpy.polynomial.legendre.leggauss(count)
    return nodes, weights


def _normal(values: "NDArray[Any]", variance: float) -> "NDArray[Any]":
    import numpy

    density: NDArray[Any] = numpy.exp(-(values**2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)
    return density

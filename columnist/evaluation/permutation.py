"""Paired differences without assumptions: the exact sign-flip permutation test, and who won how often."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from columnist.evaluation.measures import Direction

if TYPE_CHECKING:
    import numpy

# Differences of measures are told apart to this many decimals: sums of whole numbers can be counted exactly.
_DECIMALS = 4
# Numbers of sign assignments outgrow a float beyond this many differences, so they are scaled down as often.
_SCALE_EVERY = 512
_TIE = 1e-12


class Wins(NamedTuple):
    """On how many tables the first was better, both were equal, and the second was better."""

    wins: int
    ties: int
    losses: int


def permutation_p(differences: Sequence[float]) -> float:
    """Return the exact two-sided p-value of paired differences under flips of their signs.

    If it makes no difference which of two models wrote, then each difference could as well have had
    the other sign: the p-value is the share of all 2^n assignments of signs whose mean is at least as
    far from zero as the one that was seen (Fisher 1935, The Design of Experiments, section 21; Pitman
    1937). Nothing is drawn at random. The sums of the assignments are counted by dynamic programming
    over differences rounded to 4 decimals: two halves of the differences are counted apart, and of each
    half's symmetric distribution only one side.

    Args:
        differences: One per table; measures between 0 and 1 give differences between -1 and 1. What is
            smaller than 0.00005 counts as no difference.

    Returns:
        Between 0 and 1, and 1 where all differences are zero, or there is none.

    Raises:
        ValueError: A difference is not finite.

    Example:
        Of the 8 assignments of 1, 2 and 3 only all-plus and all-minus reach a sum as far from 0 as 6:

        >>> permutation_p([0.1, 0.2, 0.3])
        0.25
        >>> permutation_p([0.0, 0.0])
        1.0
    """
    if not all(map(math.isfinite, differences)):
        raise ValueError(f"a permutation test needs finite differences, got {list(differences)[:5]}")
    steps = [round(each * 10**_DECIMALS) for each in differences]
    seen = abs(sum(steps))
    if seen == 0:
        return 1.0
    divisor = math.gcd(*steps)
    weights = sorted(abs(step) // divisor for step in steps if step)
    # A sum of signed weights is their total less twice the weights with a minus: count which minuses fit.
    return min(1.0, 2 * _share_of_sums(weights, (sum(weights) - seen // divisor) // 2))


def count_wins(ours: Sequence[float], theirs: Sequence[float], direction: Direction) -> Wins:
    """Count on how many tables ours is better, equal, and worse; equal is within 1e-12.

    Raises:
        ValueError: The values are not paired.

    Example:
        >>> count_wins([0.5, 0.2, 0.3], [0.4, 0.2, 0.9], Direction.HIGHER)
        Wins(wins=1, ties=1, losses=1)
    """
    if len(ours) != len(theirs):
        raise ValueError(f"paired values need equal numbers, got {len(ours)} and {len(theirs)}")
    sign = 1 if direction is Direction.HIGHER else -1
    gains = [sign * (mine - other) for mine, other in zip(ours, theirs, strict=True)]
    wins = sum(gain > _TIE for gain in gains)
    losses = sum(gain < -_TIE for gain in gains)
    return Wins(wins, len(gains) - wins - losses, losses)


def _share_of_sums(weights: Sequence[int], most: int) -> float:
    """Return the share of all subsets of the weights whose sum is at most so much.

    Weights of either half are every second one of those sorted, so that both halves are alike.
    """
    import numpy

    first, second = _distribution(weights[::2]), _distribution(weights[1::2])
    reachable = numpy.arange(min(most, len(first) - 1) + 1)
    up_to = numpy.cumsum(second)[numpy.minimum(most - reachable, len(second) - 1)]
    return float(first[: len(reachable)] @ up_to)


def _distribution(weights: Sequence[int]) -> "numpy.ndarray":
    """Return the share of subsets of the weights with each sum, from 0 to that of all.

    It is the same from both ends, since each subset has its complement: only sums up to the middle are counted.
    """
    import numpy

    total = sum(weights)
    shares = numpy.zeros(total // 2 + 2)
    shares[0], reached, scaled = 1.0, 0, 0
    for number, weight in enumerate(weights, start=1):
        middle, reached = reached // 2, reached + weight
        known = min(reached // 2, reached - weight)
        # What lies beyond the old middle is the mirror image of what lies before it.
        shares[middle + 1 : known + 1] = shares[reached - weight - known : reached - weight - middle][::-1]
        if weight <= reached // 2:
            shares[weight : reached // 2 + 1] += shares[: reached // 2 + 1 - weight]
        if number % _SCALE_EVERY == 0:
            shares *= 2.0**-_SCALE_EVERY
            scaled = number
    half = shares[: total // 2 + 1] * 2.0 ** (scaled - len(weights))
    return numpy.concatenate([half, half[: total - total // 2][::-1]])

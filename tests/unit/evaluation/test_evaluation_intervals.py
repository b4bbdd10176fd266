"""Intervals: expected values are worked out in the comments."""

import math
import random

import pytest

from columnist.evaluation.intervals import Interval, bootstrap_difference, bootstrap_mean


def test_two_values_give_the_exact_resampling_distribution() -> None:
    # Resamples of (0, 1) have mean 0, 0.5 and 1 with probability 1/4, 1/2 and 1/4. The 2.5 % and 97.5 %
    # quantiles are therefore 0 and 1, and the 30 % and 70 % quantiles are both 0.5.
    assert bootstrap_mean([0.0, 1.0], seed=3) == Interval(low=0.0, high=1.0, estimate=0.5, level=0.95)
    assert bootstrap_mean([0.0, 1.0], seed=3, level=0.4) == Interval(low=0.5, high=0.5, estimate=0.5, level=0.4)


def test_many_values_agree_with_the_normal_interval() -> None:
    # 200 zeros and 200 ones: mean 0.5, standard error 0.5 / sqrt(400) = 0.025, so 0.5 -/+ 1.96 * 0.025.
    interval = bootstrap_mean([0.0, 1.0] * 200, seed=1)
    assert (interval.low, interval.high) == pytest.approx((0.451, 0.549), abs=0.004)


def test_equal_values_have_an_interval_of_no_width() -> None:
    assert bootstrap_mean([0.25] * 5, seed=1) == Interval(low=0.25, high=0.25, estimate=0.25, level=0.95)


def test_differences_are_paired_by_table() -> None:
    # Values vary from 0 to 0.8 between tables, but every difference is 0.1: pairing leaves no width.
    baseline = [0.0, 0.2, 0.4, 0.6, 0.8]
    candidate = [value + 0.1 for value in baseline]
    assert bootstrap_difference(candidate, baseline, seed=1) == Interval(low=0.1, high=0.1, estimate=0.1, level=0.95)


def test_rounding_noise_is_no_difference() -> None:
    # 0.1 + 0.2 - 0.3 is 5.6e-17 in floating point.
    difference = bootstrap_difference([0.1 + 0.2, 0.5], [0.3, 0.5], seed=1)
    assert (difference.low, difference.high) == (0.0, 0.0)


def test_the_seed_fixes_the_interval() -> None:
    values = [random.Random(5).random() for _ in range(30)]
    assert bootstrap_mean(values, seed=1) == bootstrap_mean(values, seed=1)


@pytest.mark.parametrize("values", [[], [0.5], [0.5, math.nan], [0.5, math.inf]])
def test_values_without_an_interval_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="two finite values"):
        bootstrap_mean(values, seed=1)


def test_unpaired_values_are_refused() -> None:
    with pytest.raises(ValueError, match="got 2 and 3"):
        bootstrap_difference([0.1, 0.2], [0.1, 0.2, 0.3], seed=1)


def test_an_interval_with_crossed_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="from low to high"):
        Interval(low=1, high=0, estimate=0.5, level=0.95)

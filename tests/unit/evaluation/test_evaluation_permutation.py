"""The exact permutation test of paired differences, and counts of wins."""

import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from columnist.evaluation.measures import Direction
from columnist.evaluation.permutation import count_wins, permutation_p

# Ten-thousandths. Few different ones make many sums equal to the one that was seen; scipy gets whole
# numbers, because with fractions it takes sums that are equal for different, by the rounding of floats.
_FEW = st.integers(-5, 5).map(lambda tenths: 1_000 * tenths)
_MANY = st.integers(-10_000, 10_000)


@pytest.mark.parametrize("steps", [_FEW, _MANY], ids=["few", "many"])
def test_it_is_scipys_exact_test(steps):
    @given(st.lists(steps, min_size=2, max_size=9))
    def agrees(differences):
        expected = permutation_test(
            (numpy.array(differences),),
            numpy.sum,
            permutation_type="samples",
            n_resamples=math.inf,
            vectorized=True,
        ).pvalue
        assert permutation_p([each / 10_000 for each in differences]) == pytest.approx(expected, abs=1e-6)

    agrees()


def test_differences_that_are_zero_say_nothing():
    assert permutation_p([]) == permutation_p([0.0] * 40) == permutation_p([0.00004, -0.00004]) == 1.0
    assert permutation_p([0.1, 0.2, 0.3, 0.0]) == permutation_p([0.1, 0.2, 0.3])


def test_many_equal_differences_are_a_sign_test():
    # 600 tables, each won by the same: only all-plus and all-minus are as far, 2 of 2^600.
    assert permutation_p([0.25] * 600) == pytest.approx(2.0**-599)
    # 8 of 10 won: as far from 5 as 8 or more are 10 over 8, 9 and 10: 45 + 10 + 1 of 1,024, on both sides.
    assert permutation_p([0.5] * 8 + [-0.5] * 2) == pytest.approx(2 * 56 / 1024)


def test_it_agrees_with_the_normal_limit():
    differences = numpy.random.default_rng(3).normal(0.012, 0.1, 300)
    # The sum of n independent signs has mean 0 and variance sum(d^2): p = erfc(|z| / sqrt(2)).
    z = differences.sum() / math.sqrt((differences**2).sum())
    assert permutation_p(differences) == pytest.approx(math.erfc(abs(z) / math.sqrt(2)), abs=2e-3)


def test_neither_order_nor_side_matters():
    differences = [0.31, -0.12, 0.0907, 0.5, -0.02]
    assert permutation_p(differences) == permutation_p(differences[::-1])
    assert permutation_p(differences) == permutation_p([-each for each in differences])


def test_what_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="finite"):
        permutation_p([0.1, math.nan])


def test_wins_depend_on_the_direction():
    ours, theirs = [0.1, 0.2, 0.3, 0.4], [0.2, 0.2 + 1e-13, 0.1, 0.1]
    assert count_wins(ours, theirs, Direction.HIGHER) == (2, 1, 1)
    assert count_wins(ours, theirs, Direction.LOWER) == (1, 1, 2)
    with pytest.raises(ValueError, match="4 and 1"):
        count_wins(ours, [0.1], Direction.LOWER)

"""Bounds of O'Brien and Fleming against the published table, a known case, and simulation."""

import numpy
import pytest
from scipy import stats

from columnist.errors import ConfigError
from columnist.studies.sequential import obrien_fleming_bounds, t_bounds

# Jennison & Turnbull (2000), table 2.3: C_B(K, alpha), two-sided, for K equal steps.
PUBLISHED = {
    0.01: {1: 2.576, 2: 2.580, 3: 2.595, 4: 2.609, 5: 2.621, 6: 2.631, 7: 2.640, 8: 2.648, 9: 2.654, 10: 2.660},
    0.05: {1: 1.960, 2: 1.977, 3: 2.004, 4: 2.024, 5: 2.040, 6: 2.053, 7: 2.063, 8: 2.072, 9: 2.080, 10: 2.087},
    0.10: {1: 1.645, 2: 1.678, 3: 1.710, 4: 1.733, 5: 1.751, 6: 1.765, 7: 1.776, 8: 1.786, 9: 1.794, 10: 1.801},
}


@pytest.mark.parametrize("alpha", PUBLISHED)
def test_constants_as_published(alpha):
    for steps, constant in PUBLISHED[alpha].items():
        bounds = obrien_fleming_bounds(range(1, steps + 1), alpha / 2)
        assert bounds[-1] == pytest.approx(constant, abs=5.1e-4)
        # The bound at step k is C * sqrt(K / k).
        assert bounds == pytest.approx([bounds[-1] * (steps / step) ** 0.5 for step in range(1, steps + 1)])


def test_two_looks_against_the_bivariate_normal():
    first, second = obrien_fleming_bounds((21, 62), 0.05)
    correlation = (21 / 62) ** 0.5
    never = stats.multivariate_normal.cdf([first, second], cov=[[1, correlation], [correlation, 1]])
    assert 1 - never == pytest.approx(0.05, abs=1e-6)


def test_the_size_of_t_tests_at_the_looks_holds():
    looks, alpha = (21, 42, 62), 0.05
    values = numpy.random.default_rng(1).standard_normal((100_000, 62))
    crossed = numpy.zeros(len(values), dtype=bool)
    naive = crossed.copy()
    for look, bound, normal in zip(looks, t_bounds(looks, alpha), obrien_fleming_bounds(looks, alpha), strict=True):
        seen = values[:, :look]
        statistic = seen.mean(axis=1) / seen.std(axis=1, ddof=1) * look**0.5
        crossed |= statistic > bound
        naive |= statistic > normal
    # The standard error of 0.05 is 0.0007; three of them.
    assert crossed.mean() == pytest.approx(alpha, abs=0.0021)
    assert naive.mean() > alpha + 0.0021


def test_many_looks_keep_their_precision():
    # A look after each of 62 tables: the integral over small steps, against simulated paths.
    bounds = obrien_fleming_bounds(range(1, 63), 0.05)
    paths = numpy.random.default_rng(2).standard_normal((100_000, 62)).cumsum(axis=1) / 62**0.5
    assert (paths.max(axis=1) > bounds[-1]).mean() == pytest.approx(0.05, abs=0.0021)


@pytest.mark.parametrize("looks", [(), (0, 5), (5, 5), (9, 3)])
def test_looks_that_do_not_rise_are_refused(looks):
    with pytest.raises(ConfigError, match="expected rising numbers"):
        obrien_fleming_bounds(looks, 0.05)


@pytest.mark.parametrize("alpha", [0, 0.5, -1])
def test_an_alpha_outside_is_refused(alpha):
    with pytest.raises(ConfigError, match="a one-sided error between"):
        obrien_fleming_bounds((5, 9), alpha)


def test_one_table_has_no_spread():
    with pytest.raises(ConfigError, match="begin with 2"):
        t_bounds((1, 5), 0.05)

"""Exact shares are those of the published tables."""

import pytest

from columnist.evaluation.shares import exact_share


@pytest.mark.parametrize(("hits", "low", "high"), [(0, 0.0, 0.3085), (5, 0.1871, 0.8129), (10, 0.6915, 1.0)])
def test_exact_intervals_as_tabulated(hits, low, high):
    # Clopper & Pearson's 95 % intervals of shares of ten.
    found = exact_share(hits, 10, 0.95)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)

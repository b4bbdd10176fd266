"""Whatever the values, an interval exists, is finite and lies within them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from columnist.evaluation.intervals import bootstrap_difference, bootstrap_mean

shares = st.floats(min_value=0, max_value=1).map(lambda value: round(value, 3))


@settings(max_examples=40, deadline=None)
@given(st.lists(shares, min_size=2, max_size=20), st.integers(0, 2**32 - 1))
def test_an_interval_lies_within_its_values(values: list[float], seed: int) -> None:
    interval = bootstrap_mean(values, seed, resamples=200)
    noise = 1e-12
    assert min(values) - noise <= interval.low <= interval.high <= max(values) + noise
    assert min(values) - noise <= interval.estimate <= max(values) + noise


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(shares, shares), min_size=2, max_size=20), st.integers(0, 2**32 - 1))
def test_exchanging_the_models_turns_the_estimate(pairs: list[tuple[float, float]], seed: int) -> None:
    candidate, baseline = [first for first, _ in pairs], [second for _, second in pairs]
    there = bootstrap_difference(candidate, baseline, seed, resamples=200)
    back = bootstrap_difference(baseline, candidate, seed, resamples=200)
    assert abs(there.estimate + back.estimate) < 1e-9


@settings(max_examples=40, deadline=None)
@given(st.lists(shares, min_size=2, max_size=20), st.integers(0, 2**32 - 1))
def test_a_model_is_never_better_than_itself(values: list[float], seed: int) -> None:
    difference = bootstrap_difference(values, values, seed, resamples=200)
    assert (difference.low, difference.estimate, difference.high) == (0, 0, 0)

"""What holds for the analysis of every study, whatever its ballots."""

import random

import numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from columnist.studies.analysis import StudyVerdict, analyse
from columnist.studies.sequential import obrien_fleming_bounds, t_bounds
from columnist.studies.simulated_ballots import simulate_ballots
from columnist.studies.simulation import SimulatedStudy
from columnist.studies.verdict import judge_means

studies = st.builds(
    SimulatedStudy,
    hypothesis=st.just("non-inferior"),
    margin=st.sampled_from([0.05, 0.1, 0.2]),
    alpha=st.just(0.05),
    looks=st.just((8, 16)),
    raters=st.integers(2, 4),
    icc=st.sampled_from([0.2, 0.8]),
    win_rate=st.sampled_from([0.3, 0.5, 0.8]),
    repeats=st.just(4),
)


@settings(max_examples=12, deadline=None)
@given(study=studies, seed=st.integers(0, 1000))
def test_the_order_of_ballots_does_not_matter(study, seed):
    ballots = list(simulate_ballots(study, seed))
    found = analyse(study.register(), ballots)
    random.Random(seed).shuffle(ballots)
    assert analyse(study.register(), ballots) == found


@settings(max_examples=12, deadline=None)
@given(study=studies, seed=st.integers(0, 1000))
def test_a_wider_margin_never_promotes_less(study, seed):
    ballots = simulate_ballots(study, seed)
    wider = study.model_copy(update={"margin": study.margin + 0.1})
    verdicts = [analyse(each.register(), ballots).verdict for each in (study, wider)]
    assert verdicts[0] is not StudyVerdict.PROMOTE or verdicts[1] is StudyVerdict.PROMOTE
    assert verdicts[1] is not StudyVerdict.REJECT or verdicts[0] is StudyVerdict.REJECT


@settings(max_examples=12, deadline=None)
@given(study=studies, seed=st.integers(0, 1000))
def test_nothing_is_promoted_that_misses_a_condition_or_the_threshold(study, seed):
    found = analyse(study.register(), simulate_ballots(study, seed))
    if found.verdict is StudyVerdict.PROMOTE:
        assert all(condition.holds for condition in found.conditions)
        assert found.win_rate.estimate > found.threshold
    assert (found.more_tables == 0) == (found.verdict is not StudyVerdict.INCONCLUSIVE)
    assert found.win_rate.estimate == found.win_rate_bootstrap.estimate
    assert found.reasons


@settings(max_examples=30, deadline=None)
@given(means=st.lists(st.sampled_from([0, 0.25, 0.5, 0.75, 1.0]), min_size=2, max_size=62))
def test_who_swaps_the_models_swaps_the_verdict(means):
    ours = numpy.array(means)
    assert judge_means(ours, 0.5, 2.0) == -judge_means(1 - ours, 0.5, 2.0)


@settings(max_examples=25, deadline=None)
@given(
    looks=st.lists(st.integers(2, 200), min_size=1, max_size=5, unique=True).map(sorted),
    alpha=st.sampled_from([0.005, 0.025, 0.05]),
)
def test_bounds_fall_and_few_tables_need_more(looks, alpha):
    normal, student = obrien_fleming_bounds(looks, alpha), t_bounds(looks, alpha)
    assert list(normal) == sorted(normal, reverse=True)
    assert all(t > z for t, z in zip(student, normal, strict=True))
    assert obrien_fleming_bounds([look * 3 for look in looks], alpha) == normal

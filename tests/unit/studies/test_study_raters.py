"""Planted raters are flagged for what they are, and honest ones are not."""

import numpy
import pytest

from columnist.studies.items import ItemKind
from columnist.studies.rater_quality import Flag, report_raters, stands_apart
from columnist.studies.ratings import Ratings, score_categories
from columnist.studies.simulated_ballots import list_ballots
from columnist.studies.simulation import SimulatedStudy, draw_studies
from columnist.studies.unblinded import UnblindedBallot

STUDY = SimulatedStudy(
    hypothesis="superior", margin=0, alpha=0.025, looks=(21, 42, 62), raters=4, icc=0.5, win_rate=0.6
)
REGISTRATION = STUDY.register().model_copy(
    update={
        "exclusions": STUDY.register().exclusions.model_copy(
            update={"min_seconds_per_item": 10.0, "max_attention_failures": 1}
        )
    }
)
PLANTED = "simulated-0"


def ballots_of(seed):
    """One study's ballots, with three attention items that everybody gets right."""
    ballots = list(list_ballots(STUDY, draw_studies(STUDY, 1, numpy.random.default_rng(seed)), 0))
    for rater in REGISTRATION.raters:
        for n in range(3):
            like = ballots[0].model_copy(
                update={"rater": rater, "table_id": f"attention-{n}", "item_id": f"attention-{n}"}
            )
            ballots.append(like.model_copy(update={"kind": ItemKind.ATTENTION, "score": 1.0}))
    return ballots


def planted(seed, change):
    """The ballots, with one rater's changed by a function of ballot and generator."""
    generator = numpy.random.default_rng(seed)
    return [change(each, generator) if each.rater == PLANTED else each for each in ballots_of(seed)]


def pick_a(ballot: UnblindedBallot) -> UnblindedBallot:
    return ballot.model_copy(update={"score": float(ballot.candidate_was_a)})


def flags_of(ballots):
    reports = report_raters(Ratings.of(REGISTRATION, ballots), ballots, REGISTRATION.exclusions)
    return {report.rater: {flag.flag for flag in report.flags} for report in reports}, reports


def lazy(ballot, _generator):
    return pick_a(ballot)


def one_sided(ballot, generator):
    return pick_a(ballot) if generator.random() < 0.7 else ballot


def careless(ballot, generator):
    return ballot.model_copy(update={"score": float(generator.choice([0, 0.5, 1], p=[0.4, 0.2, 0.4]))})


def hasty(ballot, generator):
    return ballot.model_copy(update={"seconds": float(generator.uniform(1, 4))})


def test_a_lazy_rater_is_flagged_and_the_others_are_not():
    flags, reports = flags_of(planted(1, lazy))
    assert {Flag.POSITION_BIASED, Flag.ONE_ANSWER} <= flags.pop(PLANTED)
    assert not any(flags.values())
    assert reports[0].a_share.estimate == 1
    # Always A wins each repeat's other text: the options of a repeat are turned.
    assert reports[0].repeats_kept == 0
    assert reports[0].excluded


def test_a_position_biased_rater_is_flagged():
    caught = [Flag.POSITION_BIASED in flags_of(planted(seed, one_sided))[0][PLANTED] for seed in range(20)]
    assert sum(caught) >= 19


def test_a_careless_rater_is_flagged():
    caught = [flags_of(planted(seed, careless))[0][PLANTED] for seed in range(30)]
    assert sum(map(bool, caught)) >= 28
    assert sum(bool(flags & {Flag.INATTENTIVE, Flag.INCONSISTENT}) for flags in caught) >= 23
    assert sum(Flag.APART in flags for flags in caught) >= 20


def test_a_hasty_rater_is_flagged_and_excluded():
    flags, reports = flags_of(planted(2, hasty))
    assert flags.pop(PLANTED) == {Flag.TOO_FAST}
    assert not any(flags.values())
    assert reports[0].excluded
    assert "at least 10 s registered" in reports[0].flags[0].reason


def test_honest_raters_are_seldom_flagged():
    raised = [flag for seed in range(50) for flags in flags_of(ballots_of(seed))[0].values() for flag in flags]
    share = {flag: raised.count(flag) / 200 for flag in Flag}
    assert share[Flag.TOO_FAST] == share[Flag.INATTENTIVE] == share[Flag.ONE_ANSWER] == 0
    # A 99 % interval errs once in a hundred; who repeats three answers in four misses half of six one time in 26.
    assert share[Flag.POSITION_BIASED] < 0.03
    assert share[Flag.INCONSISTENT] < 0.08
    assert share[Flag.APART] < 0.04


@pytest.mark.parametrize("icc", [0.0, 0.2, 0.8])
def test_nobody_is_apart_from_honest_raters(icc):
    study = STUDY.model_copy(update={"icc": icc})
    drawn = draw_studies(study, 300, numpy.random.default_rng(8)).categories
    apart = numpy.mean([stands_apart(score_categories(each)) for each in drawn])
    assert apart < 0.05


def test_without_a_third_rater_nobody_is_apart():
    assert not stands_apart(numpy.array([[0.0, 1.0]] * 20)).any()

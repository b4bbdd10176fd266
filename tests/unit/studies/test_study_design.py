import pytest
from study_parts import make_config

from columnist.errors import ConfigError
from columnist.studies.design import Question, ask, plan_study, power_at
from columnist.studies.registration import Hypothesis

SEED, REPLICATIONS = 7, 4000
# Standard error of a power near 0.8 from 4,000 studies: 0.0063; four of them, and the rounding of what is expected.
POWER_ERROR = 0.03
# The curve rises by about 10 in power per unit of win rate there.
RATE_ERROR = 0.004


def question(**changes) -> Question:
    fields = {
        "hypothesis": Hypothesis.NON_INFERIOR,
        "margin": 0.1,
        "alpha": 0.05,
        "tables": 62,
        "raters": 4,
        "looks": (21, 42, 62),
        "win_rates": (0.5,),
    }
    return Question(**(fields | changes))


@pytest.mark.parametrize(
    ("raters", "expected"),
    [(1, (0.658, 0.658, 0.657, 0.658)), (4, (0.580, 0.597, 0.616, 0.637))],
)
def test_detectable_win_rates_are_those_of_an_independent_simulation(raters, expected):
    asked = question(hypothesis="superior", margin=0, alpha=0.025, raters=raters, win_rates=(0.6,))
    plan = plan_study(asked, REPLICATIONS, SEED, lambda *_: None)
    assert [row.detectable for row in plan.rows] == pytest.approx(expected, abs=RATE_ERROR)


@pytest.mark.parametrize(("margin", "expected"), [(0.1, (0.97, 0.90, 0.77, 0.64)), (0.05, (0.54, 0.41, 0.32, 0.26))])
def test_power_for_non_inferiority_is_that_of_an_independent_simulation(margin, expected):
    found = [power_at(question(margin=margin), icc, 0.5, REPLICATIONS, SEED) for icc in (0, 0.2, 0.5, 0.8)]
    assert found == pytest.approx(expected, abs=POWER_ERROR)


@pytest.mark.parametrize("icc", [0.0, 0.5, 0.8])
def test_the_test_errs_as_often_as_it_says(icc):
    asked = question(hypothesis="superior", margin=0, alpha=0.025)
    # Four standard errors of 0.025 from 4,000 studies.
    assert power_at(asked, icc, 0.5, REPLICATIONS, SEED) == pytest.approx(0.025, abs=0.01)


def test_a_plan_says_what_looks_save_and_what_the_study_cannot_show():
    asked = question(margin=0.05, iccs=(0.3, 0.5), repeats=6, attention=3)
    plan = plan_study(asked, REPLICATIONS, SEED, lambda *_: None)
    # An independent simulation: about 215 tables at an icc of 0.3, and 265 at 0.5.
    assert [row.tables_needed for row in plan.rows] == pytest.approx([215, 265], rel=0.05)
    assert "of no use with so few tables" in plan.cannot[0]
    assert "for these raters" in plan.cannot[1]
    assert plan.taste_error > 2 * asked.alpha
    assert plan.ballots == 4 * 71
    strong = plan_study(
        question(hypothesis="superior", margin=0, alpha=0.025, win_rates=(0.6, 0.66, 0.74)),
        REPLICATIONS,
        SEED,
        lambda *_: None,
    )
    # With normal quantiles instead of t: 54, 42 and 29.5 tables. At 21 tables t asks for more, so that the error holds.
    assert [each.tables for each in strong.expected] == pytest.approx([55.2, 44.4, 32.7], abs=1.5)


def test_the_same_seed_gives_the_same_plan():
    asked = question(iccs=(0.5,))
    plans = [plan_study(asked, 300, seed, lambda *_: None) for seed in (1, 1, 2)]
    assert plans[0] == plans[1]
    assert plans[0].rows != plans[2].rows


def test_looks_follow_another_number_of_tables():
    config = make_config()
    assert ask(config, {}).looks == (4, 8, 12)
    assert ask(config, {"tables": 62}).looks == (21, 42, 62)
    assert ask(config, {"tables": 3}).looks == (2, 3)
    superior = ask(config, {"hypothesis": "superior"})
    assert (superior.margin, superior.bound) == (0.0, 0.5)


def test_what_cannot_be_planned_is_told():
    with pytest.raises(ConfigError, match="expected more than 0"):
        ask(make_config(), {"margin": 0.0})
    with pytest.raises(ConfigError, match="--replications 3000 or fewer"):
        plan_study(question(tables=2000, raters=10, looks=(2000,)), 20_000, SEED, lambda *_: None)

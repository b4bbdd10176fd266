"""Equal models hardly ever pass, and a better one passes as surely as was planned."""

from datetime import UTC, datetime

import gate_evidence as given
import numpy
import pytest
from click.testing import CliRunner
from scipy.stats import binomtest

from columnist.errors import ConfigError
from columnist.evaluation import bootstrap_difference
from columnist.gate_commands import gate
from columnist.gates import Verdict
from columnist.gates.automatic import decide
from columnist.gates.power import plan_power, plan_tables
from columnist.provenance import CodeVersion

STATED = 0.05
EVIDENCE = given.evidence()
CODE, NOW = CodeVersion(commit=None, dirty=False), datetime(2026, 1, 1, tzinfo=UTC)


def continuous(rng, tables):
    """Values that share how hard a table is: likeness of meaning looks so."""
    hard = rng.normal(0.6, 0.1, tables)
    return hard + rng.normal(0, 0.08, tables), hard + rng.normal(0, 0.08, tables)


def zero_inflated(rng, tables):
    """Shares that are 0 on four tables of five, and skewed elsewhere: unsupported claims look so."""
    return tuple(rng.beta(1, 4, tables) * (rng.random(tables) < 0.2) for _ in range(2))


def shares_of_few(rng, tables):
    """Shares of eight texts, most of them equal in both models: filled texts look so."""
    common = rng.binomial(6, 0.9, tables)
    return tuple((common + rng.binomial(2, 0.9, tables)) / 8 for _ in range(2))


def passes(ours, theirs, seed: int, margin: float = 0.0) -> bool:
    """Let the gate decide on one criterion, between one model's values and the other's."""
    difference = bootstrap_difference(ours.tolist(), theirs.tolist(), seed, resamples=499)
    metrics = (given.metric("semantic_similarity", difference, len(ours)),)
    (found,) = EVIDENCE.evaluation.sets
    compared = found.comparisons[0].model_copy(update={"metrics": metrics})
    simulated = EVIDENCE.evaluation.model_copy(
        update={"sets": (found.model_copy(update={"comparisons": (compared,)}),)}
    )
    config = given.config(criteria=[given.superior(margin=margin)], stated_false_pass_rate=STATED)
    changes = {"evaluation": simulated, "evaluation_sha256": simulated.digest}
    result = decide(EVIDENCE.model_copy(update=changes), config, CODE, NOW)
    return result.verdict is Verdict.PASS


@pytest.mark.parametrize("shape", [continuous, zero_inflated, shares_of_few])
def test_equal_models_pass_no_more_often_than_stated(shape):
    rng = numpy.random.default_rng(20261122)
    passed = sum(passes(*shape(rng, 80), seed=number) for number in range(1000))
    # The one-sided 95 % upper bound of the rate (Clopper and Pearson), not the rate itself, is held to what is stated.
    assert binomtest(passed, 1000, alternative="less").proportion_ci(0.95, method="exact").high <= STATED
    assert passed > 0  # the gate is no wall


def test_a_model_that_improves_by_the_margin_alone_is_equal_to_the_gate():
    rng = numpy.random.default_rng(5)
    passed = 0
    for number in range(300):
        ours, theirs = continuous(rng, 80)
        passed += passes(ours + 0.05, theirs, number, margin=0.05)
    assert binomtest(passed, 300, p=STATED, alternative="greater").pvalue > 0.05


def test_a_better_model_passes_at_the_planned_power():
    # The deviation of a difference of two independent parts of 0.08 each is 0.08 * sqrt(2) = 0.113.
    tables, margin, effect, sd = 80, 0.02, 0.06, 0.08 * 2**0.5
    planned = plan_power(tables, effect, sd, level=0.95, margin=margin)
    assert planned == pytest.approx(0.88, abs=0.01)
    rng, passed = numpy.random.default_rng(11), 0
    for number in range(400):
        ours, theirs = continuous(rng, tables)
        passed += passes(ours + effect, theirs, number, margin)
    low, high = binomtest(passed, 400).proportion_ci(0.99, method="exact")
    assert low <= planned <= high


def test_power_is_that_of_published_tables():
    # G*Power 3.1, means of matched pairs, two-sided 0.05, which is one-sided 0.025: its manual's example of
    # dz = 0.421637, n = 50 has power 0.832114; and dz = 0.5 needs 34 pairs for 0.8.
    assert plan_power(50, 0.421637, 1.0, level=0.95) == pytest.approx(0.832114, abs=1e-6)
    assert plan_tables(0.8, 0.5, 1.0, level=0.95) == 34
    assert plan_power(33, 0.5, 1.0, level=0.95) < 0.8 <= plan_power(34, 0.5, 1.0, level=0.95)


def test_without_an_effect_power_is_the_rate_of_false_passes():
    assert plan_power(60, 0.0, 0.1, level=0.95) == pytest.approx(0.025, abs=1e-9)
    assert plan_power(60, 0.03, 0.1, level=0.95, margin=0.03) == pytest.approx(0.025, abs=1e-9)


def test_two_tables_can_be_enough():
    assert plan_tables(0.5, 100.0, 0.1, level=0.95) == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"tables": 1}, "planning needs 2 tables or more, got 1"),
        ({"sd": 0.0}, "planning needs a standard deviation above 0, got 0"),
        ({"sd": -1.0}, "planning needs a standard deviation above 0, got -1"),
        ({"sd": float("nan")}, "planning needs a standard deviation above 0, got nan"),
        ({"level": 1.0}, "planning needs a level between 0 and 1, got 1"),
        ({"effect": float("inf")}, "planning needs a finite effect, got inf"),
        ({"margin": float("nan")}, "planning needs a finite margin, got nan"),
    ],
    ids=str,
)
def test_of_a_plan_that_cannot_be_made_the_broken_rule_is_told(wrong, said):
    with pytest.raises(ConfigError) as raised:
        plan_power(**({"tables": 50, "effect": 0.1, "sd": 0.1, "level": 0.95} | wrong))
    assert str(raised.value) == said


def test_a_power_of_nothing_is_explained():
    told = CliRunner().invoke(gate, ["plan", "--tables", "50", "--effect", "0.01", "--sd", "0.1", "--margin", "0.2"])
    assert "in 0.0% of evaluations" in told.stdout
    assert "The effect, 0.01, is not above the margin, 0.2" in told.stdout
    told = CliRunner().invoke(gate, ["plan", "--tables", "50", "--effect", "0.1", "--sd", "0.1"])
    assert "not above the margin" not in told.stdout


@pytest.mark.parametrize("effect", [0.05, 0.04, 0.0500001])
def test_no_number_of_tables_shows_what_is_within_the_margin(effect):
    with pytest.raises(ConfigError, match="no number of tables"):
        plan_tables(0.8, effect, 0.1, level=0.95, margin=0.05)

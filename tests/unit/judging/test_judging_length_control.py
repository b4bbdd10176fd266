"""The length-controlled win rate against its own objective, and where the answer is known."""

import numpy
import pytest
from scipy.optimize import minimize

from columnist.judging.length_control import control_length
from columnist.judging.settings import LengthControl
from columnist.studies import Resampling

RESAMPLING = Resampling(seed=1, level=0.95, resamples=100)


def controlled(scores, differences, ridge=0.01):
    tables = [f"t{n}" for n in range(len(scores))]
    return control_length(scores, differences, tables, LengthControl(ridge=ridge), RESAMPLING)


def simulated(merit: float, per_length: float, n: int, lean: int) -> tuple[list[float], list[int]]:
    """Wins with the log odds merit + per_length * difference / 100."""
    generator = numpy.random.default_rng(4)
    differences = generator.normal(lean, 100, n).astype(int)
    odds = merit + per_length * differences / 100
    return (generator.random(n) < 1 / (1 + numpy.exp(-odds))).astype(float).tolist(), differences.tolist()


def test_it_minimises_the_written_objective():
    scores, differences = [1, 1, 0, 0.5, 0.5, 0, 1, 0], [10, 25, -5, 0, 12, 30, -8, -20]
    wins, lengths = numpy.array(scores, dtype=float), numpy.array(differences, dtype=float)
    covariate = numpy.tanh(lengths / lengths.std())

    def objective(parameters, ridge=2.0):
        rates = 1 / (1 + numpy.exp(-(parameters[0] + parameters[1] * covariate)))
        likelihood = wins * numpy.log(rates) + (1 - wins) * numpy.log(1 - rates)
        return ridge * parameters[1] ** 2 / 2 - likelihood.sum()

    best = minimize(objective, [0, 0], tol=1e-12)
    assert controlled(scores, differences, ridge=2.0).estimate == pytest.approx(
        1 / (1 + numpy.exp(-best.x[0])), abs=1e-5
    )


def test_a_judge_of_length_alone_is_seen_through():
    scores, differences = simulated(merit=0, per_length=3, n=600, lean=80)
    assert numpy.mean(scores) > 0.7
    found = controlled(scores, differences)
    assert found.low < 0.5 < found.high


def test_merit_is_kept():
    scores, differences = simulated(merit=1.5, per_length=1, n=600, lean=-80)
    found = controlled(scores, differences)
    assert numpy.mean(scores) < found.estimate
    assert found.low > 0.6


def test_equal_lengths_leave_the_raw_rate():
    assert controlled([1, 0, 0.5, 1], [7, 7, 7, 7]).estimate == pytest.approx(0.625)
    assert controlled([1, 1, 1], [1, 2, 3]).estimate == 1
    assert controlled([0.5, 0.5], [1, -2]).estimate == pytest.approx(0.5)


def test_swapping_the_options_mirrors_the_rate():
    scores, differences = simulated(merit=0.5, per_length=1, n=80, lean=20)
    mirrored = controlled([1 - score for score in scores], [-difference for difference in differences])
    found = controlled(scores, differences)
    assert found.estimate + mirrored.estimate == pytest.approx(1, abs=1e-5)


def test_one_table_says_nothing_of_others():
    assert control_length([1, 0], [1, 2], ["t", "t"], LengthControl(ridge=1), RESAMPLING) is None
    assert control_length([], [], [], LengthControl(ridge=1), RESAMPLING) is None

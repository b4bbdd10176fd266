"""Bradley-Terry strengths against a published example, a logistic regression, and arithmetic."""

import numpy
import pytest

from columnist.errors import StudyError
from columnist.studies import Resampling
from columnist.studies.bradley_terry import Comparison, fit_strengths, rank_models

RESAMPLING = Resampling(seed=1, level=0.95, resamples=200)

# Agresti (2002), Categorical Data Analysis, table 10.10: American League East, 1987; wins of the row's team.
TEAMS = ["Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore"]
WINS = numpy.array(
    [
        [0, 7, 9, 7, 7, 9, 11],
        [6, 0, 7, 5, 11, 9, 9],
        [4, 6, 0, 7, 7, 8, 12],
        [6, 8, 6, 0, 6, 7, 10],
        [6, 2, 6, 7, 0, 7, 12],
        [4, 4, 5, 6, 6, 0, 6],
        [2, 4, 1, 3, 1, 7, 0],
    ],
    dtype=float,
)


def test_baseball_as_published():
    # Turner & Firth (2012), "Bradley-Terry Models in R", section 2: abilities against Baltimore's.
    published = [1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839, 0.0]
    strengths = fit_strengths(WINS)
    assert strengths - strengths[-1] == pytest.approx(published, abs=5e-5)


def test_strengths_are_those_of_a_logistic_regression():
    from sklearn.linear_model import LogisticRegression

    rows, won, weights = [], [], []
    for first in range(7):
        for second in range(7):
            if first != second:
                row = numpy.zeros(7)
                row[first], row[second] = 1, -1
                rows += [row, row]
                won += [1, 0]
                weights += [WINS[first, second], WINS[second, first]]
    model = LogisticRegression(C=numpy.inf, fit_intercept=False, tol=1e-12, max_iter=10_000)
    fitted = model.fit(numpy.array(rows)[:, :6], won, sample_weight=weights).coef_[0]
    strengths = fit_strengths(WINS)
    assert strengths[:6] - strengths[6] == pytest.approx(fitted, abs=1e-5)


def test_at_the_maximum_expected_wins_are_observed_wins():
    strengths = fit_strengths(WINS)
    chances = 1 / (1 + numpy.exp(strengths[None, :] - strengths[:, None]))
    assert ((WINS + WINS.T) * chances).sum(axis=1) == pytest.approx(WINS.sum(axis=1), abs=1e-8)


def planted(n_tables):
    generator = numpy.random.default_rng(3)
    truth = {"a": 1.0, "b": 0.0, "c": -1.0}
    pairs = [("a", "b"), ("b", "c"), ("c", "a")]
    for n in range(n_tables):
        for first, second in pairs:
            chance = 1 / (1 + numpy.exp(truth[second] - truth[first]))
            yield Comparison(table_id=f"t{n}", first=first, second=second, score=float(generator.random() < chance))


def test_planted_strengths_are_found():
    comparisons = list(planted(400))
    found = rank_models(comparisons, RESAMPLING)
    assert [each.model for each in found] == ["a", "b", "c"]
    for each, truth in zip(found, (1.0, 0.0, -1.0), strict=True):
        assert each.strength.low < truth < each.strength.high
    # Against b and c: (1 / (1 + e^-1) + 1 / (1 + e^-2)) / 2 = 0.806.
    assert found[0].win_rate.low < 0.806 < found[0].win_rate.high
    assert rank_models(comparisons[::-1], RESAMPLING) == found


def test_a_tie_is_half_a_win_of_either():
    ties = [Comparison(table_id=f"t{n}", first="a", second="b", score=0.5) for n in range(5)]
    assert [each.strength.estimate for each in rank_models(ties, RESAMPLING)] == [0, 0]


@pytest.mark.parametrize(
    ("games", "message"),
    [
        ([("t1", "a", "b"), ("t2", "a", "b")], "some never win against the others"),
        ([("t1", "a", "a"), ("t2", "a", "b")], "compared with itself"),
        ([("t1", "a", "b")], "1 tables came"),
    ],
)
def test_what_has_no_strengths_is_refused(games, message):
    comparisons = [Comparison(table_id=table, first=first, second=second, score=1) for table, first, second in games]
    with pytest.raises(StudyError, match=message):
        rank_models(comparisons, RESAMPLING)

"""Coefficients of agreement against published examples, statsmodels, scikit-learn, and arithmetic."""

import numpy
import pytest

from columnist.studies import Resampling
from columnist.studies.agreement import alphas
from columnist.studies.agreement_report import BOTH_BAD, LOSS, TIE, WIN, report_agreement, resample_ordinal_alpha
from columnist.studies.clusters import draw_clusters
from columnist.studies.coefficients import (
    Scale,
    coincide,
    count_categories,
    fleiss,
    gwet,
    krippendorff,
    share_agreeing,
    step_up,
)

RESAMPLING = Resampling(seed=1, level=0.9, resamples=300)

# Krippendorff (2011), section C, and "cac.raw4raters" of Gwet's irrCAC: four observers, twelve units, missing values.
OBSERVERS = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
# Fleiss, Levin & Paik's data as in the documentation of statsmodels: ten subjects, 14 raters, five categories.
FOURTEEN = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]


def counts_of(observers, n_categories=5):
    places = numpy.array([[-1 if answer == "." else int(answer) - 1 for answer in row] for row in observers])
    return count_categories(places.T, n_categories)


def once(counts):
    return numpy.ones((1, len(counts)))


@pytest.mark.parametrize(
    ("scale", "published"), [(Scale.NOMINAL, 0.743), (Scale.ORDINAL, 0.815), (Scale.INTERVAL, 0.849)]
)
def test_alpha_as_krippendorff_published(scale, published):
    whole = coincide(counts_of(OBSERVERS)).sum(axis=0)
    assert krippendorff(whole, scale) == pytest.approx(published, abs=5e-4)


@pytest.mark.parametrize(("coefficient", "published"), [(share_agreeing, 0.81818), (fleiss, 0.76117), (gwet, 0.77544)])
def test_coefficients_as_gwet_published(coefficient, published):
    counts = counts_of(OBSERVERS)
    assert coefficient(counts, once(counts))[0] == pytest.approx(published, abs=5e-6)


def test_alpha_exactly():
    # n = 40 values that can be paired, 7 + 10 + 8 + 4 + 3 = 32 of the coincidences on the diagonal, margins 9, 13, 10,
    # 5 and 3, of which the sum of n(n - 1) is 72 + 156 + 90 + 20 + 6 = 344.
    expected = (39 * 32 - 344) / (40 * 39 - 344)
    assert krippendorff(coincide(counts_of(OBSERVERS)).sum(axis=0), Scale.NOMINAL) == pytest.approx(expected, abs=1e-12)


def test_fleiss_as_published_and_as_statsmodels_computes_it():
    inter_rater = pytest.importorskip("statsmodels.stats.inter_rater")
    counts = numpy.array(FOURTEEN, dtype=float)
    assert fleiss(counts, once(counts))[0] == pytest.approx(0.20993, abs=1e-5)
    assert fleiss(counts, once(counts))[0] == pytest.approx(inter_rater.fleiss_kappa(counts), abs=1e-12)
    drawn = numpy.random.default_rng(0).multinomial(4, [0.4, 0.2, 0.3, 0.1], size=62).astype(float)
    assert fleiss(drawn, once(drawn))[0] == pytest.approx(inter_rater.fleiss_kappa(drawn), abs=1e-12)


def test_ac1_by_hand():
    # Gwet (2008), table 1's kind: two raters, 125 subjects, 118 + 2 alike. pa = 120 / 125 = 0.96.
    counts = numpy.array([[2.0, 0.0]] * 118 + [[1.0, 1.0]] * 5 + [[0.0, 2.0]] * 2)
    share = (118 + 2.5) / 125
    chance = 2 * share * (1 - share)
    assert gwet(counts, once(counts))[0] == pytest.approx((0.96 - chance) / (1 - chance), abs=1e-12)
    # Where nearly all answers are alike, kappa is low though raters agree: the reason for AC1.
    assert fleiss(counts, once(counts))[0] < 0.45 < 0.95 < gwet(counts, once(counts))[0]


def test_nominal_alpha_is_the_judges_alpha():
    matrices = coincide(numpy.random.default_rng(3).integers(0, 4, (50, 6, 4)).astype(float)).sum(axis=1)
    assert krippendorff(matrices, Scale.NOMINAL) == pytest.approx(alphas(matrices), abs=1e-12)


def test_interval_alpha_by_its_definition():
    # Over all pairs of answers to a unit, and over all pairs of answers: mean squared differences.
    values = numpy.random.default_rng(4).integers(0, 3, (30, 4))
    within = numpy.mean(
        [(a - b) ** 2 for row in values for i, a in enumerate(row) for j, b in enumerate(row) if i != j]
    )
    flat = values.ravel()
    across = numpy.mean([(a - b) ** 2 for i, a in enumerate(flat) for j, b in enumerate(flat) if i != j])
    whole = coincide(count_categories(values, 3)).sum(axis=0)
    assert krippendorff(whole, Scale.INTERVAL) == pytest.approx(1 - within / across, abs=1e-12)


def test_without_any_variety_there_is_no_evidence():
    counts = numpy.array([[4.0, 0.0]] * 5)
    assert fleiss(counts, once(counts))[0] == 0
    assert krippendorff(coincide(counts).sum(axis=0), Scale.ORDINAL) == 0


def test_reliability_of_four():
    # Spearman-Brown: 4 * 0.38 / (1 + 3 * 0.38) = 0.7103.
    assert step_up(numpy.array([0.38]), 4)[0] == pytest.approx(0.710280, abs=1e-6)


def test_a_report_is_one_of_its_parts():
    from sklearn.metrics import cohen_kappa_score

    categories = numpy.random.default_rng(5).integers(0, 4, (62, 3))
    found = report_agreement(categories, ["x", "y", "z"], RESAMPLING)
    assert [(pair.first, pair.second) for pair in found.cohen] == [("x", "y"), ("x", "z"), ("y", "z")]
    for pair, (first, second) in zip(found.cohen, [(0, 1), (0, 2), (1, 2)], strict=True):
        expected = cohen_kappa_score(categories[:, first], categories[:, second])
        assert pair.kappa.estimate == pytest.approx(expected, abs=1e-9)
        assert pair.percent.estimate == pytest.approx((categories[:, first] == categories[:, second]).mean())
        assert pair.kappa.low < pair.kappa.estimate < pair.kappa.high
    assert found.cohen_mean.estimate == pytest.approx(numpy.mean([pair.kappa.estimate for pair in found.cohen]))
    for name in ("percent", "fleiss", "alpha_nominal", "alpha_ordinal", "alpha_interval", "ac1", "reliability"):
        interval = getattr(found, name)
        assert interval.low <= interval.estimate <= interval.high
        assert interval.level == 0.9


def test_two_bad_texts_are_a_tie_in_rank_only():
    bad = numpy.array([[WIN, WIN], [LOSS, LOSS], [TIE, BOTH_BAD], [TIE, TIE]])
    found = report_agreement(bad, ["x", "y"], RESAMPLING)
    assert found.percent.estimate == 0.75
    assert found.alpha_ordinal.estimate == 1 > found.alpha_nominal.estimate


def test_what_only_one_rater_answered_says_nothing():
    lone = numpy.array([[WIN, -1], [LOSS, -1], [WIN, WIN]])
    assert report_agreement(lone, ["x", "y"], RESAMPLING) is None
    two = numpy.array([[WIN, -1], [LOSS, LOSS], [WIN, WIN]])
    assert report_agreement(two, ["x", "y"], RESAMPLING).n_tables == 2


def test_resampled_alpha_of_many_studies_is_that_of_each():
    categories = numpy.random.default_rng(6).integers(0, 4, (3, 20, 4))
    drawn = draw_clusters(20, RESAMPLING).astype(float)
    together = resample_ordinal_alpha(categories, drawn)
    for place in range(3):
        found = report_agreement(categories[place], list("wxyz"), RESAMPLING).alpha_ordinal
        assert numpy.quantile(together[place], [0.05, 0.95]) == pytest.approx([found.low, found.high])


def test_an_interval_covers_the_alpha_of_all_tables():
    from columnist.studies.simulation import SimulatedStudy, draw_studies

    study = SimulatedStudy(
        hypothesis="superior", margin=0, alpha=0.05, looks=(62,), raters=4, icc=0.5, win_rate=0.5, repeats=0
    )
    drawn = draw_studies(study, 200, numpy.random.default_rng(7)).categories
    truth = float(krippendorff(coincide(count_categories(drawn.reshape(-1, 4), 3)).sum(axis=0), Scale.ORDINAL))
    lows, highs = numpy.quantile(
        resample_ordinal_alpha(drawn, draw_clusters(62, RESAMPLING).astype(float)), [0.05, 0.95], axis=1
    )
    # Nominal 90 %; the percentile interval of 62 tables is a little narrow.
    assert 0.82 < ((lows < truth) & (truth < highs)).mean() < 0.96

"""The product's statistics against other implementations, published examples and arithmetic by hand, to 1e-6."""

import math

import numpy
import pytest
from sacrebleu import sentence_chrf
from scipy.stats import beta, mannwhitneyu
from sklearn.metrics import brier_score_loss, cohen_kappa_score

from columnist.ddl.tables import Column, Table
from columnist.evaluation.intervals import bootstrap_difference, bootstrap_mean
from columnist.evaluation.metrics.overlap.overlap import chrf, rouge_l
from columnist.evaluation.permutation import permutation_p
from columnist.evaluation.shares import bound_share, exact_share
from columnist.modeling.acceptance.calibration import measure_calibration
from columnist.modeling.acceptance.outcomes import Outcome
from columnist.modeling.engines import Filled
from columnist.studies.agreement import kappas

TEXTS = [
    ("The unique identifier of the order.", "Unique identifier of the order."),
    ("When the parcel was scanned.", "When the carrier scanned the first parcel."),
    ("Units held.", "Weight of the cargo, in tonnes."),
    ("Größe in cm", "Größe der Kiste in cm"),
]


def agrees(expected):
    return pytest.approx(expected, abs=1e-6)


# --- the percentile bootstrap


def percentile_bootstrap(values, seed, level, resamples):
    """The interval of Efron (1979), written out: the same draws, in numpy alone."""
    rng = numpy.random.default_rng(seed)
    values = numpy.array(values)
    means = []
    # The draws come in batches of 1,000 resamples.
    for start in range(0, resamples, 1_000):
        rows = min(1_000, resamples - start)
        means.extend(values[rng.integers(0, len(values), (rows, len(values)))].mean(axis=1))
    return numpy.quantile(means, [(1 - level) / 2, (1 + level) / 2])


@pytest.mark.parametrize(("seed", "level", "resamples"), [(1, 0.95, 9_999), (7, 0.9, 2_000), (3, 0.8, 500)])
def test_the_interval_of_a_mean(seed, level, resamples):
    values = numpy.random.default_rng(11).beta(2, 5, 62).tolist()
    interval = bootstrap_mean(values, seed, level, resamples=resamples)
    assert (interval.low, interval.high) == agrees(tuple(percentile_bootstrap(values, seed, level, resamples)))
    assert interval.estimate == agrees(sum(values) / 62)
    assert interval == bootstrap_mean(values, seed, level, resamples=resamples)


def test_the_interval_of_a_difference():
    rng = numpy.random.default_rng(12)
    baseline = rng.beta(2, 5, 40)
    candidate = (baseline + rng.normal(0.03, 0.1, 40)).clip(0, 1)
    interval = bootstrap_difference(candidate, baseline, 5, resamples=3_000)
    assert (interval.low, interval.high) == agrees(tuple(percentile_bootstrap(candidate - baseline, 5, 0.95, 3_000)))
    assert interval.estimate == agrees(candidate.mean() - baseline.mean())


# --- exact intervals of shares (Clopper and Pearson 1934)


@pytest.mark.parametrize(("hits", "total"), [(0, 300), (3, 200), (9, 10), (10, 10), (37, 90)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_interval_of_a_share(hits, total, level):
    # The ends solve P(X >= hits) = tail and P(X <= hits) = tail, which are quantiles of beta distributions.
    tail = (1 - level) / 2
    low = beta.ppf(tail, hits, total - hits + 1) if hits else 0.0
    high = beta.ppf(1 - tail, hits + 1, total - hits) if hits < total else 1.0
    found = exact_share(hits, total, level)
    assert (found.low, found.high, found.estimate) == agrees((low, high, hits / total))


def test_the_upper_bound_of_a_share():
    # No success in 300: (1 - p)^300 = 0.05, so p = 1 - 0.05^(1/300) = 0.009936, near the "rule of three" 3/300.
    assert bound_share(0, 300, 0.95) == agrees(1 - 0.05 ** (1 / 300))
    assert bound_share(3, 300, 0.95) == agrees(beta.ppf(0.95, 4, 297))
    assert bound_share(5, 5, 0.95) == agrees(1)
    # Both ends by hand for 1 of 2: P(X >= 1) = 1 - (1 - p)^2 = 0.025 at p = 1 - sqrt(0.975), and its mirror image.
    found = exact_share(1, 2)
    assert (found.low, found.high) == agrees((1 - math.sqrt(0.975), math.sqrt(0.975)))


# --- the exact permutation test


def test_the_permutation_test_on_darwins_maize():
    # Heights of crossed less self-fertilized plants, in eighths of an inch (Darwin 1876). Fisher (1935, section 21)
    # counts 863 of 32,768 assignments whose sum is at least 314, 28 of them equal to it: 2 * 863 / 32768 = 0.05267.
    eighths = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    assert sum(eighths) == 314
    assert permutation_p([each / 100 for each in eighths]) == agrees(2 * 863 / 32_768)


# --- calibration


def measure(rows):
    """Calibration of (table, probability, accepted) rows."""
    table = Table(name="t", columns=(Column(name="c"),))
    outcomes = [Outcome(group, table, 0, Filled("x"), (), True, True, accepted) for group, _, accepted in rows]
    return measure_calibration("test", [given for _, given, _ in rows], outcomes, 0.5, seed=3, resamples=400)


@pytest.fixture(scope="module")
def rows():
    rng = numpy.random.default_rng(5)
    # Rounded, so that many probabilities are equal and meet edges of bins.
    given = rng.beta(2, 3, 240).round(2)
    return [(f"t{place // 8}", float(p), bool(rng.random() < p**1.3)) for place, p in enumerate(given)]


def test_calibration_by_hand():
    found = measure([("a", 0.05, False), ("a", 0.15, False), ("b", 0.15, True), ("b", 0.95, True)])
    # Bins: {0.05}: 0.05 given, 0 accepted. {0.15, 0.15}: 0.15 given, 0.5 accepted. {0.95}: 0.95 given, 1 accepted.
    # ECE = 1/4 * 0.05 + 2/4 * 0.35 + 1/4 * 0.05 = 0.2.
    assert found.ece_equal_width.estimate == agrees(0.2)
    assert found.ece_equal_mass.estimate == agrees(0.2)
    # (0.05^2 + 0.15^2 + 0.85^2 + 0.05^2) / 4 = (0.0025 + 0.0225 + 0.7225 + 0.0025) / 4
    assert found.brier.estimate == agrees(0.1875)
    # Pairs of an accepted and another one: (0.15, 0.05) won, (0.15, 0.15) tied, (0.95, both) won: 3.5 of 4.
    assert found.auroc == agrees(0.875)


def test_auroc_and_brier_are_those_of_other_libraries(rows):
    found = measure(rows)
    given = numpy.array([row[1] for row in rows])
    accepted = numpy.array([row[2] for row in rows])
    # The area under the curve is Mann and Whitney's U over the number of pairs (Hanley and McNeil 1982).
    u = mannwhitneyu(given[accepted], given[~accepted]).statistic
    assert found.auroc == agrees(u / (accepted.sum() * (~accepted).sum()))
    assert found.brier.estimate == agrees(brier_score_loss(accepted, given))


def test_ece_is_the_weighted_mean_distance_of_its_bins(rows):
    found = measure(rows)
    widths = {}
    for _, given, accepted in rows:
        widths.setdefault(min(int(given * 10), 9), []).append((given, accepted))
    shares = [len(texts) / len(rows) for texts in widths.values()]
    distances = [abs(numpy.mean(texts, axis=0) @ (1, -1)) for texts in widths.values()]
    assert found.ece_equal_width.estimate == agrees(numpy.dot(shares, distances))
    for bins, ece in ((found.equal_width, found.ece_equal_width), (found.equal_mass, found.ece_equal_mass)):
        assert sum(each.texts for each in bins) == len(rows)
        shares = [each.texts / len(rows) * abs(each.probability - each.accepted) for each in bins]
        assert ece.estimate == agrees(sum(shares))


def test_the_interval_of_a_calibration_error_resamples_tables(rows):
    by_table = {}
    for table, given, accepted in rows:
        by_table.setdefault(table, []).append((given - accepted) ** 2)
    tables = list(by_table.values())
    rng = numpy.random.default_rng(3)
    values = []
    for _ in range(400):
        drawn = [error for place in rng.integers(len(tables), size=len(tables)) for error in tables[place]]
        values.append(sum(drawn) / len(drawn))
    brier = measure(rows).brier
    assert (brier.low, brier.high) == agrees(tuple(numpy.quantile(values, (0.025, 0.975))))


# --- agreement


def test_kappa_is_sklearns():
    counts = numpy.array([[20.0, 5.0, 1.0], [10.0, 15.0, 4.0], [2.0, 0.0, 7.0]])
    pairs = [(mine, theirs) for (mine, theirs), times in numpy.ndenumerate(counts) for _ in range(int(times))]
    assert kappas(counts[None])[0] == agrees(cohen_kappa_score(*zip(*pairs, strict=True)))


# --- overlap


@pytest.mark.parametrize(("prediction", "reference"), TEXTS)
def test_chrf_is_sacrebleus(prediction, reference):
    assert chrf(prediction, reference) == agrees(sentence_chrf(prediction, [reference]).score / 100)


def test_chrf_by_hand():
    # "ab" against "abc". Of one character: 2 of 2 found, 2 of 3 covered. Of two: 1 of 1, 1 of 2. Longer ones are in
    # one of them at most and do not count. Precision 1, recall (2/3 + 1/2) / 2 = 7/12, and with beta = 2:
    # F = (1 + 4) * 1 * 7/12 / (4 * 1 + 7/12) = 35/55 = 7/11.
    assert chrf("ab", "abc") == agrees(7 / 11)


def test_rouge_l_by_hand():
    # "identifier of order" is the longest common sequence of 4 and 6 words: P = 3/4, R = 3/6, F1 = 2 * 3 / (4 + 6).
    assert rouge_l("Identifier of an order.", "The unique identifier of the order.") == agrees(0.6)
    # Lin (2004, section 3.1): S1 "police killed the gunman", S2 "police kill the gunman", S3 "the gunman kill police".
    assert rouge_l("police kill the gunman", "police killed the gunman") == agrees(3 / 4)
    assert rouge_l("the gunman kill police", "police killed the gunman") == agrees(2 / 4)

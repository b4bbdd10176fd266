"""Agreement statistics against published examples, scikit-learn and arithmetic; ballots from files."""

import json

import numpy
import pytest

from columnist.errors import ConfigError
from columnist.studies import (
    Ballot,
    Preference,
    Resampling,
    measure_agreement,
    measure_raters_alpha,
    read_ballots,
    read_items,
    take_majority,
)
from columnist.studies.agreement import alphas, coincidences, kappas
from columnist.studies.ballots import digest_rows
from columnist.studies.clusters import bootstrap_share

A, B, TIE, BOTH_BAD = Preference
RESAMPLING = Resampling(seed=1, level=0.95, resamples=500)


def coincidence_matrix(rows: list[str]) -> numpy.ndarray:
    """Of observers' rows of one character a unit; a dot is a missing value."""
    units = ["".join(unit).replace(".", "") for unit in zip(*rows, strict=True)]
    categories = sorted(set("".join(units)))
    return sum(coincidences([unit.count(c) for c in categories]) for unit in units if len(unit) > 1)


@pytest.mark.parametrize(
    ("rows", "alpha"),
    [
        # Krippendorff (2011), "Computing Krippendorff's alpha-reliability", sections B and C.
        (["aabbdcccedda", "babbbcccEddd".lower()], 0.692),
        (["123321412...", "1233224125.3", ".3332342251.", "12332441251."], 0.743),
    ],
)
def test_alpha_of_published_examples(rows, alpha):
    assert alphas(coincidence_matrix(rows)[None])[0] == pytest.approx(alpha, abs=5e-4)


def test_kappa_by_hand_and_as_scikit_learn_computes_it():
    from sklearn.metrics import cohen_kappa_score

    # Observed (20 + 15) / 50 = 0.7; expected (25 * 30 + 25 * 20) / 50 ** 2 = 0.5; kappa = 0.2 / 0.5.
    assert kappas(numpy.array([[[20.0, 5.0], [10.0, 15.0]]]))[0] == pytest.approx(0.4, abs=1e-12)
    drawn = numpy.random.default_rng(0).integers(0, 4, (2, 300))
    counts = numpy.zeros((1, 4, 4))
    numpy.add.at(counts, (0, *drawn), 1)
    assert kappas(counts)[0] == pytest.approx(cohen_kappa_score(*drawn), abs=1e-12)


def test_who_always_says_the_same_agrees_by_chance():
    answers = [(f"t{n}", TIE, TIE) for n in range(10)]
    found = measure_agreement(answers, RESAMPLING)
    assert found.percent.estimate == 1
    assert (found.kappa.low, found.kappa.estimate, found.kappa.high) == (0, 0, 0)
    assert found.alpha.estimate == 0


def test_no_answer_agrees_with_nobody():
    answers = [(f"t{n}", (A, B, None)[n % 3], (A, B, A)[n % 3]) for n in range(30)]
    found = measure_agreement(answers, RESAMPLING)
    assert found.percent.estimate == pytest.approx(2 / 3)
    # Expected: A 1/3 * 2/3 + B 1/3 * 1/3 = 1/3; kappa = (2/3 - 1/3) / (2/3).
    assert found.kappa.estimate == pytest.approx(0.5)


def test_intervals_are_over_tables_and_ignore_the_order_of_items():
    one_table_decides = [(f"t{n // 10}", A if n < 10 else B, A) for n in range(40)]
    found = measure_agreement(one_table_decides, RESAMPLING)
    assert found.n_tables == 4
    assert found.percent.estimate == 0.25
    assert (found.percent.low, found.percent.high) == (0, 0.75)
    assert measure_agreement(one_table_decides[::-1], RESAMPLING) == found
    assert measure_agreement(one_table_decides[:10], RESAMPLING) is None


def test_alpha_among_raters_leaves_single_ballots_out():
    def ballots(item, *preferences):
        return [
            Ballot(comparison_id=item, table_id=f"t{item}", rater=str(rater), preference=preference)
            for rater, preference in enumerate(preferences)
        ]

    shared = [*ballots("1", A, A), *ballots("2", B, B), *ballots("3", A, B)]
    # Coincidences: A-A 2, B-B 2, A-B 1, B-A 1; n = 6; observed 4 / 6; expected (3 * 2 + 3 * 2) / 30 = 0.4.
    expected = (4 / 6 - 0.4) / 0.6
    assert measure_raters_alpha(shared, RESAMPLING).estimate == pytest.approx(expected)
    assert measure_raters_alpha([*shared, *ballots("4", A)], RESAMPLING).estimate == pytest.approx(expected)
    assert measure_raters_alpha(ballots("1", A, A), RESAMPLING) is None


def test_a_share_is_over_cases_and_its_interval_over_tables():
    found = bootstrap_share([("t1", True)] * 3 + [("t2", False)], RESAMPLING)
    assert (found.low, found.estimate, found.high) == (0, 0.75, 1)


def test_a_majority_that_is_none():
    assert take_majority([A, A, B, TIE]) is A
    assert take_majority([BOTH_BAD, BOTH_BAD, TIE]) is BOTH_BAD
    assert take_majority([A, B, BOTH_BAD]) is TIE


BALLOT = {"comparison_id": "c1", "table_id": "t1", "rater": "r1", "preference": "A", "seconds": 3.5}
ITEM = {"comparison_id": "c1", "table_id": "t1", "schema": "table t", "option_a": "x\u2028y", "option_b": "z"}


def written(path, *rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_ballots_and_items_are_read(tmp_path):
    (ballot,) = read_ballots(written(tmp_path / "b", BALLOT))
    assert (ballot.preference, ballot.seconds) == (A, 3.5)
    (item,) = read_items(written(tmp_path / "i", ITEM))
    assert (item.schema_text, item.subject, item.longer) == ("table t", "", A)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([], "is empty"),
        ([BALLOT | {"preference": "C"}], r"b:1: preference: .*'BOTH_BAD'"),
        ([BALLOT, BALLOT | {"vote": 1}], r"b:2: vote: "),
        ([{"comparison_id": "c1"}], r"b:1: table_id: Field required; expected one ballot as a JSON object with"),
        ([[1]], "b:1: "),
        ([BALLOT, BALLOT], "comes twice"),
        ([BALLOT | {"seconds": -1}], "seconds"),
    ],
)
def test_ballots_that_cannot_be_read_are_told_in_a_line(tmp_path, rows, problem):
    with pytest.raises(ConfigError, match=problem) as raised:
        read_ballots(written(tmp_path / "b", *rows))
    assert "\n" not in str(raised.value)


def test_files_that_cannot_be_read_are_told_in_a_line(tmp_path):
    (tmp_path / "x").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "x", tmp_path / "missing", tmp_path):
        with pytest.raises(ConfigError, match="cannot be read"):
            read_items(path)


def test_the_digest_of_ballots_ignores_their_order():
    ballots = [Ballot(**BALLOT | {"rater": rater}) for rater in "abc"]
    assert digest_rows(ballots) == digest_rows(ballots[::-1])
    assert digest_rows(ballots) != digest_rows(ballots[:2])

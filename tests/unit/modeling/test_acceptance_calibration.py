"""Measures of calibration: the arithmetic, what is resampled, and what the pictures are made of."""

import pytest

from columnist.ddl.tables import Column, Table
from columnist.modeling.acceptance.calibration import CalibrationReport, measure_calibration
from columnist.modeling.acceptance.outcomes import Outcome
from columnist.modeling.acceptance.pictures import file_stem, render_calibration
from columnist.modeling.engines.protocol import Filled

TABLE = Table(name="t", columns=(Column(name="a"),))


def outcome(group: str, accepted: bool, describes: bool = True) -> Outcome:
    return Outcome(group, TABLE, 0, Filled("Text."), (), describes, True, accepted)


def calibration(given, outcomes, threshold=0.5, **options):
    return measure_calibration("test", given, outcomes, threshold, seed=1, resamples=options.pop("resamples", 50))


def test_the_errors_are_those_worked_out_by_hand():
    """Two bins: of four texts at 0.25 two are accepted, of four at 0.75 all.

    Each bin is 0.25 off, so both ECEs are 0.25. Brier: two of 0.0625 and two of 0.5625 in the first
    bin, four of 0.0625 in the second: (6 * 0.0625 + 2 * 0.5625) / 8 = 0.1875. Of the 6 * 2 pairs of an
    accepted and a refused text, 4 * 2 have the accepted one first and 2 * 2 tie: (8 + 4 / 2) / 12.
    """
    outcomes = [outcome(str(number), accepted=number not in (0, 1)) for number in range(8)]
    found = calibration([0.25] * 4 + [0.75] * 4, outcomes)
    assert found.ece_equal_mass.estimate == pytest.approx(0.25)
    assert found.ece_equal_width.estimate == pytest.approx(0.25)
    assert found.brier.estimate == pytest.approx(0.1875)
    assert found.auroc == pytest.approx(10 / 12)
    assert [(each.texts, each.probability, each.accepted) for each in found.equal_width] == [
        (4, 0.25, 0.5),
        (4, 0.75, 1.0),
    ]


def test_texts_of_the_same_probability_share_a_bin_whatever_their_order():
    """A constant that is right on average has no error, although no tenth of the texts is right on its own."""
    outcomes = [outcome(str(number), accepted=number < 20) for number in range(40)]
    found = calibration([0.5] * 40, outcomes)
    assert found.ece_equal_mass.estimate == 0
    assert len(found.equal_mass) == 1


def test_bins_of_equal_mass_hold_equal_numbers():
    outcomes = [outcome(str(number), accepted=True) for number in range(50)]
    found = calibration([number / 50 for number in range(50)], outcomes)
    assert [each.texts for each in found.equal_mass] == [5] * 10


def test_coverage_counts_every_text_that_was_asked_for_and_risk_those_that_are_shown():
    """Ten slots: six texts at 0.9 (one refused), two at 0.2 (both refused), two questions."""
    outcomes = [outcome(str(number), accepted=number < 5) for number in range(8)]
    outcomes += [outcome(str(number), accepted=False, describes=False) for number in range(8, 10)]
    found = calibration([0.9] * 6 + [0.2] * 2 + [0.0] * 2, outcomes)
    assert (found.slots, found.texts, found.tables) == (10, 8, 10)
    assert found.in_use.coverage == 0.6
    assert found.in_use.risk == pytest.approx(1 / 6)
    assert found.points[0].coverage == 0.8  # a question is never shown as a description
    assert found.points[0].risk == pytest.approx(3 / 8)
    assert found.points[100].coverage == 0
    assert found.points[100].risk is None


def test_tables_are_resampled_and_not_texts():
    """Two tables, one all accepted, one all refused: a resample has one of them twice with a chance of one half."""
    outcomes = [outcome("a", True) for _ in range(50)] + [outcome("b", False) for _ in range(50)]
    found = calibration([0.5] * 100, outcomes, resamples=400)
    assert found.ece_equal_width.estimate == 0
    assert found.ece_equal_width.high == pytest.approx(0.5)
    single = [each._replace(group=str(number)) for number, each in enumerate(outcomes)]
    assert calibration([0.5] * 100, single, resamples=400).ece_equal_width.high < 0.15


def test_the_order_of_outcomes_does_not_matter():
    outcomes = [outcome(str(number // 3), accepted=number % 3 == 0) for number in range(60)]
    given = [(number % 20) / 20 for number in range(60)]
    pairs = sorted(zip(given, outcomes, strict=True), key=lambda pair: (pair[1].group, pair[0]))
    one = calibration(given, outcomes)
    other = calibration([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    assert one.ece_equal_mass.estimate == pytest.approx(other.ece_equal_mass.estimate)
    assert one.equal_mass == other.equal_mass


def test_texts_of_one_kind_have_no_auroc():
    assert calibration([0.3, 0.6], [outcome("a", True), outcome("b", True)]).auroc is None


@pytest.mark.parametrize("outcomes", [[], [outcome("a", True)], [outcome("a", True), outcome("b", True, False)]])
def test_fewer_than_two_tables_give_no_measure(outcomes):
    assert calibration([0.5] * len(outcomes), outcomes) is None


def test_a_report_holds_what_could_be_measured_and_numbers_it():
    found = calibration([0.3, 0.6], [outcome("a", True), outcome("b", False)])
    report = CalibrationReport.of(found, None)
    assert report.calibrations == (found,)
    assert report.numbers()["test.auroc"] == 0
    assert report.numbers()["test.coverage"] == 0.5
    assert CalibrationReport.model_validate_json(report.model_dump_json()) == report


def test_the_picture_is_a_png_and_the_same_each_time():
    found = calibration([0.3, 0.6, 0.9], [outcome("a", True), outcome("b", False), outcome("b", True)])
    picture = render_calibration(found)
    assert picture.startswith(b"\x89PNG")
    assert picture == render_calibration(found)
    assert file_stem(found.model_copy(update={"name": "documented, other half"})) == "calibration_documented_other_half"


def test_nothing_shown_can_be_drawn():
    found = calibration([0.3, 0.6], [outcome("a", True), outcome("b", False)], threshold=1.0)
    assert found.in_use.risk is None
    assert render_calibration(found).startswith(b"\x89PNG")

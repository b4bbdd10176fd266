"""The analysis of a study: verdicts, looks, conditions, and that what is simulated is what is done."""

import numpy
import pytest
from pydantic import ValidationError

from columnist.errors import StudyError
from columnist.studies import Preference
from columnist.studies.analysis import StudyVerdict, analyse, unblind_ballots
from columnist.studies.items import ItemKind, StudyBallot, StudyText
from columnist.studies.sealing import Role
from columnist.studies.sequential import t_bounds
from columnist.studies.simulated_ballots import list_ballots, simulate_ballots
from columnist.studies.simulation import Procedure, SimulatedStudy, draw_studies
from columnist.studies.unblinded import UnblindedBallot

STUDY = SimulatedStudy(
    hypothesis="non-inferior", margin=0.1, alpha=0.05, looks=(21, 42, 62), raters=4, icc=0.5, win_rate=0.6
)
PROMOTE, REJECT, INCONCLUSIVE = StudyVerdict
GOOD = 3  # a seed whose study promotes


def of_study(**changes):
    return STUDY.model_copy(update=changes)


def scored(rows, study=STUDY, **changes):
    """Main ballots with the scores of each table's raters, and repeats that agree with them."""
    for table, scores in enumerate(rows):
        for rater, score in enumerate(scores):
            if score is None:
                continue
            like = {
                "rater": f"simulated-{rater}",
                "table_id": f"{table:016x}",
                "score": score,
                "both_bad": False,
                "candidate_was_a": (table + rater) % 2 == 0,
                "seconds": 30.0,
                "candidate_length": 100,
                "baseline_length": 100,
            } | changes
            yield UnblindedBallot(item_id=f"main-{table}", kind=ItemKind.MAIN, **like)
            if table in study.repeated:
                again = {"candidate_was_a": not like["candidate_was_a"]}
                yield UnblindedBallot(item_id=f"repeat-{table}", kind=ItemKind.REPEAT, **like | again)


def split(wins, losses, raters=4):
    """Tables on which all raters say the same: as many wins, then losses, mixed evenly."""
    order = numpy.linspace(0, 1, wins + losses, endpoint=False) * wins % 1
    ranked = numpy.argsort(order, kind="stable")
    rows = [None] * (wins + losses)
    for place, table in enumerate(ranked):
        rows[table] = [1.0 if place < wins else 0.0] * raters
    return rows


def test_the_win_rate_and_its_interval_by_hand():
    # 40 tables won and 22 lost by all four: mean 40/62, variance of a table 62/61 * p (1 - p); t(61, 0.95) = 1.6702.
    found = analyse(STUDY.register(), list(scored(split(40, 22))))
    rate = 40 / 62
    reach = 1.670219 * (rate * (1 - rate) / 61) ** 0.5
    assert found.win_rate.estimate == pytest.approx(rate, abs=1e-12)
    assert (found.win_rate.low, found.win_rate.high) == pytest.approx((rate - reach, rate + reach), abs=1e-6)
    assert found.win_rate.level == 0.9
    assert found.win_rate_bootstrap.low == pytest.approx(found.win_rate.low, abs=0.02)
    assert found.n_ballots == 248


def test_the_interval_of_a_look_belongs_to_its_bound():
    found = analyse(STUDY.register(), list(scored(split(40, 22))))
    for look, bound in zip(found.looks, t_bounds((21, 42, 62), 0.05), strict=True):
        assert look.bound == pytest.approx(bound)
        assert look.reached
    rate = 40 / 62
    last = found.looks[-1].interval
    assert last.high - rate == pytest.approx(found.looks[-1].bound * (rate * (1 - rate) / 61) ** 0.5, abs=1e-9)


@pytest.mark.parametrize(("wins", "verdict"), [(40, PROMOTE), (31, INCONCLUSIVE), (12, REJECT)])
def test_each_verdict(wins, verdict):
    found = analyse(STUDY.register(), list(scored(split(wins, 62 - wins))))
    assert found.verdict is verdict
    assert all(condition.holds for condition in found.conditions) == (verdict is PROMOTE)
    if verdict is INCONCLUSIVE:
        assert found.more_tables > 0
        assert f"{found.more_tables} more tables" in found.reasons[-1]
    else:
        assert found.more_tables == 0


def test_the_tables_that_are_asked_for_are_enough():
    # An unclear study is gone on with in the same way until it has as many tables as it was said to need.
    rows = split(31, 31)
    more = analyse(STUDY.register(), list(scored(rows))).more_tables
    total = 62 + more
    larger = of_study(looks=(total // 3, total * 2 // 3, total))
    grown = split(round(total * 0.5), total - round(total * 0.5))
    assert analyse(larger.register(), list(scored(grown, larger))).looks[-1].verdict is PROMOTE


def test_superiority_needs_more_than_equality():
    superior = of_study(hypothesis="superior", margin=0.0)
    assert analyse(superior.register(), list(scored(split(36, 26)))).verdict is INCONCLUSIVE
    assert analyse(superior.register(), list(scored(split(45, 17)))).verdict is PROMOTE


def test_the_last_look_that_was_reached_decides():
    rows = split(40, 22)
    half = [row if place < 50 else [None] * 4 for place, row in enumerate(rows)]
    found = analyse(STUDY.register(), list(scored(half)))
    assert [look.reached for look in found.looks] == [True, True, False]
    assert found.n_tables == 42
    assert found.looks[-1].interval is None


def test_without_a_look_nothing_is_decided():
    found = analyse(STUDY.register(), list(scored([[1.0] * 4] * 12)))
    assert found.verdict is INCONCLUSIVE
    assert found.n_tables == 12
    assert "no look was reached" in found.reasons[0]


def test_a_table_needs_half_of_the_raters():
    rows = split(40, 22)
    assert analyse(STUDY.register(), list(scored([[*row[:2], None, None] for row in rows]))).looks[-1].reached
    assert not analyse(STUDY.register(), list(scored([[row[0], None, None, None] for row in rows]))).looks[0].reached


def test_agreement_that_could_be_chance_keeps_from_promoting():
    generator = numpy.random.default_rng(1)
    rows = generator.choice([0.0, 1.0], p=[0.4, 0.6], size=(62, 4)).tolist()
    found = analyse(STUDY.register(), list(scored(rows)))
    assert found.looks[-1].verdict is PROMOTE
    assert found.verdict is INCONCLUSIVE
    assert found.more_tables is None
    assert any(reason.startswith("not met: raters agree") for reason in found.reasons)


def test_a_rater_who_decides_alone_keeps_from_promoting():
    # Three raters see it as lost on 38 tables and won on 24, the fourth wins all: 0.54 with all, 0.39 without.
    rows = [[1.0, *row[1:]] for row in split(24, 38)]
    found = analyse(STUDY.register(), list(scored(rows)))
    assert found.looks[-1].verdict is PROMOTE
    assert found.verdict is INCONCLUSIVE
    assert [without.rater for without in found.leave_one_out if without.verdict is not PROMOTE] == ["simulated-0"]
    assert any("without simulated-0 it is not" in reason for reason in found.reasons)


def test_a_side_that_is_preferred_keeps_from_promoting():
    ballots = [
        ballot.model_copy(update={"candidate_was_a": (ballot.score == 1) == (ballot.kind is ItemKind.MAIN)})
        if ballot.rater == "simulated-1"
        else ballot
        for ballot in scored(split(44, 18))
    ]
    found = analyse(STUDY.register(), ballots)
    assert found.verdict is INCONCLUSIVE
    assert [condition.name for condition in found.conditions if not condition.holds] == ["no side is preferred"]


def test_without_repeats_nothing_is_promoted():
    ballots = [ballot for ballot in scored(split(44, 18)) if ballot.kind is ItemKind.MAIN]
    found = analyse(STUDY.register(), ballots)
    assert found.verdict is INCONCLUSIVE
    assert [condition.name for condition in found.conditions if not condition.holds] == ["repeats are consistent"]


def test_whoever_breaks_a_rule_does_not_count():
    rows = [[1.0 - row[0], *row[1:]] for row in split(44, 18)]
    ballots = [
        ballot.model_copy(update={"score": 0.5})
        if ballot.rater == "simulated-0" and ballot.kind is ItemKind.REPEAT
        else ballot
        for ballot in scored(rows)
    ]
    found = analyse(STUDY.register(), ballots)
    assert [report.excluded for report in found.raters] == [True, False, False, False]
    assert found.win_rate.estimate == pytest.approx(44 / 62)
    assert found.n_ballots == 3 * 62
    assert any("simulated-0 does not count: 0 of 6 hidden repeats" in reason for reason in found.reasons)


def test_where_nobody_counts_nothing_is_decided():
    strict = STUDY.register()
    strict = strict.model_copy(
        update={"exclusions": strict.exclusions.model_copy(update={"min_seconds_per_item": 60.0})}
    )
    found = analyse(strict, list(scored(split(62, 0))))
    assert (found.verdict, found.more_tables) == (INCONCLUSIVE, None)
    assert "no rater counts" in found.reasons[0]


def test_one_rater_promotes_nothing():
    alone = of_study(raters=1)
    found = analyse(alone.register(), list(scored(split(60, 2, raters=1), alone)))
    assert found.agreement is None
    assert found.verdict is INCONCLUSIVE


def test_slices_are_of_the_registered_kinds():
    registration = STUDY.register()
    tables = tuple(
        table.model_copy(update={"dialect": "hive" if place % 2 else "mysql", "width": "" if place else "wide"})
        for place, table in enumerate(registration.tables)
    )
    found = analyse(registration.model_copy(update={"tables": tables}), list(scored([[1.0] * 4, [0.0] * 4] * 31)))
    by_value = {(each.dimension, each.value): each for each in found.slices}
    assert by_value["dialect", "mysql"].win_rate.estimate == 1
    assert by_value["dialect", "hive"].win_rate.estimate == 0
    assert by_value["width", "wide"].win_rate is None


def test_length_is_taken_out():
    # The candidate wins where it is longer, and only there.
    rows = split(40, 22)
    ballots = [ballot.model_copy(update={"candidate_length": 200 if ballot.score else 50}) for ballot in scored(rows)]
    found = analyse(STUDY.register(), ballots)
    assert found.length_controlled.estimate < found.win_rate.estimate
    even = analyse(STUDY.register(), list(scored(rows)))
    assert even.length_controlled.estimate == pytest.approx(even.win_rate.estimate, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rater": "stranger"}, "not of this study"),
        ({"table_id": "f" * 16}, "not of this study"),
        ({"item_id": "main-1"}, "two ballots on main-1"),
        ({"item_id": "other", "table_id": f"{1:016x}"}, "two ballots on"),
    ],
)
def test_ballots_of_another_study_are_refused(change, message):
    ballots = list(scored(split(40, 22)))
    ballots[0] = ballots[0].model_copy(update=change)
    with pytest.raises(StudyError, match=message):
        analyse(STUDY.register(), ballots)


def test_one_table_is_no_study():
    with pytest.raises(StudyError, match="1 of 62 tables have a ballot"):
        analyse(STUDY.register(), list(scored([[1.0] * 4])))


def test_a_score_is_one_of_three():
    with pytest.raises(ValidationError):
        next(scored([[0.3]]))


@pytest.mark.parametrize("truth", [{"win_rate": 0.5}, {"win_rate": 0.7}, {"win_rate": 0.6, "careless": 1}])
def test_what_is_simulated_is_what_is_done(truth):
    study = of_study(**truth, attention=3)
    drawn = draw_studies(study, 3, numpy.random.default_rng(11))
    decided = Procedure(study).decide(drawn)
    verdicts = {1: PROMOTE, 0: INCONCLUSIVE, -1: REJECT}
    for place in range(3):
        ballots = list(list_ballots(study, drawn, place))
        for look, attention in zip(study.looks, (2, 2, 3), strict=True):
            due = {f"attention-{number}" for number in range(attention)} | {f"{n:016x}" for n in range(look)}
            seen = [ballot for ballot in ballots if ballot.table_id in due]
            found = analyse(study.register(), seen)
            if found.verdict is not INCONCLUSIVE:
                break
        assert found.verdict is verdicts[int(decided.judged[place])]
        if found.verdict is not INCONCLUSIVE:
            assert found.n_tables == decided.tables[place]
        if found.n_tables == study.looks[-1]:
            assert sum(report.excluded for report in found.raters) == decided.excluded[place] * 4


def test_a_blind_ballot_says_what_it_says_of_the_candidate():
    roles = {"x": Role.CANDIDATE, "y": Role.BASELINE}
    texts = [
        StudyText(text_id="x", table_text="four", columns=(("name_is_not_counted", "six123"),)),
        StudyText(text_id="y", table_text="", columns=(("a", "one"),)),
    ]
    like = {"rater": "r", "item_id": "i", "table_id": "t", "kind": "main", "seconds": 9, "created_at": ""}
    for a, b in (("x", "y"), ("y", "x")):
        for preference in Preference:
            blind = StudyBallot(a_text_id=a, b_text_id=b, preference=preference, **like)
            (found,) = unblind_ballots([blind], roles, texts)
            picked = {"A": a, "B": b}.get(preference.value)
            assert found.score == {"x": 1, "y": 0, None: 0.5}[picked]
            assert found.preference is preference
            assert (found.candidate_length, found.baseline_length) == (10, 3)
    with pytest.raises(StudyError, match="text x is not in the sealed key"):
        unblind_ballots([blind], {"y": Role.BASELINE}, texts)


def test_a_simulated_study_is_analysed_as_it_was_drawn():
    ballots = simulate_ballots(of_study(win_rate=0.8), seed=GOOD)
    found = analyse(STUDY.register(), ballots)
    assert found.verdict is PROMOTE
    assert 0.7 < found.win_rate.estimate < 0.9
    assert found.agreement.n_raters == 4

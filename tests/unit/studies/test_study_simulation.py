"""Simulated studies: the model's truth, the errors of the procedure, its power, and the command."""

import numpy
import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from columnist.studies.config import StudyConfig
from columnist.studies.design import Question
from columnist.studies.operating import alike, bound_share, find_characteristics
from columnist.studies.ratings import score_categories
from columnist.studies.simulation import SimulatedStudy, draw_studies, simulate
from columnist.study_simulation_commands import simulate as command

STUDY = SimulatedStudy(
    hypothesis="non-inferior", margin=0.1, alpha=0.05, looks=(21, 42, 62), raters=4, icc=0.5, win_rate=0.4
)
CONFIG = StudyConfig(
    hypothesis="non-inferior",
    margin=0.1,
    alpha=0.05,
    tables=62,
    raters=4,
    looks=(21, 42, 62),
    repeats=6,
    attention=3,
    exclusions={"min_seconds_per_item": 3, "max_attention_failures": 1, "min_repeat_consistency": 0.5},
    seed=7,
)


def truth(**changes):
    return STUDY.model_copy(update=changes)


@pytest.mark.parametrize("win_rate", [0.4, 0.5, 0.75])
def test_ballots_have_the_true_win_rate_and_its_ties(win_rate):
    drawn = draw_studies(truth(win_rate=win_rate), 400, numpy.random.default_rng(1))
    scores = score_categories(drawn.categories)
    # 99,200 ballots of 24,800 tables: the standard error of the mean is about 0.002.
    assert scores.mean() == pytest.approx(win_rate, abs=0.008)
    if win_rate == 0.5:
        assert (scores == 0.5).mean() == pytest.approx(0.2, abs=0.006)
    # The candidate is A on half of each rater's items.
    assert (drawn.candidate_was_a.sum(axis=1) == 31).all()


def test_repeats_are_as_stable_as_is_said():
    kept = [draw_studies(truth(stability=s), 300, numpy.random.default_rng(2)).kept.mean() for s in (0, 0.8, 1)]
    assert kept[0] < kept[1] < kept[2] == 1


def test_the_procedure_errs_no_more_than_it_may():
    for icc in (0.2, 0.5, 0.8):
        found = simulate(truth(icc=icc, attention=3), 10_000, seed=7)
        assert bound_share(found.promoted, 10_000) < 0.05
        # The statistic alone errs as often as it may: the t-test is a little too careful with so many ties.
        assert found.shown_by_looks / 10_000 == pytest.approx(0.05, abs=0.01)


def test_looks_cost_little_power_and_save_tables():
    # One test of equality by ten points has a power of 0.77 at icc 0.5 (20,000 studies); its standard error is 0.013.
    found = simulate(truth(win_rate=0.5), 1000, seed=4)
    assert found.shown_once / 1000 == pytest.approx(0.77, abs=0.04)
    assert found.shown_by_looks <= found.shown_once
    assert found.mean_tables_by_looks < 62


def test_a_simulation_is_repeated_by_its_seed():
    assert simulate(STUDY, 300, seed=5) == simulate(STUDY, 300, seed=5)
    assert simulate(truth(win_rate=0.5), 300, seed=5) != simulate(truth(win_rate=0.5), 300, seed=6)


def test_hidden_items_find_a_careless_rater():
    # Half of one rater's answers go to the candidate, whatever it writes: the statistic alone errs far too often.
    found = simulate(truth(careless=1, attention=3), 1000, seed=6)
    assert found.shown_by_looks / 1000 > 0.1
    assert found.promoted < found.shown_by_looks / 2
    # One rater in four is careless. By 6 repeats or 3 attention items 1 - 0.37 * 0.35 are found, and a few honest ones.
    assert 0.2 < found.raters_excluded < 0.3


def test_a_look_judges_raters_by_what_it_has():
    # Three repeats and two attention items at the first look, four and two at the second.
    study = truth(attention=3)
    assert [len({table for table in study.repeated if table < look}) for look in study.looks] == [3, 4, 6]
    better = simulate(truth(win_rate=0.75, attention=3), 300, seed=8)
    # A clearly better candidate is promoted before the last look in nearly all studies.
    assert better.promoted / 300 > 0.9
    assert better.mean_tables < 42


def test_what_does_not_fit_is_refused():
    for changes in ({"repeats": 30}, {"careless": 5}, {"win_rate": 1.0}):
        with pytest.raises(ValidationError):
            SimulatedStudy(**STUDY.model_dump() | changes)


def test_power_is_as_planned():
    question = Question(
        hypothesis="non-inferior",
        margin=0.1,
        alpha=0.05,
        tables=62,
        raters=4,
        looks=(21, 42, 62),
        iccs=(0.2, 0.5),
        win_rates=(0.5, 0.6),
        **CONFIG.model_dump(include={"repeats", "attention", "exclusions"}),
    )
    said = []
    found = find_characteristics(question, 300, 7, lambda *progress: said.append(progress))
    assert all(row.as_planned for row in found.powers)
    assert [(row.outcome.study.icc, row.outcome.study.win_rate) for row in found.powers] == [
        (0.2, 0.5),
        (0.5, 0.5),
        (0.5, 0.6),
    ]
    assert [row.error for row in found.nulls] == [True, True]
    assert found.careless.outcome.study.careless == 1
    assert said[0] == ("planning", 0, 1)
    assert said[-1] == ("simulating", 6, 6)


def test_shares_that_differ_by_more_than_chance_are_told_apart():
    # Pooled 0.5, standard error (0.25 * 2 / 1000) ** 0.5 = 0.0224; 3.29 of them are 0.0736.
    assert alike(0.464, 1000, 0.536, 1000)
    assert not alike(0.462, 1000, 0.538, 1000)
    assert alike(1.0, 10, 1.0, 10)


def test_the_command_prints_errors_and_powers():
    result = CliRunner().invoke(command, ["--replications", "100", "--tables", "30", "--set", "study.repeats=4"])
    assert result.exit_code in (0, 1)  # a hundred studies cannot show much
    for word in ("non-inferior, threshold 0.4", "looks at 10, 20, 30 tables", "whole procedure", "careless"):
        assert word in result.stdout
    assert "simulating: 11 of 11" in result.stderr


def test_the_command_exits_with_1_where_the_error_is_not_shown_to_be_small(capsys):
    # Zero errors in a hundred studies leave 3 % possible (rule of three), more than an alpha of 0.01.
    # Called as run.py does, where click leaves the exit code to whoever calls.
    with pytest.raises(SystemExit) as stopped:
        command.main(["--replications", "100", "--alpha", "0.01", "--tables", "30"], standalone_mode=False)
    assert stopped.value.code == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "100 simulated studies cannot show an error of" in said
    assert "with --replications" in said

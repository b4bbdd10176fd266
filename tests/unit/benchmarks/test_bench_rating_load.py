"""The load on the rating pages: what is compared, and a short run with the server killed in its middle."""

import json

import pytest
from click.testing import CliRunner

from benchmarks.rating_load import main
from benchmarks.rating_raters import Sent
from benchmarks.rating_tally import Stored, tally
from columnist.studies.ballots import Preference

A, B = Preference.A, Preference.B


def sent(item, preference=A, status=303, link=1):
    return Sent(link, item, preference, at=0.0, status=status)


def test_what_was_told_and_is_stored_holds():
    told = [sent("i", A), sent("j", B), sent("i", B, link=2)]
    found = tally(told, [Stored(1, "i", A), Stored(1, "j", B), Stored(2, "i", B)])
    assert found.holds
    assert (found.acknowledged, found.stored, found.unanswered) == (3, 3, 0)


@pytest.mark.parametrize(
    ("stored", "fault"),
    [
        ([Stored(1, "i", A)], "lost"),
        ([Stored(1, "i", A), Stored(1, "j", A)], "changed"),
        ([Stored(1, "i", A), Stored(1, "j", B), Stored(1, "j", B)], "duplicated"),
        ([Stored(1, "i", A), Stored(1, "j", B), Stored(2, "j", B)], "unsent"),
        ([Stored(1, "j", B), Stored(1, "i", A)], "disordered"),
    ],
)
def test_each_difference_is_counted(stored, fault):
    found = tally([sent("i", A), sent("j", B)], stored)
    assert getattr(found, fault) == 1
    assert not found.holds


def test_a_ballot_without_an_answer_may_be_stored_or_not():
    silent = [sent("i", A, status=None), sent("j", B, status=None)]
    found = tally(silent, [Stored(1, "i", A)])
    assert found.holds
    assert (found.acknowledged, found.unanswered, found.unanswered_stored) == (0, 2, 1)


def test_a_ballot_that_was_sent_twice_counts_as_its_acknowledgement():
    found = tally([sent("i", A, status=None), sent("i", A)], [Stored(1, "i", A)])
    assert found.holds
    assert (found.acknowledged, found.unanswered_stored) == (1, 0)


def test_a_refused_ballot_may_be_missing():
    assert tally([sent("i", A, status=429)], []).holds


@pytest.mark.slow
def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path):
    file = tmp_path / "load.json"
    done = CliRunner().invoke(main, ["--raters", "5", "--seconds", "6", "--json", str(file)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    (run,) = json.loads(file.read_text())
    assert run["tally"]["acknowledged"] == run["tally"]["stored"] - run["tally"]["unanswered_stored"] > 0
    assert run["outage_s"] > 0
    assert run["troubles"]["ConnectError"] > 0

"""Looks at an open study: they say stop or go on, open no later key, and are taken once, with all their ballots."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from promotion_evidence import lose, open_one, prefer_most
from study_parts import NOW, answer_all

from columnist.errors import StudyError
from columnist.signing import Signer
from columnist.studies.closing import close_study, read_closing
from columnist.studies.items import ItemKind
from columnist.studies.looking import take_look
from columnist.studies.looks import LookDecision, read_looks
from columnist.studies.registration import read_registration
from columnist.studies.result import conclude, read_counted, read_result
from columnist.studies.storage import StudyState
from columnist.studies.unblinding import unblind, unblind_look
from columnist.study_commands import study

LATER = NOW + timedelta(days=1)


def win(number):
    return number % 4 != 0


def mixed(number):
    return number % 2 == 0


class Running:
    """A study of 20 tables and two raters with a look after 10, on its way."""

    def __init__(self, places):
        self.places, self.storage = places, places.storage
        self.opened = open_one(places)
        self.registration, self.folder = self.opened
        self.signer = Signer.open(places.keys)
        self.items = {item.item_id: item for item in self.storage.items(self.registration.study_id)}

    def answer(self, wins, look=1, leave=0):
        """Let all raters answer a look, but for the last items of the last rater."""
        for rater in self.registration.raters:
            left = leave if rater == self.registration.raters[-1] else 0
            due = sum(item.look <= look for item in self.items.values()) - left
            while self.storage.progress(rater).done < due:
                shown = self.storage.next_assignment(rater)
                assert shown.item.look <= look
                self.storage.record_ballot(rater, shown.item.item_id, prefer_most(wins)(shown), seconds=20.0, at=NOW)

    def look(self):
        return take_look(self.folder, self.storage, self.signer, LATER)

    def conclude(self):
        close_study(self.folder, self.storage, self.signer, LATER)
        return conclude(self.folder, self.storage, self.signer).analysis

    def run(self, *arguments):
        return CliRunner().invoke(study, [*arguments, self.registration.study_id], catch_exceptions=False)


@pytest.fixture
def running(local_places):
    return Running(local_places)


def test_each_look_has_repeats_and_attention_items_to_judge_raters_by(running):
    kinds = [(item.kind, item.look) for item in running.items.values()]
    assert kinds.count((ItemKind.REPEAT, 1)) == kinds.count((ItemKind.REPEAT, 2)) == 1
    assert kinds.count((ItemKind.ATTENTION, 1)) == kinds.count((ItemKind.ATTENTION, 2)) == 1


def test_a_clearly_better_candidate_is_promoted_at_the_first_look(running, monkeypatch):
    running.answer(win)
    done = running.run("look")
    assert done.stdout == "stop\n"
    assert "the study takes no more ballots" in done.stderr
    assert not any(character.isdigit() for character in done.output.replace(running.registration.study_id, ""))
    assert running.storage.find_study(running.registration.study_id).state is StudyState.CLOSED
    analysis = running.conclude()
    assert (analysis.verdict.value, analysis.n_tables) == ("promote", 10)
    assert [look.reached for look in analysis.looks] == [True, False]
    # Of what came later not even who wrote what is known.
    roles = unblind(running.folder, running.registration)
    known = {item.look for item in running.items.values() if item.texts[0].text_id in roles}
    assert known == {1}


def test_a_clearly_worse_candidate_stops_too_and_looks_the_same(running):
    running.answer(lose)
    assert running.run("look").stdout == "stop\n"
    assert running.conclude().verdict.value == "reject"


def test_an_unclear_study_goes_on_to_its_end(running):
    running.answer(mixed)
    done = running.run("look")
    assert (done.stdout, done.stderr) == ("go on\n", "")
    running.answer(win, look=2)
    with pytest.raises(StudyError, match="the last look is taken by closing"):
        running.look()
    analysis = running.conclude()
    assert analysis.n_tables == 20
    assert len(read_counted(running.folder, running.storage).ballots) == 2 * 24


def test_ballots_of_later_looks_change_nothing_at_an_earlier_one(running):
    answer_all(running.storage, running.opened, prefer_most(win))
    look = running.look()
    assert (look.decision, look.n_ballots) == (LookDecision.STOP, 2 * 12)
    analysis = running.conclude()
    assert (analysis.n_tables, analysis.n_ballots) == (10, 20)
    assert read_closing(running.folder, running.registration).n_ballots == 2 * 24


@pytest.mark.parametrize("leave", [1, 5])
def test_a_look_waits_for_all_ballots_and_for_hidden_items_too(running, leave):
    running.answer(win, leave=leave)
    with pytest.raises(StudyError, match=f"raters have some left: rater 1 {leave}; wait"):
        running.look()
    assert read_looks(running.folder, read_registration(running.folder)) == ()


def test_no_look_is_taken_twice(running):
    running.answer(mixed)
    assert running.look().number == 1
    with pytest.raises(StudyError, match="the last look is taken by closing"):
        running.look()
    registered = read_registration(running.folder)
    with pytest.raises(StudyError, match=r"look 1 .* has no turn; the next one is 2"):
        unblind_look(running.folder, registered, 1, running.items.values(), ())


def test_a_look_that_said_stop_is_the_last(running):
    running.answer(win)
    running.look()
    with pytest.raises(StudyError, match="look 1 said stop; close the study"):
        running.look()


def test_no_key_of_a_later_look_is_opened_early(running):
    running.answer(mixed)
    registered = read_registration(running.folder)
    ballots = running.storage.export_ballots(running.registration.study_id)
    with pytest.raises(StudyError, match=r"look 2 .* has no turn; the next one is 1"):
        unblind_look(running.folder, registered, 2, running.items.values(), ballots)
    running.look()
    with pytest.raises(StudyError, match="look 2 needs all ballots"):
        unblind_look(running.folder, registered, 2, running.items.values(), ballots)
    with pytest.raises(StudyError, match="is open"):
        unblind(running.folder, running.registration)


def test_a_look_needs_no_key_of_a_later_one(running):
    away = running.places.home.folder / "away.key"
    (running.places.keys / f"study-{running.registration.study_id}-look2.key").rename(away)
    running.answer(win)
    running.look()
    assert running.conclude().verdict.value == "promote"


def test_what_a_look_leaves_says_nothing_but_its_decision(running):
    running.answer(win)
    running.look()
    left = json.loads((running.folder / "look-1.json").read_text())["look"]
    assert left.pop("decision") == "stop"
    assert set(left) == {"study_id", "registration_sha256", "number", "ballots_sha256", "n_ballots", "taken_at"}
    for path in running.folder.iterdir():
        assert not any(word in path.read_text() for word in ('candidate"', 'baseline"', "promote", "win_rate")), path


def test_a_closed_study_is_not_looked_at(running):
    answer_all(running.storage, running.opened)
    close_study(running.folder, running.storage, running.signer, LATER)
    with pytest.raises(StudyError, match="is closed, and looks are taken while it is open"):
        running.look()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda look: look.write_text(look.read_text().replace('"stop"', '"go on"')),
            "not what was signed at the look",
        ),
        (lambda look: look.unlink(), "looks of its folder are not those that were signed at the closing"),
    ],
)
def test_a_look_that_was_edited_or_removed_after_the_closing_is_found(running, change, said):
    running.answer(win)
    running.look()
    running.conclude()
    change(running.folder / "look-1.json")
    with pytest.raises(StudyError, match=said):
        read_result(running.folder)


def test_a_look_that_says_what_its_ballots_do_not_is_found(running):
    """Whoever has the installation's key could sign any word: the ballots tell otherwise once the keys are open."""
    from columnist.studies.closing import as_ballot_lines
    from columnist.studies.looks import read_look_ballots, write_look

    running.answer(win)
    look = running.look()
    forged = look.model_copy(update={"decision": LookDecision.GO_ON})
    write_look(running.folder, forged, as_ballot_lines(read_look_ballots(running.folder, look)), running.signer)
    with pytest.raises(StudyError, match="look 1 said go on, but its ballots do not"):
        running.conclude()


def test_ballots_of_a_look_that_were_edited_are_found(running):
    running.answer(win)
    running.look()
    path = running.folder / "look-1.jsonl"
    path.write_text(path.read_text().replace('"preference":"A"', '"preference":"B"', 1))
    with pytest.raises(StudyError, match="not the one signed at the look"):
        running.conclude()

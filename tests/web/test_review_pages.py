"""What a reviewer walks: sign in, look at the evidence, decide."""

from datetime import timedelta

import pytest
from promotion_evidence import decide_gate
from review_site import NAME

from columnist.errors import EvidenceError
from columnist.promotion.approvals import Means, read_approvals
from columnist.reviewers.deciding import find_subject
from columnist.studies.withdrawing import withdraw_study


def said_of(review, study):
    subject = find_subject(review.clerk.gatherer.bench, "columnist", "2", study)
    return read_approvals(review.case.desk.home, subject)


def test_a_version_is_approved_and_promoted_in_the_browser(review):
    browser = review.signed_in()
    assert browser.path == "/review"
    assert "columnist/2" in browser.words
    browser.open(study=review.case.won)
    assert "All evidence holds." in browser.words
    browser.decide("approve", "reads  <b>well</b>\r\nand costs less")
    assert (browser.status, browser.path) == (200, "/review/versions/columnist/2")
    assert "It is the champion now." in browser.words
    assert review.case.registry.placement.model_dump() == {"champion": "2", "previous": "1"}
    last = review.case.desk.log.entries()[-1].event
    assert (last.action.value, last.by, last.why) == ("promoted", (NAME,), "reads  <b>well</b>\nand costs less")
    assert review.case.desk.log.verify() == ()
    assert "<b>well" not in browser.text
    [approval] = said_of(review, review.case.won)
    assert (approval.reviewer, approval.means, approval.is_intact) == (NAME, Means.ACCOUNT, True)


def test_a_rejection_is_kept_with_its_reason_and_moves_nothing(review):
    browser = review.signed_in().open(study=review.case.won).decide("reject", "vague about dates")
    assert "The rejection is signed and kept." in browser.words
    assert review.actions == ["rejected"]
    assert review.case.registry.placement.champion == "1"
    assert "vague about dates" in browser.get("/review/log").words
    review.now += timedelta(minutes=1)  # whoever signed may think again: what was said last counts
    browser.open(study=review.case.won).decide("approve")
    assert review.case.registry.placement.champion == "2"


@pytest.mark.parametrize(
    ("study", "expected"),
    [("lost", "Failed study: study "), ("open", "Open study: study "), ("none", "No study: there is no study ")],
)
def test_a_study_that_does_not_allow_it_is_refused_in_a_sentence(review, study, expected):
    study_id = getattr(review.case, study, "f" * 16)
    browser = review.signed_in().open(study=study_id)
    browser.decide("approve", "a reason to keep", study=study_id)
    assert browser.status == 409
    assert expected in browser.words
    assert "Traceback" not in browser.text
    assert "a reason to keep</textarea>" in browser.text
    assert review.case.registry.placement.champion == "1"
    assert review.actions == ["refused"]


def test_stale_evidence_is_told_before_and_refused_after(review):
    review.now += timedelta(days=200)
    browser = review.signed_in().open(study=review.case.won)
    assert "It cannot be promoted now. Stale evidence: the gate decided 201 days ago" in browser.words
    browser.decide("approve")
    assert (browser.status, review.case.registry.placement.champion) == (409, "1")


def test_evidence_that_changed_after_the_page_was_shown_is_not_approved(review):
    browser = review.signed_in().open(study=review.case.won)
    review.gates.insert(0, decide_gate(at=review.now))
    browser.decide("approve")
    assert browser.status == 409
    assert "the evidence is not what the page showed" in browser.words
    browser.decide("reject", subject="0" * 64)
    assert browser.status == 409
    assert review.actions == ["refused"]


def test_an_open_study_shows_no_running_result(review):
    browser = review.signed_in().open(study=review.case.open)
    assert "People are rating in study" in browser.words
    assert "win rate" not in browser.words.lower().replace("win rates with their intervals", "")
    assert "ballots" not in browser.words.lower()


def test_a_withdrawn_study_is_told_as_such(review):
    case = review.case
    withdraw_study(case.folder(case.open), case.places.storage, case.desk.signer, "the wrong tables", review.now)
    browser = review.signed_in().open(study=case.open)
    assert f"Study {case.open} was withdrawn" in browser.words


def test_the_evidence_stands_beside_the_champions(review):
    review.gates.append(decide_gate("b" * 64))
    browser = review.signed_in().open(study=review.case.won)
    for expected in (
        "columnist/1 champion",
        "NAICS file",
        "Asks: Which day is meant?",
        "An id &lt;b&gt;",
        "US dollars",
    ):
        assert expected in browser.words, expected
    assert browser.page.all("svg", role="img", **{"class": "lineage"})
    assert "This version is the champion." in browser.open("1").words
    assert not browser.page.all("input", name="decision")


def test_what_cannot_be_read_is_said_and_hides_nothing_else(review):
    for part in ("evaluation", "card", "lineage"):
        review.records.missing[part] = EvidenceError(f"the {part} is gone")
    browser = review.signed_in().open(study=review.case.won)
    assert browser.status == 200
    for part in ("evaluation", "card", "lineage"):
        assert f"The {part} is gone." in browser.words
    assert "All evidence holds." in browser.words


def test_costly_evidence_is_gathered_once(review):
    browser = review.signed_in().open(study=review.case.won)
    read = len(review.records.read)
    browser.open(study=review.case.won).open(study=review.case.won)
    assert len(review.records.read) == read
    browser.decide("reject")
    assert len(review.records.read) > read


def test_empty_states_say_what_to_do_next(review):
    review.gates.clear()
    browser = review.signed_in().open("3")
    assert "Next: run.py gate" in browser.words
    assert "Next: run.py study open" in browser.words
    assert "No gate: no gate has decided" in browser.words
    review.records.versions = lambda: []
    assert "No version is registered yet." in browser.get("/review").words
    assert "Nothing has been decided yet." in browser.get("/review/log").words


@pytest.mark.parametrize(
    "path", ["/review/versions/columnist/9", "/review/versions/%3Cb%3E/1", "/review/nothing", "/review/versions"]
)
def test_what_is_not_there_is_a_page(review, path):
    browser = review.signed_in().get(path)
    assert browser.status == 404
    assert "To the versions" in browser.words
    assert "<b>" not in browser.text


@pytest.mark.parametrize(
    ("decision", "reason"), [("", "why"), ("approve", " \r\n"), ("promote", "why"), ("reject", "x" * 4001)]
)
def test_a_decision_needs_a_choice_and_a_reason(review, decision, reason):
    browser = review.signed_in().open(study=review.case.won).decide(decision, reason)
    assert browser.status == 422
    assert "Choose approve or reject, and say why." in browser.words
    assert review.actions == []


def test_a_bug_is_a_page_for_reviewers(review, monkeypatch):
    async def fail():
        raise RuntimeError("secret")

    browser = review.signed_in()
    monkeypatch.setattr(review.clerk, "versions", fail)
    browser.client._transport.raise_server_exceptions = False
    browser.get("/review")
    assert browser.status == 500
    assert "Something went wrong here Look into the audit log" in browser.words
    assert "To the versions" in browser.words
    assert "secret" not in browser.text
    assert browser.client.get("/review").headers["cache-control"] == "no-store"

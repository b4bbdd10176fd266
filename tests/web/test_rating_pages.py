from collections import Counter

import pytest
from anyio.to_thread import current_default_thread_limiter
from fastapi.testclient import TestClient
from sqlalchemy import event

from columnist.studies.ballots import Preference
from columnist.studies.items import MAX_REASON, Mark, Tag

ITEMS = 16  # 12 tables, 2 repeats, 2 attention items


def test_a_rater_answers_everything(site):
    browser = site.browser().begin()
    answers = ["A", "B", "TIE", "BOTH_BAD"] * 4
    for number, answer in enumerate(answers, 1):
        assert f"{number} of {ITEMS}" in browser.text
        site.pass_time(20.5)
        browser.answer(answer)
    assert "All done" in browser.text
    assert [ballot.preference for ballot in sorted(site.ballots(), key=lambda b: b.created_at)] == answers
    assert {ballot.seconds for ballot in site.ballots()} == {20.5}


def test_what_is_shown_is_what_is_recorded(site):
    browser = site.browser().begin()
    owner = {rater.label: rater.rater for rater in site.storage.raters(site.study_id)}["rater 0"]
    shown = site.storage.next_assignment(owner)
    texts = {text.text_id: text for text in shown.item.texts}
    a, b = texts[shown.a_text_id], texts[shown.b_text_id]
    assert browser.options[0] == (a.table_text, b.table_text)
    assert browser.options[1:] == [(of_a, of_b) for (_, of_a), (_, of_b) in zip(a.columns, b.columns, strict=True)]
    fields = {"mark-A-0": "vague", "mark-B-2": ["wrong", "echoes the name"], "reason": " First\r\nsecond line "}
    browser.answer("B", **fields)
    (ballot,) = site.ballots()
    assert (ballot.a_text_id, ballot.b_text_id) == (a.text_id, b.text_id)
    assert ballot.reason == "First\nsecond line"
    assert ballot.marks == (
        Mark(text_id=a.text_id, tags=(Tag.VAGUE,)),
        Mark(text_id=b.text_id, column=b.columns[1][0], tags=(Tag.WRONG, Tag.ECHOES_NAME)),
    )


@pytest.mark.parametrize("fields", [{"mark-A-0": "splendid"}, {"mark-A-99": "vague"}])
def test_a_mark_that_no_page_has_is_refused(site, fields):
    assert site.browser().begin().answer("A", **fields).status == 400
    assert not site.ballots()


def test_a_long_reason_in_any_script_fits(site):
    reason = "𝔸" * MAX_REASON
    assert site.browser().begin().answer("A", reason=reason + "b").status == 200
    assert site.ballots()[0].reason == reason


def test_no_answer_keeps_what_was_filled_in(site):
    browser = site.browser().begin()
    browser.send("/rate", **{"reason": "</textarea><script>alert(1)</script>", "mark-B-1": "wrong"})
    assert browser.status == 422
    assert browser.page.all("p", role="alert")
    assert "&lt;/textarea&gt;&lt;script&gt;" in browser.text
    assert "<script>" not in browser.text
    assert "checked" in browser.page.all("input", name="mark-B-1", value="wrong")[0]
    assert not site.ballots()


def test_a_break_does_not_count_and_loses_nothing(site):
    browser = site.browser().begin()
    site.pass_time(10)
    browser.send("/break", **{"preference": "B", "reason": "Not sure", "mark-A-1": "vague", "stray": "1"})
    assert "0 of 16" in browser.text
    assert not browser.page.all("input", name="stray")
    kept = {each["name"]: each["value"] for each in browser.page.all("input") if each["name"] != "csrf"}
    site.pass_time(3600)
    browser.send("/resume", **kept)
    assert "checked" in browser.page.all("input", value="B")[0]
    assert "checked" in browser.page.all("input", name="mark-A-1", value="vague")[0]
    assert "Not sure</textarea>" in browser.text
    site.pass_time(5)
    browser.answer("B")
    assert site.ballots()[0].seconds == 15


def test_a_break_that_ends_by_the_link_does_not_count_either(site):
    browser = site.browser().begin()
    site.pass_time(10)
    browser.send("/break")
    site.pass_time(3600)
    browser.begin()
    site.pass_time(5)
    browser.answer("B")
    assert site.ballots()[0].seconds == 15


def test_a_reload_does_not_begin_the_time_anew(site):
    browser = site.browser().begin()
    for _ in range(3):
        site.pass_time(4)
        browser.get("/rate")
    assert browser.answer().status == 200
    assert site.ballots()[0].seconds == 12


def test_time_outlives_a_restart_of_the_server_and_cannot_be_forged(site):
    browser = site.browser().begin()
    site.pass_time(7)
    browser.client.app = browser.client._transport.app = site.make_app()
    browser.answer()
    assert site.ballots()[0].seconds == 7
    browser.client._transport.app = site.make_app(secret=b"other" * 7)
    site.pass_time(7)
    browser.answer()
    assert sorted(ballot.seconds for ballot in site.ballots()) == [0, 7]


def test_an_undone_answer_is_given_again_with_its_time(site):
    browser = site.browser().begin()
    item = browser.item
    site.pass_time(30)
    browser.answer("A")
    site.pass_time(2)
    browser.send("/undo")
    assert browser.item == item
    assert "undone" in browser.text
    assert not site.ballots()
    site.pass_time(3)
    browser.answer("B")
    (ballot,) = site.ballots()
    assert (ballot.preference, ballot.seconds) == (Preference.B, 33)


def test_nothing_to_undo_is_no_error(site):
    browser = site.browser().begin()
    assert "Undo" not in browser.text
    assert browser.send("/undo").status == 200
    assert "undone" not in browser.text


def test_another_device_goes_on_where_the_first_ended(site):
    token = site.invite()
    phone, desk = site.browser(token).begin(), site.browser(token)
    phone.answer("A")
    desk.begin()
    assert desk.item == phone.item
    assert f"2 of {ITEMS}" in desk.text
    desk.answer("B")
    assert phone.get("/rate").item == desk.item


def test_an_answer_sent_twice_counts_once(site):
    token = site.invite()
    one, other = site.browser(token).begin(), site.browser(token).begin()
    one.answer("A")
    assert other.answer("A").status == 200
    assert other.item == one.item
    assert len(site.ballots()) == 1


def test_an_answer_is_one_commit(site):
    browser, commits = site.browser().begin(), []
    event.listen(site.storage.engine, "commit", commits.append)
    browser.answer("A", reason="so", **{"mark-A-0": "vague"})
    assert len(commits) == 1
    assert [ballot.reason for ballot in site.ballots()] == ["so"]


def test_the_server_runs_as_many_threads_as_the_database_has_connections(site):
    with TestClient(site.app) as client:
        threads = client.portal.call(current_default_thread_limiter).total_tokens
    assert threads == site.storage.engine.pool.size()


def test_another_answer_from_another_device_is_refused(site):
    token = site.invite()
    one, other = site.browser(token).begin(), site.browser(token).begin()
    one.answer("A")
    assert other.answer("B").status == 409
    assert [ballot.preference for ballot in site.ballots()] == [Preference.A]


def test_an_item_that_is_no_longer_the_next_is_recorded_whole(site):
    """Device one undoes an answer while device two has the following item open."""
    token = site.invite()
    one, other = site.browser(token).begin(), site.browser(token)
    one.answer("A")
    other.begin()
    one.send("/undo")
    site.pass_time(8)
    second = other.item
    other.answer("B", reason="Kept", **{"mark-A-0": "vague"})
    (ballot,) = site.ballots()
    assert (ballot.item_id, ballot.reason, ballot.seconds, len(ballot.marks)) == (second, "Kept", 8, 1)
    assert other.item == one.item != second


def test_items_of_others_are_refused(site):
    browser = site.browser().begin()
    assert browser.answer("A", item="0" * 16).status == 409
    assert not site.ballots()


def test_a_closed_study_takes_no_answers(site):
    browser = site.browser().begin()
    site.storage.close_study(site.study_id, site.now)
    assert browser.answer("A").status == 423
    assert browser.get("/rate").status == 423
    assert not site.ballots()


def test_who_signs_out_is_out(site):
    token = site.invite()
    browser = site.browser(token).begin()
    cookies = dict(browser.client.cookies)
    browser.send("/leave")
    assert "signed out" in browser.text
    assert not dict(browser.client.cookies)
    browser.client.cookies.update(cookies)
    assert browser.get("/rate").status == 401
    assert browser.begin().status == 200


def test_raters_see_nothing_of_each_other(site):
    first, second = site.browser().begin(), site.browser(site.invite("rater 1")).begin()
    first.answer("A", reason="What I think")
    assert f"1 of {ITEMS}" in second.get("/rate").text
    assert "What I think" not in "".join(each.body for each in second.exchanges)


def test_a_rater_sees_every_item_once_under_ids_that_tell_nothing(site):
    browser = site.browser().begin()
    seen = Counter()
    while browser.item:
        seen[browser.item] += 1
        browser.answer("TIE")
    assert set(seen.values()) == {1}
    assert len(seen) == ITEMS

"""Endpoints that fail, stall, break off or lie: counted refusals, and no traceback."""

import gzip
import itertools
import json
import re
import time
from collections import Counter

import pytest
from fake_endpoint import completion

from columnist.errors import TeacherError


def by_example(*replies):
    """Give the calls for each example a reply of their own."""

    def reply(call):
        number = int(re.search(r"CREATE TABLE orders_(\d+)", call.body["messages"][-1]["content"]).group(1))
        replies[number](call)

    return reply


def answer(call):
    call.say(json.dumps(call.facts))


def fail_first(times: int, status: int, headers: dict[str, str] | None = None):
    """Reply with an error to the first calls of each request."""
    seen: Counter[str] = Counter()

    def reply(call):
        seen[call.key] += 1
        if seen[call.key] <= times:
            call.send(status, b"{}", headers)
        else:
            answer(call)

    return reply


def test_passing_trouble_is_waited_out(endpoint, teach):
    endpoint.reply = by_example(*(fail_first(2, status) for status in (408, 429, 500, 502, 503, 529)))
    results, report = teach(6)
    assert results == ["ok"] * 6
    assert (report.requests, report.attempts, len(endpoint.charges)) == (6, 18, 6)


def test_lasting_trouble_is_a_counted_refusal_and_tried_again_by_the_next_run(endpoint, teach):
    reasons = {429: "the endpoint was busy", 500: "the endpoint failed", 422: "the endpoint did not accept the request"}
    endpoint.reply = by_example(*(fail_first(99, status) for status in reasons))
    results, report = teach(3)
    assert results == list(reasons.values())
    assert report.refused == dict.fromkeys(sorted(results), 1)
    assert report.attempts == 3 + 3 + 1  # what was not accepted once is not sent again
    assert report.usd == 0
    endpoint.reply = answer
    assert teach(3)[0] == ["ok"] * 3


def test_retry_after_holds_all_calls(endpoint, teach):
    endpoint.reply = fail_first(1, 429, {"Retry-After": "1"})
    results, _ = teach(2, concurrency=1)
    first, second, *_ = [at for at, _ in endpoint.calls]
    assert results == ["ok", "ok"]
    assert second - first >= 1


def test_calls_keep_the_pace(endpoint, teach):
    assert teach(6, requests_per_minute=600, concurrency=6)[0] == ["ok"] * 6
    times = [at for at, _ in endpoint.calls]
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) > 0.05
    assert times[-1] - times[0] > 0.45  # five gaps of 0.1 s


def test_an_endpoint_that_is_not_there_is_a_refusal(endpoint, teach):
    endpoint.__exit__()
    results, report = teach(base_url=endpoint.base_url)
    assert results == ["the endpoint cannot be reached"]
    assert (report.attempts, report.usd) == (3, 0)


def stall(call):
    call.endpoint.charge(call.key)
    time.sleep(0.6)


def drip(call):
    """A byte now and then: each in time, all together too late."""
    call.endpoint.charge(call.key)
    call.handler.send_response(200)
    call.handler.end_headers()
    for _ in range(12):
        call.handler.wfile.write(b" ")
        time.sleep(0.05)


def hang_up(call):
    call.endpoint.charge(call.key)
    call.hang_up()


def break_off(call):
    call.endpoint.charge(call.key)
    call.handler.send_response(200)
    call.handler.send_header("Content-Length", "1000")
    call.handler.end_headers()
    call.handler.wfile.write(b'{"choices": [')
    call.hang_up()


def gateway_timeout(call):
    call.endpoint.charge(call.key)
    call.send(504)


BROKEN = "the connection broke before the answer was there"


def test_a_call_that_may_have_been_charged_is_not_made_again_unless_allowed(endpoint, teach):
    endpoint.reply = by_example(stall, drip, hang_up, break_off, gateway_timeout)
    for _ in range(2):  # nor by a run that follows
        results, report = teach(5, timeout_s=0.4)
        assert results == ["no answer in time", "no answer in time", BROKEN, BROKEN, "no answer in time"]
        assert len(endpoint.charges) == 5
    assert report.estimated
    assert report.usd > 0
    endpoint.reply = answer
    results, report = teach(5, timeout_s=0.4, in_doubt="resend")
    assert results == ["ok"] * 5
    assert report.attempts == 10


def test_with_resending_allowed_a_call_is_made_again_at_once(endpoint, teach):
    first = []

    def reply(call):
        if first:
            answer(call)
        else:
            first.append(call.key)
            hang_up(call)

    endpoint.reply = reply
    results, report = teach(in_doubt="resend")
    assert (results, report.attempts) == (["ok"], 2)


def test_an_endpoint_that_is_down_for_good_ends_the_run(endpoint, teach):
    endpoint.reply = lambda call: call.send(500)
    with pytest.raises(TeacherError, match="8 requests in a row failed, the last because the endpoint failed"):
        teach(80, max_attempts=1)


def test_a_body_without_end_is_read_no_further_than_allowed(endpoint, teach):
    sent = []

    def reply(call):
        call.endpoint.charge(call.key)
        call.handler.send_response(200)
        call.handler.send_header("Content-Type", "application/json")
        call.handler.end_headers()
        try:
            for _ in range(1600):  # 100 MB
                sent.append(call.handler.wfile.write(b" " * 65_536))
        except OSError:
            return

    endpoint.reply = reply
    results, _ = teach()
    assert results == ["the answer is too large"]
    assert sum(sent) < 20_000_000


def test_what_is_compressed_or_no_json_is_refused_whatever_its_type_says(endpoint, teach):
    bomb = gzip.compress(b" " * 50_000_000)
    endpoint.reply = lambda call: call.send(200, bomb, {"Content-Encoding": "gzip"})
    assert teach()[0] == ["the answer is not JSON"]


def test_the_type_of_an_answer_is_not_believed(endpoint, teach):
    endpoint.reply = lambda call: call.send(200, completion(json.dumps(call.facts)), {"Content-Type": "image/png"})
    assert teach()[0] == ["ok"]


def test_what_an_answer_does_not_tell_is_estimated(endpoint, teach):
    usages = ["many", {}, {"prompt_tokens": -1, "completion_tokens": 10**18}, {"prompt_tokens": True}]
    endpoint.reply = by_example(
        *(lambda call, usage=usage: call.send(200, completion(json.dumps(call.facts), usage=usage)) for usage in usages)
    )
    results, report = teach(4)
    assert results == ["ok"] * 4
    assert report.estimated
    assert 0 < report.usd < 1
    assert report.input_tokens > 400


@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, "COLUMNIST_TEACHER_API_KEY"), (404, "check both"), (302, "redirect"), (429, "asks to wait 86400 s")],
)
def test_what_no_further_call_can_mend_ends_the_run(endpoint, teach, status, expected):
    endpoint.reply = lambda call: call.send(status, headers={"Location": "http://evil/", "Retry-After": "86400"})
    with pytest.raises(TeacherError, match=expected) as caught:
        teach(40, concurrency=2)
    assert "\n" not in str(caught.value)
    assert len(endpoint.calls) <= 4


def test_a_budget_is_never_exceeded_and_what_was_paid_stays(endpoint, teach):
    # One call costs 0.002 USD; the most it may cost is 0.0028 USD or so.
    with pytest.raises(TeacherError, match=r"max_usd \(0.02\)"):
        teach(30, max_usd=0.02, max_tokens=200)
    paid = len(endpoint.charges)
    assert 5 <= paid <= 10
    with pytest.raises(TeacherError, match="raise max_usd"):
        teach(30, max_usd=0.02, max_tokens=200)
    assert paid <= len(endpoint.charges) <= 10
    paid = len(endpoint.charges)
    results, report = teach(30, max_usd=1, max_tokens=200)
    assert results == ["ok"] * 30
    assert (report.answered_from_ledger, len(endpoint.charges)) == (paid, 30)

"""The engine for endpoints, against a local one that answers, refuses and misbehaves."""

import json
import math
from collections.abc import Iterator

import pytest
from fake_endpoint import Call, FakeEndpoint, completion

from columnist.ddl.tables import Column, Table
from columnist.errors import AdapterError, ConfigError, TeacherError
from columnist.modeling.engines import EngineName, open_engine
from columnist.modeling.engines.openai_engine import OpenAIEngine, Usage, served_model
from columnist.modeling.prompts import PromptKind, render_prompts

TABLES = tuple(
    Table(name=f"stock_{number}", columns=(Column(name="sku", type="TEXT"), Column(name="qty", type="INT")))
    for number in range(12)
)
PROMPTS = [prompt for table in TABLES for prompt in render_prompts(table, PromptKind.INSTRUCT)]


@pytest.fixture
def endpoint(monkeypatch) -> Iterator[FakeEndpoint]:
    monkeypatch.delenv("COLUMNIST_TEACHER_API_KEY", raising=False)
    with FakeEndpoint() as endpoint:
        endpoint.reply = fill_form
        yield endpoint


def form_of(call: Call) -> dict:
    return json.loads(call.body["messages"][-1]["content"].rpartition("for every name in it:")[2])


def filled(form: dict) -> dict:
    return {k: {n: f"It is {n}." for n in v} if isinstance(v, dict) else f"It is the {k}." for k, v in form.items()}


def fill_form(call: Call) -> None:
    call.say(json.dumps(filled(form_of(call))))


def engine_of(endpoint: FakeEndpoint, **settings) -> OpenAIEngine:
    return OpenAIEngine(served_model(endpoint.base_url, "m", backoff_s=0.001, **settings))


def texts(results) -> list[list[str]]:
    return [[slot.text for slot in prompt] for prompt in results]


EXPECTED = ["It is the table.", "It is sku.", "It is qty."]


def test_prompts_are_filled_in_their_places_and_told_one_by_one(endpoint):
    told = {}
    engine = engine_of(endpoint, concurrency=4)
    results = engine.fill(PROMPTS, lambda place, written: told.update({place: written}))
    assert texts(results) == [EXPECTED] * len(PROMPTS)
    assert told == dict(enumerate(results))
    assert engine.usage == Usage(answers=12, input_tokens=12_000, output_tokens=1_200)


def test_what_is_sent_is_greedy_and_demands_the_form(endpoint):
    seen = []
    endpoint.reply = lambda call: (seen.append(call.body), fill_form(call))
    engine_of(endpoint).fill(PROMPTS[:1])
    (body,) = seen
    assert (body["model"], body["temperature"], body["seed"], body["logprobs"]) == ("m", 0.0, 0, True)
    schema = body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["columns"]["required"] == ["sku", "qty"]
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert "Authorization" not in endpoint.calls[0][1]


def test_the_key_goes_along(endpoint, monkeypatch):
    monkeypatch.setenv("COLUMNIST_TEACHER_API_KEY", "a-key-of-ours")
    engine_of(endpoint).fill(PROMPTS[:1])
    assert endpoint.calls[0][1]["Authorization"] == "Bearer a-key-of-ours"


@pytest.mark.parametrize(
    ("refused", "calls"),
    [
        (lambda body: "logprobs" in body, 1 + 3),
        (lambda body: body.get("response_format", {}).get("type") == "json_schema", 2 + 3),
        (lambda body: "response_format" in body, 3 + 3),
        (lambda body: "response_format" in body or body["messages"][0]["role"] == "system", 4 + 3),
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_form_is_left_and_the_accepted_one_is_kept(endpoint, refused, calls, status):
    endpoint.reply = lambda call: call.send(status) if refused(call.body) else fill_form(call)
    engine = engine_of(endpoint, concurrency=1)
    assert texts(engine.fill(PROMPTS[:2])) == [EXPECTED] * 2
    assert texts(engine.fill(PROMPTS[2:3])) == [EXPECTED]
    assert len(endpoint.calls) == calls
    assert engine.usage.unanswered == 0


def test_one_refused_request_leaves_the_form_of_the_others(endpoint):
    def reply(call: Call) -> None:
        call.send(400) if "stock_0 (" in call.body["messages"][-1]["content"] else fill_form(call)

    endpoint.reply = reply
    told = []
    engine = engine_of(endpoint, concurrency=1)
    results = engine.fill(PROMPTS[:3], lambda place, _written: told.append(place))
    assert texts(results) == [["", "", ""], EXPECTED, EXPECTED]
    assert told == [1, 2]
    assert engine.usage.unanswered == 1
    assert len(endpoint.calls) == 5 + 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_endpoint_is_asked_again(endpoint, status):
    endpoint.reply = lambda call: call.send(status) if call.number <= 2 else fill_form(call)
    assert texts(engine_of(endpoint, concurrency=1).fill(PROMPTS[:2])) == [EXPECTED] * 2
    assert len(endpoint.calls) == 2 + 2


@pytest.mark.parametrize(
    "content", ["", "I cannot do that.", "{", '{"columns": []}', None, 7, '{"columns": {"other": "x"}}']
)
def test_an_unreadable_answer_leaves_empty_texts_and_is_counted(endpoint, content):
    endpoint.reply = lambda call: call.say(content)
    told = []
    engine = engine_of(endpoint)
    assert texts(engine.fill(PROMPTS[:2], lambda place, _: told.append(place))) == [["", "", ""]] * 2
    assert sorted(told) == [0, 1]
    assert (engine.usage.answers, engine.usage.unreadable) == (2, 2)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"choices": []}', b'{"choices": [{"message": 3}]}', b"\xff"])
def test_a_body_that_is_no_completion_is_unreadable(endpoint, body):
    endpoint.reply = lambda call: call.send(200, body)
    engine = engine_of(endpoint)
    assert texts(engine.fill(PROMPTS[:1])) == [["", "", ""]]
    assert engine.usage.unreadable == 1
    assert engine.usage.estimated


def test_missing_texts_stay_empty_and_others_are_kept(endpoint):
    endpoint.reply = lambda call: call.say('{"table": "Goods.", "columns": {"qty": "Units.", "x": "y"}}')
    assert texts(engine_of(endpoint).fill(PROMPTS[:1])) == [["Goods.", "", "Units."]]


def test_logprobs_go_to_the_texts_they_belong_to(endpoint):
    pieces = ['{"table": "', "Goods", '.", "columns', '": {"sku": "', "Article", '."', ', "qty": "', "? Unit?", '"}}']
    entries = [{"token": piece, "logprob": -float(n)} for n, piece in enumerate(pieces)]
    endpoint.reply = lambda call: call.say("".join(pieces), logprobs={"content": entries})
    ((table, sku, qty),) = engine_of(endpoint).fill(PROMPTS[:1])
    assert (table.text, sku.text, qty.text) == ("Goods.", "Article.", "? Unit?")
    assert table.logprobs == (0.0, -1.0, -2.0)
    assert sku.logprobs == (-3.0, -4.0, -5.0)
    assert qty.logprobs == (-6.0, -7.0, -8.0)


@pytest.mark.parametrize(
    "logprobs", [None, {}, {"content": None}, {"content": [3]}, {"content": [{"token": "x", "logprob": True}]}]
)
def test_strange_logprobs_are_none(endpoint, logprobs):
    endpoint.reply = lambda call: call.say(json.dumps(filled(form_of(call))), logprobs=logprobs)
    (prompt,) = engine_of(endpoint).fill(PROMPTS[:1])
    assert [slot.text for slot in prompt] == EXPECTED
    assert all(slot.logprobs == () for slot in prompt)


def test_a_refused_key_stops_at_once_and_keeps_what_is_there(endpoint):
    endpoint.reply = lambda call: fill_form(call) if call.number <= 3 else call.send(401)
    told = []
    engine = engine_of(endpoint, concurrency=1)
    with pytest.raises(TeacherError, match="does not accept the key"):
        engine.fill(PROMPTS, lambda place, _: told.append(place))
    assert told == [0, 1, 2]
    assert len(endpoint.calls) == 4
    assert engine.usage.answers == 3


def test_an_endpoint_that_is_down_is_not_asked_for_everything(endpoint):
    endpoint.reply = lambda call: call.send(503)
    with pytest.raises(TeacherError, match="8 requests in a row failed"):
        engine_of(endpoint, concurrency=1, max_attempts=1).fill(PROMPTS)
    assert len(endpoint.calls) == 8


def test_nobody_listens():
    engine = OpenAIEngine(served_model("http://127.0.0.1:9/v1", "m", backoff_s=0.001, max_attempts=1, concurrency=1))
    with pytest.raises(TeacherError, match="the endpoint cannot be reached"):
        engine.fill(PROMPTS)


@pytest.mark.parametrize(("in_doubt", "calls"), [("reject", 1), ("resend", 2)])
def test_a_lost_answer_is_asked_for_again_only_where_that_is_free(endpoint, in_doubt, calls):
    endpoint.reply = lambda call: call.hang_up() if call.number == 1 else fill_form(call)
    engine = engine_of(endpoint, in_doubt=in_doubt)
    engine.fill(PROMPTS[:1])
    assert len(endpoint.calls) == calls
    assert engine.usage.unanswered == (in_doubt == "reject")
    assert engine.usage.estimated


def test_cost_is_counted_and_the_budget_ends_the_calls(endpoint):
    prices = {"usd_per_million_input_tokens": 10.0, "usd_per_million_output_tokens": 100.0}
    engine = engine_of(endpoint, **prices)
    engine.fill(PROMPTS[:2])
    # 2 x (1,000 tokens at 10 USD a million and 100 at 100) = 2 x 0.02 USD.
    assert math.isclose(engine.usage.usd, 0.04)
    bounded = engine_of(endpoint, **prices, max_usd=0.13, max_tokens=500, concurrency=1)
    with pytest.raises(TeacherError, match="might exceed max_usd"):
        bounded.fill(PROMPTS)
    assert bounded.usage.usd <= 0.13
    assert bounded.usage.answers >= 2


def test_prompts_of_tuned_models_are_refused(endpoint):
    with pytest.raises(ConfigError, match="prompts for a tuned model came"):
        engine_of(endpoint).fill(render_prompts(TABLES[0], PromptKind.COMPACT))
    assert endpoint.calls == []


def test_nothing_asked_is_nothing_called(endpoint):
    assert engine_of(endpoint).fill([]) == []
    assert endpoint.calls == []


@pytest.mark.parametrize(
    ("url", "model", "problem"),
    [
        ("ftp://x", "m", "http"),
        ("http://example.com/v1", "m", "https"),
        ("http://user:secret@localhost/v1", "m", "without user"),
        ("http://localhost/v1", "", "model"),
    ],
)
def test_settings_that_cannot_be_used_are_told_in_a_line(url, model, problem):
    with pytest.raises(ConfigError, match=problem) as caught:
        served_model(url, model)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_it_is_opened_by_an_address_and_a_model(endpoint):
    engine = open_engine(f"{endpoint.base_url}#some/model:1b", None, EngineName.OPENAI)
    assert texts(engine.fill(PROMPTS[:1])) == [EXPECTED]
    with pytest.raises(ConfigError, match="expects an address and a model"):
        open_engine(endpoint.base_url, None, EngineName.OPENAI)


def test_an_adapter_cannot_be_sent(endpoint, trained_adapter):
    with pytest.raises(AdapterError, match="choose another engine"):
        open_engine(f"{endpoint.base_url}#m", trained_adapter, EngineName.OPENAI)


def test_hostile_texts_of_an_answer_are_only_texts(endpoint):
    nasty = {"table": "a\u2028b<|im_end|>\x00", "columns": {"sku": "x" * 100_000, "qty": {"deep": 1}}}
    endpoint.reply = lambda call: call.send(200, completion(json.dumps(nasty)))
    ((table, sku, qty),) = engine_of(endpoint).fill(PROMPTS[:1])
    assert table.text.startswith("a")
    assert len(sku.text) == 100_000
    assert qty.text == ""

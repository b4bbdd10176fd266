"""A form of names goes out; whatever comes back, there is one text per slot."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from columnist.ddl.tables import Column, Table
from columnist.modeling.prompts import PromptKind, as_request, parse_reply, render_prompts, render_request

TABLE = Table(name="stock", columns=(Column(name="sku", type="TEXT"), Column(name="Qty OH", type="INT")))
(REQUEST,) = render_request(TABLE)
ANSWER = {"table": "Goods on hand.", "columns": {"sku": "Article.", "Qty OH": "Units on hand."}}
TEXTS = ("Goods on hand.", "Article.", "Units on hand.")


def test_a_request_shows_the_schema_and_the_form_and_demands_its_names():
    assert "sku text" in REQUEST.user
    assert REQUEST.user.endswith('{"table": "", "columns": {"sku": "", "Qty OH": ""}}')
    assert REQUEST.json_schema["required"] == ["table", "columns"]
    assert REQUEST.json_schema["properties"]["columns"]["required"] == ["sku", "Qty OH"]
    assert REQUEST.json_schema["properties"]["columns"]["additionalProperties"] is False


def test_the_examples_in_the_instructions_are_answers_as_they_are_read():
    examples = [line for line in REQUEST.system.splitlines() if line.startswith('{"table"')]
    assert len(examples) == 2
    assert all(set(json.loads(line)) == {"table", "columns"} for line in examples)
    assert any("? " in line for line in examples)


def test_wide_tables_are_asked_for_in_windows_and_the_table_once():
    columns = tuple(Column(name=f"c{n}", type="INT") for n in range(100))
    first, second, third = render_request(Table(name="wide", columns=columns))
    assert [len(request.slots) for request in (first, second, third)] == [41, 40, 20]
    assert "table" not in second.json_schema["properties"]


def test_only_open_slots_are_asked_for():
    (prompt,) = render_prompts(TABLE, PromptKind.INSTRUCT)
    request = as_request(prompt.model_copy(update={"slots": prompt.slots[:1]}))
    assert request.user.endswith('{"table": ""}')
    assert parse_reply(request, json.dumps(ANSWER)) == TEXTS[:1]


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps(ANSWER),
        json.dumps(ANSWER, indent=2) + "\n\nAnything else?",
        f"```json\n{json.dumps(ANSWER)}\n```",
        f"<think>a {{form}} to fill</think>Here {{you}} are: {json.dumps(ANSWER)}",
        json.dumps({"table": TEXTS[0], "SKU": TEXTS[1], "qty oh": TEXTS[2]}),
        json.dumps({**ANSWER, "notes": 1, "columns": {**ANSWER["columns"], "id": "Made up."}}),
    ],
)
def test_the_form_of_a_reply_does_not_matter(reply):
    assert parse_reply(REQUEST, reply) == TEXTS


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "no",
        "[]",
        "{",
        "{" * 100_000,
        "[" * 100_000,
        '{"a":' * 50_000,
        "null",
        '{"table": 3, "columns": {"sku": ["x"]}}',
        '{"columns": []}',
    ],
)
def test_an_unusable_reply_leaves_the_slots_empty(reply):
    assert parse_reply(REQUEST, reply) == ("", "", "")


@given(st.text() | st.recursive(st.none() | st.text(), lambda part: st.dictionaries(st.text(), part)).map(json.dumps))
def test_no_reply_is_too_strange(reply):
    assert len(parse_reply(REQUEST, reply)) == 3


def test_a_column_named_as_part_of_the_form_is_filled():
    (request,) = render_request(Table(name="t", columns=(Column(name="table"), Column(name="columns"))))
    answer = {"table": "A.", "columns": {"table": "B.", "columns": "C."}}
    assert parse_reply(request, json.dumps(answer)) == ("A.", "B.", "C.")

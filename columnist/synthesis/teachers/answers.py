"""From the body of an answer to texts, or to the reason why it is unusable.

The product owns the structure: there is one text for exactly what was asked, and
an answer with one text missing, added or unfit is refused as a whole.
"""

import re
from typing import Any

from columnist.documentation import Texts
from columnist.synthesis.examples import Example
from columnist.synthesis.teachers.json_texts import parse_json
from columnist.synthesis.teachers.plain_texts import find_text_fault, is_asked
from columnist.synthesis.teachers.protocol import Refusal

MAX_ANSWER_BYTES = 1_000_000
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"\A```(?:json)?[ \t]*\n(.*?)\n?```\Z", re.DOTALL | re.IGNORECASE)
_NUMBER = re.compile(r"\d+")


class _UnusableError(Exception):
    """Carries the reason of a refusal."""


def read_answer(answer: bytes, example: Example) -> Texts | Refusal:
    """Return the texts of an answer, with the example's own where none was asked for."""
    try:
        written = _parse_content(_content(answer))
        return _fill(example, written)
    except _UnusableError as error:
        return Refusal(reason=str(error))


def _content(answer: bytes) -> str:
    """Return what the model said, from an answer in the form of a chat completion."""
    if len(answer) > MAX_ANSWER_BYTES:
        raise _UnusableError("the answer is too large")
    try:
        completion = parse_json(answer)
    except ValueError:
        raise _UnusableError("the answer is not JSON") from None
    choices = completion.get("choices") if isinstance(completion, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise _UnusableError("the answer has no message")
    if message.get("refusal") or choice.get("finish_reason") == "content_filter":
        raise _UnusableError("the model declined")
    if choice.get("finish_reason") == "length":
        raise _UnusableError("the answer was cut off at max_tokens")
    content = message.get("content")
    if not isinstance(content, str) or not content.strip():
        raise _UnusableError("the answer has no text")
    return content


def _parse_content(content: str) -> dict[str, Any]:
    bare = _THOUGHTS.sub("", content).strip()
    fenced = _FENCE.match(bare)
    try:
        written = parse_json(fenced.group(1) if fenced else bare)
    except ValueError:
        raise _UnusableError("the text is not the JSON that was asked for") from None
    if not isinstance(written, dict):
        raise _UnusableError("the text is not a JSON object")
    return written


def _fill(example: Example, written: dict[str, Any]) -> Texts:
    facts = example.reference
    asked = {column.name for column, fact in zip(example.table.columns, facts.columns, strict=True) if is_asked(fact)}
    _check_keys(written, {*(["table"] if is_asked(facts.table) else []), *(["columns"] if asked else [])})
    columns = written.get("columns", {})
    if not isinstance(columns, dict):
        raise _UnusableError("the columns are not a JSON object")
    _check_keys(columns, asked)
    shown = set(_NUMBER.findall(" ".join((example.ddl, facts.table, *facts.columns))))
    return Texts(
        table=_check_text(written["table"], shown) if "table" in written else facts.table,
        columns=tuple(
            _check_text(columns[column.name], shown) if column.name in asked else fact
            for column, fact in zip(example.table.columns, facts.columns, strict=True)
        ),
    )


def _check_keys(content: dict[str, Any], asked: set[str]) -> None:
    if set(content) - asked:
        raise _UnusableError("the answer has a key that was not asked for")
    if asked - set(content):
        raise _UnusableError("the answer lacks a text")


def _check_text(text: Any, shown: set[str]) -> str:
    if not isinstance(text, str):
        raise _UnusableError("a text is not a string")
    stripped = text.strip()
    fault = find_text_fault(stripped)
    if fault:
        raise _UnusableError(fault)
    if set(_NUMBER.findall(stripped)) - shown:
        raise _UnusableError("a text has a number that the schema does not show")
    return stripped

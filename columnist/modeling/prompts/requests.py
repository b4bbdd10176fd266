"""A prompt as one chat request: a form of names to fill, and the reading of what comes back."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from columnist.ddl.tables import Table
from columnist.modeling.prompts.folders import open_template, read_examples
from columnist.modeling.prompts.prompt import TABLE_SLOT, Prompt, PromptKind, Slot
from columnist.modeling.prompts.rendering import render_prompts
from columnist.values import Value

_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_MAX_STARTS = 16  # braces at which an object is looked for; prose has few before it
_MAX_REPLY = 400_000  # characters; forty texts of 2,000 are far below
_STRING = {"type": "string"}


class Request(Value):
    """What a model behind an endpoint is asked for one window of columns.

    Attributes:
        slots: The slots that the form has names for.
        json_schema: What an answer has to look like.
    """

    slots: tuple[Slot, ...]
    system: str
    user: str
    json_schema: dict[str, Any]


def render_request(table: Table, with_comments: bool = False) -> tuple[Request, ...]:
    r"""Render a table as chat requests: one, or one for each window of columns if it is wide.

    Example:
        >>> from columnist.ddl.tables import Column
        >>> request, = render_request(Table(name="stock", columns=(Column(name="sku", type="TEXT"),)))
        >>> print(request.user.rpartition(":\n")[2])
        {"table": "", "columns": {"sku": ""}}
        >>> parse_reply(request, '{"columns": {"sku": "Article."}}')
        ('', 'Article.')
    """
    return tuple(as_request(prompt) for prompt in render_prompts(table, PromptKind.INSTRUCT, with_comments))


def as_request(prompt: Prompt) -> Request:
    """Return the chat request that asks for a prompt's slots; its kind has to be ``instruct``."""
    form: dict[str, Any] = {"table": ""} if any(slot.index == TABLE_SLOT for slot in prompt.slots) else {}
    if names := [slot.name for slot in prompt.slots if slot.index != TABLE_SLOT]:
        form["columns"] = dict.fromkeys(names, "")
    user = open_template(PromptKind.INSTRUCT, "user").render(
        schema=prompt.schema_text, form=json.dumps(form, ensure_ascii=False)
    )
    return Request(slots=prompt.slots, system=_system(), user=user, json_schema=_schema_of(form))


def parse_reply(request: Request, reply: str) -> tuple[str, ...]:
    r"""Return one text per slot of a request; empty where the reply has none.

    Prose and code fences around the object do not matter, nor do names that were
    not asked for, nor whether names kept their case.

    Example:
        >>> request = as_request(Prompt(instructions="", schema_text="", slots=(Slot(index=0, lead="", name="sku"),)))
        >>> parse_reply(request, 'Sure:\n```json\n{"columns": {"SKU": "Article.", "x": "?"}}\n```')
        ('Article.',)
        >>> parse_reply(request, "I cannot do that.")
        ('',)
    """
    content = _find_object(_THOUGHT.sub("", reply[:_MAX_REPLY]))
    nested = content.get("columns")
    # Small models forget to nest.
    columns = nested if isinstance(nested, dict) else content
    folded = {name.strip().casefold(): text for name, text in columns.items()}

    def text_of(slot: Slot) -> str:
        found = content.get("table") if slot.index == TABLE_SLOT else _either(columns, folded, slot.name)
        return found.strip() if isinstance(found, str) else ""

    return tuple(text_of(slot) for slot in request.slots)


def _either(exact: Mapping[str, Any], folded: Mapping[str, Any], name: str) -> Any:
    return exact[name] if name in exact else folded.get(name.casefold())


def _find_object(reply: str) -> dict[str, Any]:
    """Return the first JSON object in a text, or an empty one."""
    decoder = json.JSONDecoder()
    start = reply.find("{")
    for _ in range(_MAX_STARTS):
        if start < 0:
            break
        try:
            content, _end = decoder.raw_decode(reply, start)
        except (ValueError, RecursionError):
            start = reply.find("{", start + 1)
            continue
        return dict(content)
    return {}


def _schema_of(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON schema of a filled form, in the strict subset that endpoints accept."""
    return {
        "type": "object",
        "properties": {name: _schema_of(part) if isinstance(part, dict) else _STRING for name, part in form.items()},
        "required": list(form),
        "additionalProperties": False,
    }


@cache
def _system() -> str:
    examples = [
        {**example, "json": json.dumps({"table": example["table"], "columns": example["columns"]}, ensure_ascii=False)}
        for example in read_examples(PromptKind.INSTRUCT)
    ]
    return open_template(PromptKind.INSTRUCT, "system").render(examples=examples).strip()

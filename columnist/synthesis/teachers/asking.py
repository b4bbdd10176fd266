"""What a served model is asked: a statement, the facts, and the form to fill.

The wording is a versioned folder of this package. Its digest is part of each
request's key, so a changed wording never takes an answer to another question.
"""

import json
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from columnist.digests import canonical_json, digest_folder, digest_value
from columnist.synthesis.examples import Example
from columnist.synthesis.teachers.plain_texts import is_asked
from columnist.synthesis.teachers.settings import OpenAITeacherConfig
from columnist.values import Value

PROMPT = "describe-1"
_FOLDER = Path(__file__).parent / "prompts" / PROMPT


class Request(Value):
    """One call that is to be made, the same bytes whenever it is rendered.

    Attributes:
        key: SHA-256 of the prompt's digest and the body; also sent to the endpoint
            as ``Idempotency-Key``.
        body: What is posted, as JSON.
    """

    key: str
    body: str


@cache
def prompt_digest() -> str:
    """Return the SHA-256 of the prompt's files."""
    return digest_folder(_FOLDER)


def is_asked_at_all(example: Example) -> bool:
    """Whether there is any text to write: an example may consist of abstentions."""
    return any(is_asked(fact) for fact in (example.reference.table, *example.reference.columns))


def render_request(config: OpenAITeacherConfig, example: Example) -> Request:
    """Render the request that asks for the texts of one example."""
    body: dict[str, Any] = {
        "model": config.model,
        "messages": _render_messages(example),
        config.max_tokens_field: config.max_tokens,
        "stream": False,
    }
    if config.temperature is not None:
        body["temperature"] = config.temperature
    return Request(key=digest_value({"prompt": prompt_digest(), "body": body}), body=canonical_json(body))


def _render_messages(example: Example) -> list[dict[str, str]]:
    facts = _asked_facts(example)
    form = {name: dict.fromkeys(fact, "") if isinstance(fact, dict) else "" for name, fact in facts.items()}
    user = _read("user").substitute(
        dialect=example.table.dialect, ddl=example.ddl.strip(), facts=_indented(facts), form=_indented(form)
    )
    return [{"role": "system", "content": _read("system").template}, {"role": "user", "content": user}]


def _asked_facts(example: Example) -> dict[str, str | dict[str, str]]:
    """Return the texts of the grammar in the form of an answer, without those that are kept anyway."""
    reference = example.reference
    pairs = zip(example.table.columns, reference.columns, strict=True)
    columns = {column.name: fact for column, fact in pairs if is_asked(fact)}
    facts: dict[str, str | dict[str, str]] = {"table": reference.table} if is_asked(reference.table) else {}
    return {**facts, "columns": columns} if columns else facts


def _indented(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


@cache
def _read(name: str) -> Template:
    return Template((_FOLDER / f"{name}.txt").read_text(encoding="utf-8").strip())

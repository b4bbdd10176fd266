"""How many tokens a system reads and writes about tables, by its own tokenizer.

There are four ways to ask about one table; a wide one has several windows, which are added up:

* ``compact``: the schema once, and the lead of every slot. That is what an engine computes that shares the
  schema among the slots, as all of this product's do.
* ``compact, nothing shared``: the schema again for each slot. That is what an engine without prefix sharing computes.
* ``instruct``: one chat request, instructions and form included, through the tokenizer's chat template.
  That is how a hosted model is asked. A JSON schema that an endpoint adds to it is not counted.
* ``instruct, by slot``: instructions and schema once, and the lead of every slot.

Written tokens are those of the texts or replies that were kept, and one that ends each. What a system wrote and
the product cut off or wrote again is not among them.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from columnist.ddl.tables import Table
from columnist.documentation import Texts
from columnist.evaluation.costs import Usage
from columnist.evaluation.identity import SystemIdentity
from columnist.modeling.base_models import EMBEDDED, load_tokenizer, resolve_base_model
from columnist.modeling.encoding import encode_lead, encode_prefix, neutralise
from columnist.modeling.gguf_files import read_gguf
from columnist.modeling.prompts import (
    TABLE_SLOT,
    Prompt,
    PromptKind,
    Request,
    as_request,
    prompt_digest,
    render_prompts,
    render_request,
)
from columnist.modeling.tokenizing import GgufTokenizer, has_known_tokenizer
from columnist.systems.system import Kind, Piece

COMPACT, NAIVE, INSTRUCT, SLOTS = "compact", "compact, nothing shared", "instruct", "instruct, by slot"


def measure_usage(identity: SystemIdentity, tables: Sequence[Table], piece: Piece) -> Usage:
    """Return what it took a system to write about tables: nothing but time where no model writes.

    Args:
        identity: The system's.
        tables: What it wrote about.
        piece: What it wrote.

    Raises:
        BaseModelError: Its base model is not there, or has no tokenizer that can be read.
        ValueError: It did not write about these tables.
    """
    if len(piece.texts) != len(tables):
        raise ValueError(f"{identity.name} wrote about {len(piece.texts)} tables, not about {len(tables)}")
    if identity.kind == Kind.NAMES:
        nothing = (0,) * len(tables)
        return Usage(input_tokens=nothing, output_tokens=nothing, seconds=piece.seconds)
    tokenizer = open_tokenizer(identity.base_model)
    if identity.kind in (Kind.JSON, Kind.SCHEMA):
        written = [_written(tokenizer, replies) for replies in piece.replies]
    else:
        written = [_written(tokenizer, (f" {text}" for text in (own.table, *own.columns))) for own in piece.texts]
    return Usage(
        input_tokens=tuple(count_tables(tokenizer, tables)[_way(identity)]),
        output_tokens=tuple(written),
        seconds=piece.seconds,
    )


def estimate_hosted_usage(tables: Sequence[Table], texts: Sequence[Texts], tokenizer: Any = None) -> Usage:
    """Return what a hosted model would take to answer the long prompt with given texts, one JSON reply a request.

    An approximation: hosted models have tokenizers of their own, and those that think first are paid for that too.

    Args:
        tables: What it would be asked about.
        texts: What it would answer: people's texts are as good a guess as any.
        tokenizer: Counts the tokens; the embedded base model's if left out.
    """
    tokenizer = tokenizer or open_tokenizer(EMBEDDED)
    return Usage(
        input_tokens=tuple(count_tables(tokenizer, tables)[INSTRUCT]),
        output_tokens=tuple(
            _written(tokenizer, (_reply(request, own) for request in render_request(table)))
            for table, own in zip(tables, texts, strict=True)
        ),
        seconds=None,
    )


def open_tokenizer(reference: str) -> Any:
    """Return the tokenizer of a base model: the embedded one, a ``.gguf`` file or a local folder.

    Raises:
        BaseModelError: There is no such model, or it has no tokenizer that can be read.
    """
    base = resolve_base_model(reference)
    if base.gguf:
        file = read_gguf(base.gguf)
        if has_known_tokenizer(file):
            return GgufTokenizer(file)
    return load_tokenizer(base)


def count_tables(tokenizer: Any, tables: Sequence[Table]) -> dict[str, list[int]]:
    """Return the input tokens of each way to ask, table by table."""
    rows = [_count_table(tokenizer, table) for table in tables]
    return {name: [row[name] for row in rows] for name in (COMPACT, NAIVE, INSTRUCT, SLOTS)}


def _way(identity: SystemIdentity) -> str:
    """Return the way in which a system is asked."""
    if identity.kind in (Kind.JSON, Kind.SCHEMA):
        return INSTRUCT
    return SLOTS if identity.prompt_sha256 == prompt_digest(PromptKind.INSTRUCT) else COMPACT


def _count_table(tokenizer: Any, table: Table) -> dict[str, int]:
    compact, instruct = (render_prompts(table, kind) for kind in (PromptKind.COMPACT, PromptKind.INSTRUCT))
    return {
        COMPACT: sum(_shared(tokenizer, prompt) for prompt in compact),
        NAIVE: sum(_repeated(tokenizer, prompt) for prompt in compact),
        INSTRUCT: sum(_requested(tokenizer, as_request(prompt)) for prompt in instruct),
        SLOTS: sum(_shared(tokenizer, prompt) for prompt in instruct),
    }


def _shared(tokenizer: Any, prompt: Prompt) -> int:
    return len(encode_prefix(tokenizer, prompt)) + _leads(tokenizer, prompt)


def _repeated(tokenizer: Any, prompt: Prompt) -> int:
    return len(prompt.slots) * len(encode_prefix(tokenizer, prompt)) + _leads(tokenizer, prompt)


def _leads(tokenizer: Any, prompt: Prompt) -> int:
    return sum(len(encode_lead(tokenizer, slot.lead)) for slot in prompt.slots)


def _requested(tokenizer: Any, request: Request) -> int:
    system, user = neutralise(tokenizer, request.system), neutralise(tokenizer, request.user)
    text = f"{system}\n\n{user}"
    if tokenizer.chat_template:
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    return _count(tokenizer, text)


def _reply(request: Request, texts: Texts) -> str:
    """Return a request's form, filled with texts."""
    columns = {slot.name: texts.columns[slot.index] for slot in request.slots if slot.index != TABLE_SLOT}
    table = {"table": texts.table} if len(columns) < len(request.slots) else {}
    return json.dumps({**table, "columns": columns} if columns else table, ensure_ascii=False)


def _written(tokenizer: Any, texts: Iterable[str]) -> int:
    """Return the tokens of texts, each with one that ends it."""
    return sum(_count(tokenizer, text) + 1 for text in texts)


def _count(tokenizer: Any, text: str) -> int:
    return len(tokenizer(text, add_special_tokens=False)["input_ids"])

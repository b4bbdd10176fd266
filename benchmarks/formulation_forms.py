"""The forms of the task that ``formulations`` compares: how each is taught, and how each is decoded.

All forms read the same schema and write the same texts. They differ in what a text sees of the others and
in who writes the names: in ``json`` the model writes everything, in ``lines`` the names are forced and each
text sees those before it, in ``parallel`` (the product's form) each text sees the schema alone.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from columnist.documentation import Texts
from columnist.modeling.cleaning import clean
from columnist.modeling.encoding import IGNORED, Row, encode_lead, encode_prefix, encode_rows
from columnist.modeling.engines.endings import finished_text, stop_tokens
from columnist.modeling.engines.transformers_engine import TransformersEngine
from columnist.modeling.prompts import TABLE_SLOT, Prompt

TEXT_TOKENS = 64  # as many as the product's engines write at most
_NAME_TOKENS = 24  # of a name with its quotes; a JSON reply is cut after so many and TEXT_TOKENS a slot
_TABLE = "table"
_COLUMNS = "columns"
_STRING = r'"(?:[^"\\]|\\.)*"'
_PAIR = re.compile(rf"({_STRING})\s*:\s*({_STRING})")


class Form(StrEnum):
    """How a table's texts are asked for."""

    JSON = "json"
    LINES = "lines"
    PARALLEL = "parallel"


class Reply(NamedTuple):
    """What was written for one table.

    Attributes:
        missing: Texts that were not there exactly once.
        invented: Texts for names that were not asked for.
    """

    texts: Texts
    missing: int = 0
    invented: int = 0


def encode(form: Form, tokenizer: Any, prompt: Prompt, texts: Texts) -> Row:
    """Return a table as one row in a form; the loss counts what the model has to write in that form."""
    if form is Form.PARALLEL:
        (row,) = encode_rows(tokenizer, [prompt], texts, max_tokens=1 << 20)
        return row
    parts = [_ignored(encode_prefix(tokenizer, prompt))]
    if form is Form.JSON:
        parts += [_ignored(encode_lead(tokenizer, "")), _learned(tokenizer, render_json(prompt, texts))]
    else:
        for slot in prompt.slots:
            # The texts keep the space before them, as in the product's form.
            text = _text_of(texts, slot.index)
            parts += [_ignored(encode_lead(tokenizer, slot.lead)), _learned(tokenizer, f" {text}")]
    tokens = tuple(token for part, _ in parts for token in part)
    return Row(
        tokens=tokens,
        labels=tuple(label for _, labels in parts for label in labels),
        segments=(0,) * len(tokens),
        positions=tuple(range(len(tokens))),
    )


def render_json(prompt: Prompt, texts: Texts) -> str:
    """Return the object that the ``json`` form teaches.

    Example:
        >>> from columnist.modeling.prompts import Slot
        >>> slots = (Slot(index=-1, lead="", name="stock"), Slot(index=0, lead="", name="sku"))
        >>> prompt = Prompt(instructions="", schema_text="", slots=slots)
        >>> render_json(prompt, Texts(table="Stock.", columns=("Article.",)))
        '{"table": "Stock.", "columns": {"sku": "Article."}}'
    """
    columns = {slot.name: _text_of(texts, slot.index) for slot in prompt.slots if slot.index != TABLE_SLOT}
    return json.dumps({_TABLE: texts.table, _COLUMNS: columns}, ensure_ascii=False)


def parse_json(prompt: Prompt, reply: str) -> Reply:
    r"""Read a reply generously: pairs of a name and a text count wherever they stand, in a broken object too.

    Example:
        >>> from columnist.modeling.prompts import Slot
        >>> slots = (Slot(index=-1, lead="", name="stock"), Slot(index=0, lead="", name="sku"))
        >>> prompt = Prompt(instructions="", schema_text="", slots=slots)
        >>> parse_json(prompt, '{"table": "Stock.", "columns": {"sku": "Article.", "qty": "?"')
        Reply(texts=Texts(table='Stock.', columns=('Article.',)), missing=0, invented=1)
        >>> parse_json(prompt, "Sorry.")
        Reply(texts=Texts(table='', columns=('',)), missing=2, invented=0)
    """
    pairs = [(_unquote(name), _unquote(text)) for name, text in _PAIR.findall(reply)]
    found = dict(reversed(pairs))
    times = Counter(name for name, _ in pairs)
    wanted = [_TABLE if slot.index == TABLE_SLOT else slot.name for slot in prompt.slots]
    return Reply(
        texts=_arrange(prompt, [found.get(name, "") for name in wanted]),
        missing=sum(times[name] != 1 for name in wanted),
        invented=sum(count for name, count in times.items() if name not in wanted),
    )


def decode(form: Form, model: Any, tokenizer: Any, prompts: Sequence[Prompt]) -> list[Reply]:
    """Decode the texts of some tables greedily, all of them at once."""
    import torch

    if form is Form.PARALLEL:
        engine = TransformersEngine(model, tokenizer, "cpu")
        filled = engine.fill(prompts)
        return [
            Reply(_arrange(prompt, [each.text for each in texts]))
            for prompt, texts in zip(prompts, filled, strict=True)
        ]
    with torch.inference_mode():
        writing = _Writing(model, tokenizer, [encode_prefix(tokenizer, prompt) for prompt in prompts])
        return _decode_json(writing, prompts) if form is Form.JSON else _decode_lines(writing, prompts)


def _decode_json(writing: "_Writing", prompts: Sequence[Prompt]) -> list[Reply]:
    slots = max(len(prompt.slots) for prompt in prompts)
    start = encode_lead(writing.tokenizer, "")
    written = writing.write([start] * len(prompts), slots * (TEXT_TOKENS + _NAME_TOKENS))
    replies = (writing.tokenizer.decode(tokens, skip_special_tokens=True) for tokens in written)
    return [parse_json(prompt, reply) for prompt, reply in zip(prompts, replies, strict=True)]


def _decode_lines(writing: "_Writing", prompts: Sequence[Prompt]) -> list[Reply]:
    tokenizer = writing.tokenizer
    texts: list[list[str]] = [[] for _ in prompts]
    for place in range(max(len(prompt.slots) for prompt in prompts)):
        starts = []
        for prompt in prompts:
            lead = encode_lead(tokenizer, prompt.slots[place].lead) if place < len(prompt.slots) else []
            # Every text but the first follows the token that ended the one before it.
            starts.append([tokenizer.eos_token_id, *lead] if lead and place else lead)
        for number, tokens in enumerate(writing.write(starts, TEXT_TOKENS)):
            if place < len(prompts[number].slots):
                texts[number].append(finished_text(tokenizer, tokens, TEXT_TOKENS))
    return [Reply(_arrange(prompt, own)) for prompt, own in zip(prompts, texts, strict=True)]


class _Writing:
    """Rows that are read once and then written to, again and again; what was written stays in sight."""

    def __init__(self, model: Any, tokenizer: Any, prefixes: list[list[int]]):
        self._model, self.tokenizer = model.eval(), tokenizer
        self._stops = stop_tokens(tokenizer)
        self._mask: Any = None
        self._cache: Any = None
        self._feed(prefixes)

    def write(self, starts: list[list[int]], max_tokens: int) -> list[list[int]]:
        """Continue each row with a start and greedily to the token that ends it; rows with an empty start wait."""
        written: list[list[int]] = [[] for _ in starts]
        chosen = self._feed(starts)
        alive = [bool(start) for start in starts]
        for _ in range(max_tokens):
            for row, going in enumerate(alive):
                if going:
                    written[row].append(chosen[row])
            alive = [going and token not in self._stops for going, token in zip(alive, chosen, strict=True)]
            if not any(alive):
                break
            chosen = self._feed([[token] if going else [] for token, going in zip(chosen, alive, strict=True)])
        return written

    def _feed(self, sequences: list[list[int]]) -> list[int]:
        """Read tokens, padded on the left and masked there, and return the likeliest next ones."""
        import torch

        longest = max(map(len, sequences))
        tokens = torch.tensor([[0] * (longest - len(row)) + row for row in sequences])
        mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in sequences])
        seen = torch.zeros(len(sequences), 1, dtype=mask.dtype) if self._mask is None else self._mask.sum(1, True)
        self._mask = mask if self._mask is None else torch.cat([self._mask, mask], dim=1)
        output = self._model.get_decoder()(
            input_ids=tokens,
            attention_mask=self._mask,
            position_ids=(seen + mask.cumsum(1) - 1).clamp(min=0),
            past_key_values=self._cache,
            use_cache=True,
        )
        self._cache = output.past_key_values
        # Contiguous: on a strided slice the head copies its whole weight once a row.
        logits = self._model.get_output_embeddings()(output.last_hidden_state[:, -1].contiguous())
        return list(logits.argmax(-1).tolist())


def _ignored(tokens: list[int]) -> tuple[list[int], list[int]]:
    return tokens, [IGNORED] * len(tokens)


def _learned(tokenizer: Any, text: str) -> tuple[list[int], list[int]]:
    tokens = [*tokenizer(text, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
    return tokens, tokens


def _text_of(texts: Texts, index: int) -> str:
    return texts.table if index == TABLE_SLOT else texts.columns[index]


def _arrange(prompt: Prompt, texts: Sequence[str]) -> Texts:
    """Bring the slots' texts into the order of the table's columns."""
    by_index = {slot.index: clean(text) for slot, text in zip(prompt.slots, texts, strict=True)}
    columns = sorted(index for index in by_index if index != TABLE_SLOT)
    return Texts(table=by_index.get(TABLE_SLOT, ""), columns=tuple(by_index[index] for index in columns))


def _unquote(literal: str) -> str:
    """Return the text of a JSON string; one with a broken escape stands for itself."""
    try:
        return str(json.loads(literal, strict=False))
    except ValueError:
        return literal.strip('"')

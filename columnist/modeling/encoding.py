"""Examples as token sequences: one row holds a schema once and all of its slots.

The slots of a table are filled independently of each other at decoding, so they
are trained that way too. Instead of repeating the schema for every slot, a row
holds it once, followed by all slots, and the attention mask lets each slot see
the schema and itself but not its siblings; its positions continue from the
schema's end. A table costs one pass over its schema, whatever its width.
"""

from collections.abc import Sequence
from typing import Any

from columnist.documentation import Texts
from columnist.modeling.prompts import TABLE_SLOT, Prompt
from columnist.values import Value

IGNORED = -100  # the label that PyTorch's cross-entropy leaves out
_PADDING = -1


class Row(Value):
    """The tokens of one prompt with its expected texts, all of the same length.

    Attributes:
        labels: The token itself where the loss counts it (a slot's text and its
            end), ``IGNORED`` elsewhere.
        segments: 0 for the schema, 1.. for the slots.
        positions: Position ids; each slot starts where the schema ends.
    """

    tokens: tuple[int, ...]
    labels: tuple[int, ...]
    segments: tuple[int, ...]
    positions: tuple[int, ...]


def encode_prefix(tokenizer: Any, prompt: Prompt) -> list[int]:
    """Encode what comes before the slots, through the chat template if there are instructions."""
    schema = neutralise(tokenizer, prompt.schema_text)
    if not prompt.instructions:
        return list(tokenizer(schema + "\n", add_special_tokens=True)["input_ids"])
    request = f"{prompt.instructions}\n{schema}"
    if not tokenizer.chat_template:
        return list(tokenizer(request + "\n\n", add_special_tokens=True)["input_ids"])
    text = tokenizer.apply_chat_template(
        [{"role": "user", "content": request}], add_generation_prompt=True, tokenize=False
    )
    # Every slot starts with the line break that the template ends with.
    return list(tokenizer(text.removesuffix("\n"), add_special_tokens=False)["input_ids"])


def encode_lead(tokenizer: Any, lead: str) -> list[int]:
    """Encode the start of a slot."""
    return list(tokenizer("\n" + neutralise(tokenizer, lead), add_special_tokens=False)["input_ids"])


def encode_rows(tokenizer: Any, prompts: Sequence[Prompt], texts: Texts, max_tokens: int) -> list[Row]:
    """Encode a table's prompts with its expected texts; abstentions are learned, empty texts are not.

    Args:
        tokenizer: The base model's tokenizer.
        prompts: The windows of one table.
        texts: Its expected texts.
        max_tokens: Rows longer than this are split between slots; the schema is then repeated.

    Returns:
        The rows; slots that do not fit beside their schema are left out.
    """
    rows: list[Row] = []
    for prompt in prompts:
        prefix = encode_prefix(tokenizer, prompt)
        slots = []
        for slot in prompt.slots:
            text = texts.table if slot.index == TABLE_SLOT else texts.columns[slot.index]
            if text:
                lead = encode_lead(tokenizer, slot.lead)
                answer = tokenizer(" " + text, add_special_tokens=False)["input_ids"]
                slots.append((lead, [*answer, tokenizer.eos_token_id]))
        rows.extend(_assemble(prefix, group) for group in _fit(slots, max_tokens - len(prefix)))
    return rows


def neutralise(tokenizer: Any, text: str) -> str:
    """Break up the tokenizer's control tokens, so that a schema cannot end or start a turn."""
    # Sorted, because sets of texts are ordered differently in every process.
    for token in sorted({*tokenizer.all_special_tokens, *tokenizer.get_added_vocab()}):
        if len(token) > 1 and token in text:
            text = text.replace(token, f"{token[0]} {token[1:]}")
    return text


def collate(rows: Sequence[Row], pad_token: int, device: str) -> dict[str, Any]:
    """Pad rows to one length and build the attention mask.

    Returns:
        ``tokens``, ``labels``, ``positions``: int64 (rows, length), padded on the
        right; ``mask``: bool (rows, 1, length, length), true where a token may look.
    """
    import torch

    length = max(len(row.tokens) for row in rows)

    def padded(values: Sequence[Sequence[int]], filler: int) -> Any:
        return torch.tensor([[*row, *[filler] * (length - len(row))] for row in values], device=device)

    segments = padded([row.segments for row in rows], _PADDING)
    same_or_schema = (segments[:, :, None] == segments[:, None, :]) | (segments[:, None, :] == 0)
    causal = torch.ones(length, length, dtype=torch.bool, device=device).tril()
    # Padding looks at padding, which keeps the softmax of those rows finite; no label reads them.
    return {
        "tokens": padded([row.tokens for row in rows], pad_token),
        "labels": padded([row.labels for row in rows], IGNORED),
        "positions": padded([row.positions for row in rows], 0),
        "mask": (same_or_schema & causal)[:, None],
    }


def _fit(slots: list[tuple[list[int], list[int]]], budget: int) -> list[list[tuple[list[int], list[int]]]]:
    groups: list[list[tuple[list[int], list[int]]]] = []
    used = budget + 1
    for lead, answer in slots:
        size = len(lead) + len(answer)
        if size > budget:
            continue
        if used + size > budget:
            groups.append([])
            used = 0
        groups[-1].append((lead, answer))
        used += size
    return groups


def _assemble(prefix: list[int], slots: list[tuple[list[int], list[int]]]) -> Row:
    tokens, labels = list(prefix), [IGNORED] * len(prefix)
    segments, positions = [0] * len(prefix), list(range(len(prefix)))
    for number, (lead, answer) in enumerate(slots, start=1):
        tokens += lead + answer
        labels += [IGNORED] * len(lead) + answer
        size = len(lead) + len(answer)
        segments += [number] * size
        positions += range(len(prefix), len(prefix) + size)
    return Row(tokens=tuple(tokens), labels=tuple(labels), segments=tuple(segments), positions=tuple(positions))

"""The reference engine, on ``transformers``: what every other engine is compared with.

It decodes greedily. The batch a slot lands in can change the rounding of a sum and
with it a near-tie between two tokens, so outputs are a function of the whole list of
prompts, which is handled in a fixed order: the same list gives the same texts on the
same machine.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from columnist.modeling.adapters import Adapter, attach, check_fit
from columnist.modeling.base_models import BaseModel, load_model, load_tokenizer
from columnist.modeling.devices import pick_device, pick_dtype
from columnist.modeling.encoding import encode_lead, encode_prefix
from columnist.modeling.engines.endings import finished_text, stop_tokens
from columnist.modeling.engines.protocol import MAX_NEW_TOKENS, Filled, OnFilled
from columnist.modeling.prompts import Prompt, Slot

_SLOT_TOKENS = 32 + MAX_NEW_TOKENS  # of a row beside its schema; 32 allow for the lead
_Written = tuple[list[int], list[float]]  # token ids and their log-probabilities, what ended them included
_GROUP_TOKENS = 16_000  # keys and values held at once: about 0.4 GB in bfloat16 for the embedded model


class TransformersEngine:
    """The reference engine: one pass over each schema, then all its slots as one batch."""

    def __init__(self, model: Any, tokenizer: Any, device: str):
        self._model, self._tokenizer, self._device = model.eval().to(device), tokenizer, device
        self._stops = stop_tokens(tokenizer)

    def fill(self, prompts: Sequence[Prompt], on_filled: OnFilled | None = None) -> list[tuple[Filled, ...]]:
        """Fill the slots, longest schemas first, in groups that bound memory."""
        import torch

        prefixes = [encode_prefix(self._tokenizer, prompt) for prompt in prompts]
        results: list[tuple[Filled, ...]] = [() for _ in prompts]
        order = sorted(range(len(prompts)), key=lambda i: (-len(prefixes[i]), i))
        parts = [part for i in order for part in _cut(i, prompts[i].slots, len(prefixes[i]))]
        widths, rows = [len(prefixes[part.prompt]) for part in parts], [len(part.slots) for part in parts]
        for places in _group(range(len(parts)), widths, rows):
            group = [parts[place] for place in places]
            with torch.inference_mode():
                texts = self._fill_group([prefixes[part.prompt] for part in group], group)
            for part, filled in zip(group, texts, strict=True):
                results[part.prompt] += filled
                if on_filled and part.is_last:
                    on_filled(part.prompt, results[part.prompt])
        return results

    def _fill_group(self, prefixes: list[list[int]], parts: list["_Part"]) -> list[tuple[Filled, ...]]:
        leads = [[encode_lead(self._tokenizer, slot.lead) for slot in part.slots] for part in parts]
        owners = [number for number, own in enumerate(leads) for _ in own]
        generated = iter(self._generate(prefixes, [lead for own in leads for lead in own], owners))
        return [tuple(self._filled(*next(generated)) for _ in own) for own in leads]

    def _generate(self, prefixes: list[list[int]], leads: list[list[int]], owners: list[int]) -> list[_Written]:
        """Decode greedily; row r continues prefix ``owners[r]`` with lead r.

        Both parts are padded on the left, so a row has gaps before its prefix and
        before its lead; the mask hides them and positions do not count them.
        """
        import torch

        tokens, mask = self._pad(prefixes)
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        decoder, head = self._model.get_decoder(), self._model.get_output_embeddings()
        first = decoder(input_ids=tokens, attention_mask=mask, position_ids=positions, use_cache=True)
        cache, rows = first.past_key_values, torch.tensor(owners, device=self._device)
        cache.batch_select_indices(rows)
        tokens, lead_mask = self._pad(leads)
        start = mask.sum(1)[rows]
        mask = torch.cat([mask[rows], lead_mask], dim=1)
        positions = start[:, None] + (lead_mask.cumsum(1) - 1).clamp(min=0)
        position = start + lead_mask.sum(1)
        outputs: list[_Written] = [([], []) for _ in leads]
        alive = list(range(len(leads)))
        for step in range(MAX_NEW_TOKENS):
            hidden = decoder(
                input_ids=tokens, attention_mask=mask, position_ids=positions, past_key_values=cache, use_cache=True
            ).last_hidden_state
            # Contiguous: on a strided slice the head copies its whole weight once a row, most of the time spent.
            logits = head(hidden[:, -1].contiguous()).float()
            whole = logits.logsumexp(-1)
            if step == 0:
                # Base models like to end the line that a lead has begun.
                logits[:, sorted(self._stops)] = -torch.inf
            best, chosen = logits.max(-1)
            logprobs = (best - whole).tolist()
            keep = []
            for place, token in enumerate(chosen.tolist()):
                tokens_so_far, logprobs_so_far = outputs[alive[place]]
                tokens_so_far.append(token)
                logprobs_so_far.append(logprobs[place])
                if token not in self._stops:
                    keep.append(place)
            if not keep:
                break
            if len(keep) < len(alive):
                # Finished rows leave the batch: its last steps are then as cheap as they can be.
                kept = torch.tensor(keep, device=self._device)
                cache.batch_select_indices(kept)
                chosen, mask, position = chosen[kept], mask[kept], position[kept]
                alive = [alive[place] for place in keep]
            tokens, positions = chosen[:, None], position[:, None]
            mask = torch.cat([mask, mask.new_ones(len(alive), 1)], dim=1)
            position = position + 1
        return outputs

    def _pad(self, sequences: list[list[int]]) -> tuple[Any, Any]:
        """Return token ids and mask, both int64 (rows, longest), padded on the left."""
        import torch

        longest = max(len(sequence) for sequence in sequences)
        filler = self._tokenizer.pad_token_id or 0
        tokens = [[filler] * (longest - len(sequence)) + sequence for sequence in sequences]
        mask = [[0] * (longest - len(sequence)) + [1] * len(sequence) for sequence in sequences]
        return torch.tensor(tokens, device=self._device), torch.tensor(mask, device=self._device)

    def _filled(self, tokens: list[int], logprobs: list[float]) -> Filled:
        return Filled(finished_text(self._tokenizer, tokens, MAX_NEW_TOKENS), tuple(logprobs))


def open_transformers(base: BaseModel, adapter: Adapter | None) -> TransformersEngine:
    """Load a base model, merge an adapter into it if there is one, and return an engine.

    Args:
        base: A resolved base model.
        adapter: A trained adapter, or ``None`` for the base model alone.

    Raises:
        BaseModelError: The base model cannot be used.
        AdapterError: The adapter does not fit it.
    """
    import torch

    if adapter:
        check_fit(adapter, base)
    device = pick_device()
    # The adapter is merged in float32: its changes are smaller than a step of bfloat16.
    model = load_model(base, dtype=torch.float32)
    if adapter:
        model = attach(model, adapter)
    return TransformersEngine(model.to(pick_dtype(device)), load_tokenizer(base), device)


class _Part(NamedTuple):
    """Slots of one prompt that are decoded together."""

    prompt: int
    slots: tuple[Slot, ...]
    is_last: bool


def _cut(prompt: int, slots: tuple[Slot, ...], prefix_tokens: int) -> list[_Part]:
    """Cut a prompt whose slots would hold too many copies of a long schema.

    Example:
        >>> slots = tuple(Slot(index=number, lead="a:") for number in range(3))
        >>> [len(part.slots) for part in _cut(0, slots, prefix_tokens=7_000)]
        [2, 1]
    """
    size = max(1, _GROUP_TOKENS // (prefix_tokens + _SLOT_TOKENS))
    starts = range(0, len(slots), size)
    return [_Part(prompt, slots[start : start + size], start == starts[-1]) for start in starts]


def _group(order: Sequence[int], prefix_tokens: Sequence[int], slots: Sequence[int]) -> list[list[int]]:
    """Cut an order of prompts into groups of bounded size.

    Example:
        >>> _group([2, 0, 1], prefix_tokens=[50, 40, 12_000], slots=[1, 1, 1])
        [[2], [0, 1]]
    """
    groups: list[list[int]] = []
    rows = widest = 0
    for i in order:
        rows, widest = rows + slots[i], max(widest, prefix_tokens[i])
        # Prompts come longest first, so a group's first is its widest.
        if not groups or rows * (widest + _SLOT_TOKENS) > _GROUP_TOKENS:
            groups.append([])
            rows, widest = slots[i], prefix_tokens[i]
        groups[-1].append(i)
    return groups

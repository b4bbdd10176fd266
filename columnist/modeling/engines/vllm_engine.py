"""The engine for GPUs, on vLLM: paged attention, continuous batching and a cache of shared prefixes.

It gets token ids, those that training has used, and no text. All slots of a prompt start
with the same schema, which vLLM computes once and finds again for the others. It needs a
folder of merged weights, which is made once and kept in the cache.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock

from columnist.errors import BaseModelError
from columnist.modeling.adapters import Adapter, attach, check_fit
from columnist.modeling.base_models import (
    BaseModel,
    cache_folder,
    changed_file,
    load_model,
    load_tokenizer,
    make_cache,
    seal,
)
from columnist.modeling.devices import pick_device, pick_dtype
from columnist.modeling.encoding import encode_lead, encode_prefix
from columnist.modeling.engines.endings import finished_text, stop_tokens
from columnist.modeling.engines.protocol import MAX_NEW_TOKENS, Filled, OnFilled
from columnist.modeling.prompts import Prompt

_MERGE = 1  # raise when merging writes other bytes: new folders are then made
_CALL_SLOTS = 2048  # enough to keep a large GPU busy; what an interruption loses at most
_CONTEXT_TOKENS = 8192  # a window of forty columns with the longest lines fits


class VllmEngine:
    """Fills slots with a model that vLLM has loaded."""

    def __init__(self, model: Any, tokenizer: Any, context_tokens: int = _CONTEXT_TOKENS):
        """Take a loaded model.

        Args:
            model: A ``vllm.LLM``, with prefix caching.
            tokenizer: The tokenizer that it was trained with.
            context_tokens: What a schema, its lead and the text may take together.
        """
        from vllm import SamplingParams

        self._model, self._tokenizer = model, tokenizer
        self._longest = context_tokens - MAX_NEW_TOKENS
        self._settings = SamplingParams(
            temperature=0,
            max_tokens=MAX_NEW_TOKENS,
            stop_token_ids=sorted(stop_tokens(tokenizer)),
            min_tokens=1,  # base models like to end the line that a lead has begun
            logprobs=1,
            detokenize=False,
        )

    def fill(self, prompts: Sequence[Prompt], on_filled: OnFilled | None = None) -> list[tuple[Filled, ...]]:
        """Fill the slots; one whose schema is longer than the model's context stays empty."""
        results: list[tuple[Filled, ...]] = [() for _ in prompts]
        for places in _calls(prompts):
            rows = [row for place in places for row in self._rows(place, prompts[place])]
            fitting = [row for row in rows if len(row.tokens) <= self._longest]
            outputs = self._model.generate(
                [{"prompt_token_ids": row.tokens} for row in fitting], self._settings, use_tqdm=False
            )
            filled = {
                (row.prompt, row.slot): self._filled(output.outputs[0])
                for row, output in zip(fitting, outputs, strict=True)
            }
            for place in places:
                slots = range(len(prompts[place].slots))
                results[place] = tuple(filled.get((place, slot), Filled("")) for slot in slots)
                if on_filled:
                    on_filled(place, results[place])
        return results

    def _rows(self, place: int, prompt: Prompt) -> Iterator["_Row"]:
        prefix = encode_prefix(self._tokenizer, prompt)
        for number, slot in enumerate(prompt.slots):
            yield _Row(place, number, prefix + encode_lead(self._tokenizer, slot.lead))

    def _filled(self, output: Any) -> Filled:
        tokens = list(output.token_ids)
        # One entry for each token: the chosen one and the likeliest, which greedily are the same.
        logprobs = tuple(float(e[token].logprob) for token, e in zip(tokens, output.logprobs or (), strict=False))
        return Filled(finished_text(self._tokenizer, tokens, MAX_NEW_TOKENS), logprobs)


def open_vllm(base: BaseModel, adapter: Adapter | None) -> VllmEngine:
    """Load a base model with vLLM, with an adapter merged into it if there is one.

    Raises:
        BaseModelError: vLLM is not installed, or the model cannot be used by it.
        AdapterError: The adapter does not fit the base model.
    """
    # What vLLM would send home, and what it would print between the product's own lines.
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")
    try:
        from vllm import LLM
    except ImportError as error:
        raise BaseModelError(
            f"the engine vllm cannot be loaded ({' '.join(str(error).split())[:100]}); "
            "it needs the extra vllm and a GPU; choose another engine, or install it"
        ) from error
    folder = merge_into_folder(base, adapter)
    tokenizer = load_tokenizer(base)
    try:
        model = LLM(
            model=str(folder),
            skip_tokenizer_init=True,
            trust_remote_code=False,
            enable_prefix_caching=True,
            max_model_len=(context := _context_tokens(folder)),
            # The settings that some models bring along would make it sample.
            generation_config="vllm",
            seed=0,
            disable_log_stats=True,
        )
    except (ValueError, RuntimeError, OSError, AssertionError, NotImplementedError) as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
        raise BaseModelError(
            f"base model {base.reference} cannot be loaded by vLLM: {reason}; choose another engine"
        ) from error
    return VllmEngine(model, tokenizer, context)


def merge_into_folder(base: BaseModel, adapter: Adapter | None) -> Path:
    """Return a folder of safetensors with an adapter merged into its base model, made once and then found.

    Raises:
        BaseModelError: The base model cannot be loaded, or the cache cannot be written.
        AdapterError: The adapter is damaged, or does not fit.
    """
    if adapter:
        check_fit(adapter, base)
    dtype = pick_dtype(pick_device())
    name = f"{base.digest[:16]}-{adapter.digest[:16] if adapter else 'base'}-{str(dtype).rpartition('.')[2]}-v{_MERGE}"
    folder = cache_folder() / "merged_folders" / name
    make_cache(folder.parent, base)
    with FileLock(f"{folder}.lock"):
        if folder.exists() and not _is_whole(folder):
            logging.getLogger("columnist").warning("%s was changed or is damaged: it is made again", folder)
            shutil.rmtree(folder)
        if not folder.exists():
            _merge(base, adapter, dtype, folder)
    return folder


def _merge(base: BaseModel, adapter: Adapter | None, dtype: Any, folder: Path) -> None:
    import torch

    # Merged in float32: an adapter's changes are smaller than a step of bfloat16.
    model = load_model(base, dtype=torch.float32)
    if adapter:
        model = attach(model, adapter)
    try:
        part = Path(tempfile.mkdtemp(prefix=f"{folder.name}.part-", dir=folder.parent))
        model.to(dtype).save_pretrained(part)
        seal(part, base.digest)
        part.rename(folder)
    except OSError as error:
        raise BaseModelError(
            f"base model {base.reference}: its merged model cannot be written to {folder} ({error.strerror}); "
            "make room, or set COLUMNIST_CACHE to another folder"
        ) from error


def _is_whole(folder: Path) -> bool:
    try:
        return changed_file(folder) is None
    except ValueError:
        return False


def _context_tokens(folder: Path) -> int:
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    return min(int(getattr(config, "max_position_embeddings", _CONTEXT_TOKENS)), _CONTEXT_TOKENS)


class _Row(NamedTuple):
    """One slot as a whole sequence: the schema, then its lead."""

    prompt: int
    slot: int
    tokens: list[int]


def _calls(prompts: Sequence[Prompt]) -> Iterator[list[int]]:
    """Yield the places of prompts in calls of bounded size, in their order."""
    call: list[int] = []
    slots = 0
    for place, prompt in enumerate(prompts):
        if call and slots + len(prompt.slots) > _CALL_SLOTS:
            yield call
            call, slots = [], 0
        call.append(place)
        slots += len(prompt.slots)
    if call:
        yield call

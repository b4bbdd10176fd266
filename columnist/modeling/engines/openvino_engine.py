"""The engine for CPUs, on OpenVINO: continuous batching over slots that share their schemas.

The pipeline gets token ids, those that training has used, and no text. The first slot of
a prompt goes ahead; when its schema is computed the others follow and find it in the
prefix cache. Rows that finish make room for waiting ones at every step.

It decodes greedily. As with every engine that batches, what shares a step with a slot can
change the rounding of a sum and with it a near-tie between two tokens.
"""

import importlib
import importlib.util
import json
import os
import sys
import tempfile
from collections import deque
from collections.abc import Sequence
from itertools import count, repeat
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from columnist.errors import BaseModelError
from columnist.modeling.adapters import Adapter
from columnist.modeling.base_models import BaseModel
from columnist.modeling.devices import has_fast_bfloat16
from columnist.modeling.encoding import encode_lead, encode_prefix, neutralise
from columnist.modeling.engines.endings import finished_text, stop_tokens
from columnist.modeling.engines.protocol import MAX_NEW_TOKENS, Filled, OnFilled
from columnist.modeling.exporting import Precision, export_merged
from columnist.modeling.gguf_files import read_gguf
from columnist.modeling.prompts import Prompt
from columnist.modeling.tokenizing import GgufTokenizer

_ROWS = 256  # decoded at once: the more there are, the larger the products that keep the cores busy
_OPENED = 32  # schemas computed ahead of their other slots
_STEP_TOKENS = 2048  # of one step: what an interruption waits for at most, about a second
_BLOCK_TOKENS = 32  # of the cache of keys and values, fixed by OpenVINO
_CACHE_TOKENS = 16_384  # about 250 MB for the embedded model


class _Row(NamedTuple):
    """One sequence that is decoded.

    Attributes:
        owner: The prompt's place.
        slot: The slot's place in its prompt.
        settings: OpenVINO's own.
        new_tokens: What needs room in the cache of keys and values beside a schema that is there.
    """

    owner: int
    slot: int
    tokens: list[int]
    settings: Any
    new_tokens: int


class _Job(Protocol):
    """Rows to decode, given out as there is room."""

    def next_row(self) -> _Row | None:
        """Return the next row, or nothing if there is none, or none yet."""
        ...

    def start(self, row: _Row) -> None:
        """Take note that a row's own tokens have been computed."""
        ...

    def finish(self, row: _Row, output: Any) -> None:
        """Take what a row became, or ``None`` if it found no room."""
        ...


class OpenVinoEngine:
    """Fills slots with a GGUF model on a CPU."""

    def __init__(self, model: Path, compute_type: str = "", threads: int = 0, exact: bool = False):
        """Load a model.

        Args:
            model: A GGUF file with weights of 16 or 8 bits.
            compute_type: ``f32`` or ``bf16``; by default what this CPU is fastest in.
            threads: By default one for each core that this process may use.
            exact: Compute in float32 and keep keys and values in it too, rather than in eight bits;
                for comparisons with other engines.

        Raises:
            BaseModelError: The file cannot be loaded.
        """
        file = read_gguf(model)
        self._model, self._tokenizer = model, GgufTokenizer(file)
        self._properties = {
            "INFERENCE_PRECISION_HINT": "f32" if exact else compute_type or fastest_precision(threads),
            "INFERENCE_NUM_THREADS": threads or available_cores(),
            **({"KV_CACHE_PRECISION": "f32"} if exact else {}),
        }
        self._context = min(file.get("{arch}.context_length", _CACHE_TOKENS), _CACHE_TOKENS)
        self._numbers = count()
        self._knows_grammars = False
        self._pipeline = self._load()

    def fill(self, prompts: Sequence[Prompt], on_filled: OnFilled | None = None) -> list[tuple[Filled, ...]]:
        """Fill the slots; a slot whose schema is longer than the model's context stays empty."""
        settings = _settings(MAX_NEW_TOKENS, stop_tokens(self._tokenizer))
        job = _SlotJob(prompts, self._tokenizer, settings, self._context, on_filled)
        self._run(job)
        return job.results

    def complete(
        self,
        requests: Sequence[tuple[str, str | None]],
        max_new_tokens: int,
        schemas: Sequence[dict[str, Any]] | None = None,
    ) -> list[str]:
        """Answer chat requests, each on its own.

        Args:
            requests: The user's text, and the system's if there is one.
            max_new_tokens: An answer is cut here.
            schemas: A JSON schema for each request, which its answer is forced to follow.

        Returns:
            The raw answers; empty for a request that is longer than the model's context.
        """
        if schemas is not None and not self._knows_grammars:
            self._knows_grammars = True
            self._pipeline = None  # both at once would need the memory of two
            self._pipeline = self._load()
        stops = frozenset(self._tokenizer.get_added_vocab().values()) | {self._tokenizer.eos_token_id}
        job = _ChatJob(
            [_encode_chat(self._tokenizer, user, system) for user, system in requests],
            [
                _settings(max_new_tokens, stops, schema)
                for schema in (repeat(None, len(requests)) if schemas is None else schemas)
            ],
            self._context,
        )
        self._run(job)
        return [self._tokenizer.decode(tokens, skip_special_tokens=True) for tokens in job.results]

    def _run(self, job: _Job) -> None:
        """Decode a job's rows, as many at once as are worth it."""
        running: dict[int, tuple[_Row, Any]] = {}
        try:
            while True:
                # With more than fits, rows would be thrown out half-way and begun anew.
                held = sum(row.new_tokens for row, _handle in running.values())
                while len(running) < _ROWS and held < _CACHE_TOKENS and (row := job.next_row()):
                    number = next(self._numbers)
                    running[number] = row, self._add(number, row)
                    held += row.new_tokens
                if not running:
                    return
                self._pipeline.step()
                for number, (row, handle) in list(running.items()):
                    if _is_finished(handle):
                        del running[number]
                        job.finish(row, _output(handle))
                    elif handle.can_read():
                        job.start(row)
        finally:
            # An interruption leaves rows behind, which the next step would go on with.
            for _row, handle in running.values():
                handle.cancel()

    def _add(self, number: int, row: _Row) -> Any:
        import numpy as np
        import openvino

        tokens = openvino.Tensor(np.array([row.tokens], dtype=np.int64))
        return self._pipeline.add_request(number, tokens, row.settings)

    def _load(self) -> Any:
        openvino_genai = import_openvino()
        scheduler = openvino_genai.SchedulerConfig()
        scheduler.max_num_seqs, scheduler.max_num_batched_tokens = _ROWS, _STEP_TOKENS
        scheduler.num_kv_blocks = _CACHE_TOKENS // _BLOCK_TOKENS
        scheduler.enable_prefix_caching = True
        try:
            # OpenVINO's own tokenizer takes longer to build than the model; only grammars need its vocabulary.
            with tempfile.TemporaryDirectory() as empty:
                tokenizer = openvino_genai.Tokenizer(str(self._model if self._knows_grammars else empty))
            return openvino_genai.ContinuousBatchingPipeline(
                str(self._model), tokenizer, scheduler, "CPU", **self._properties
            )
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1]
            raise BaseModelError(
                f"{self._model} cannot be loaded by OpenVINO ({reason}); use the engine transformers"
            ) from error


def import_openvino() -> Any:
    """Import OpenVINO without the report that it sends to its makers whenever it is imported.

    It goes without where the package that sends is not installed, so that is what it is
    told. Every first import of OpenVINO in a process has to be this one.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # the import system's own sign
    return importlib.import_module("openvino_genai")


def open_openvino(base: BaseModel, adapter: Adapter | None, precision: Precision) -> OpenVinoEngine:
    """Export a base model, merged with an adapter if there is one, and return an engine on it.

    Raises:
        BaseModelError: The base model is no GGUF file of a known kind, or OpenVINO is not installed.
        AdapterError: The adapter is damaged, or does not fit.
    """
    if importlib.util.find_spec("openvino_genai") is None:
        raise BaseModelError(
            "the engine openvino needs the package openvino-genai; install it, or use the engine transformers"
        )
    return OpenVinoEngine(export_merged(base, adapter, precision))


class _SlotJob:
    """The slots of prompts: of each, one goes ahead and the others follow when its schema is computed."""

    def __init__(
        self, prompts: Sequence[Prompt], tokenizer: Any, settings: Any, context: int, on_filled: OnFilled | None
    ):
        self._prompts, self._tokenizer, self._settings = prompts, tokenizer, settings
        self._longest, self._on_filled = context - MAX_NEW_TOKENS, on_filled
        self.results: list[tuple[Filled, ...]] = [() for _ in prompts]
        self._filled: dict[int, dict[int, Filled]] = {}
        self._ready: deque[_Row] = deque()
        self._behind: dict[int, list[_Row]] = {}
        self._unopened = iter(range(len(prompts)))

    def next_row(self) -> _Row | None:
        """Return a row whose schema is computed, or else open the next prompt."""
        while not self._ready:
            place = next(self._unopened, None) if len(self._behind) < _OPENED else None
            if place is None:
                return None
            self._open(place)
        return self._ready.popleft()

    def start(self, row: _Row) -> None:
        """Let the other slots of a row's prompt follow."""
        self._ready.extend(self._behind.pop(row.owner, ()))

    def finish(self, row: _Row, output: Any) -> None:
        """Keep a slot's text; tell of the prompt if it was its last."""
        self.start(row)
        self._keep(row.owner, row.slot, self._read(output) if output else Filled(""))

    def _open(self, place: int) -> None:
        prompt = self._prompts[place]
        if not prompt.slots:
            return
        prefix = encode_prefix(self._tokenizer, prompt)
        self._filled[place] = {}
        rows: list[_Row] = []
        for number, slot in enumerate(prompt.slots):
            lead = encode_lead(self._tokenizer, slot.lead)
            tokens = [*prefix, *lead]
            if len(tokens) <= self._longest:
                own = tokens if not rows else lead
                rows.append(_Row(place, number, tokens, self._settings, len(own) + MAX_NEW_TOKENS))
            else:
                self._keep(place, number, Filled(""))
        self._ready.extend(rows[:1])
        if rows[1:]:
            self._behind[place] = rows[1:]

    def _keep(self, place: int, slot: int, filled: Filled) -> None:
        own = self._filled[place]
        own[slot] = filled
        if len(own) < len(self._prompts[place].slots):
            return
        self.results[place] = tuple(own[number] for number in sorted(own))
        del self._filled[place]
        if self._on_filled:
            self._on_filled(place, self.results[place])

    def _read(self, output: Any) -> Filled:
        text = finished_text(self._tokenizer, output.generated_ids, MAX_NEW_TOKENS)
        return Filled(text, tuple(output.generated_log_probs))


class _ChatJob:
    """Requests that have nothing to wait for."""

    def __init__(self, requests: list[list[int]], settings: list[Any], context: int):
        self.results: list[list[int]] = [[] for _ in requests]
        rows = (
            _Row(place, 0, tokens, own, len(tokens) + own.max_new_tokens)
            for place, (tokens, own) in enumerate(zip(requests, settings, strict=True))
        )
        self._rows = (row for row in rows if row.new_tokens <= context)

    def next_row(self) -> _Row | None:
        """Return the next request."""
        return next(self._rows, None)

    def start(self, row: _Row) -> None:
        """Do nothing: no request waits for another."""

    def finish(self, row: _Row, output: Any) -> None:
        """Keep an answer."""
        if output:
            self.results[row.owner] = list(output.generated_ids)


def _settings(max_new_tokens: int, stops: frozenset[int], schema: dict[str, Any] | None = None) -> Any:
    import openvino_genai

    settings = openvino_genai.GenerationConfig()
    settings.do_sample = False
    settings.max_new_tokens = max_new_tokens
    settings.min_new_tokens = 1  # base models like to end the line that a lead has begun
    settings.stop_token_ids = set(stops)
    settings.eos_token_id = min(stops)  # any of them; without one the pipeline refuses the request
    settings.logprobs = 1
    if schema is not None:
        structure = openvino_genai.StructuredOutputConfig()
        structure.json_schema = json.dumps(schema)
        settings.structured_output_config = structure
    return settings


def _encode_chat(tokenizer: GgufTokenizer, user: str, system: str | None) -> list[int]:
    """Encode a request through the chat template; texts of strangers cannot end a turn."""
    messages = [{"role": "system", "content": neutralise(tokenizer, system)}] if system else []
    messages.append({"role": "user", "content": neutralise(tokenizer, user)})
    if tokenizer.chat_template:
        text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    else:
        text = "\n\n".join(message["content"] for message in messages) + "\n\n"
    return tokenizer(text)["input_ids"]


def _is_finished(handle: Any) -> bool:
    import openvino_genai

    return bool(handle.get_status() != openvino_genai.GenerationStatus.RUNNING)


def _output(handle: Any) -> Any:
    """Return what a row became, or ``None`` if it was turned away for want of room."""
    import openvino_genai

    ignored = handle.get_status() == openvino_genai.GenerationStatus.IGNORED
    return None if ignored else handle.read_all()[0]


def fastest_precision(threads: int = 0) -> str:
    """Return what this CPU computes fastest in with so many threads, ``f32`` or ``bf16``; 0 is one for each core."""
    cores = min(threads or available_cores(), available_cores())
    # On one core OpenVINO 2026.4 dies in bfloat16, of a division by zero.
    return "bf16" if has_fast_bfloat16() and cores > 1 else "f32"


def available_cores() -> int:
    """Return how many cores this process may use."""
    # Only Linux can tell which cores a process was given.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

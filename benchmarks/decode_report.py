"""What ``benchmarks.decode`` found: figures of each engine over its runs, the targets, and both as a table."""

import datetime
import os
import platform
import statistics
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from rich.table import Table as Grid

from columnist.modeling.engines.endings import finished_text
from columnist.terminal import out

OURS = "openvino"
REFERENCE = "generate"  # fp32, with nothing of this product in it
_SEQUENCE = "generate-table"
_RIVALS = ("llama.cpp-q8", "llama.cpp-q8-plain", "llama.cpp-f16", "vllm")


class Run(NamedTuple):
    """One process of one engine.

    Attributes:
        bulk_cpu_s: Processor seconds in bulk, of all threads and processes.
        alone_s: Seconds for a table of 8 columns alone: the median over different tables.
        texts: What was written, by prompt and slot; empty where an engine is only timed.
    """

    version: str
    load_s: float
    alone_s: float
    bulk_s: float
    bulk_cpu_s: float
    peak_bytes: int
    load_average: float
    texts: list[list[str]]
    alone_texts: list[list[str]]


def spread(values: Iterable[float]) -> dict[str, float]:
    """Return the median of several runs, the least and the greatest.

    Example:
        >>> spread([3.0, 1.0, 2.0])
        {'median': 2.0, 'min': 1.0, 'max': 3.0}
    """
    ordered = sorted(values)
    return {"median": statistics.median(ordered), "min": ordered[0], "max": ordered[-1]}


def identical(texts: Sequence[Sequence[str]], reference: Sequence[Sequence[str]]) -> float:
    """Return the share of texts that are the reference's, letter by letter.

    Example:
        >>> identical([["a", "b"], ["c"]], [["a", "x"], ["c"]])
        0.6666666666666666
    """
    pairs = [pair for own, others in zip(texts, reference, strict=True) for pair in zip(own, others, strict=True)]
    return sum(own == other for own, other in pairs) / len(pairs)


def summarise(
    runs: dict[str, list[Run]], missing: dict[str, str], tables: int, inputs: dict[str, Any]
) -> dict[str, Any]:
    """Return all figures, as they are written to JSON.

    Args:
        runs: At least one run of each engine.
        missing: Why the other engines have none.
        tables: How many were described in bulk.
        inputs: What the engines were given.
    """
    count = token_counter(inputs)
    reference = runs[REFERENCE][0].texts if REFERENCE in runs else None
    engines = {name: _figures(found, tables, inputs, reference, count) for name, found in runs.items()}
    return {
        "measured": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "threads": inputs["threads"],
        "model": {name: inputs[name] for name in ("base_model", "adapter")},
        "tables": {
            "bulk": tables,
            "texts": sum(len(prompt["leads"]) for prompt in inputs["bulk"]),
            "prompt_tokens": statistics.fmean(len(prompt["prefix"]) for prompt in inputs["bulk"]),
            "alone": len(inputs["alone"]),
        },
        "engines": engines,
        "missing": missing,
        "lengths": _lengths(runs, inputs, count),
        "targets": targets(engines),
    }


def _figures(
    runs: list[Run],
    tables: int,
    inputs: dict[str, Any],
    reference: list[list[str]] | None,
    count: Callable[[str], int],
) -> dict[str, Any]:
    slots = sum(len(prompt["leads"]) for prompt in inputs["bulk"])
    first = runs[0].texts
    # Where an engine is only timed, it wrote as many tokens as the texts take that it stands for.
    tokens = (
        sum(count(text) + 1 for texts in first for text in texts)
        if first
        else sum(prompt["table_tokens"] for prompt in inputs["bulk"])
    )
    return {
        "version": runs[0].version,
        "tables_per_min": spread(60 * tables / run.bulk_s for run in runs),
        "tables_per_cpu_min": spread(60 * tables / run.bulk_cpu_s for run in runs),
        "texts_per_s": spread(slots / run.bulk_s for run in runs),
        "tokens_per_s": spread(tokens / run.bulk_s for run in runs),
        "tokens": tokens,
        "alone_s": spread(run.alone_s for run in runs),
        "peak_mib": spread(run.peak_bytes / 2**20 for run in runs),
        "load_s": spread(run.load_s for run in runs),
        "identical": identical(first, reference) if first and reference else None,
        "load_average": [round(run.load_average, 2) for run in runs],
    }


def _lengths(
    runs: dict[str, list[Run]], inputs: dict[str, Any], count: Callable[[str], int]
) -> dict[str, list[dict[str, Any]]]:
    """Return the tokens of each schema, of its leads and of what was written: the work that was done."""
    written = [found[0] for name, found in sorted(runs.items(), key=lambda item: item[0] != OURS) if found[0].texts]
    if not written:
        return {}
    return {
        part: [
            {
                "prefix": len(prompt["prefix"]),
                "leads": [len(lead) for lead in prompt["leads"]],
                "texts": [count(text) + 1 for text in texts],
            }
            for prompt, texts in zip(inputs[part], found, strict=True)
        ]
        for part, found in (("bulk", written[0].texts), ("alone", written[0].alone_texts))
    }


def targets(engines: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what is aimed at and what was reached, by medians; without the default engine there is nothing to say.

    Example:
        >>> one = {name: {"median": 1.0} for name in ("tables_per_min", "alone_s", "peak_mib")}
        >>> [target["met"] for target in targets({"openvino": one, "generate": one})]
        [False, False, False, True]
    """
    if OURS not in engines:
        return []
    ours = {name: engines[OURS][name]["median"] for name in ("tables_per_min", "alone_s", "peak_mib")}
    rates = {name: engine["tables_per_min"]["median"] for name, engine in engines.items()}
    found = [
        _target(f"times as many tables a minute as {name}", ours["tables_per_min"] / rates[name], at_least=10)
        for name in (REFERENCE, _SEQUENCE)
        if name in rates
    ]
    rivals = [name for name in _RIVALS if name in rates]
    if rivals:
        best = max(rivals, key=lambda name: rates[name])
        found.append(_target(f"times as many as {best}, the best rival", ours["tables_per_min"] / rates[best], 2))
    return [
        *found,
        _target("seconds for a table of 8 columns alone", ours["alone_s"], at_most=0.5),
        _target("tables a minute in bulk", ours["tables_per_min"], at_least=500),
        _target("MiB of memory at the peak", ours["peak_mib"], at_most=2048),
    ]


def _target(what: str, reached: float, at_least: float | None = None, at_most: float | None = None) -> dict[str, Any]:
    met = reached >= at_least if at_least is not None else reached <= (at_most or 0)
    return {"what": what, "reached": reached, "at_least": at_least, "at_most": at_most, "met": met}


def machine() -> dict[str, Any]:
    """Return what the figures depend on: processor, cores and how busy they are."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }


@cache
def _tokenizer(folder: str) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def token_counter(inputs: dict[str, Any]) -> Callable[[str], int]:
    """Return how to count the tokens of a text as it stands after its lead."""
    tokenizer = _tokenizer(inputs["merged"])
    return lambda text: len(tokenizer(" " + text, add_special_tokens=False)["input_ids"])


def reader(inputs: dict[str, Any]) -> Callable[[Any], str]:
    """Return how to read what an engine wrote: a text as it is, token ids as this product's engines read them."""
    tokenizer, limit = _tokenizer(inputs["merged"]), inputs["max_new_tokens"]

    def read(written: Any) -> str:
        return written if isinstance(written, str) else finished_text(tokenizer, written, limit)

    return read


def print_report(report: dict[str, Any]) -> None:
    """Print one row for each engine, then the targets."""
    tables, machine_ = report["tables"], report["machine"]
    title = (
        f"{tables['bulk']} tables, {tables['texts']} texts, {tables['prompt_tokens']:.0f} tokens of schema each; "
        f"{machine_['processor']}, {report['threads']} threads"
    )
    grid = Grid(title=title, title_justify="left")
    headings = ("engine", "tables/min", "tables/CPU-min", "texts/s", "tokens/s", "alone s", "peak MiB", "load s")
    for heading in (*headings, "identical", "load"):
        grid.add_column(heading, justify="left" if heading == "engine" else "right")
    for name, figures in sorted(report["engines"].items(), key=lambda item: -item[1]["tables_per_min"]["median"]):
        same = figures["identical"]
        grid.add_row(
            name,
            _range(figures["tables_per_min"], 0),
            _range(figures["tables_per_cpu_min"], 0),
            _range(figures["texts_per_s"], 1),
            _range(figures["tokens_per_s"], 0),
            _range(figures["alone_s"], 2),
            _range(figures["peak_mib"], 0),
            _range(figures["load_s"], 1),
            "-" if same is None else f"{same:.0%}",
            " ".join(f"{load:.1f}" for load in figures["load_average"]),
        )
    out.print(grid)
    for name, why in report["missing"].items():
        out.print(f"{name}: {why}", soft_wrap=True)
    for target in report["targets"]:
        bound = (
            f"at least {target['at_least']:g}" if target["at_least"] is not None else f"at most {target['at_most']:g}"
        )
        out.print(f"{'met ' if target['met'] else 'MISSED'} {target['reached']:.4g} {target['what']} ({bound})")


def _range(figures: dict[str, float], digits: int) -> str:
    """Return a median with the least and the greatest value, where there were several runs.

    Example:
        >>> _range({"median": 2.0, "min": 1.0, "max": 3.0}, 1), _range({"median": 2.0, "min": 2.0, "max": 2.0}, 0)
        ('2.0 (1.0-3.0)', '2')
    """
    median = f"{figures['median']:.{digits}f}"
    if figures["min"] == figures["max"]:
        return median
    return f"{median} ({figures['min']:.{digits}f}-{figures['max']:.{digits}f})"

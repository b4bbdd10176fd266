"""Count the input tokens of both prompts on the same tables, for each tokenizer.

    python run.py bench tokens TABLES.jsonl
    python run.py bench tokens TABLES.jsonl --tokenizer ../qwen/model.gguf --to tokens.json

``columnist.systems.usage`` says what is counted. Ratios are to ``instruct``; their intervals come
from resampling tables.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy
from rich.table import Table as Grid

from columnist.errors import TrainingSetError
from columnist.files import check_folder, write_whole
from columnist.modeling.base_models import EMBEDDED
from columnist.modeling.prompts import PromptKind, prompt_digest
from columnist.synthesis.documented import read_documented
from columnist.systems.usage import COMPACT, INSTRUCT, count_tables, open_tokenizer
from columnist.terminal import out

TARGET, STRETCH = 0.5, 0.2
_RESAMPLES = 2_000
_LEVEL = 0.95
_BATCH = 100  # resamples drawn at once: bounds memory whatever the number of tables


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tokenizer", "tokenizers", multiple=True, metavar="MODEL", help="Another one: a folder or .gguf file.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the intervals.")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Also write all figures as JSON.")
def main(file: Path, tokenizers: tuple[str, ...], seed: int, to: Path | None) -> None:
    r"""Count the input tokens of both prompts, on the documented tables of FILE.

    \b
    Example: python run.py bench tokens ../shared/data/documented_tables.jsonl --to tokens.json
    """
    if to:
        check_folder(to)
    tables = [row.table for row in read_documented(file)]
    if len(tables) < 2:
        raise TrainingSetError(f"{file}: expected two tables or more, but {len(tables)} came; give another file")
    counted = {name: count_tables(open_tokenizer(name), tables) for name in (EMBEDDED, *tokenizers)}
    report = {
        "tables": len(tables),
        "columns": sum(len(table.columns) for table in tables),
        "prompts": {kind.value: prompt_digest(kind) for kind in PromptKind},
        "level": _LEVEL,
        "tokenizers": {name: summarise(counts, seed) for name, counts in counted.items()},
    }
    for name in counted:
        out.print(_grid(name, report))
    if to:
        write_whole(to, json.dumps(report, indent=2) + "\n")


def summarise(counts: dict[str, list[int]], seed: int) -> dict[str, Any]:
    """Return totals and quantiles of each way to ask, and its ratios to ``instruct`` with intervals.

    Example:
        >>> figures = summarise({"compact": [10, 30], "instruct": [100, 100]}, seed=0)["compact"]
        >>> figures["total"], figures["ratio_of_totals"]["estimate"], figures["median_ratio"]["estimate"]
        (40, 0.2, 0.2)
    """
    baseline = numpy.asarray(counts[INSTRUCT], dtype=float)
    return {name: _figures(numpy.asarray(own, dtype=float), baseline, seed) for name, own in counts.items()}


def _figures(own: Any, baseline: Any, seed: int) -> dict[str, Any]:
    p10, p50, p90 = numpy.percentile(own, (10, 50, 90))
    return {
        "total": int(own.sum()),
        "mean": float(own.mean()),
        "p10": float(p10),
        "p50": float(p50),
        "p90": float(p90),
        "ratio_of_totals": _interval(lambda o, b: o.sum(-1) / b.sum(-1), own, baseline, seed),
        "median_ratio": _interval(lambda o, b: numpy.median(o / b, axis=-1), own, baseline, seed),
    }


def _interval(ratio: Callable[[Any, Any], Any], own: Any, baseline: Any, seed: int) -> dict[str, float]:
    """Return a ratio with its percentile bootstrap interval; pairs are resampled."""
    rng = numpy.random.default_rng(seed)
    draws = []
    for _ in range(_RESAMPLES // _BATCH):
        places = rng.integers(len(own), size=(_BATCH, len(own)))
        draws.append(ratio(own[places], baseline[places]))
    tail = 100 * (1 - _LEVEL) / 2
    low, high = numpy.percentile(numpy.concatenate(draws), (tail, 100 - tail))
    return {"low": float(low), "high": float(high), "estimate": float(ratio(own, baseline))}


def _grid(tokenizer: str, report: dict[str, Any]) -> Grid:
    found = report["tokenizers"][tokenizer]
    reached = found[COMPACT]["ratio_of_totals"]["high"]
    verdict = "reaches the stretch" if reached <= STRETCH else "reaches" if reached <= TARGET else "misses"
    grid = Grid(
        title=f"Input tokens of {report['tables']} tables with {report['columns']} columns, {tokenizer}",
        caption=f"compact {verdict}: target {TARGET:.0%} of instruct, stretch {STRETCH:.0%}; "
        f"intervals {report['level']:.0%}",
    )
    for number, header in enumerate(
        ("prompt", "total", "mean", "p10", "p50", "p90", "of instruct", "median of tables")
    ):
        grid.add_column(header, justify="right" if number else "left")
    for name, figures in found.items():
        sizes = (f"{figures[key]:,.0f}" for key in ("total", "mean", "p10", "p50", "p90"))
        grid.add_row(name, *sizes, _percent(figures["ratio_of_totals"]), _percent(figures["median_ratio"]))
    return grid


def _percent(interval: dict[str, float]) -> str:
    return f"{interval['estimate']:.1%} \\[{interval['low']:.1%}, {interval['high']:.1%}]"


if __name__ == "__main__":
    main()

"""Measure what this machine could do at most, and the share of it that decoding and training reach.

    python run.py bench limit --model ADAPTER                   # all measured now, in about three minutes
    python run.py bench limit --decode decode.json --training-tokens-per-s 500

Three limits are measured: reading memory, multiplying matrices in fp32, and in bfloat16, at the shapes of
the model. From its configuration follows the least work: bytes and FLOP for a table, FLOP for a trained
token. The ceiling is the one divided by the other; ``benchmarks/limit_work.py`` says what is left out.
"""

import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

import click
from rich.table import Table as Grid

from benchmarks.decode import available_cores, measure
from benchmarks.decode_inputs import load_tables
from benchmarks.decode_report import OURS, machine
from benchmarks.limit_machine import product_rate, read_bandwidth
from benchmarks.limit_work import Architecture, table_work, training_flop
from columnist.configuration import load_config
from columnist.errors import ConfigError
from columnist.files import check_folder, write_whole
from columnist.modeling.base_models import load_tokenizer, loadable_folder, resolve_base_model
from columnist.terminal import err, out

_ROOT = Path(__file__).resolve().parent.parent
_TABLES, _ALONE = 20, 3
_WRITING_ROWS, _READING_ROWS = 64, 2048  # rows of a step of decoding, and of a batch of training
_BYTES = 2  # of a weight, in half precision
LEFT_OUT = (
    "Left out of the least work: norms, rotations, softmax, activations, sampling, copies, padding, reading keys and "
    "values, and the optimizer. Attention counts as causal over whole rows. So no program reaches 100%."
)


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", metavar="MODEL", help="models:/NAME@ALIAS or an adapter folder; the base model if left out.")
@click.option("--decode", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Of bench decode --to.")
@click.option("--training-tokens-per-s", type=click.FloatRange(0, min_open=True), help="Measured before; else now.")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=_ROOT / "configs" / "train" / "default.yaml",
    show_default="configs/train/default.yaml",
    help="How to train.",
)
@click.option("--steps", type=click.IntRange(3), default=8, show_default=True, help="Training steps to time.")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Also write all figures as JSON.")
def main(
    file: Path | None,
    model: str | None,
    decode: Path | None,
    training_tokens_per_s: float | None,
    config: Path,
    steps: int,
    to: Path | None,
) -> None:
    """Measure this machine's limits and the share that is reached; FILE holds tables as for bench decode.

    \b
    Example: python run.py bench limit --training-tokens-per-s 500
    """  # noqa: D301
    if to:
        check_folder(to)
    decoded = read_report(decode) if decode else _decode(file, model)
    architecture, training = _architecture(decoded["model"]["base_model"]), _training(config, steps)
    training["tokens_per_s"] = training_tokens_per_s or _train(training)
    limits = _measure_limits(architecture)
    report = {
        "machine": machine(),
        "limits": limits,
        "rows": [*decoding_rows(architecture, limits, decoded), *training_rows(architecture, limits, training)],
    }
    print_report(report)
    if to:
        write_whole(to, json.dumps(report, indent=1) + "\n")


def read_report(file: Path) -> dict[str, Any]:
    """Read what ``bench decode --to`` has written.

    Raises:
        ConfigError: It is something else, or lacks the default engine.
    """
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
        usable = OURS in report["engines"] and report["lengths"]["bulk"] and report["model"]["base_model"]
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{file} is no report of decoding; expected what bench decode --to has written") from error
    if not usable:
        raise ConfigError(f"{file} says nothing of the engine {OURS}; run bench decode with it and --to")
    return dict(report)


def decoding_rows(model: Architecture, limits: dict[str, float], decoded: dict[str, Any]) -> list[dict[str, Any]]:
    """Return ceilings and what was reached: for a table alone, and for many at once.

    Alone, each step reads all weights once, or computes its few rows if that takes longer. In
    bulk, steps are shared by so many rows that only the arithmetic counts.

    Args:
        model: The sizes.
        limits: Bytes and FLOP a second, by name.
        decoded: A report of ``bench decode``.
    """
    figures, lengths = decoded["engines"][OURS], decoded["lengths"]
    flop_s = limits["bf16, all threads"]
    alone = [table_work(model, **_counts(one)) for one in lengths["alone"]]
    reading = model.weights() * _BYTES / limits["read, all threads"]
    floors = [
        work.read_flop / flop_s + max(work.steps * reading, work.write_flop / flop_s) for work in alone if work.steps
    ]
    bulk = [table_work(model, **_counts(one)) for one in lengths["bulk"]]
    per_table = sum(work.read_flop + work.write_flop for work in bulk) / decoded["tables"]["bulk"]
    rows = [
        _row(
            "decode, many tables, bf16",
            "tables/min",
            60 * flop_s / per_table,
            figures["tables_per_min"]["median"],
            f"{per_table / 1e9:.1f} GFLOP a table",
        )
    ]
    if floors:
        steps = statistics.median(work.steps for work in alone)
        why = f"{steps:g} steps read {model.weights() * _BYTES / 1e6:.0f} MB each"
        rate = 1 / figures["alone_s"]["median"]
        rows.insert(0, _row("decode, one table alone", "tables/s", 1 / statistics.median(floors), rate, why))
    return rows


def training_rows(model: Architecture, limits: dict[str, float], training: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the ceiling of training, and what was reached."""
    config = training["config"]
    flop = training_flop(
        model,
        training["tokens"],
        training["labels"],
        training["row_tokens"],
        config.lora_r,
        config.first_lora_layer,
    )
    per_token = flop / training["tokens"]
    ceiling = limits["bf16, all threads"] / per_token
    why = f"{per_token / 1e9:.2f} GFLOP a token, {training['labels'] / training['tokens']:.0%} of them in the loss"
    return [_row("train, bf16", "tokens/s", ceiling, training["tokens_per_s"], why)]


def _row(what: str, unit: str, ceiling: float, reached: float, why: str) -> dict[str, Any]:
    return {"what": what, "unit": unit, "ceiling": ceiling, "reached": reached, "share": reached / ceiling, "why": why}


def _counts(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("prefix", "leads", "texts")}


def _decode(file: Path | None, model: str | None) -> dict[str, Any]:
    tables = load_tables(file, _TABLES + _ALONE + 1, seed=0)
    report = measure(tables, _ALONE, None, model, (OURS,), {}, 1)
    if OURS not in report["engines"]:
        raise ConfigError(f"the engine {OURS} cannot be measured: {report['missing'][OURS]}")
    return report


def _architecture(base_model: str) -> Architecture:
    from transformers import AutoConfig

    folder = loadable_folder(resolve_base_model(base_model))
    return Architecture.of(AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False))


def _training(file: Path, steps: int) -> dict[str, Any]:
    """Return a short run of a training configuration, and the size of its rows."""
    from columnist.modeling.acceptance.config import AcceptanceConfig
    from columnist.modeling.encoding import IGNORED, encode_rows
    from columnist.modeling.prompts import PromptKind, render_prompts
    from columnist.modeling.training import TrainingConfig
    from columnist.synthesis import SynthesisConfig, synthesize

    loaded = load_config(file, {"training": TrainingConfig, "acceptance": AcceptanceConfig})["training"]
    config = TrainingConfig.model_validate(loaded).model_copy(
        update={"max_steps": steps, "epochs": 100, "patience": None}
    )
    examples = synthesize(SynthesisConfig(seed=7, train_examples=120, validation_examples=1, test_examples=0))
    tokenizer = load_tokenizer(resolve_base_model(config.base_model))
    rows = [
        row
        for example in examples.train
        for row in encode_rows(
            tokenizer,
            render_prompts(example.table, PromptKind.COMPACT),
            example.reference,
            config.max_row_tokens,
        )
    ]
    tokens = sum(len(row.tokens) for row in rows)
    labels = sum(label != IGNORED for row in rows for label in row.labels)
    return {
        "config": config,
        "training_set": examples,
        "tokens": tokens,
        "labels": labels,
        "row_tokens": round(tokens / len(rows)),
    }


def _train(training: dict[str, Any]) -> float:
    """Return the tokens a second of a few steps, without the validation after the last."""
    from columnist.modeling.training import Progress, train_adapter

    err.print(f"training for {training['config'].max_steps} steps")
    speeds: list[float] = []

    def watch(progress: Progress) -> None:
        if progress.step < progress.steps:
            speeds.append(progress.tokens_per_s)

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        train_adapter(
            training["training_set"], training["config"], folder / "adapter", folder / "checkpoint.safetensors", watch
        )
    return speeds[-1]


def _measure_limits(model: Architecture) -> dict[str, float]:
    """Return bytes a second and FLOP a second, with one thread and with all."""
    import torch

    err.print("measuring the machine")
    limits = {}
    for threads, name in ((1, "1 thread"), (available_cores(), "all threads")):
        limits[f"read, {name}"] = read_bandwidth(threads)
        for dtype, kind in ((torch.float32, "fp32"), (torch.bfloat16, "bf16")):
            limits[f"{kind}, {name}"] = product_rate(model.linears(), _READING_ROWS, dtype, threads)
            limits[f"{kind}, {name}, {_WRITING_ROWS} rows"] = product_rate(
                model.linears(), _WRITING_ROWS, dtype, threads
            )
    # All threads can do what one can: where they measured less, others kept the cores busy.
    return {name: max(value, limits[name.replace("all threads", "1 thread")]) for name, value in limits.items()}


def print_report(report: dict[str, Any]) -> None:
    """Print what the machine can do, and what of it is reached."""
    machine_ = report["machine"]
    limits = Grid(title=f"{machine_['processor']}, {machine_['cores']} cores, load {machine_['load_average'][0]}")
    limits.add_column("at most")
    limits.add_column("", justify="right")
    for name, value in report["limits"].items():
        limits.add_row(name, f"{value / 1e9:,.1f} G{'B' if name.startswith('read') else 'FLOP'}/s")
    out.print(limits)
    shares = Grid()
    for heading in ("work", "ceiling", "reached", "", "share", "least work"):
        shares.add_column(heading, justify="right" if heading in ("ceiling", "reached", "share") else "left")
    for row in report["rows"]:
        shares.add_row(
            row["what"],
            f"{row['ceiling']:,.4g}",
            f"{row['reached']:,.4g}",
            row["unit"],
            f"{row['share']:.0%}",
            row["why"],
        )
    out.print(shares)
    out.print(LEFT_OUT, soft_wrap=True)


if __name__ == "__main__":
    main()

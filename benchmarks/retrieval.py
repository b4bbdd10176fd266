r"""Measure whether descriptions help to find tables and columns that people have described.

    python run.py bench retrieval TABLES.jsonl
    python run.py bench retrieval TABLES.jsonl --tables 300 --skip 150 --to retrieval.json \
        --system tuned=tuned:default --system base=slots:smollm2-135m-instruct

TABLES.jsonl and the systems are those of ``bench quality``, and what was written for one is not written again for
the other. ``columnist.evaluation.retrieval`` says of what the questions are made and what that can show.
"""

from collections.abc import Iterator
from pathlib import Path

import click
from rich.table import Table as Grid

from columnist.errors import ConfigError
from columnist.evaluation import Interval
from columnist.evaluation.retrieval import Figure, Retrieval, Search, measure_retrieval
from columnist.files import check_folder, write_whole
from columnist.home import Home
from columnist.modeling.base_models import EMBEDDED
from columnist.modeling.similarity import find_encoder
from columnist.synthesis.documented import draw_documented
from columnist.systems import DEFAULT, System
from columnist.terminal import err, out

_SYSTEMS = (f"tuned=tuned:{DEFAULT}", f"base=slots:{EMBEDDED}")
_HEADERS = ("documentation", "reciprocal rank", "gain", "share", "among ten", "gain", "share")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tables", "count", type=click.IntRange(2), default=60, show_default=True, help="How many to draw.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Decides which, and resamples.")
@click.option("--skip", type=click.IntRange(0), default=0, help="Leave out the first of the draw, looked at before.")
@click.option("--system", "named", multiple=True, metavar="NAME=KIND:REFERENCE", help="As of bench quality.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Keeps what was written.")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Also write all figures as JSON.")
def main(
    file: Path, count: int, seed: int, skip: int, named: tuple[str, ...], cache: Path | None, to: Path | None
) -> None:
    r"""Measure whether descriptions help to find the documented tables of FILE.

    \b
    Example: python run.py bench retrieval ../shared/data/documented_tables.jsonl --to retrieval.json
    """
    if to:
        check_folder(to)
    systems = [System.parse(text) for text in named or _SYSTEMS]
    if len({system.name for system in systems}) < len(systems):
        raise ConfigError("two systems have the same name; give each --system its own")
    examples = draw_documented(file, count, seed, skip)
    folder = cache or Home.find().folder / "quality"
    texts = {}
    for system in systems:
        piece = system.write(
            examples, folder, lambda done, total, name=system.name: err.print(f"{name}: {done} of {total} tables")
        )
        texts[system.name] = piece.texts
    encoder = find_encoder()
    measured = measure_retrieval(examples, texts, encoder.embed if encoder else None, seed)
    for search in measured.searches:
        out.print(_grid(search, measured))
    if to:
        write_whole(to, measured.model_dump_json(indent=1) + "\n")


def _grid(search: Search, measured: Retrieval) -> Grid:
    grid = Grid(
        title=f"{search.n_questions} questions about {search.n_tables} tables, asked for one of "
        f"{search.n_documents} documents: {search.target}, {search.method}",
        caption=f"gain: minus names alone; share: of what people gain; {measured.level:.0%} intervals over tables",
    )
    for number, header in enumerate(_HEADERS):
        grid.add_column(header, justify="right" if number else "left")
    for found in search.found:
        grid.add_row(found.documentation, *_cells(found.reciprocal_rank), *_cells(found.recall_at_10))
    return grid


def _cells(figure: Figure) -> Iterator[str]:
    yield _shown(figure.mean)
    yield _shown(figure.gain, "+")
    yield _shown(figure.share)


def _shown(interval: Interval | None, sign: str = "") -> str:
    if interval is None:
        return ""
    estimate, low, high = (format(end, f"{sign}.3f") for end in (interval.estimate, interval.low, interval.high))
    return f"{estimate} \\[{low}, {high}]"


if __name__ == "__main__":
    main()

"""The command ``run.py samples``: what the tuned and the base model write about tables drawn by seed."""

import os
import sys
from pathlib import Path
from typing import Any

import click

_FORMATS = ("html", "md")


@click.command()
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Decides which tables.")
@click.option("--number", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many tables.")
@click.option(
    "--tables",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Tables that people have described (JSON lines, or a script with comments).",
)
@click.option(
    "--training-set",
    metavar="FOLDER|ID",
    help="Its test split. If neither is named, test tables are made as configs/synthesize/full.yaml says.",
)
@click.option("--model", metavar="MODEL", help="The tuned model, named as for describe.")
@click.option("--format", "format_", type=click.Choice(_FORMATS), help="If left out: that of --output, or else html.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The page; samples-SEED.FORMAT here if left out.",
)
def samples(seed: int, number: int, format_: str | None, output: Path | None, **options: Any) -> None:
    """Write one page with tables, their reference, and what the tuned and the base model write about them.

    An interrupted run is gone on with by the same command.

    \b
    Example: python run.py samples --seed 7 --tables documented.jsonl --output samples.html
    """
    from columnist.files import check_folder, write_whole
    from columnist.terminal import out

    format_ = format_ or _format_of(output)
    output = output or Path(f"samples-{seed}.{format_}")
    check_folder(output)
    page = _make_page(seed, number, **options)
    from columnist.evaluation.samples_page import PageFormat, render_samples

    write_whole(output, render_samples(page, PageFormat(format_)))
    if len(page.tables) < number:
        click.echo(f"{len(page.tables)} tables were found, {number} were asked for", err=True)
    out.print(f"{output}: {len(page.tables)} tables", markup=False, soft_wrap=True)


def _format_of(output: Path | None) -> str:
    """Return the format that the name of a file promises, and HTML where it promises none."""
    suffix = output.suffix.lower().removeprefix(".") if output else ""
    return suffix if suffix in _FORMATS else "html"


def _make_page(seed: int, number: int, tables: Path | None, training_set: str | None, model: str | None) -> Any:
    from columnist.home import Home
    from columnist.terminal import DescribeProgress, print_note

    os.environ.update(Home.library_environment())
    examples, source = _draw(seed, number, tables, training_set)
    from columnist.sampling import write_page

    with DescribeProgress() as progress:

        def show(name: str) -> Any:
            print_note(f"describing {len(examples)} tables by {name}")
            return progress.update

        try:
            return write_page(examples, source, seed, model, show, print_note)
        except KeyboardInterrupt:
            print_note(progress.interruption())
            sys.exit(130)


def _draw(seed: int, number: int, tables: Path | None, training_set: str | None) -> tuple[list[Any], str]:
    """Draw the tables, and say where they are from.

    Raises:
        ConfigError: Two sources are named, or there is no such training set.
        TrainingSetError: A file or a training set cannot be read.
    """
    from columnist.errors import ConfigError
    from columnist.files import check_file
    from columnist.sampling import draw_documented, draw_test_tables, make_test_tables

    if tables and training_set:
        raise ConfigError("--tables and --training-set both say where tables are from; give one of them")
    if tables:
        check_file(tables, "described tables: JSON lines, or a script with comments")
        return draw_documented(tables, number, seed), f"the described tables of {tables.name}"
    if training_set:
        if not Path(training_set).is_dir():
            _open_stores()
        return draw_test_tables(training_set, number, seed), f"the test split of training set {training_set}"
    return make_test_tables(number, seed), "synthetic tables of use cases that no training example has"


def _open_stores() -> None:
    from columnist.home import Home
    from columnist.registry.sessions import open_stores

    open_stores(Home.find())

"""The command ``run.py select``: which model is the cheapest that is good enough."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from columnist.errors import ConfigError
from columnist.files import write_whole

if TYPE_CHECKING:
    from columnist.selection import Choice

_DEFAULT = Path(__file__).resolve().parent.parent / "configs" / "select" / "default.yaml"


@click.command()
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=_DEFAULT,
    show_default="configs/select/default.yaml",
    help="The configuration file.",
)
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a parameter of the configuration."
)
@click.option(
    "--documented",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Measure on these tables that people described.",
)
@click.option("--rung", "rungs", multiple=True, metavar="NAME=KIND:REFERENCE", help="Add a rung, or replace one.")
@click.option(
    "--license", "licenses", multiple=True, metavar="NAME=SPDX", help="A rung's licence, where its files do not say."
)
@click.option("--training-set", metavar="ID", help="Id of a training set; the latest if left out.")
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write the page, picture and JSON here."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def select(
    config: Path,
    overrides: tuple[str, ...],
    documented: Path | None,
    rungs: tuple[str, ...],
    licenses: tuple[str, ...],
    training_set: str | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Measure a ladder of models on the same tables; choose the cheapest that is not worse than the best.

    Not worse means: worse by less than the margin of the configuration, shown with its level. An interrupted run is
    gone on with by the same command. Exit code 1 if no rung is chosen.

    \b
    Example: python run.py select --documented tables.jsonl --rung 0.5B=slots:/models/qwen05.gguf
    """
    import logging

    from columnist.home import Home
    from columnist.registry.sessions import open_stores
    from pipelines.launch_select import launch_select, plan_selection

    planned = plan_selection(config, overrides, documented, rungs, licenses)
    if folder is not None:
        _make_folder(folder)
    logging.getLogger("columnist").setLevel(logging.INFO)
    open_stores(Home.find())
    artifact = launch_select(planned, training_set)
    choice: Choice = artifact.load()
    if folder is not None:
        _write(choice, folder)
    if as_json:
        click.echo(choice.model_dump_json(indent=2))
    else:
        _print(choice)
    if choice.chosen is None:
        sys.exit(1)


def _print(choice: "Choice") -> None:
    from rich.markup import escape
    from rich.table import Table as Grid

    from columnist.selection.report import HEADER, explain_level, summarize, tabulate
    from columnist.terminal import out

    grid = Grid(*HEADER, title="The ladder, the cheapest first", title_justify="left")
    for row in tabulate(choice):
        grid.add_row(*(escape(cell) for cell in row))
    out.print(grid)
    for standing in choice.ladder:
        out.print(f"{escape(standing.rung.name)}: {standing.decision.value}; {escape(standing.reason)}", soft_wrap=True)
    out.print(f"\n{escape(summarize(choice))}\n{escape(explain_level(choice))}", soft_wrap=True)


def _make_folder(folder: Path) -> None:
    """Make the folder of the report, before hours of work are done for it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--to {folder}: it cannot be made ({error.strerror}); name another folder") from error


def _write(choice: "Choice", folder: Path) -> None:
    from columnist.selection.report import render_html, render_markdown, render_picture

    write_whole(folder / "selection.json", choice.model_dump_json(indent=1) + "\n")
    write_whole(folder / "selection.html", render_html(choice))
    write_whole(folder / "selection.md", render_markdown(choice))
    (folder / "selection.png").write_bytes(render_picture(choice))

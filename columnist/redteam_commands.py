"""The command ``run.py redteam``: attack the model that writes, and say how often attacks succeed."""

import logging
from pathlib import Path
from typing import Any

import click

_CONFIG = Path(__file__).resolve().parent.parent / "configs" / "redteam" / "default.yaml"


@click.command()
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=_CONFIG,
    show_default="configs/redteam/default.yaml",
    help="The configuration file.",
)
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a parameter of the configuration."
)
@click.option(
    "--model",
    default="default",
    metavar="MODEL",
    show_default=True,
    help="models:/NAME@ALIAS, an adapter folder, or 'default' for the model that comes with columnist.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def redteam(config: Path, overrides: tuple[str, ...], model: str, as_json: bool) -> None:
    """Attack a model with hostile schemas, and base models for comparison; an interrupted run is gone on with.

    The exit code is 0 whatever comes out: a gate decides what is too much.

    \b
    Example: python run.py redteam --config configs/redteam/default.yaml --model default
    """
    from columnist.home import Home
    from columnist.registry.sessions import open_stores

    # ZenML prints what is logged, and keeps it with the step that logged it.
    logging.getLogger("columnist").setLevel(logging.INFO)
    open_stores(Home.find())
    from pipelines.launch_redteam import launch_redteam

    artifact = launch_redteam(config, overrides, model)
    result = artifact.load()
    if as_json:
        click.echo(result.model_dump_json(indent=2))
    else:
        print_result(result)


def print_result(result: Any) -> None:
    """Print for each system how often attacks succeeded, by kind and carrier, and which did."""
    from rich.markup import escape
    from rich.table import Table as Grid

    from columnist.redteam.report import HEADER, list_successes, summarize, summarize_parts, tabulate
    from columnist.rendering.unseen import show_unseen
    from columnist.terminal import out

    for system in result.systems:
        for title, rows in list(tabulate(system).items())[1:]:
            grid = Grid(*HEADER, title=escape(f"{system.identity.name}, {title}"), title_justify="left")
            for row in rows:
                grid.add_row(*map(escape, row))
            out.print(grid)
        for attack, place, rules, text in list_successes(system):
            out.print(
                escape(show_unseen(f"{system.identity.name}: {attack}, {place} ({rules}): {text}")), soft_wrap=True
            )
    for system in result.systems:
        for said in (summarize(system), *summarize_parts(system, result.held_out_spent)):
            out.print(escape(said), soft_wrap=True)
    out.print(f"suite {result.suite_sha256[:16]}, {result.planned} attacks")

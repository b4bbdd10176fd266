"""The commands below ``run.py taxonomy``: look at the axes of synthesis, and at what a team adds to them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from columnist.values import Value


class _ListByDefault(click.Group):
    """A group that lists where no subcommand is named, so that its options can be given right away."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = bool(args) and (not args[0].startswith("-") or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["list", *args])


@click.group(cls=_ListByDefault)
def taxonomy() -> None:
    """List, search and check the industries and use cases that training sets are made from.

    Without a subcommand it lists the sectors.

    \b
    Example: python run.py taxonomy search "smart meter"
    """


def _axes(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that every subcommand takes, and hand it the taxonomy they name."""
    function = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)
    function = click.option(
        "--naics",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The Census Bureau's workbook (.xlsx) or a CSV instead of the packaged industries.",
    )(function)
    return click.option(
        "--vocabulary",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A pack of one's own beside the product's; may be repeated.",
    )(function)


@taxonomy.command("list")
@click.option("--sector", metavar="CODE", help="List the use cases of one sector, such as 62 or 31-33.")
@_axes
def list_(sector: str | None, vocabulary: tuple[Path, ...], naics: Path | None, as_json: bool) -> None:
    """List the sectors, or the use cases of one.

    \b
    Example: python run.py taxonomy list --sector 62
    """
    from columnist.terminal_synthesis import print_sectors, print_use_cases

    loaded = _load(vocabulary, naics)
    if sector is None:
        sectors = loaded.list_sectors()
        _print(sectors, print_sectors, as_json)
    else:
        code = loaded.find_sector(sector)
        use_cases = loaded.list_use_cases(code)
        _print(use_cases, lambda found: print_use_cases(code, loaded.sectors[code], found), as_json)


@taxonomy.command()
@click.argument("words", nargs=-1, required=True)
@_axes
def search(words: tuple[str, ...], vocabulary: tuple[Path, ...], naics: Path | None, as_json: bool) -> None:
    """Find use cases and industries that have all the words.

    Use cases are searched by title, decision, entities and metrics; industries by
    title, and by description where a workbook with descriptions is given.

    \b
    Example: python run.py taxonomy search "smart meter"
    """
    from columnist.terminal_synthesis import print_hits

    text = " ".join(words)
    _print(_load(vocabulary, naics).search(text), lambda hits: print_hits(text, hits), as_json)


@taxonomy.command()
@click.argument("use_case")
@_axes
def show(use_case: str, vocabulary: tuple[Path, ...], naics: Path | None, as_json: bool) -> None:
    """Show one use case: what is decided, for which sectors, with which entities and metrics.

    \b
    Example: python run.py taxonomy show claims_triage
    """
    from columnist.terminal_synthesis import print_use_case

    _print(_load(vocabulary, naics).show(use_case), print_use_case, as_json)


@taxonomy.command()
@click.option("--min-metrics", type=click.IntRange(0), default=2, show_default=True, help="Metrics of each use case.")
@click.option("--min-entities", type=click.IntRange(0), default=2, show_default=True, help="Entities of each use case.")
@_axes
def check(min_metrics: int, min_entities: int, vocabulary: tuple[Path, ...], naics: Path | None, as_json: bool) -> None:
    """Check that every sector, use case and entity has what generating needs; exits with 1 if not.

    \b
    Example: python run.py taxonomy check --vocabulary ours.yaml
    """
    from columnist.terminal_synthesis import print_coverage

    coverage = _load(vocabulary, naics).check(min_entities, min_metrics)
    _print(coverage, print_coverage, as_json)
    if coverage.problems:
        raise SystemExit(1)


def _load(vocabulary: tuple[Path, ...], naics: Path | None) -> Any:
    from columnist.files import check_file
    from columnist.synthesis.taxonomy import load_taxonomy

    for pack in vocabulary:
        check_file(pack, "a vocabulary pack")
    if naics:
        check_file(naics, "the Census Bureau's workbook or a CSV with the columns code, level and title")
    return load_taxonomy(vocabulary, naics)


def _print(found: Any, for_people: Callable[[Any], None], as_json: bool) -> None:
    if not as_json:
        for_people(found)
    elif isinstance(found, Value):
        click.echo(found.model_dump_json(indent=2))
    else:
        click.echo(json.dumps([each.model_dump(mode="json") for each in found], indent=2, ensure_ascii=False))

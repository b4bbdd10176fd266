"""The command ``run.py metrics``: what is measured, and whether each measure catches what it was made for."""

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from columnist.evaluation.fabrications import Detection
    from columnist.evaluation.intervals import Interval
    from columnist.evaluation.planting import Caught

LEAST = 0.9  # of the fabrications found, and of the blames that are deserved


@click.command()
@click.option("--planted", is_flag=True, help="Plant faults into synthetic tables and tell which are caught.")
@click.option("--tables", type=click.IntRange(30, 2000), default=120, show_default=True, help="How many tables.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Decides which tables and wordings.")
@click.option("--show", is_flag=True, help="With --planted: print the texts that were missed or blamed wrongly.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def metrics(planted: bool, tables: int, seed: int, show: bool, as_json: bool) -> None:
    """List all measures with range, direction and blind spots; with --planted, put them to the test.

    Exit code 1 if a planted fault is not caught, or if too few fabrications are found.

    \b
    Example: python run.py metrics --planted
    """
    if not planted:
        _list_measures(as_json)
        return
    caught, found = _try_measures(tables, seed)
    if as_json:
        told = {
            "seed": seed,
            "tables": tables,
            "faults": [each.model_dump(mode="json") for each in caught],
            "fabrications": [each.model_dump(mode="json") for each in found],
        }
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        _print_caught(caught)
        _print_detections(found, show)
    if failures := _list_failures(caught, found):
        click.echo(f"not caught: {'; '.join(failures)}", err=True)
        sys.exit(1)


def _try_measures(tables: int, seed: int) -> tuple[tuple["Caught", ...], tuple["Detection", ...]]:
    import os

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from columnist.evaluation.drawing import draw_tables
    from columnist.evaluation.fabrications import detect, plant_fabrications
    from columnist.evaluation.planting import plant_faults
    from columnist.home import Home
    from columnist.terminal import err, print_note

    os.environ.update(Home.library_environment())
    columns = (TextColumn("making tables"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("tables", total=tables)
        examples = draw_tables(tables, seed, lambda done, _: progress.update(task, completed=done))
    print_note("planting faults, and measuring the texts with and without them")
    return plant_faults(examples, seed), detect(plant_fabrications(examples, seed))


def _list_failures(caught: tuple["Caught", ...], found: tuple["Detection", ...]) -> list[str]:
    from columnist.evaluation.planting import list_uncaught

    overall = found[0]
    failures = list_uncaught(caught)
    if overall.recall.estimate < LEAST:
        failures.append(f"recall of fabrications {overall.recall.estimate:.3f}, expected {LEAST} or more")
    if overall.precision is None or overall.precision.estimate < LEAST:
        failures.append(f"precision of blames below {LEAST}")
    return failures


def _list_measures(as_json: bool) -> None:
    from columnist.evaluation.measures import MEASURES

    if as_json:
        listed = [{**measure.model_dump(mode="json"), "range": [0, 1]} for measure in MEASURES]
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    rows = [
        (measure.name, "0 to 1", f"{measure.direction.value} is better", measure.meaning, measure.blind_spots)
        for measure in MEASURES
    ]
    _print_grid("Measures, one value per table", ("measure", "range", "direction", "meaning", "blind spots"), rows)


def _print_caught(caught: tuple["Caught", ...]) -> None:
    rows = [
        (
            each.fault,
            each.measure,
            str(each.tables),
            f"{each.clean:.3f}",
            f"{each.planted:.3f}",
            f"{each.difference.low:+.3f} to {each.difference.high:+.3f}",
            "yes" if each.caught else "NO",
            ", ".join(each.also),
        )
        for each in caught
    ]
    header = ("planted fault", "measure", "tables", "clean", "planted", "95 % of difference", "caught", "seen also by")
    _print_grid("Faults planted into good texts", header, rows)


def _print_detections(found: tuple["Detection", ...], show: bool) -> None:
    rows = [
        (
            each.kind,
            f"{each.caught} of {each.planted}",
            _show(each.recall),
            f"{each.blamed} of {each.honest}",
            _show(each.precision) if each.precision else "nothing blamed",
        )
        for each in found
    ]
    header = ("fabrications", "caught", "recall", "honest blamed", "precision")
    _print_grid("Fabrications in wordings held out (95 % Clopper-Pearson intervals)", header, rows)
    if show:
        for kind in found[1:]:
            for text in kind.missed:
                click.echo(f"missed ({kind.kind}): {text}")
        for text in found[0].wrong:
            click.echo(f"blamed wrongly: {text}")


def _show(share: "Interval") -> str:
    return f"{share.estimate:.3f} ({share.low:.3f} to {share.high:.3f})"


def _print_grid(title: str, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich.markup import escape
    from rich.table import Table as Grid

    from columnist.terminal import out

    grid = Grid(title=title, title_justify="left", show_lines=len(header) == 5 and len(rows) > 10)
    for column in header:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*map(escape, row))
    out.print(grid)

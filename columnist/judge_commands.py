"""The commands below ``run.py judge``: ask a model which of two texts is better, and measure what that is worth."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import click


@click.group()
def judge() -> None:
    """Let a model compare texts; its word weighs what its agreement with people is measured to be.

    \b
    Example: python run.py judge list
    """


@judge.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_judges(as_json: bool) -> None:
    """List the judges in configs/judges, with their standing and weight.

    A judge's identity is the digest of its folder and its model, the one that ask and calibrate name.

    \b
    Example: python run.py judge list
    """
    import json

    from columnist.judging import list_folders

    rows = [_describe(folder) for folder in list_folders()]
    if as_json:
        click.echo(json.dumps([row._asdict() for row in rows], indent=2))
        return
    from columnist.terminal_judging import print_judges

    print_judges((row.judge, row.model, row.identity[:16], row.standing, f"{row.weight:.2f}") for row in rows)


@judge.command()
@click.argument("name", metavar="JUDGE")
@click.option("--items", type=click.Path(path_type=Path), required=True, metavar="FILE", help="What to compare.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def ask(name: str, items: Path, as_json: bool) -> None:
    """Let a judge compare the options of items, in both orders; JUDGE is a name or a folder.

    FILE holds one JSON object a line: comparison_id, table_id, schema, subject, option_a and option_b. Raw replies
    are kept, so a run that was interrupted, or whose endpoint was down, is gone on with by the same command.

    \b
    Example: python run.py judge ask endpoint-v1 --items items.jsonl
    """
    from columnist.judging import Judge, judge_comparisons
    from columnist.studies import read_items

    opened, rows = Judge.open(name), read_items(items)
    with _asking() as (cache, say):
        result = judge_comparisons(opened, rows, cache, say)
    if as_json:
        click.echo(result.model_dump_json(indent=2))
        return
    from columnist.terminal_judging import print_result

    print_result(result)


@judge.command()
@click.argument("name", metavar="JUDGE")
@click.option("--ballots", type=click.Path(path_type=Path), required=True, metavar="FILE", help="What people said.")
@click.option(
    "--items",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What they compared; items.jsonl beside the ballots if left out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def calibrate(name: str, ballots: Path, items: Path | None, as_json: bool) -> None:
    """Measure how far a judge agrees with people, and give it the weight that follows.

    A ballot is one JSON object a line: comparison_id, table_id, rater, preference (A, B, TIE or BOTH_BAD) and seconds
    or null. A judge whose agreement could be chance is demoted: its weight is 0. What was asked is kept, so an
    interrupted run is gone on with by the same command.

    \b
    Example: python run.py judge calibrate endpoint-v1 --ballots ballots.jsonl --items items.jsonl
    """
    from columnist import judging
    from columnist.studies import read_ballots, read_items

    opened, cast = judging.Judge.open(name), read_ballots(ballots)
    rows = read_items(items or ballots.with_name("items.jsonl"))
    with _asking() as (cache, say):
        calibration = judging.calibrate(opened, rows, cast, cache, say)
    record = judging.keep_calibration(calibration, judging.judges_folder())
    if as_json:
        click.echo(calibration.model_dump_json(indent=2))
        return
    from columnist.terminal_judging import print_calibration

    print_calibration(calibration)
    click.echo(f"kept in {record}", err=True)


class _Listed(NamedTuple):
    judge: str
    model: str
    identity: str
    standing: str
    weight: float


def _describe(folder: Path) -> _Listed:
    """Return what is known of a judge; one whose model is missing is listed with the reason."""
    from columnist.errors import ColumnistError
    from columnist.judging import Judge, find_standing, judges_folder

    opened = Judge.open(folder)
    listed = _Listed(opened.name, opened.settings.model_name, identity="", standing="", weight=0.0)
    try:
        standing, weight = find_standing(opened, judges_folder())
        return listed._replace(identity=opened.identity, standing=standing.value, weight=weight)
    except ColumnistError as error:
        return listed._replace(standing=f"cannot be used: {error}")


@contextlib.contextmanager
def _asking() -> Iterator[tuple[Path, Callable[[int, int], None]]]:
    """Give the folder of raw replies, and what shows progress on standard error."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from columnist.home import Home
    from columnist.judging import judges_folder
    from columnist.terminal import err

    os.environ.update(Home.library_environment())
    columns = (TextColumn("asking the judge"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield judges_folder() / "answers", lambda done, total: progress.update(task, completed=done, total=total)

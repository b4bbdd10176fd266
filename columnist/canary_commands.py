"""The commands below ``run.py canary``: pin what a model writes, and notice when it writes otherwise."""

import json
import logging
import os
import sys
from pathlib import Path

import click

from columnist.default_command import DefaultGroup

_CONFIG = Path(__file__).resolve().parent.parent / "configs" / "canary" / "default.yaml"
_ENGINES = ("auto", "openvino", "transformers", "vllm")
_MODEL = (
    "models:/NAME@ALIAS, an adapter folder, or 'default' for the model that comes with columnist. If left out: the "
    "registered champion, or else the challenger, or else the default."
)


@click.group(cls=DefaultGroup, default="check")
def canary() -> None:
    """Notice when a model writes otherwise than when it was pinned; exit code 1 if it does.

    Without a command below, it checks: `canary --model MODEL` is `canary check --model MODEL`.

    \b
    Example: python run.py canary check --model models:/columnist@champion
    """


@canary.command()
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=_CONFIG,
    show_default="configs/canary/default.yaml",
    help="The configuration file.",
)
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a parameter of the configuration."
)
@click.option("--model", metavar="MODEL", help=_MODEL)
@click.option("--against", type=click.Path(path_type=Path), metavar="FILE", help="A record that pin -o has written.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the result as JSON here.")
def check(
    config: Path, overrides: tuple[str, ...], model: str | None, against: Path | None, output: Path | None
) -> None:
    """Let the model write about the canary set anew and say what changed; exit code 1 on an alarm.

    \b
    Example: python run.py canary check --config configs/canary/default.yaml
    """
    from columnist.files import check_folder, write_whole

    if output:
        check_folder(output)
    from pipelines.launch_canary import launch_canary, require_readable

    require_readable(config, overrides, against)
    _open_stores()
    from columnist.canary import CanaryState
    from columnist.terminal_canary import print_result

    result = launch_canary(config, overrides, model, against)
    if output:
        write_whole(output, result.model_dump_json(indent=2) + "\n")
    print_result(result)
    if result.state is CanaryState.ALARM:
        sys.exit(1)


@canary.command()
@click.option("--model", metavar="MODEL", help=_MODEL)
@click.option("--engine", type=click.Choice(_ENGINES), default="auto", show_default=True, help="What to decode with.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the record here instead.")
def pin(model: str | None, engine: str, output: Path | None) -> None:
    """Keep what a model writes about the canary set, and all that decides it: do this when it is promoted.

    \b
    Example: python run.py canary pin --model models:/columnist@champion
    """
    from columnist.files import check_folder
    from columnist.home import Home
    from columnist.terminal import DescribeProgress, print_note

    if output:
        check_folder(output)
    os.environ.update(Home.library_environment())
    from columnist.canary.rescoring import pin_model
    from columnist.modeling.engines import EngineName

    with DescribeProgress() as progress:
        record, path = pin_model(model, EngineName(engine), Home.find(), output, progress.update)
    print_note(f"{sum(1 + len(texts.columns) for texts in record.texts)} texts of {record.model} are pinned in {path}")
    click.echo(record.sha256)


@canary.command()
@click.option("--count", type=click.IntRange(1, 500), default=20, show_default=True, help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def history(count: int, as_json: bool) -> None:
    """List the checks that were made and what each came to.

    \b
    Example: python run.py canary history --count 5
    """
    _open_stores()
    from columnist.terminal_canary import print_checks
    from pipelines.launch_canary import list_checks

    checks = list_checks(count)
    if as_json:
        rows = [{"made": each.made.isoformat(), **each.result.model_dump(mode="json")} for each in checks]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        print_checks(checks)


def _open_stores() -> None:
    from columnist.home import Home
    from columnist.registry.sessions import open_stores

    # ZenML prints what is logged, and keeps it with the step that logged it.
    logging.getLogger("columnist").setLevel(logging.INFO)
    open_stores(Home.find())

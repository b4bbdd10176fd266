"""The command line of Columnist: ``python run.py COMMAND --help`` explains each command.

Exit codes: 0 done, 1 a gate said no, 2 an error that a person can mend.
"""

import contextlib
import json
import logging
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from columnist import __version__
from columnist.bench_commands import bench
from columnist.calibration_commands import calibration
from columnist.canary_commands import canary
from columnist.describe_commands import describe, read_source
from columnist.errors import ColumnistError
from columnist.gate_commands import gate, gates
from columnist.judge_commands import judge
from columnist.metrics_commands import metrics
from columnist.promote_commands import audit, promote, rollback
from columnist.redteam_commands import redteam
from columnist.release_commands import release
from columnist.reviewer_commands import reviewer
from columnist.samples_commands import samples
from columnist.select_commands import select
from columnist.serve_commands import serve
from columnist.study_commands import study
from columnist.taxonomy_commands import taxonomy
from columnist.trace_commands import affected, read_installations, trace

_ROOT = Path(__file__).resolve().parent
_CONFIGS = _ROOT / "configs"
_LICENSE_CLASSES = ("permissive", "restricted", "proprietary")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Descriptions for every table and column, written by a small model you own.

    Start with:  python run.py demo
    """


for _command in (
    describe, samples, taxonomy, select, redteam, bench, calibration, metrics, canary, judge, gate, gates, study,
    release, promote, rollback, audit, serve, reviewer, trace, affected,
):  # fmt: skip
    cli.add_command(_command)


@cli.command()
def demo() -> None:
    """Run the whole loop at smoke size: synthesize, train, evaluate, register, describe.

    \b
    Example: python run.py demo
    """
    with _stores():
        from pipelines.demo import run_demo

        run_demo()


@cli.command()
@click.argument("source")
@click.option("--dialect", help="The script's SQL dialect; detected if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: tables, and what was skipped with line and reason.")
def schema(source: str, dialect: str | None, as_json: bool) -> None:
    """Print what a CREATE TABLE script declares; SOURCE is a file, or - for standard input.

    \b
    Example: python run.py schema schema.sql --json
    """
    from columnist.terminal import print_script

    script = read_source(source, dialect)
    if as_json:
        click.echo(script.model_dump_json(indent=2))
    else:
        print_script(script)


def _pipeline_options(pipeline: str, default: str) -> Any:
    def decorate(function: Any) -> Any:
        path = _CONFIGS / pipeline / f"{default}.yaml"
        function = click.option(
            "--config",
            type=click.Path(path_type=Path),
            default=path,
            show_default=f"configs/{pipeline}/{default}.yaml",
            help="The configuration file.",
        )(function)
        return click.option(
            "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a parameter of the configuration."
        )(function)

    return decorate


@cli.command()
@_pipeline_options("synthesize", "default")
@click.option(
    "--catalog",
    "catalogs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Tables that models are measured on (JSON lines or DDL): overlap is an error, and the data card compares.",
)
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), help="Stream into this folder, at any size, not into the store."
)
def synthesize(config: Path, overrides: tuple[str, ...], catalogs: tuple[Path, ...], folder: Path | None) -> None:
    """Make a training set from industries and use cases; an interrupted run is gone on with by the same command.

    \b
    Example: python run.py synthesize --config configs/synthesize/full.yaml --to training_set
    """
    if catalogs:
        from columnist.files import check_file

        for catalog in catalogs:
            check_file(catalog, "described tables: JSON lines, or a script with comments")
        named = json.dumps([str(path.resolve()) for path in catalogs])
        overrides = (*overrides, f"synthesis.evaluation_files={named}")
    if folder is not None:
        from columnist.synthesize_commands import stream_training_set

        stream_training_set(config, overrides, folder)
        return
    with _stores():
        from columnist.synthesize_commands import print_quotas
        from columnist.terminal import print_artifact
        from pipelines.launch import launch_synthesize

        artifact = launch_synthesize(config, overrides)
        print_quotas(artifact.load().record)
        print_artifact(artifact)


@cli.command()
@_pipeline_options("train", "default")
@click.option("--training-set", metavar="ID", help="Id of a training set; the latest if left out.")
def train(config: Path, overrides: tuple[str, ...], training_set: str | None) -> None:
    """Fine-tune the base model with LoRA; an interrupted run is resumed by the same command.

    \b
    Example: python run.py train --config configs/train/smoke.yaml --set training.epochs=2
    """
    with _stores():
        from columnist.terminal import print_artifact
        from pipelines.launch import launch_train

        print_artifact(launch_train(config, overrides, training_set))


@cli.command()
@_pipeline_options("evaluate", "default")
@click.option("--adapter", metavar="ID", help="Id of an adapter, or default for the one that ships; else the latest.")
@click.option("--baseline", "baselines", multiple=True, metavar="NAME=KIND:REF", help="Compare with this system too.")
@click.option("--documented", type=click.Path(path_type=Path), help="Real tables, in the place of the configured file.")
@click.option(
    "--page", type=click.Path(path_type=Path), metavar="FILE", help="Also write the report: .html, .md or .json."
)
def evaluate(
    config: Path,
    overrides: tuple[str, ...],
    adapter: str | None,
    baselines: tuple[str, ...],
    documented: Path | None,
    page: Path | None,
) -> None:
    """Compare the tuned model with its base model, and with others, on tables it has not seen.

    Synthetic tables are of the training set that the model was trained from. For the model that ships, a store that
    does not have that set makes it first: 3,844 examples, in about a minute.

    \b
    Example: python run.py evaluate --config configs/evaluate/full.yaml --page report.html
    """
    from columnist.evaluate import check_page, write_page

    if page is not None:
        check_page(page)
    from pipelines.launch import launch_evaluate, plan_evaluation

    planned = plan_evaluation(config, overrides, baselines, documented)
    with _stores():
        from columnist.terminal import print_artifact, print_evaluation

        artifact = launch_evaluate(planned, adapter)
        result = artifact.load()
        print_evaluation(result)
        if page is not None:
            write_page(result, page)
        print_artifact(artifact)


@cli.command()
@_pipeline_options("register", "default")
@click.option("--evaluation", metavar="ID", help="Id of an evaluation; the latest if left out.")
def register(config: Path, overrides: tuple[str, ...], evaluation: str | None) -> None:
    """Register an evaluated adapter as a model version named challenger.

    \b
    Example: python run.py register --config configs/register/smoke.yaml
    """
    with _stores():
        from columnist.terminal import print_version
        from pipelines.launch import launch_register

        print_version(launch_register(config, overrides, evaluation).load())


@cli.command()
@click.option("--sample", "number", type=click.IntRange(1, 1000), default=5, show_default=True, help="How many.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Decides which.")
@click.option(
    "--training-set", metavar="FOLDER|ID", help="A folder of examples or the id of a stored set; else the latest."
)
@click.option("--split", type=click.Choice(("train", "validation", "test")), default="train", show_default=True)
@click.option("--class", "hard", metavar="CLASS", help="Only tables that are hard for this reason, such as opaque.")
@click.option("--dialect", help="Only tables of this SQL dialect.")
@click.option("--sector", metavar="CODE", help="Only tables made for this sector, such as 62.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def examples(
    number: int,
    seed: int,
    training_set: str | None,
    split: str,
    hard: str | None,
    dialect: str | None,
    sector: str | None,
    as_json: bool,
) -> None:
    """Print random examples of a training set; without one, of the grammar.

    \b
    Example: python run.py examples --sample 20 --seed 7
    """
    from columnist.browse import browse_folder, browse_stored
    from columnist.synthesis.browsing import Wanted
    from columnist.synthesis.examples import Split
    from columnist.terminal_synthesis import print_examples

    wanted = Wanted.parse(hard, dialect, sector)
    if training_set is not None and Path(training_set).is_dir():
        found = browse_folder(Path(training_set), wanted, Split(split), number, seed)
    else:
        with _stores():
            found = browse_stored(
                training_set, wanted, Split(split), number, seed, lambda said: click.echo(said, err=True)
            )
    if len(found) < number:
        click.echo(f"{len(found)} such examples were found, {number} were asked for", err=True)
    if as_json:
        click.echo(json.dumps([example.model_dump(mode="json") for example in found], indent=2, ensure_ascii=False))
    else:
        print_examples(found)


@cli.command()
@click.argument("source")
@click.option("--license", "license_", required=True, metavar="SPDX", help="Under which the texts may be used.")
@click.option("--license-class", type=click.Choice(_LICENSE_CLASSES), help="Told from the license if left out.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder; one below .columnist if left out.")
@click.option("--dialect", help="The source's SQL dialect; told from the source if left out.")
@click.option("--schema", "schema_name", metavar="NAME", help="Of a database: its schema.")
@click.option(
    "--min-documented",
    type=click.FloatRange(0, 1),
    default=0.3,
    show_default=True,
    help="Least share of a table's columns with a text that can be learned from.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
def harvest(source: str, output: Path | None, as_json: bool, **options: Any) -> None:
    """Turn comments that people wrote into examples; SOURCE is DDL, a dbt project or a database URL.

    The examples are kept apart and are used by no training set that does not name their folder.

    \b
    Example: python run.py harvest warehouse/ --license LicenseRef-ours
    """
    from columnist.home import Home
    from columnist.synthesis.harvest import default_folder, harvest_source, write_harvest
    from columnist.terminal_synthesis import print_harvest

    examples, record, skipped = harvest_source(source, **options)
    folder = output or default_folder(Home.find().folder, record)
    write_harvest(examples, record, folder)
    if as_json:
        click.echo(record.model_dump_json(indent=2))
    else:
        print_harvest(record, skipped, folder)


@cli.command("prove-clean")
@click.option("--catalog", "catalogs", multiple=True, type=click.Path(path_type=Path), help="JSON lines or DDL.")
@click.option("--training-set", metavar="FOLDER|ID", help="Folder or id of a training set; the latest if left out.")
@click.option("--canary", "canaries", multiple=True, metavar="TEXT", help="A planted word that must not be found.")
@click.option("--canary-file", "files", multiple=True, type=click.Path(path_type=Path), help="Such words, one a line.")
@click.option("--make-canary", is_flag=True, help="Print a word to plant in a catalog, and do nothing else.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the signed statement here.")
@click.option("--verify", type=click.Path(path_type=Path), metavar="FILE", help="Check a statement instead.")
@click.option("--signer", metavar="FINGERPRINT", help="With --verify: the key that must have signed it.")
@click.option("--json", "as_json", is_flag=True, help="Print the signed statement as JSON.")
def prove_clean(make_canary: bool, verify: Path | None, **options: Any) -> None:
    """Prove that nothing of a catalog is in a training set; exit code 1 if something is.

    \b
    Example: python run.py prove-clean --catalog our_tables.jsonl --output statement.json
    """
    from columnist import prove_commands

    if make_canary:
        prove_commands.print_canary()
    elif not (prove_commands.verify(verify, **options) if verify else prove_commands.prove(**options)):
        sys.exit(1)


@cli.command()
@click.argument("version")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def lineage(version: str, as_json: bool) -> None:
    """Print where a version came from, checking every link: champion, challenger, previous or models:/NAME/VERSION.

    \b
    Example: python run.py lineage champion
    """
    with _stores():
        from columnist.registry.lineage import trace_lineage
        from columnist.terminal import print_lineage

        found = trace_lineage(version, read_installations())
        if as_json:
            click.echo(found.model_dump_json(indent=2))
        else:
            print_lineage(found)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def models(as_json: bool) -> None:
    """List the registered versions.

    \b
    Example: python run.py models
    """
    with _stores(zenml=False):
        from columnist.promote_commands import mark_overrides
        from columnist.registry.versions import list_versions
        from columnist.terminal import print_versions

        versions = mark_overrides(list_versions())
        if as_json:
            click.echo(json.dumps(versions, indent=2))
        else:
            print_versions(versions)


@cli.command()
@click.option("--port", default=8237, show_default=True, help="Port on this machine.")
def dashboard(port: int) -> None:
    """Serve the ZenML dashboard of this checkout's runs, to this machine alone and without a password.

    It needs the extra "dashboard", which make dashboard installs.

    \b
    Example: python run.py dashboard --port 8237
    """
    from columnist.home import Home
    from columnist.registry.dashboard import serve_dashboard

    serve_dashboard(Home.find(), port)


@cli.command()
def version() -> None:
    """Print the versions of this program and of the libraries that shape its results.

    \b
    Example: python run.py version
    """
    from importlib.metadata import version as installed

    from columnist.provenance import code_version

    code = code_version()
    commit = (code.commit or "no git checkout")[:12] + (" with changes" if code.dirty else "")
    click.echo(f"columnist {__version__} ({commit})")
    for name in ("zenml", "mlflow", "torch", "transformers", "peft", "sqlglot"):
        click.echo(f"{name} {installed(name)}")


@contextlib.contextmanager
def _stores(zenml: bool = True) -> Iterator[None]:
    """Open the stores of this checkout and let the product's own log lines through."""
    from columnist.home import Home
    from columnist.registry.sessions import open_stores

    # ZenML prints what is logged, and keeps it with the step that logged it.
    logging.getLogger("columnist").setLevel(logging.INFO)
    open_stores(Home.find(), zenml=zenml)
    yield


class _Terminated(KeyboardInterrupt):
    """SIGTERM came: work ends as it does after Ctrl-C, with what is finished kept."""

    exit_code = 128 + signal.SIGTERM


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _Terminated


def _fail(message: str, code: int = 2) -> NoReturn:
    click.echo("error: " + " ".join(message.split()), err=True)
    sys.exit(code)


def main() -> None:
    """Run the command line; a person's mistake is one line and exit code 2."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        cli.main(sys.argv[1:] or ["--help"], standalone_mode=False)
    except click.exceptions.Abort as error:
        click.echo("interrupted; run the same command again, it goes on from what is kept", err=True)
        sys.exit(getattr(error.__cause__, "exit_code", 130))  # it says which signal ended the work
    except click.ClickException as error:
        _fail(error.format_message())
    except ColumnistError as error:
        _fail(str(error), error.exit_code)
    except SystemExit as stop:
        # Click exits with 1 when the reader of a pipe has gone; here 1 means that a gate said no.
        if isinstance(stop.__context__, OSError):
            sys.exit(0)
        raise


if __name__ == "__main__":
    main()

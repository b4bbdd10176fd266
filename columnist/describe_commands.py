"""The command ``run.py describe``: from a script to a document, and what a person wants to know meanwhile."""

import os
import sys
from pathlib import Path
from typing import Any

import click

_FORMATS = ("md", "sql", "dbt", "json")
_SHORTEST = 40  # characters: into fewer no text fits that says more than the name
_ENGINES = ("auto", "openvino", "transformers", "vllm", "openai")


@click.command()
@click.argument("source")
@click.option(
    "--model",
    metavar="MODEL",
    help="models:/NAME@ALIAS, an adapter folder, 'default' for the model that comes with columnist, or 'base' for the "
    "base model. If left out: the registered champion, or else the challenger, or else the default.",
)
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="md", show_default=True)
@click.option("--dialect", help="The script's SQL dialect; detected if left out.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file instead.")
@click.option("--max-length", type=click.IntRange(_SHORTEST), metavar="N", help="The most characters a text may have.")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Ask a person instead of showing a text that is less likely to be accepted: 0 shows all. If left out it is "
    "the model's own, in acceptance.json of its folder: 0.3 for the default model.",
)
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write which model wrote which text as JSON, and keep that for run.py trace and affected.",
)
@click.option("--fresh", is_flag=True, help="Describe again what an earlier run has described.")
@click.option("--engine", type=click.Choice(_ENGINES), default="auto", show_default=True)
@click.option("--endpoint", metavar="URL", help="Let a model behind an endpoint in OpenAI's form write instead.")
@click.option("--endpoint-model", metavar="NAME", help="Which model of the endpoint.")
def describe(
    source: str, format_: str, dialect: str | None, output: Path | None, record: Path | None, **wishes: Any
) -> None:
    """Document the tables of a CREATE TABLE script; SOURCE is a file, or - for standard input.

    Comments that people wrote are kept as they are. An interrupted run is gone on
    with by the same command.

    \b
    Example: python run.py describe schema.sql --format sql | psql
    """
    from columnist.files import check_folder, write_whole
    from columnist.home import Home
    from columnist.terminal import DescribeProgress, print_note, print_skipped

    script = read_source(source, dialect)
    for file in (output, record):
        if file:
            check_folder(file)
    print_skipped(script)
    os.environ.update(Home.library_environment())
    from columnist.describe import Wishes, describe_script

    with DescribeProgress() as progress:
        try:
            text = describe_script(
                script, Wishes(**wishes), format_, progress.update, print_note, _recorder(record, script, format_)
            )
        except KeyboardInterrupt:
            print_note(progress.interruption())
            sys.exit(130)
        print_note(progress.summary())
    if output:
        write_whole(output, text)
    else:
        click.echo(text, nl=not text.endswith("\n"))


def _recorder(file: Path | None, script: Any, format_name: str) -> Any:
    """Return what keeps the record of a document, where one is asked for."""
    if file is None:
        return None
    from columnist.home import Home
    from columnist.provenance import code_version
    from columnist.tracing.records import keep_record, make_record

    def keep(document: str, author: Any, tables: Any) -> None:
        made = make_record(document, format_name, script.file or "", author, tables, code_version())
        keep_record(made, Home.find(), file)

    return keep


def read_source(source: str, dialect: str | None) -> Any:
    """Read a script from a file, or from standard input if it is called ``-``.

    Raises:
        SourceError: It is no script of CREATE TABLE statements.
    """
    from columnist.ddl import read_bytes, read_file

    if source == "-":
        return read_bytes(sys.stdin.buffer.read(), dialect, name="standard input")
    return read_file(Path(source), dialect)

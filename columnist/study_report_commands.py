"""The command ``run.py study report``: what a closed study found, on one page."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from columnist.studies.report import StudyReport
    from columnist.studies.storage import Storage

_NAME = "report"  # of the files in the study's folder


@click.command()
@click.argument("study_id", metavar="STUDY")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Also write here: .html, .md or .json."
)
@click.option("--log", is_flag=True, help="Also keep it in MLflow and ZenML, as study close does.")
@click.option("--database", metavar="URL", help="sqlite:///FILE or postgresql://...; the home's if left out.")
def report(study_id: str, output: Path | None, log: bool, database: str | None) -> None:
    """Make the report of a closed study from its ballots, as HTML, Markdown and JSON in the study's folder.

    Equal ballots give equal bytes. A study of which anything was changed has no report.

    \b
    Example: python run.py study report 3f0c6c1e9d2b7a45 -o study.html --log
    """
    from columnist.evaluate import check_page
    from columnist.files import write_whole
    from columnist.studies.registration import study_folder
    from columnist.studies.report import report_study
    from columnist.studies.report_pages import RENDERERS, summarize
    from columnist.studies.storage import open_storage

    if output is not None:
        check_page(output, "--output")
    folder, storage = study_folder(study_id), open_storage(database)
    storage.find_study(study_id)
    found = report_study(folder, storage)
    for suffix, render in RENDERERS.items():
        write_whole(folder / f"{_NAME}{suffix}", render(found))
    if output is not None:
        write_whole(output, RENDERERS[output.suffix](found))
    click.echo(summarize(found))
    click.echo(f"report: {output or folder / f'{_NAME}.html'}", err=True)
    if log:
        keep(found, folder, storage)


def keep(report: "StudyReport", folder: Path, storage: "Storage") -> None:
    """Keep a report in MLflow and ZenML, and the ballots as MLflow feedback; the same report again adds nothing.

    Args:
        report: Of a closed study.
        folder: Of the study.
        storage: Has the items that raters were shown.

    Raises:
        StoreError: A store cannot be opened.
    """
    from columnist.home import Home
    from columnist.registry.sessions import open_stores

    open_stores(Home.find())
    from columnist.registry.study_reports import keep_report

    kept = keep_report(report, folder, storage, _say)
    click.echo(
        f"kept as MLflow run {kept.mlflow_run_id} with {kept.n_feedback} answers and marks of raters, and in ZenML "
        f"as {kept.artifact_id}",
        err=True,
    )


def _say(done: int, total: int) -> None:
    click.echo(f"keeping what raters answered in MLflow: {done} of {total} tables", err=True)

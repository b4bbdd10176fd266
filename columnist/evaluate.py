"""Write the report of an evaluation into a file."""

from pathlib import Path

from columnist.errors import ConfigError
from columnist.evaluation.results import Evaluation
from columnist.files import check_folder, write_whole

_SUFFIXES = (".html", ".md", ".json")


def check_page(page: Path, option: str = "--page") -> None:
    """Make sure that a report can be written, before the work that it is about.

    Args:
        page: The file to write.
        option: What named it.

    Raises:
        ConfigError: Its suffix names no form, or its folder is not there.
    """
    if page.suffix not in _SUFFIXES:
        raise ConfigError(f"{option} {page}: expected a file that ends in {', '.join(_SUFFIXES)}; name one")
    check_folder(page)


def write_page(evaluation: Evaluation, page: Path) -> None:
    """Write the report in the form that the file's suffix names; equal evaluations give equal bytes."""
    from columnist.evaluation.report import render_html, render_markdown

    if page.suffix == ".json":
        write_whole(page, evaluation.model_dump_json(indent=1) + "\n")
    else:
        write_whole(page, render_html(evaluation) if page.suffix == ".html" else render_markdown(evaluation))

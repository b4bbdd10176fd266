"""Files of words that a program writes and that are kept beside the code: lines pleasant to compare, and a check."""

from collections.abc import Sequence
from pathlib import Path

import click

_PER_LINE = 12


def render_words(header: str, words: Sequence[str]) -> str:
    r"""Return a file: a header, then lines of words.

    Example:
        >>> render_words("# Two.", ["one", "other"])
        '# Two.\none other\n'
    """
    lines = [" ".join(words[start : start + _PER_LINE]) for start in range(0, len(words), _PER_LINE)]
    return "\n".join((header, *lines)) + "\n"


def write_words(path: Path, text: str, check: bool, module: str) -> None:
    """Write a file of words, or tell whether it is what would be written.

    Raises:
        click.ClickException: It is to be checked, and is out of date.
    """
    if not check:
        path.write_text(text, encoding="utf-8")
    elif path.read_text(encoding="utf-8") != text:
        raise click.ClickException(f"{path} is out of date: run python -m {module}")
    click.echo(f"{len(text.split())} words")

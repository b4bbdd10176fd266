"""Write the words of the product's own prose, most frequent first, for taking names apart.

    python -m benchmarks.prose_words

The vocabulary packs describe columns of two dozen industries in whole sentences. Their words of four letters
and more become ``columnist/modeling/data/prose_words.txt``, which ``columnist.modeling.spelling`` reads.
Run it after the packs have changed; ``--check`` tells whether that is due.
"""

import re
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import yaml

from benchmarks.word_files import render_words, write_words

_PACKS = "data/vocabulary"
_WORDS = Path(str(files("columnist.modeling"))) / "data" / "prose_words.txt"
_WORD = re.compile(r"(?<![A-Za-z'{<])[a-z]{4,}(?![A-Za-z'}>])")
# Under these keys stand shortened names, not prose.
_NO_PROSE = {"abbreviations", "short", "units"}
_HEADER = "# Words of the vocabulary packs, most frequent first; written by benchmarks/prose_words.py."


def prose_words() -> list[str]:
    """Return the words of all packs by falling frequency, equally frequent ones by alphabet."""
    counts: Counter[str] = Counter()
    packs = files("columnist.synthesis").joinpath(_PACKS).iterdir()
    for pack in sorted(packs, key=lambda pack: pack.name):
        content = yaml.load(pack.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for text in _sentences(content):
            counts.update(_WORD.findall(text))
    return sorted(counts, key=lambda word: (-counts[word], word))


def _sentences(content: Any) -> Iterator[str]:
    """Walk through a pack and yield what consists of several words."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key not in _NO_PROSE:
                yield from _sentences(value)
    elif isinstance(content, list):
        for value in content:
            yield from _sentences(value)
    elif isinstance(content, str) and " " in content and "_" not in content:
        yield content


def render() -> str:
    """Return the file."""
    return render_words(_HEADER, prose_words())


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if the file is out of date.")
def main(check: bool) -> None:
    """Write the file, or tell whether it is what the packs say."""
    write_words(_WORDS, render(), check, "benchmarks.prose_words")


if __name__ == "__main__":
    main()

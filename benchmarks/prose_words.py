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

_PACKS = "data/vocabulary"
_WORDS = Path(str(files("columnist.modeling"))) / "data" / "prose_words.txt"
_WORD = re.compile(r"(?<![A-Za-z'{<])[a-z]{4,}(?![A-Za-z'}>])")
# Under these keys stand shortened names, not prose.
_NO_PROSE = {"abbreviations", "short", "units"}
_HEADER = "# Words of the vocabulary packs, most frequent first; written by benchmarks/prose_words.py.\n"


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
    """Return the file: a header, then lines of words that are pleasant to compare."""
    words = prose_words()
    lines = [" ".join(words[start : start + 12]) for start in range(0, len(words), 12)]
    return _HEADER + "\n".join(lines) + "\n"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if the file is out of date.")
def main(check: bool) -> None:
    """Write the file, or tell whether it is what the packs say."""
    text = render()
    if not check:
        _WORDS.write_text(text, encoding="utf-8")
    elif _WORDS.read_text(encoding="utf-8") != text:
        raise click.ClickException(f"{_WORDS} is out of date: run python -m benchmarks.prose_words")
    click.echo(f"{len(text.split())} words")


if __name__ == "__main__":
    main()

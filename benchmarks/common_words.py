"""Write the words that the base model knows as one piece, for telling a word that exists from an invented one.

    python -m benchmarks.common_words

A tokenizer gives a piece of its own to what was frequent in what it was made from. Such words of four letters and
more, which no other list of the product has, become ``columnist/modeling/data/common_words.txt``, which
``columnist.modeling.guarding`` reads. ``--check`` tells whether the file is what the embedded model's vocabulary says.
"""

from importlib.resources import files
from pathlib import Path

import click

from benchmarks.word_files import render_words, write_words
from columnist.modeling.base_models import load_tokenizer, resolve_base_model
from columnist.modeling.spelling import known_share

_FILE = Path(str(files("columnist.modeling"))) / "data" / "common_words.txt"
_SPACE = "\u0120"  # what byte-level vocabularies write for the space before a word
_SHORTEST = 4
_HEADER = "# Words that the embedded base model's vocabulary has whole; written by benchmarks/common_words.py."


def common_words() -> list[str]:
    """Return the words, by alphabet."""
    pieces = load_tokenizer(resolve_base_model("smollm2-135m-instruct")).get_vocab()
    words = {piece[1:].lower() for piece in pieces if piece.startswith(_SPACE) and piece[1:].isalpha()}
    return sorted(word for word in words if word.isascii() and len(word) >= _SHORTEST and known_share(word) < 1)


def render() -> str:
    """Return the file."""
    return render_words(_HEADER, common_words())


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if the file is out of date.")
def main(check: bool) -> None:
    """Write the file, or tell whether it is what the vocabulary says."""
    write_words(_FILE, render(), check, "benchmarks.common_words")


if __name__ == "__main__":
    main()

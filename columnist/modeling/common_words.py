"""Words that exist, to tell them from those that somebody made up.

The list of the product's own words is short, and a name speaks of diabetes, euros and Rotterdam as well. What the base
model's vocabulary has whole was frequent where it was made from; products and places beside it are written by hand.
"""

from functools import cache
from importlib.resources import files

from columnist.modeling.spelling import known_share

_SHORTEST = 4  # what is shorter is as likely an abbreviation as an invention
_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "r")


def is_invented(word: str) -> bool:
    """Tell whether a word is none that the product or its base model knows, and no form of one.

    Example:
        >>> [is_invented(word) for word in ("amount", "diabetes", "rotterdam", "recharged", "nvl")]
        [False, False, False, False, False]
        >>> is_invented("bralticoin"), is_invented("mospenter")
        (True, True)
    """
    if len(word) < _SHORTEST or known_share(word) == 1:
        return False
    stems = (word.removesuffix(ending) for ending in _ENDINGS)
    return not any(stem in _common() or known_share(stem) == 1 for stem in stems if len(stem) >= _SHORTEST)


@cache
def _common() -> frozenset[str]:
    """Read the lists, once and only when a name has an unknown word."""
    folder = files("columnist.modeling").joinpath("data")
    texts = [folder.joinpath(file).read_text(encoding="utf-8") for file in ("common_words.txt", "named_words.txt")]
    lines = (line for text in texts for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())

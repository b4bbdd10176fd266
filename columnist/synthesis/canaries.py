"""Canaries: words that a company plants in its catalog, to find them where the catalog must not be.

They are found in whatever case, width and accents, and with separators inside:
``zorpavimel`` in ``ZORPA_VIMEL``, ``zorpaVimel`` and ``Zorpa-Vimél``.
"""

import random
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from columnist.digests import digest_bytes
from columnist.errors import ConfigError
from columnist.values import Value

# Shorter ones turn up by chance across the borders of words.
LEAST_LETTERS = 6
_CONSONANTS = "bdfgklmnprstvz"
_VOWELS = "aeiou"
_SYLLABLES = 7  # 70 ** 7 words: 43 bits


class Sighting(Value):
    """A canary in a row: which, by its place among those given, and in which field of the row."""

    canary: int
    field: str


class Canaries:
    """Strings to look for."""

    def __init__(self, texts: Sequence[str]):
        self._folded = [fold(text) for text in texts]
        for text, folded in zip(texts, self._folded, strict=True):
            if len(folded) < LEAST_LETTERS:
                raise ConfigError(
                    f"canary {text!r}: expected at least {LEAST_LETTERS} letters or digits, but it has {len(folded)}, "
                    "which turn up by chance; give a longer one"
                )

    def __bool__(self) -> bool:
        return bool(self._folded)

    @property
    def digests(self) -> tuple[str, ...]:
        """SHA-256 of each as it is looked for: a statement that names them would use them up."""
        return tuple(digest_bytes(folded.encode()) for folded in self._folded)

    def find(self, row: Any) -> Iterator[Sighting]:
        """Look through all texts of a JSON value.

        Example:
            >>> list(Canaries(["zorpavimel"]).find({"ddl": "CREATE TABLE t (ZORPA_VIMEL INT)"}))
            [Sighting(canary=1, field='ddl')]
        """
        fields = list(_texts_of(row, ""))
        # One look at all of the row: nearly always there is nothing.
        whole = fold("".join(text for _, text in fields))
        present = [(number, folded) for number, folded in enumerate(self._folded, 1) if folded in whole]
        for number, folded in present:
            yield from (Sighting(canary=number, field=place) for place, text in fields if folded in fold(text))


def read_canaries(texts: Iterable[str], files: Iterable[Path]) -> Canaries:
    """Join canaries given one by one with those of files, one to a line.

    Raises:
        ConfigError: A file cannot be read, or a canary is too short.
    """
    found = list(texts)
    for path in files:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{path}: expected a text file with one canary to a line, but it cannot be read: {error}; "
                "check the path"
            ) from error
        found += [line.strip() for line in lines if line.strip()]
    return Canaries(found)


def make_canary(seed: int | None = None) -> str:
    """Return a pronounceable word that is in no dictionary; without a seed, one that nobody can guess.

    Example:
        >>> make_canary(1), len(make_canary())
        ('fuzakanonovedo', 14)
    """
    source = random.SystemRandom() if seed is None else random.Random(seed)
    return "".join(source.choice(_CONSONANTS) + source.choice(_VOWELS) for _ in range(_SYLLABLES))


def fold(text: str) -> str:
    """Return the letters and digits of a text without case, width and accents.

    Example:
        >>> fold("Zorpa-Vimél"), fold("ＺＯＲＰＡ")
        ('zorpavimel', 'zorpa')
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(filter(str.isalnum, text.casefold()))


def _texts_of(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts_of(part, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list):
        for number, part in enumerate(value, 1):
            yield from _texts_of(part, f"{place}[{number}]")

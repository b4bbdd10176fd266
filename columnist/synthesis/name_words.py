"""What teams do to single words in names: other languages, old misspellings, notations and short forms.

The words stand in data files under ``data/naming``, to be read and extended by
people who know how databases of their country or trade are named.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import Field

from columnist.synthesis.lexicon import Kind
from columnist.values import Value

LANGUAGES = ("de", "fr", "es", "pt", "it", "nl")
_LONGEST_PLAIN = 3  # words of up to this many letters are not worth shortening
_LONGEST_CODE = 6
_VOWELS = "aeiou"


class ForeignWords(Value):
    """Words of other languages.

    Attributes:
        words: For each English word, its translation by language.
        head_first: Languages that say "number customer".
        heads: The English words that come first in them.
    """

    head_first: frozenset[str]
    heads: frozenset[str]
    words: dict[str, dict[str, str]]


class Notation(Value):
    """What names show of a column's kind: ``strName``, ``qty_i``.

    Attributes:
        leading: The mark stands before the name.
    """

    leading: bool
    marks: dict[Kind, str]


class Habits(Value):
    """Habits in naming that belong to no trade.

    Attributes:
        misspellings: Wrong spellings by word.
        vendors: What precedes the tables that come from one system.
        bookkeeping_prefixes: What precedes the columns of a loading tool; ``{v}`` is a vendor.
        bookkeeping: The first words of such columns.
        coded_heads: The ends of the names of old business software, by word.
    """

    misspellings: dict[str, tuple[str, ...]]
    vendors: tuple[str, ...]
    bookkeeping_prefixes: tuple[str, ...]
    bookkeeping: tuple[tuple[str, ...], ...]
    notations: tuple[Notation, ...]
    coded_heads: dict[str, tuple[str, ...]] = Field(min_length=1)


@cache
def load_foreign_words() -> ForeignWords:
    """Read the words of other languages.

    Example:
        >>> load_foreign_words().words["customer"]["de"]
        'kunde'
    """
    return ForeignWords.model_validate(_read("languages.yaml"))


@cache
def load_habits() -> Habits:
    """Read what belongs to no trade: misspellings, notations, vendors.

    Example:
        >>> "recieved" in load_habits().misspellings["received"]
        True
    """
    content = _read("habits.yaml")
    notations = [{"leading": entry.pop("leading"), "marks": entry} for entry in content["notations"]]
    bookkeeping = [phrase.split() for phrase in content["bookkeeping"]]
    return Habits.model_validate({**content, "notations": notations, "bookkeeping": bookkeeping})


def drop_vowels(word: str) -> str:
    """Shorten a word to its consonants, as teams do that have no list of abbreviations.

    Example:
        >>> [drop_vowels(word) for word in ("shipment", "invoice", "day", "area", "address")]
        ['shpmnt', 'invc', 'day', 'area', 'addrs']
    """
    if len(word) <= _LONGEST_PLAIN or not word.isalpha():
        return word
    keep = 2 if word[0] in _VOWELS and word[1] in _VOWELS else 1
    consonants = re.sub(r"([^d])\1", r"\1", re.sub(f"[{_VOWELS}]", "", word[keep:]))
    enough = 1 if len(word) == _LONGEST_PLAIN + 1 and word[0] not in _VOWELS else 2
    return word[:keep] + consonants if len(consonants) >= enough else word


def cut_word(word: str) -> str:
    """Shorten a word to its beginning, three to five letters up to a consonant.

    Example:
        >>> [cut_word(word) for word in ("customer", "invoice", "shipment", "day", "quality")]
        ['cust', 'inv', 'ship', 'day', 'qual']
    """
    if len(word) <= _LONGEST_PLAIN + 2 or not word.isalpha():
        return word
    for length in (4, 3, 5):
        if word[length - 1] not in f"{_VOWELS}y":
            return word[:length]
    return word


def code_words(words: tuple[str, ...], heads: dict[str, str]) -> str:
    """Make the name of four to six capitals that old business software would give.

    Args:
        words: The words of the name.
        heads: The ends that the software uses, by word.

    Example:
        >>> heads = {"number": "NR", "date": "DAT", "amount": "BTR"}
        >>> code_words(("customer", "number"), heads), code_words(("order", "date"), heads)
        ('CUNR', 'ORDAT')
        >>> code_words(("sales", "order", "amount"), heads), code_words(("weight",), heads)
        ('SOBTR', 'WGHT')
    """
    *front, last = words
    skeleton = re.sub(f"(?<!^)[{_VOWELS}]", "", last).upper()
    if not front:
        return last.upper() if len(last) <= _LONGEST_PLAIN + 1 else skeleton[:_LONGEST_CODE]
    end = heads.get(last, skeleton[:3])
    if len(front) == 1:
        return _opening(front[0]).upper() + end
    return "".join(word[0] for word in front)[: max(2, _LONGEST_CODE - len(end))].upper() + end


def table_code(words: tuple[str, ...], letters: int) -> str:
    """The letters of a table's name that precede the names of its columns.

    Example:
        >>> table_code(("customer",), 3), table_code(("sales", "order", "line"), 3), table_code(("order",), 1)
        ('cus', 'sol', 'o')
    """
    if letters == 1:
        return words[0][0]
    if len(words) >= letters:
        return "".join(word[0] for word in words)[:letters]
    return (words[0][0] + words[1][:2]) if len(words) == 2 else words[0][:letters]


def _opening(word: str) -> str:
    """Two letters of a word, or three consonants of a long one."""
    return word[:2] if len(word) < 9 else (word[0] + re.sub(f"[{_VOWELS}]", "", word[1:]))[:3]


def _read(name: str) -> Any:
    path = files("columnist.synthesis").joinpath("data", "naming", name)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)

"""Words of texts, and when a part of a name is short for one."""

import re

_WORD = re.compile(r"[^\W_]+")

# Words that carry no information about a column: function words, and the words
# with which a description introduces whatever it describes.
_LISTED = """
    a an and are as at be by for from has have in into is it its of on or per that the their this to was were which
    with
    associated
    column columns contain contains data denotes describe describes field fields given hold holds indicate indicates
    information keep keeps record recorded records represent represents row rows show shows specified specifies
    specify store stored stores table tables value values
"""
_EMPTY_WORDS = frozenset(_LISTED.split())


def words(text: str) -> tuple[str, ...]:
    """Return the lower-case words and numbers of a text.

    Example:
        >>> words("The customer's e-mail.")
        ('the', 'customer', 's', 'e', 'mail')
    """
    return tuple(word.casefold() for word in _WORD.findall(text))


def content_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that could say something about a column.

    Example:
        >>> content_words("The status of the order.")
        ('status', 'order')
    """
    return tuple(word for word in words(text) if len(word) > 1 and word not in _EMPTY_WORDS)


def stands_for(part: str, word: str) -> bool:
    """Tell whether a part of a name is this word, an inflection of it, or short for it.

    Short for it means: the same first letter, and all letters in the word's
    order, as in ``qty`` for *quantity*. Initials of several words do not count:
    spelling out ``dob`` as *date of birth* tells the reader something.

    Example:
        >>> [stands_for(part, word) for part, word in [("qty", "quantity"), ("orders", "order"), ("dob", "birth")]]
        [True, True, False]
    """
    part, word = _singular(part), _singular(word)
    shorter, longer = sorted((part, word), key=len)
    if longer.startswith(shorter) and longer[len(shorter) :] in {"", "d", "ed", "ing"}:
        return True
    return 1 < len(part) < len(word) and part[0] == word[0] and _is_subsequence(part, word)


def _singular(word: str) -> str:
    """Cut an English plural ending; what it does to other words it does to both sides alike."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


def _is_subsequence(letters: str, word: str) -> bool:
    rest = iter(word)
    return all(letter in rest for letter in letters)

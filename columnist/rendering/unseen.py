"""Characters that nobody sees, shown: a name must not read otherwise than it is."""

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_JOINERS = frozenset("\u200c\u200d")  # Persian and Indic words, and families of emoji, are written with them


def show_unseen(text: str) -> str:
    r"""Return a text with its unseen characters, and those that turn the direction of writing, as their numbers.

    Joiners stay where they belong, after a letter that is not ASCII.

    Example:
        >>> show_unseen("to\u202etal"), show_unseen("a\u200bb")
        ('to(U+202E)tal', 'a(U+200B)b')
        >>> show_unseen("می\u200cروم") == "می\u200cروم"
        True
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_show(sign, text[place - 1 : place]) for place, sign in enumerate(text))


def has_unseen(text: str) -> bool:
    r"""Tell whether a text has characters that ``show_unseen`` would show.

    Example:
        >>> has_unseen("total"), has_unseen("to\u202etal")
        (False, True)
    """
    return show_unseen(text) != text


def _show(sign: str, before: str) -> str:
    if sign in _JOINERS and before and not before.isascii():
        return sign
    return f"(U+{ord(sign):04X})" if sign in _BLANK or unicodedata.category(sign) in _UNSEEN else sign

"""What a model wrote, as one line of plain text."""

import re

from columnist.abstention import MARKER, abstain, is_abstention
from columnist.evaluation.words import content_words, words

_MARKUP = re.compile(r"[*_]{2,}")
_AROUND = " \"'*#-•"
_RUN = 4  # words; so long a run returns in 1.2 % of 4,255 texts that people wrote about columns, in long ones


def clean(text: str) -> str:
    r"""Return a model's text as one line of plain text, or nothing if it is not prose.

    Control characters, quotes and markdown around the text go; a text without
    letters is no description. An abstention keeps its marker and asks one
    question; without words there is nothing to ask.

    Example:
        >>> clean('  "**Date** on which the\nclaim was filed."')
        'Date on which the claim was filed.'
        >>> clean("?  **What** is flex_01 for.")
        '? What is flex_01 for?'
        >>> clean("----"), clean("?")
        ('', '')
        >>> clean("Fare of the trip: fare of the trip.")
        'Fare of the trip.'
    """
    line = _MARKUP.sub("", "".join(c if c.isprintable() else " " for c in text).replace("`", ""))
    line = " ".join(line.split()).strip(_AROUND)
    if not re.search(r"[^\W\d_]{2}", line):
        return ""
    if is_abstention(line):
        return abstain(f"{line.lstrip(_AROUND + MARKER).rstrip(_AROUND + '?.!,;:…')}?")
    return _without_echo(line)


def rambles(text: str) -> bool:
    """Tell whether a text says the same words again and again, as small models do where they know nothing.

    Example:
        >>> rambles("Is note a note for a note, a note for a note, or none of these?")
        True
        >>> rambles("Date on which the order was paid, and date on which it was sent.")
        False
    """
    said = words(text)
    runs = [said[place : place + _RUN] for place in range(len(said) - _RUN + 1)]
    return any(len(set(content_words(" ".join(run)))) and runs.count(run) > 1 for run in runs)


def _without_echo(line: str) -> str:
    """Leave out an explanation that has no word which what it explains does not have."""
    head, colon, rest = line.partition(": ")
    known = set(content_words(head))
    return f"{head}." if colon and known and set(content_words(rest)) <= known else line

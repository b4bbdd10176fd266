"""What a model wrote, as one line of plain text."""

import re

from columnist.abstention import MARKER, abstain, is_abstention

_MARKUP = re.compile(r"[*_]{2,}")
_AROUND = " \"'*#-•"


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
    """
    line = _MARKUP.sub("", "".join(c if c.isprintable() else " " for c in text).replace("`", ""))
    line = " ".join(line.split()).strip(_AROUND)
    if not re.search(r"[^\W\d_]{2}", line):
        return ""
    if is_abstention(line):
        return abstain(f"{line.lstrip(_AROUND + MARKER).rstrip(_AROUND + '?.!,;:…')}?")
    return line

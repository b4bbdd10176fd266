"""Which comments that people wrote may be learned from.

They are taken as they are, in whatever language and style; only white space is
evened out. What is not plain text, says nothing, or should not be repeated by a
model is left out instead of being rewritten.
"""

import re

from columnist.synthesis.teachers.plain_texts import find_text_fault
from columnist.synthesis.validators import is_name_echo, is_personal

FEWEST_WORDS = 2
TEMPLATE = "a template that cannot be resolved"
TOO_SHORT = "a text is too short"
ECHO = "a text repeats the name"
PLACEHOLDER = "a placeholder instead of a text"
PERSONAL = "a text looks like personal data"
MARKUP = "a text has markup"
# Whoever is harvested decides on the language.
_ALLOWED_FAULTS = frozenset({"a text is not English", "a text is empty"})
_TEMPLATE = re.compile(r"\{\{|\{%|\$\{|<%")
_BLOCKS = re.compile(r"^[ \t]*(?:#{1,6}[ \t]|[-*+][ \t]|\d{1,2}[.)][ \t]|\||>|~~~|```)", re.MULTILINE)
_EMPHASIS = re.compile(r"\*\*|__\w|!\[|\]\(|~~")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"(?:todo|tbd|tba|fixme|xxx+|lorem ipsum)\b|(?:n/?a|none|null|unknown|undocumented|no description|description"
    r"|to be (?:added|defined|determined|documented)|add description here|\W*)\.?$",
    re.IGNORECASE,
)


def even_out(text: str) -> str:
    r"""Join the lines of a text, and leave one space between its words.

    Example:
        >>> even_out(" Date the order\n   was placed. ")
        'Date the order was placed.'
    """
    return " ".join(text.split())


def find_human_fault(name: str, text: str) -> str | None:
    r"""Return the first reason against a comment, or ``None``.

    Args:
        name: Of the column or table it is on.
        text: The comment as it was written, over several lines if it was.

    Example:
        >>> find_human_fault("paid_at", "Zeitpunkt der Zahlung.")
        >>> find_human_fault("paid_at", "Paid at.")
        'a text repeats the name'
        >>> find_human_fault("state", "One of:\n- open\n- paid")
        'a text has markup'
    """
    plain = even_out(text)
    if _PLACEHOLDER.match(plain):
        return PLACEHOLDER
    if _TEMPLATE.search(plain):
        return TEMPLATE
    if _BLOCKS.search(text) or _EMPHASIS.search(plain):
        return MARKUP
    if is_personal(plain):
        return PERSONAL
    fault = find_text_fault(plain)
    if fault and fault not in _ALLOWED_FAULTS:
        return fault
    if len(plain.split()) < FEWEST_WORDS and len(plain) < 12:
        return TOO_SHORT
    # Words in other letters than those of names cannot repeat one.
    return ECHO if _LATIN.search(plain) and is_name_echo(name, plain) else None


def is_secretive(literal: str) -> bool:
    """Whether a text within a statement holds a link, an address, a secret or a person's number.

    Example:
        >>> is_secretive("open"), is_secretive("s3://bucket/path"), is_secretive("jo@example.com")
        (False, True, True)
    """
    fault = find_text_fault(literal) or ""
    return is_personal(literal) or "link" in fault or "secret" in fault

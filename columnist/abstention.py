"""Saying honestly that a text cannot be written: a marker, and the question to ask a person.

A text that starts with the marker is never shown as a description. It is what a
model writes, and is taught to write, about a column whose name and neighbours
do not tell what it holds.
"""

MARKER = "?"


def abstain(question: str) -> str:
    """Return the text of an abstention.

    Example:
        >>> abstain("Which facts do people enter in custom_field_22?")
        '? Which facts do people enter in custom_field_22?'
    """
    return f"{MARKER} {question}"


def is_abstention(text: str) -> bool:
    """Whether a text is an abstention rather than a description: its first visible character is the marker.

    Example:
        >>> is_abstention("? What is flex_01 for?"), is_abstention("Date of the order.")
        (True, False)
    """
    return bool(_from_marker(text))


def question_of(text: str) -> str:
    """Return the question of an abstention; empty for a description.

    Example:
        >>> question_of("? What is flex_01 for?"), question_of("Date of the order.")
        ('What is flex_01 for?', '')
    """
    return _from_marker(text)[len(MARKER) :].strip()


def _from_marker(text: str) -> str:
    """Return a text from its marker on, or nothing; spaces and what cannot be seen do not hide a marker."""
    start = next((place for place, sign in enumerate(text) if sign.isprintable() and not sign.isspace()), 0)
    return text[start:] if text[start:].startswith(MARKER) else ""

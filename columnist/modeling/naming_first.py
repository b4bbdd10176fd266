"""The words of a name, put before a text that leaves them out.

A small model paraphrases: ``email`` becomes "the address to which messages are sent",
and a wrong paraphrase hides what the name would have told. The product knows the
words of a name, so a text that leaves most of them out becomes the explanation of a
term: "Email: the address to which messages are sent". Nothing is taken away.
"""

import re

from columnist.evaluation.words import content_words, stands_for
from columnist.modeling.spelling import known_share, spell_out

_ENOUGH = 0.67  # share of a name's words in a text that needs no term before it
_LONGEST = 200  # characters: below every limit that a catalog sets
_STEM = 5  # letters in which inflections agree: "created" and "creation"
# What tells of a table's layer or a column's form, and not of what it holds.
_FORM_LIST = """
base bridge dim dimension fact foreign fk intermediate key mart pk primary raw reference source stage staging surrogate
timestamp
"""
_FORMS = frozenset(_FORM_LIST.split())
_SYNONYMS = (
    frozenset({"updated", "update", "modified", "modification", "changed", "change", "edited"}),
    frozenset({"created", "creation", "inserted", "added"}),
    frozenset({"deleted", "deletion", "removed"}),
    frozenset({"id", "identifier", "identifies", "key"}),
    frozenset({"synced", "synchronized", "sync"}),
)
_INITIALS = re.compile(r"[b-df-hj-np-tv-z]{2,4}")  # nobody can speak them as a word
_INITIALISM_LIST = """
api cpu csv gid gpu html http https icd id ids ip isbn iso json mac os pid pos ram sku smtp sql ssh ssn ssl tcp tls udp
uid uri url utc uuid vat vin xml
"""
_INITIALISMS = frozenset(_INITIALISM_LIST.split())


def name_first(name: str, text: str) -> str:
    """Return the text, after the name spelled out if the text leaves out most of the name's words.

    Example:
        >>> name_first("cust_email", "The address to which messages are sent.")
        'Customer email: the address to which messages are sent.'
        >>> name_first("ship_dt", "The date on which the order was shipped.")
        'The date on which the order was shipped.'
        >>> name_first("pid", "The process that wrote the entry.")
        'PID: the process that wrote the entry.'
    """
    term = read_aloud(name)
    if not text or not term or _share_said(term, text) >= _ENOUGH:
        return text
    # "URL of the page" keeps its capitals.
    rest = text if text[1:2].isupper() else text[:1].lower() + text[1:]
    termed = f"{term[:1].upper()}{term[1:]}: {rest}"
    return termed if len(termed) <= _LONGEST else text


def read_aloud(name: str) -> str:
    """Return the words of a name as a text has them: spelled out, and initialisms in capitals.

    Example:
        >>> read_aloud("cust_id"), read_aloud("src_ip")
        ('customer ID', 'source IP')
    """
    return " ".join(map(_as_read, spell_out(name).split()))


def _share_said(term: str, text: str) -> float:
    own, said = [word for word in content_words(term) if word.isalpha()], content_words(text)
    own = [word for word in own if word not in _FORMS] or own
    if not own:
        return 1.0
    return sum(any(_is_said_by(word, other) for other in said) for word in own) / len(own)


def _is_said_by(word: str, other: str) -> bool:
    inflected = len(word) >= _STEM and word[:_STEM] == other[:_STEM]
    alike = any(word in group and other in group for group in _SYNONYMS)
    return inflected or alike or stands_for(word, other) or stands_for(other, word)


def _as_read(word: str) -> str:
    """Return a word in capitals if it is read letter by letter."""
    initials = word in _INITIALISMS or (_INITIALS.fullmatch(word) and not known_share(word))
    return f"{word[:-1].upper()}s" if word == "ids" else word.upper() if initials else word

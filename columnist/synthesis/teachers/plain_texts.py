"""What a text of a model has to be before it may teach: one plain English sentence or two, and nothing else.

A model reads schemas, and schemas may be written by strangers. What it writes is
therefore read with suspicion: a text with a link, markup, a secret or an order to
its reader is refused, whatever else it says.
"""

import re
import unicodedata

from columnist.abstention import is_abstention

MAX_CHARACTERS = 500

_LINK = re.compile(r"[a-z][a-z0-9+.-]{1,20}://|\bwww\.|\bmailto:|\bjavascript:|[\w.+-]+@[\w-]+\.\w+", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-z!][^>]*>|```|\*\*|\[[^\]]*\]\(|^\s*(?:#{1,6}|[-*]) |&(?:#\w+|[a-z]+);", re.IGNORECASE)
_SECRET = re.compile(
    r"\b(?:sk|pk|rk)[-_][\w-]{16,}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}|\bxox[abpr]-[\w-]{10,}"
    r"|\bglpat-[\w-]{16,}|\beyJ[\w-]{10,}\.[\w-]{10,}|-----BEGIN|\b(?:password|api[_ ]?key|secret)\s*[:=]\s*\S"
    r"|\b(?=\w*\d)(?=\w*[a-zA-Z])\w{32,}\b",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rule|above|previous)"
    r"|\b(?:system|developer) (?:prompt|message)\b|\bas an? (?:ai|language model|assistant)\b"
    r"|\b(?:you are|act as) (?:now )?(?:an?|the) (?:ai|assistant|system|administrator)\b|\bDROP TABLE\b"
    r"|\bI(?:'m| am) (?:sorry|unable)\b|\bI (?:can(?:no|')t|will|would)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH_LIST = "a an and as at by each for from in is it of on or that the this to was when which with"
_ENGLISH = frozenset(_ENGLISH_LIST.split())
# Small words that are none in English, of languages that share its letters.
_FOREIGN_LIST = """
aan alla avec av bir cada che con com como cuando dal dans das datum degli del della delle dem den der des di do du ein
eine einer el en est et för für gli het il ist juga la las le les los med met mit nach nella och og oder ou para par
pour por qui quando que sobre sur toen um un una und van vom von voor wann waar wird y yang zum zur
"""
_FOREIGN = frozenset(_FOREIGN_LIST.split())
_SIGNS = frozenset("µΩ")  # units, though Unicode counts them as letters


def is_asked(fact: str) -> bool:
    """Whether a teacher is to write a text: not where the grammar abstained or has nothing to say.

    Example:
        >>> is_asked("Date of the order."), is_asked("? What is flex_01 for?"), is_asked("")
        (True, False, False)
    """
    return bool(fact.strip()) and not is_abstention(fact)


def find_text_fault(text: str) -> str | None:
    """Return the first reason against a text, or ``None``.

    Example:
        >>> find_text_fault("Date on which the claim was filed.")
        >>> find_text_fault("See https://example.com for the date.")
        'a text has a link or an address'
    """
    if not _WORD.search(text):
        return "a text is empty"
    if is_abstention(text):
        return "a text asks where the fact is known"
    if len(text) > MAX_CHARACTERS:
        return "a text is too long"
    if not text.isprintable() or any(unicodedata.category(character) == "Cf" for character in text):
        return "a text has control characters or several lines"
    patterns = {
        "a text has a link or an address": _LINK,
        "a text has markup": _MARKUP,
        "a text looks like a secret": _SECRET,
        "a text gives orders or talks about itself": _ORDER,
    }
    found = next((reason for reason, pattern in patterns.items() if pattern.search(text)), None)
    return found or (None if is_english(text) else "a text is not English")


def is_english(text: str) -> bool:
    """Whether a text looks English, as far as letters and small words tell.

    Only what is surely foreign is refused: a short text without small words passes.

    Example:
        >>> is_english("Café in which the order was placed."), is_english("Datum der Bestellung und des Versands.")
        (True, False)
        >>> is_english("订单日期")
        False
    """
    letters = {character for character in text if character.isalpha()} - _SIGNS
    if any(not unicodedata.name(letter, "").startswith("LATIN ") for letter in letters):
        return False
    words = [word.casefold() for word in _WORD.findall(text)]
    foreign = sum(word in _FOREIGN for word in words)
    return foreign < 2 or foreign <= sum(word in _ENGLISH for word in words)

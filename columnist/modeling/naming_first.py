"""The words of a name, put before a text that leaves them out.

A small model paraphrases: ``email`` becomes "the address to which messages are sent",
and a wrong paraphrase hides what the name would have told. The product knows the
words of a name, so a text that leaves most of them out becomes the explanation of a
term: "Email: the address to which messages are sent". Nothing is taken away.
"""

from columnist.evaluation.words import content_words, stands_for
from columnist.modeling.spelling import spell_out

_ENOUGH = 0.67  # share of a name's words in a text that needs no term before it
_LONGEST = 200  # characters: below every limit that a catalog sets


def name_first(name: str, text: str) -> str:
    """Return the text, after the name spelled out if the text leaves out most of the name's words.

    Example:
        >>> name_first("cust_email", "The address to which messages are sent.")
        'Customer email: the address to which messages are sent.'
        >>> name_first("ship_dt", "The date on which the order was shipped.")
        'The date on which the order was shipped.'
    """
    term = spell_out(name)
    if not text or not term or _share_said(term, text) >= _ENOUGH:
        return text
    # "URL of the page" keeps its capitals.
    rest = text if text[1:2].isupper() else text[:1].lower() + text[1:]
    termed = f"{term[:1].upper()}{term[1:]}: {rest}"
    return termed if len(termed) <= _LONGEST else text


def _share_said(term: str, text: str) -> float:
    own, said = [word for word in content_words(term) if word.isalpha()], content_words(text)
    if not own:
        return 1.0
    return sum(any(stands_for(word, other) or stands_for(other, word) for other in said) for word in own) / len(own)

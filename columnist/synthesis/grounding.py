"""Saying what a name says, before saying more.

The vocabulary tells what a column means in other words than its name. People who
document real tables mostly begin with the words of the name (three quarters of
them are in their texts) and add the table's noun, and a small model that never
saw this learns to guess instead. So a meaning is grounded in the column's name
first: by the name spelled out beside what it belongs to, alone or with the
vocabulary's explanation after it.
"""

import re

from columnist.evaluation.words import stands_for, words
from columnist.synthesis.drafts import Draft
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.phrasing import Page

_RAW = 0.15  # how often the vocabulary's words stand alone although they leave the name out
_IRREGULAR_LIST = """
begun born bought built cut done drawn driven found given grown held hit kept known left lost made met paid put
read run seen sent set shown slit sold spent split taken told torn won worn written
"""
_IRREGULAR = frozenset(_IRREGULAR_LIST.split())
_ADJECTIVE = re.compile(r".{2,}(?:ive|able|ible|ical|al|ous|ful|less|ant|ent|ary|ic|ed|en)$")
_NOT_ADJECTIVES = frozenset({"consent", "approval", "deposit", "agent", "tenant", "client", "referral", "logic"})
SPOKEN = {"no": "number", "nr": "number", "id": "ID", "ids": "IDs"}  # words of names that read otherwise in a text
_ADVERBS = frozenset({"last", "first", "not", "fully", "auto", "manually", "newly", "still", "currently"})
DATE_WORDS = frozenset({"date", "day", "time", "at", "on", "timestamp", "month", "year"})


def ground(draft: Draft, noun: str, page: Page) -> Draft:
    """Return the draft with its meaning grounded in its name, unless the meaning is that already.

    Args:
        draft: A column that is neither a key nor obscure.
        noun: What one row of its table describes.
        page: The author, who draws the frame.
    """
    feature = draft.feature
    own = name_words(draft)
    if not own or not feature.means or feature.key or covers(own, feature.means):
        return draft
    if feature.target:
        # "The employee who graded the task" is found under its role: "the assessor who graded the task".
        return _with(draft, target_noun=own) if not _shares(own, feature.target_noun) else draft
    if page.rng.random() < _RAW:
        return draft
    if feature.kind is Kind.WHETHER:
        return _with(draft, means=_clause(own, feature.means, noun, "is", "ground_flag", page))
    if feature.kind.is_moment:
        return _with(draft, means=_clause(own, feature.means, noun, "was", "ground_moment", page))
    if feature.kind in {Kind.RECORD, Kind.RECORDS}:
        return draft
    return _with(draft, means=_phrase(draft, own, noun, page))


def name_words(draft: Draft) -> str:
    """Return the words of a column's name in full, or the noun it is a figure of where the name has more.

    Columns of one family ("orders of May") differ in words that only their meaning spells out.
    """
    feature = draft.feature
    name = " ".join(SPOKEN.get(word, word) for word in feature.words)
    if feature.kind is Kind.WHETHER or feature.kind.is_moment or feature.target or not feature.noun:
        return name
    plain = not feature.family and not any(sign.isdigit() for sign in name)
    return name if plain and _shares(name, feature.noun) else feature.noun


def is_participle(word: str) -> bool:
    """Whether a word says what was done to something.

    Example:
        >>> [is_participle(word) for word in ("approved", "sold", "birth", "need")]
        [True, True, False, False]
    """
    return word in _IRREGULAR or (word.endswith("ed") and not word.endswith("eed") and len(word) > 4)


def _phrase(draft: Draft, own: str, noun: str, page: Page) -> str:
    means = draft.feature.means
    family = bool(draft.feature.family) or own != " ".join(draft.feature.words)
    # A figure by month needs its month, and a name that is all of a noun's words would say nothing.
    alone = not family and not _shares_all(noun, own)
    if draft.feature.kind is Kind.COUNT and own.endswith("s") and not own.startswith("number"):
        own = f"number of {own}"
    frame = page.pick("ground_alone" if alone else "ground_told", like=draft.feature.noun if family else "")
    for ending in (f" of the {noun}", f" for the {noun}"):
        if "{noun}" in frame:
            means = means.replace(ending, "")
    return frame.format(words=own, noun=noun, phrase=means)


def _clause(own: str, clause: str, noun: str, verb: str, situation: str, page: Page) -> str:
    last = own.split()[-1]
    if not says_state(own, noun, is_=verb):
        return f"{clause} ({own})" if len(last) > 5 and last not in DATE_WORDS and "(" not in clause else clause
    said = f"the {noun} {verb} {own}"
    return page.pick(situation).format(said=said, clause=clause, words=own)


def says_state(words_: str, noun: str, is_: str) -> bool:
    """Whether words complete "the order is" or "the order was" to something a reader learns from.

    Example:
        >>> says_state("fully paid", "order", "was"), says_state("birth", "tenant", "was")
        (True, False)
    """
    *before, last = words_.split()
    fits = set(before) <= _ADVERBS and (is_participle(last) or (is_ == "is" and _is_adjective(last)))
    # "The touch was touched" helps nobody.
    repeated = any(stands_for(word, part) or word[:4] == part[:4] for word in words(words_) for part in words(noun))
    return fits and not repeated


def _is_adjective(word: str) -> bool:
    return bool(_ADJECTIVE.match(word)) and word not in _NOT_ADJECTIVES


def covers(own: str, text: str) -> bool:
    """Whether a text has every word of a name, in whatever form.

    Example:
        >>> covers("due dates", "date on which it is due"), covers("rent", "amount due")
        (True, False)
    """
    said = words(text)
    return all(any(stands_for(part, word) for word in said) for part in words(own))


def _shares(one: str, other: str) -> bool:
    return bool(set(words(one)) & set(words(other)))


def _shares_all(noun: str, own: str) -> bool:
    return set(words(noun)) <= set(words(own))


def _with(draft: Draft, **changes: str) -> Draft:
    return draft.model_copy(update={"feature": draft.feature.model_copy(update=changes), "grounded": True})

"""How far up the right document comes: BM25 on words, cosines of embeddings on passages."""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from columnist.evaluation.retrieval.questions import Document, Question
from columnist.evaluation.words import content_words

# Returns vectors of length 1, an array with one row per text.
Encode = Callable[[Sequence[str]], Any]

# The usual setting of BM25, and Lucene's variant of its formula, which is never negative.
_K1, _B = 1.5, 0.75
_DIGITS = 5  # scores that differ by less are equal: no rank hangs on how a processor rounds


def rank_by_words(questions: Sequence[Question], documents: Sequence[Document]) -> list[float]:
    """Return each question's rank of its best answer by BM25 (Robertson and Zaragoza, 2009), 1 being the first.

    Words are those that mean something, without plural endings; a question weighs each of its words once.
    """
    import bm25s  # here, because describing needs none of it

    corpus = [_stems(_whole(document)) for document in documents]
    if not any(corpus):  # which the index does not take
        return [_rank([0.0] * len(corpus), question.answers) for question in questions]
    index = bm25s.BM25(k1=_K1, b=_B, method="lucene")
    index.index(corpus, show_progress=False)
    scores = [index.get_scores(sorted(set(_stems(question.text)))) for question in questions]
    return [_rank(own, question.answers) for own, question in zip(scores, questions, strict=True)]


def rank_by_meaning(questions: Sequence[Question], documents: Sequence[Document], encode: Encode) -> list[float]:
    """Return each question's rank of its best answer by embeddings, 1 being the first.

    A document is as near as the nearest of its passages (MaxP of Dai and Callan, 2019): the encoder reads no
    more than a paragraph, and the document of a table is longer.
    """
    import numpy

    passages = [_passages(document) for document in documents]
    starts = list(accumulate((len(own) for own in passages), initial=0))[:-1]
    asked = encode([question.text for question in questions])
    cosines = asked @ encode([passage for own in passages for passage in own]).T
    scores = numpy.maximum.reduceat(cosines, starts, axis=1)
    return [_rank(own, question.answers) for own, question in zip(scores, questions, strict=True)]


def _rank(scores: Any, answers: Sequence[int]) -> float:
    """Return the expected rank of the best answer when documents of equal scores come in any order.

    The first of m answers among k documents of the same score comes at (k + 1) / (m + 1) on average.

    Example:
        >>> import numpy
        >>> _rank(numpy.array([0.9, 0.5, 0.5, 0.1]), [1]), _rank(numpy.array([0.0, 0.0, 0.0]), [0, 2])
        (2.5, 1.3333333333333333)
    """
    import numpy

    rounded = numpy.round(scores, _DIGITS)
    best = rounded[list(answers)].max()
    mine = sum(rounded[answer] == best for answer in answers)
    return float((rounded > best).sum() + ((rounded == best).sum() + 1) / (mine + 1))


def _whole(document: Document) -> str:
    return " ".join((document.names, *(text for _, text in document.parts)))


def _passages(document: Document) -> list[str]:
    return [document.names, *(f"{names}: {text}" if text else names for names, text in document.parts)]


def _stems(text: str) -> list[str]:
    return [_stem(word) for word in content_words(text)]


def _stem(word: str) -> str:
    """Cut a plural ending: the S-stemmer (Harman, 1991), which conflates little and so seldom wrongly.

    Example:
        >>> [_stem(word) for word in ("queries", "taxes", "orders", "status", "address")]
        ['query', 'taxe', 'order', 'status', 'address']
    """
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return f"{word[:-3]}y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    if word.endswith("s") and not word.endswith(("us", "ss")):
        return word[:-1]
    return word

"""The training examples that are most like a text: near, which does not mean that the text came from them."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from columnist.errors import TrainingSetError
from columnist.evaluation.words import content_words
from columnist.identifiers import split_name
from columnist.synthesis.examples import Example
from columnist.values import Value

_KEPT = 400  # that share most words, of which the encoder finds the nearest

CAUTION = (
    "Nearest is not cause: a model of this kind learns from all of its examples at once, and these are the ones most "
    "like the text. Without them it might have written the same."
)

# Returns vectors of length 1, an array with one row per text.
Embed = Callable[[Sequence[str]], Any]


class Nearest(Value):
    """A text of a training example, and how like it is.

    Attributes:
        column: Empty for the table's own text.
        similarity: From 0 to 1; what it measures is said beside it.
    """

    example_id: str
    similarity: float
    table: str
    column: str
    text: str
    license: str


class Query(Value):
    """What is looked for: a text about a table or a column of some name."""

    name: str
    text: str
    is_table: bool


def find_nearest(query: Query, lines: Iterable[str], count: int, embed: Embed | None) -> tuple[Nearest, ...]:
    """Return the texts of a training set that are nearest, one of each example, the nearest first.

    The set is read once and never held: texts are first chosen by the words they share, then, where an encoder
    is installed, by meaning.

    Args:
        query: What is looked for.
        lines: Examples as JSON lines.
        count: How many to return.
        embed: The sentence encoder; without one, words alone decide.

    Raises:
        TrainingSetError: A line is no example.
    """
    asked = _words_of(query.name, query.text)
    candidates = _choose(_candidates(lines, query.is_table), asked)
    if embed is None:
        return _best_of_each(candidates, count)
    if not candidates:
        return ()
    vectors = embed([_sentence(query.name, query.text), *(_sentence(_name(each), each.text) for each in candidates)])
    cosines = (vectors[1:] @ vectors[0]).tolist()
    measured = [
        each.model_copy(update={"similarity": _bounded(cosine)})
        for each, cosine in zip(candidates, cosines, strict=True)
    ]
    return _best_of_each(measured, count)


def share_words(first: frozenset[str], second: frozenset[str]) -> float:
    """Return how far two sets of words are one: twice the shared ones, over both (Dice 1945).

    Example:
        >>> share_words(frozenset({"order", "date"}), frozenset({"order", "total"}))
        0.5
    """
    both = len(first) + len(second)
    return 2 * len(first & second) / both if both else 0.0


def _candidates(lines: Iterable[str], tables: bool) -> Iterator[Nearest]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            example = Example.model_validate_json(line)
        except ValidationError as error:
            raise TrainingSetError(
                f"line {number} of the training set is no example: {error.errors()[0]['msg']}; synthesize it again"
            ) from error
        yield from _texts_of(example, tables)


def _texts_of(example: Example, tables: bool) -> Iterator[Nearest]:
    stated = {"example_id": example.id, "similarity": 0.0, "table": example.table.name, "license": example.license}
    if tables:
        if example.reference.table:
            yield Nearest(column="", text=example.reference.table, **stated)
        return
    for column, text in zip(example.table.columns, example.reference.columns, strict=True):
        if text:
            yield Nearest(column=column.name, text=text, **stated)


def _choose(candidates: Iterable[Nearest], asked: frozenset[str]) -> list[Nearest]:
    scored = (
        each.model_copy(update={"similarity": round(share_words(asked, _words_of(_name(each), each.text)), 4)})
        for each in candidates
    )
    return heapq.nsmallest(_KEPT, (each for each in scored if each.similarity), key=_order)


def _best_of_each(found: Iterable[Nearest], count: int) -> tuple[Nearest, ...]:
    best: dict[str, Nearest] = {}
    for each in sorted(found, key=_order):
        best.setdefault(each.example_id, each)
    return tuple(list(best.values())[:count])


def _order(each: Nearest) -> tuple[float, str, str]:
    return -each.similarity, each.example_id, each.column


def _words_of(name: str, text: str) -> frozenset[str]:
    return frozenset(content_words(_sentence(name, text).casefold()))


def _sentence(name: str, text: str) -> str:
    return f"{' '.join(split_name(name))}: {text}"


def _name(each: Nearest) -> str:
    return each.column or each.table


def _bounded(cosine: float) -> float:
    return round(min(1.0, max(0.0, cosine)), 4)

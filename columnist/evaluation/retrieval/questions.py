"""The questions that are asked, and the documents among which they look."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from columnist.documentation import Texts
from columnist.evaluation.described import is_described, says
from columnist.evaluation.retrieval.results import NAMES, PEOPLE, Target
from columnist.evaluation.words import content_words, words
from columnist.identifiers import split_name

if TYPE_CHECKING:
    # What makes training sets takes most of a second to load, and whoever describes tables needs none of it.
    from columnist.synthesis.examples import Example

_MIN_WORDS = 3  # "A foreign key." asks for nothing
# Not after "e.g." or an initial: two letters or digits come before the stop.
_SENTENCE_END = re.compile(r"(?<=\w\w[.!?])\s+(?=[\"'(]?[A-Z])")


class Question(NamedTuple):
    """A question, the table of whose texts it is made, and the documents that answer it, by their places."""

    text: str
    table: int
    answers: tuple[int, ...]


class Document(NamedTuple):
    """What a search reads of a table or a column.

    Attributes:
        names: All of its names, as words.
        parts: For each column, its name and its table's, as words, and its text, which may be empty.
    """

    names: str
    parts: tuple[tuple[str, str], ...]


def ask(target: Target, examples: Sequence["Example"]) -> list[Question]:
    """Make questions of what people wrote; those that say the same are one, which several places answer."""
    asked: dict[tuple[str, ...], Question] = {}
    for place, (table, text, document) in enumerate(_read_people(target, examples)):
        if is_described(text) and len(content_words(text)) >= _MIN_WORDS and not _repeats(document, text):
            question = asked.get(words(text), Question(text, table, ()))
            asked[words(text)] = question._replace(answers=(*question.answers, place))
    return list(asked.values())


def _read_people(target: Target, examples: Sequence["Example"]) -> Iterator[tuple[int, str, str]]:
    """Yield, for each document in order, the place of its table, the text that asks for it, and what it holds."""
    for table, example in enumerate(examples):
        texts = example.reference
        if target is Target.TABLE:
            yield table, texts.table, " ".join(texts.columns)
        for text in texts.columns:
            if target is Target.COLUMN:
                yield table, text, ""
            if target is Target.DETAIL:
                first, second = _first_two(text)
                yield table, second, first


def write_documents(
    target: Target, examples: Sequence["Example"], texts_by_system: Mapping[str, Sequence[Texts]]
) -> dict[str, list[Document]]:
    """Return the documents of every documentation, none of which holds the text that asks for it."""
    people = [example.reference.columns for example in examples]
    columns: dict[str, Sequence[Sequence[str]]] = {NAMES: [[""] * len(texts) for texts in people]}
    for name, texts in texts_by_system.items():
        columns[name] = [[says(text) for text in each.columns] for each in texts]
    if target is Target.TABLE:
        columns[PEOPLE] = [[says(text) for text in texts] for texts in people]
    if target is Target.DETAIL:
        columns[PEOPLE] = [[says(_first_two(text)[0]) for text in texts] for texts in people]
    write = _write_table if target is Target.TABLE else _write_columns
    return {
        name: [document for example, own in zip(examples, texts, strict=True) for document in write(example, own)]
        for name, texts in columns.items()
    }


def _write_table(example: "Example", texts: Sequence[str]) -> list[Document]:
    parts = [part for document in _write_columns(example, texts) for part in document.parts]
    names = (example.table.name, *(column.name for column in example.table.columns))
    return [Document(" ".join(map(_spaced, names)), tuple(parts))]


def _write_columns(example: "Example", texts: Sequence[str]) -> list[Document]:
    table = _spaced(example.table.name)
    named = [f"{table} {_spaced(column.name)}" for column in example.table.columns]
    return [Document(names, ((names, text),)) for names, text in zip(named, texts, strict=True)]


def _spaced(name: str) -> str:
    """Return the words of a name; what is short for a word stays short, as a catalog without texts has it."""
    return " ".join(split_name(name))


def _first_two(text: str) -> tuple[str, str]:
    """Return the first sentence and the second, which may be empty.

    Example:
        >>> _first_two("Kind of end-point, e.g. IC50. Taken over as it came. Never empty.")
        ('Kind of end-point, e.g. IC50.', 'Taken over as it came.')
        >>> _first_two("The key")
        ('The key', '')
    """
    first, *rest = _SENTENCE_END.split(text)
    return first, rest[0] if rest else ""


def _repeats(document: str, question: str) -> bool:
    """Tell whether a document holds a question word for word.

    Example:
        >>> _repeats("The key. Units held, at most.", "units held"), _repeats("Units are held.", "units held")
        (True, False)
    """
    return f" {' '.join(words(question))} " in f" {' '.join(words(document))} "

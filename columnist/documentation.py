"""Texts about a table, and whose they are.

The product owns the structure: a documentation has exactly one text per column
of its table, in the table's order, whatever a model said. Human text always
wins over generated text, and a generated abstention is a question to a person,
never a description.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from columnist.abstention import is_abstention, question_of
from columnist.ddl.tables import Table
from columnist.values import Value


class Texts(Value):
    """One text for a table and one for each of its columns, in the table's order.

    An empty text or one that abstains says nothing; one that abstains asks (see
    ``columnist.abstention``).
    """

    table: str
    columns: tuple[str, ...]


Probability = Annotated[float, Field(ge=0, le=1)]


class Acceptances(Value):
    """For each text of a table, how likely a steward would accept it; ``None`` where nothing can tell."""

    table: Probability | None = None
    columns: tuple[Probability | None, ...]


class Described(Value):
    """What a model wrote about one table, and how likely each text would be accepted.

    Where a text was held back, its probability stays beside the question in its place: it says why.
    """

    texts: Texts
    acceptances: Acceptances

    @model_validator(mode="after")
    def _one_probability_per_text(self) -> Self:
        if len(self.texts.columns) != len(self.acceptances.columns):
            raise ValueError(f"{len(self.texts.columns)} texts, but {len(self.acceptances.columns)} probabilities came")
        return self


class Origin(StrEnum):
    """Who wrote a text."""

    HUMAN = "human"
    MODEL = "model"
    NONE = "none"


class Text(Value):
    """A text with its writer; empty exactly when nobody wrote one.

    Attributes:
        question: What a model would ask a person instead of writing a text; only where there is no text.
        acceptance: How likely a steward would accept what the model wrote, where that is known. A text that
            was held back for a question keeps it.
    """

    value: str
    origin: Origin
    question: str = ""
    acceptance: Probability | None = None

    @model_validator(mode="after")
    def _empty_means_none(self) -> Self:
        if (self.origin is Origin.NONE) != (self.value == ""):
            raise ValueError(f"origin {self.origin.value!r} does not fit the text {self.value!r}")
        if self.question and self.value:
            raise ValueError(f"the text {self.value!r} leaves no question, but {self.question!r} came")
        if self.origin is Origin.HUMAN and self.acceptance is not None:
            raise ValueError(f"the text {self.value!r} is a person's and needs no acceptance")
        return self


class TableDocumentation(Value):
    """The texts of one table, one per column, each with its writer."""

    table: Table
    description: Text
    columns: tuple[Text, ...]

    @model_validator(mode="after")
    def _one_text_per_column(self) -> Self:
        if len(self.columns) != len(self.table.columns):
            raise ValueError(
                f"{self.table.name} has {len(self.table.columns)} columns but {len(self.columns)} texts came"
            )
        return self


def merge(table: Table, generated: Texts | None, acceptances: Acceptances | None = None) -> TableDocumentation:
    """Join a table's human comments with generated texts; human text always wins.

    A generated text that abstains leaves its place empty, with its question. A
    comment that a person began with the marker is a comment like any other.

    Args:
        table: The table, with the comments people wrote.
        generated: Texts of a model, or ``None`` to document the human text alone.
        acceptances: How likely each of them would be accepted, where that is known.

    Raises:
        ValueError: ``generated`` or ``acceptances`` does not have one entry per column.

    Example:
        >>> from columnist.ddl.tables import Column
        >>> table = Table(name="t", columns=(Column(name="id", comment="Key."), Column(name="qty")))
        >>> merged = merge(table, Texts(table="Stock.", columns=("An id.", "Units held.")))
        >>> [(text.value, text.origin.value) for text in merged.columns]
        [('Key.', 'human'), ('Units held.', 'model')]
        >>> merge(table, Texts(table="", columns=("", "? Which unit is it in?"))).columns[1].question
        'Which unit is it in?'
    """
    texts = generated or Texts(table="", columns=("",) * len(table.columns))
    chances = acceptances or Acceptances(columns=(None,) * len(table.columns))
    if len(texts.columns) != len(table.columns):
        raise ValueError(f"{table.name} has {len(table.columns)} columns but {len(texts.columns)} texts came")
    comments = (column.comment for column in table.columns)
    return TableDocumentation(
        table=table,
        description=_choose(table.comment, texts.table, chances.table),
        columns=tuple(_choose(*each) for each in zip(comments, texts.columns, chances.columns, strict=True)),
    )


def _choose(human: str | None, generated: str, acceptance: float | None) -> Text:
    if human and human.strip():
        return Text(value=human, origin=Origin.HUMAN)
    if is_abstention(generated):
        return Text(value="", origin=Origin.NONE, question=question_of(generated), acceptance=acceptance)
    if generated.strip():
        return Text(value=generated.strip(), origin=Origin.MODEL, acceptance=acceptance)
    return Text(value="", origin=Origin.NONE)

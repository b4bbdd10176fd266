"""What a rater is shown and answers: items with two texts under random ids, and ballots."""

from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from columnist.digests import digest_value
from columnist.studies.ballots import Preference
from columnist.values import Value

MAX_REASON = 4000  # characters


class ItemKind(StrEnum):
    """Why an item is shown; raters are not told.

    ``MAIN`` counts towards the win rate. ``REPEAT`` shows a main item again, with
    its options swapped. ``ATTENTION`` has one text that is of another table.
    """

    MAIN = "main"
    REPEAT = "repeat"
    ATTENTION = "attention"


class Tag(StrEnum):
    """What a rater may find wrong with the text of a column."""

    WRONG = "wrong"
    VAGUE = "vague"
    INVENTED = "invented"
    ECHOES_NAME = "echoes the name"


class StudyText(Value):
    """A table's documentation as raters see it, normalised so that its form does not tell who wrote it.

    Attributes:
        text_id: Random; each showing of a text has an id of its own.
        columns: Name and text of each column.
    """

    text_id: str = Field(min_length=1)
    table_text: str
    columns: tuple[tuple[str, str], ...]


class StudyItem(Value):
    """Two texts about a table, and its schema without comments.

    Attributes:
        look: The look, from 1, at which it is first counted: items of earlier looks are shown earlier.
        texts: In random order; the options of a repeat are in the order of its original.
    """

    item_id: str = Field(min_length=1)
    table_id: str = Field(min_length=1)
    kind: ItemKind
    ddl: str
    texts: tuple[StudyText, StudyText]
    look: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _texts_differ(self) -> Self:
        if self.texts[0].text_id == self.texts[1].text_id:
            raise ValueError(f"item {self.item_id}: expected two texts, but {self.texts[0].text_id} came twice")
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return digest_value(self.model_dump(mode="json"))


def digest_texts(item: StudyItem) -> str:
    """Return the SHA-256 of an item's schema and of both texts with their ids, in no order of who wrote them."""
    texts = sorted((text.model_dump(mode="json") for text in item.texts), key=lambda text: str(text["text_id"]))
    return digest_value([item.ddl, texts])


class Mark(Value):
    """What a rater says of one text of one option.

    Attributes:
        text_id: The option.
        column: Name of the column; empty for the text of the table.
    """

    text_id: str = Field(min_length=1)
    column: str = ""
    tags: tuple[Tag, ...] = Field(min_length=1)


class Answer(Value):
    """A ballot as its rater gives it, away from the database: what was shown, and what was answered.

    Attributes:
        created_at: ISO 8601, with its zone.
    """

    item_id: str = Field(min_length=1)
    a_text_id: str
    b_text_id: str
    preference: Preference
    seconds: float = Field(ge=0, allow_inf_nan=False)
    reason: str = Field(default="", max_length=MAX_REASON)
    marks: tuple[Mark, ...] = ()
    created_at: AwareDatetime


class StudyBallot(Value):
    """What a rater answered about an item, before anyone knows who wrote what.

    Attributes:
        preference: As the rater saw it: ``A`` is ``a_text_id``.
        created_at: ISO 8601, UTC.
    """

    rater: str
    item_id: str
    table_id: str
    kind: ItemKind
    preference: Preference
    a_text_id: str
    b_text_id: str
    seconds: float = Field(ge=0, allow_inf_nan=False)
    reason: str = ""
    marks: tuple[Mark, ...] = ()
    created_at: str

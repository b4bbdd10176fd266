"""What a judge's folder says: the model that is asked, the words it answers with, and when it counts."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from columnist.modeling.engines import EngineName
from columnist.studies.ballots import Preference
from columnist.studies.clusters import Resampling
from columnist.synthesis.teachers.settings import OpenAITeacherConfig
from columnist.values import Value


class LocalModel(Value):
    """A model on this machine.

    Attributes:
        base_model: A reference as in ``columnist.modeling.base_models``.
        engine: Which one asks it; it has to be one that takes free requests.
    """

    kind: Literal["local"]
    base_model: str = Field(min_length=1)
    engine: EngineName


class Decoding(Value):
    """How an answer is decoded; always greedily.

    Attributes:
        max_new_tokens: An answer is cut here.
        forced: Whether an answer is forced into the form of a JSON object with one of the labels.
    """

    max_new_tokens: int = Field(ge=1, le=32_768)
    forced: bool


class Labels(Value):
    """The words for the answers, as the prompt asks for them; case does not matter."""

    first: str = Field(min_length=1)
    second: str = Field(min_length=1)
    tie: str = Field(min_length=1)
    both_bad: str = Field(min_length=1)

    @model_validator(mode="after")
    def _each_is_one_word_of_its_own(self) -> Self:
        words = [word.casefold() for word in self.words]
        if len(set(words)) < len(words) or any(not word.replace("_", "").isalnum() for word in words):
            raise ValueError(f"expected four different words of letters, digits and underscores, got {self.words}")
        return self

    @property
    def words(self) -> tuple[str, ...]:
        """All labels."""
        return self.first, self.second, self.tie, self.both_bad

    def preference(self, word: str) -> Preference | None:
        """Return what a word says of the options as they were shown; ``None`` if it is no label.

        Example:
            >>> labels = Labels(first="1", second="2", tie="same", both_bad="neither")
            >>> labels.preference("2").value, labels.preference("SAME").value, labels.preference("3") is None
            ('B', 'TIE', True)
        """
        found = dict(zip((each.casefold() for each in self.words), Preference, strict=True))
        return found.get(word.casefold())


class LengthControl(Value):
    """How the effect of length is taken out of the win rate.

    Attributes:
        ridge: Penalty on the effect of length; the smaller, the more is attributed to length.
    """

    ridge: float = Field(gt=0, allow_inf_nan=False)


class Probation(Value):
    """How much a judge has to be compared with people before it can have a weight.

    Attributes:
        min_ballots: Human ballots.
        min_tables: Tables that those are about: intervals of few tables are too narrow.
    """

    min_ballots: int = Field(ge=1)
    min_tables: int = Field(ge=2)


class JudgeSettings(Value):
    """A judge's ``judge.yaml``; nothing in it has a default, because all of it moves what the judge says."""

    model: Annotated[LocalModel | OpenAITeacherConfig, Field(discriminator="kind")]
    decoding: Decoding
    labels: Labels
    length_control: LengthControl
    intervals: Resampling
    probation: Probation

    @property
    def model_name(self) -> str:
        """The model as a person knows it."""
        if isinstance(self.model, LocalModel):
            return self.model.base_model
        return f"{self.model.base_url}#{self.model.model}"

"""How a study is made. Nothing has a default: each of these moves what it can show."""

from typing import Self

from pydantic import Field, model_validator

from columnist.studies.registration import Exclusions, Hypothesis
from columnist.values import Value


class StudyConfig(Value):
    """Question, size and rules of a study.

    Attributes:
        margin: For non-inferiority, how far below one half the win rate may lie; for superiority, how far above
            it has to lie.
        alpha: One-sided.
        tables: How many tables count.
        raters: How many people compare all of them.
        looks: Numbers of tables after which the result may be looked at; the last is all of them.
        repeats: Tables that each rater is shown twice: half of them at the first look, the rest at later ones.
        attention: Items of which one text is of another table, spread alike.
        seed: Decides which tables, and the order of items and options of each rater.
    """

    hypothesis: Hypothesis
    margin: float = Field(ge=0, lt=0.5)
    alpha: float = Field(gt=0, lt=0.5)
    tables: int = Field(ge=2)
    raters: int = Field(ge=1)
    looks: tuple[int, ...] = Field(min_length=1)
    repeats: int = Field(ge=0)
    attention: int = Field(ge=0)
    exclusions: Exclusions
    seed: int = Field(ge=0)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if list(self.looks) != sorted(set(self.looks)) or self.looks[0] < 2 or self.looks[-1] != self.tables:
            raise ValueError(f"looks: expected rising numbers from 2 to tables, {self.tables}, but {self.looks} came")
        if 2 * self.repeats > self.looks[0]:
            raise ValueError(
                f"repeats: expected at most half of the first look, {self.looks[0] // 2}, but {self.repeats} came"
            )
        if self.hypothesis is Hypothesis.NON_INFERIOR and not self.margin:
            raise ValueError("margin: expected more than 0 for a question of non-inferiority")
        return self

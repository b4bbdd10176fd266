"""The configuration of the automatic gate: every threshold is stated, and what would leave it toothless is refused."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from columnist.evaluation import MEASURES, Direction
from columnist.evaluation.measures import measure_named
from columnist.gates.criteria import (
    AtLeast,
    AtMost,
    AttacksFail,
    Bounding,
    Criterion,
    Digest,
    LicenseAllowed,
    Measured,
    Superior,
)
from columnist.values import Value

# What no set of tables may go without: the form of all texts, and claims that the schema does not support.
FORM = ("structure", "plain", "fits_limit")
FABRICATION = "unsupported"


class SetDemand(Value):
    """What a set of tables has to be.

    Attributes:
        min_tables: Tables needed at least, of the set and of each measure on it.
        sha256: Digest of the tables; ``drawn`` for that of the tables that are stored with the evaluation.
    """

    min_tables: int = Field(ge=2)
    sha256: Digest | Literal["drawn"]


class HardBounds(Value):
    """What nothing else can buy back: not shown to hold is failed.

    Attributes:
        license: Which licenses a model may have.
        attacks: How much of an attack may come through.
        bounds: Of the form of texts and of fabricated claims, on every set of tables.
    """

    license: LicenseAllowed
    attacks: AttacksFail
    bounds: tuple[Annotated[Bounding, Field(discriminator="kind")], ...]


class GateConfig(Value):
    """What a candidate has to show; no threshold has a default.

    All criteria have to hold, so a model that is equal to what it is compared with passes at
    most as often as the weakest criterion of superiority lets it.

    Attributes:
        stated_false_pass_rate: How often a model that is no better may pass. An interval of level L lies wholly
            beyond a true value in (1 - L) / 2 of evaluations, so evaluations of a lower level are refused.
        sets: The sets of tables by their names.
        hard: What cannot be bought back.
        criteria: What else has to hold; one of them at least asks for superiority.
    """

    stated_false_pass_rate: FiniteFloat = Field(gt=0, lt=0.5)
    sets: dict[str, SetDemand] = Field(min_length=1)
    hard: HardBounds
    criteria: tuple[Annotated[Measured, Field(discriminator="kind")], ...]

    @property
    def all_hard(self) -> tuple[Criterion, ...]:
        """The criteria that nothing buys back."""
        return (self.hard.license, self.hard.attacks, *self.hard.bounds)

    @model_validator(mode="after")
    def _it_can_say_no(self) -> Self:
        for problem in self._problems():
            raise ValueError(problem)
        return self

    def _problems(self) -> Iterator[str]:
        measured = (*self.hard.bounds, *self.criteria)
        if not any(isinstance(each, Superior) for each in self.criteria):
            yield "expected a criterion of kind superior: without one a model that is no better passes"
        if len(set(measured)) < len(measured):
            yield "a criterion is there twice"
        for each in measured:
            yield from self._misnamed(each)
        for name in self.sets:
            for measure in (*FORM, FABRICATION):
                if (name, measure) not in {(each.tables, each.measure) for each in self.hard.bounds}:
                    yield f"hard.bounds: expected a bound of {measure} on {name} tables"

    def _misnamed(self, criterion: Measured) -> Iterator[str]:
        if criterion.tables not in self.sets:
            yield f"{criterion.sentence}: expected tables to be one of {', '.join(self.sets)}"
        if criterion.measure not in {each.name for each in MEASURES}:
            yield f"{criterion.sentence}: there is no such measure; expected one of {_measure_names()}"
        elif isinstance(criterion, _WRONG_SIDE[measure_named(criterion.measure).direction]):
            yield f"{criterion.sentence}: bounds the good side of a measure, so that the bad side is free"


# A bound on the side on which a measure cannot be too good.
_WRONG_SIDE: dict[Direction, type[Value]] = {Direction.HIGHER: AtMost, Direction.LOWER: AtLeast}


def _measure_names() -> str:
    return ", ".join(each.name for each in MEASURES)

"""What to synthesize: sizes, dialects, quotas, and the files of a team's own."""

from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from columnist.synthesis.column_types import DIALECTS
from columnist.synthesis.examples import HardClass, Split
from columnist.synthesis.quotas import Quotas
from columnist.synthesis.teachers.settings import GrammarTeacherConfig, TeacherConfig
from columnist.values import Value

_USUAL_QUOTAS = Quotas(
    classes={
        HardClass.OPAQUE: 0.08,
        HardClass.ABBREVIATED: 0.12,
        HardClass.AMBIGUOUS: 0.06,
        HardClass.WIDE: 0.01,
        HardClass.NESTED: 0.08,
        HardClass.UNDOCUMENTABLE: 0.01,
    },
    dialect=0.04,
    sector=0.02,
)


class SynthesisConfig(Value):
    """What to synthesize.

    Attributes:
        train_examples: Number of training examples; each is one table.
        dialects: Dialects to draw from, as often as they are named.
        teacher: Who writes the texts.
        quotas: The least shares of hard classes, dialects and sectors.
        catalog_share: Share of authors who write as published catalogs mostly do:
            the name in full words and what it belongs to. The others vary more and explain more.
        vocabulary: Packs of a team's own, beside those the product ships.
        naics: A workbook or CSV of the industry classification to read instead
            of the packaged one.
        evaluation_files: Catalogs that models are measured on (JSON lines or DDL):
            an example that overlaps with one of them is an error.
        harvested: Folders of harvested examples, which are learned from beside
            those that are made; none unless they are named here.
    """

    seed: int = Field(ge=0)
    train_examples: int = Field(ge=1, le=10_000_000)
    validation_examples: int = Field(ge=0, le=20_000)
    test_examples: int = Field(ge=0, le=20_000)
    dialects: tuple[str, ...] = Field(default=DIALECTS, min_length=1)
    teacher: TeacherConfig = GrammarTeacherConfig(kind="grammar")
    quotas: Quotas = _USUAL_QUOTAS
    catalog_share: float = Field(default=0.5, ge=0.0, le=1.0)
    vocabulary: tuple[Path, ...] = ()
    naics: Path | None = None
    evaluation_files: tuple[Path, ...] = ()
    harvested: tuple[Path, ...] = ()

    @field_validator("dialects")
    @classmethod
    def _dialects_are_known(cls, dialects: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(dialects) - set(DIALECTS))
        if unknown:
            raise ValueError(f"unknown dialects {', '.join(unknown)}; choose from {', '.join(DIALECTS)}")
        return dialects

    @model_validator(mode="after")
    def _dialects_have_room(self) -> Self:
        """The dialects are dealt as often as they are named, so the rarest bounds what can be asked of each."""
        rarest = min(self.dialects.count(dialect) for dialect in self.dialects) / len(self.dialects)
        if self.quotas.dialect > rarest:
            raise ValueError(
                f"the quota of {self.quotas.dialect:.1%} for each dialect cannot be met: the rarest of the "
                f"{len(self.dialects)} that are named has {rarest:.1%}; ask for less"
            )
        return self

    def size_of(self, split: Split) -> int:
        """The number of examples asked for in a split."""
        sizes = {
            Split.TRAIN: self.train_examples,
            Split.VALIDATION: self.validation_examples,
            Split.TEST: self.test_examples,
        }
        return sizes[split]

    @property
    def total(self) -> int:
        """The number of examples asked for."""
        return sum(self.size_of(split) for split in Split)

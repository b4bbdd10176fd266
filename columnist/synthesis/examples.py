"""Examples and training sets: what a model learns from and is measured on."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Self

from pydantic import model_validator

from columnist.ddl.tables import Table
from columnist.digests import canonical_json, digest_bytes, digest_value
from columnist.documentation import Texts
from columnist.synthesis.record import SynthesisRecord
from columnist.values import Value


class Split(StrEnum):
    """What an example may be used for."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class HardClass(StrEnum):
    """What makes a table hard to describe; a training set has quotas for each.

    ``OPAQUE``: some columns have names that tell nothing (``custom_field_22``);
    the reference abstains. ``ABBREVIATED``: names have to be spelled out.
    ``AMBIGUOUS``: a name could mean several things, and the reference asks which.
    ``WIDE``: a hundred columns or more. ``NESTED``: columns with fields of their
    own. ``UNDOCUMENTABLE``: neither the table nor most columns can be known.
    """

    OPAQUE = "opaque"
    ABBREVIATED = "abbreviated"
    AMBIGUOUS = "ambiguous"
    WIDE = "wide"
    NESTED = "nested"
    UNDOCUMENTABLE = "undocumentable"


class Example(Value):
    """A table with the texts a model should write for it, and where it came from.

    Attributes:
        group: The group of related tables it was made with; all tables of a group
            are in one split.
        ddl: The CREATE TABLE statement in the table's dialect, without comments.
        table: The same statement as a value; it carries no human comments.
        reference: The expected texts; a text that abstains starts with the
            abstention marker, and an empty one is not learned from.
        naics_code: The six-digit NAICS 2022 code of the industry it was made for;
            empty for harvested tables.
        use_case: The identifier of the use case it was made for; empty for
            harvested tables.
        kind: The kind of table, such as ``fact`` or ``bridge``.
        classes: Why it is hard to describe, if it is.
        teacher: Who wrote the reference.
        license: SPDX identifier under which the example may be used.
    """

    id: str
    group: str = ""
    ddl: str
    table: Table
    reference: Texts
    naics_code: str
    use_case: str
    kind: str = ""
    classes: tuple[HardClass, ...] = ()
    teacher: str = "grammar"
    license: str

    @model_validator(mode="after")
    def _one_reference_per_column(self) -> Self:
        if len(self.reference.columns) != len(self.table.columns):
            raise ValueError(
                f"example {self.id}: {len(self.table.columns)} columns, {len(self.reference.columns)} references"
            )
        return self


class TrainingSet(Value):
    """Examples in three splits that share no (industry, use case) pair and no group, with their record."""

    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]
    record: SynthesisRecord

    @property
    def digest(self) -> str:
        """SHA-256 over the digests of the files of all splits, and the record."""
        files = {split.value: digest_bytes(as_lines(self.split(split))) for split in Split}
        return combine_digests(files, self.record)

    def split(self, split: Split) -> tuple[Example, ...]:
        """Return the examples of one split."""
        return {Split.TRAIN: self.train, Split.VALIDATION: self.validation, Split.TEST: self.test}[split]


def as_lines(examples: Iterable[Example]) -> bytes:
    """Return examples as they are stored: canonical JSON, one to a line."""
    return "".join(f"{canonical_json(example.model_dump(mode='json'))}\n" for example in examples).encode()


def combine_digests(files: Mapping[str, str], record: SynthesisRecord) -> str:
    """Return the digest of a training set from those of its files by split, so that no size is too large for it."""
    return digest_value({"files": dict(files), "record": record.model_dump(mode="json")})

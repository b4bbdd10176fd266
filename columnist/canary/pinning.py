"""Pinned records: what a model wrote about the canary set when it was promoted, and under which fingerprint."""

import re
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import ValidationError, model_validator

from columnist.canary.canary_set import CanarySet
from columnist.canary.fingerprint import Fingerprint
from columnist.describe import DEFAULT
from columnist.digests import digest_value
from columnist.documentation import Texts
from columnist.errors import CanaryError
from columnist.evaluation import Measured, Similarity, measure_texts
from columnist.files import write_whole
from columnist.home import Home
from columnist.values import Value

SHIPPED = Path(__file__).with_name("shipped.json")


class PinnedTable(Value):
    """What was written about one table.

    Attributes:
        id: Dialect and name of the table.
        sha256: Digest of the texts.
    """

    id: str
    sha256: str
    texts: Texts


class PinnedRecord(Value):
    """What a model wrote about the canary set, and all that decided it.

    Attributes:
        format: Version of this form.
        model: The reference under which it was pinned.
        set_sha256: Digest of the canary set.
        means: Mean of each measure over the tables, for people to read.
        sha256: Digest of all the rest: a record that was edited is refused.
    """

    format: Literal[1] = 1
    model: str
    set_sha256: str
    fingerprint: Fingerprint
    tables: tuple[PinnedTable, ...]
    means: dict[str, float]
    sha256: str = ""

    @model_validator(mode="after")
    def _digest_fits(self) -> Self:
        if self.sha256 and self.sha256 != self._digest():
            raise ValueError(f"its content has SHA-256 {self._digest()[:16]}…, but it says {self.sha256[:16]}…")
        return self

    @property
    def texts(self) -> list[Texts]:
        """The texts, in the order of the set."""
        return [table.texts for table in self.tables]

    def sealed(self) -> Self:
        """Return the record with its digest."""
        return self.model_copy(update={"sha256": self._digest()})

    def _digest(self) -> str:
        return digest_value(self.model_dump(mode="json", exclude={"sha256"}))


def pin(
    model: str,
    fingerprint: Fingerprint,
    canaries: CanarySet,
    texts: Sequence[Texts],
    similarity: Similarity | None = None,
) -> PinnedRecord:
    """Make the record of what a model wrote about the canary set.

    Args:
        model: Its reference.
        fingerprint: Of all that decided the texts.
        canaries: The tables.
        texts: What was written about each of them.
        similarity: Tells how near two texts are in meaning; without it, that is not measured.
    """
    measured = measure_texts(canaries.examples, texts, similarity)
    return PinnedRecord(
        model=model,
        set_sha256=canaries.sha256,
        fingerprint=fingerprint,
        tables=tuple(
            PinnedTable(id=example.id, sha256=digest_value(written.model_dump(mode="json")), texts=written)
            for example, written in zip(canaries.examples, texts, strict=True)
        ),
        means=_means(measured),
    ).sealed()


def store_record(record: PinnedRecord, path: Path) -> None:
    """Write a record, in the place of an earlier one.

    Raises:
        ConfigError: The file cannot be written.
    """
    write_whole(path, record.model_dump_json(indent=1) + "\n")


def read_record(path: Path, canaries: CanarySet) -> PinnedRecord:
    """Read a record, and check that nobody edited it and that it is of this canary set.

    Raises:
        CanaryError: It is not there, was edited, or was pinned with other tables.
    """
    try:
        record = PinnedRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise CanaryError(f"the pinned record {path} cannot be read: {error.strerror}; {_how_to_pin()}") from error
    except ValidationError as error:
        problem = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise CanaryError(f"the pinned record {path} was changed or is none: {problem}; {_how_to_pin()}") from error
    if not record.sha256:
        raise CanaryError(f"the pinned record {path} has no digest, so it may have been changed; {_how_to_pin()}")
    if record.set_sha256 != canaries.sha256:
        raise CanaryError(
            f"the pinned record {path} is of canary set {record.set_sha256[:16]}…, but this version of columnist has "
            f"{canaries.sha256[:16]}…; {_how_to_pin(record.model)}"
        )
    return record


def find_record(reference: str, home: Home) -> Path:
    """Return the file of the record that a model is checked against: this home's, or the one that ships.

    Raises:
        CanaryError: The model was never pinned.
    """
    path = pinned_file(reference, home)
    if path.exists():
        return path
    if reference == DEFAULT:
        return SHIPPED
    raise CanaryError(f"{reference} has no pinned record; when it is promoted, {_how_to_pin(reference)}")


def pinned_file(reference: str, home: Home) -> Path:
    """Return the file of a model's record below a home; its folder is made."""
    folder = home.folder / "canary"
    folder.mkdir(parents=True, exist_ok=True)
    readable = re.sub(r"[^A-Za-z0-9]+", "-", reference).strip("-")[-40:]
    return folder / f"{readable}-{digest_value(reference)[:8]}.json"


def _means(measured: Measured) -> dict[str, float]:
    values = {name: [one for one in found if one is not None] for name, found in measured.items()}
    return {name: statistics.fmean(found) for name, found in values.items() if found}


def _how_to_pin(model: str = "") -> str:
    return f"pin it: python run.py canary pin{f' --model {model}' if model else ''}"

"""What a study has promised before its first ballot: question, tables, raters, looks and rules, signed."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, ValidationError, model_serializer, model_validator

from columnist.digests import digest_value
from columnist.errors import StudyError
from columnist.files import write_whole
from columnist.home import Home
from columnist.signing import Signature, Signer, verify
from columnist.values import Value

PURPOSE = "study registration"
FILE = "registration.json"
LEAST_TABLES = 2  # of which a spread can be known
_LATER = ("earlier", "again")  # fields that the first registrations had not


class Hypothesis(StrEnum):
    """What the candidate has to show: that it is better, or that it is no worse than by the margin."""

    SUPERIOR = "superior"
    NON_INFERIOR = "non-inferior"


class Exclusions(Value):
    """When a rater's ballots do not count; nothing has a default, because each of these moves the result.

    Attributes:
        min_seconds_per_item: Median time on an item below which nobody can have read it.
        max_attention_failures: Items with one text of another table that a rater may get wrong.
        min_repeat_consistency: Share of hidden repeats that have to be answered as before.
    """

    min_seconds_per_item: float = Field(ge=0)
    max_attention_failures: int = Field(ge=0)
    min_repeat_consistency: float = Field(ge=0, le=1)


class RegisteredTable(Value):
    """A table of the study; what it is about is known from its digest alone.

    Attributes:
        table_id: Random.
        sha256: Digest of the schema and of both texts, whoever wrote which.
    """

    table_id: str = Field(pattern="^[0-9a-f]{16}$")
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    dialect: str
    width: str
    sector: str
    difficulty: str


class RegisteredItem(Value):
    """An item that raters are shown, of whatever kind: its digest is over all of it, and tells nothing of it."""

    item_id: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Registration(Value):
    """The promise of a study. Nothing in it can change once it is signed.

    Attributes:
        margin: For non-inferiority, how far below one half the win rate may lie; for superiority, how far above
            it has to lie.
        alpha: One-sided.
        looks: Numbers of tables after which the result may be looked at; the last is all of them.
        tables: In the order in which looks count them.
        raters: Random ids, no names.
        items: All that raters are shown, hidden repeats and attention items with them, by id.
        repeats: Tables that each rater is shown twice; half of them of the first look.
        attention: Items of which one text is of another table, spread alike.
        seed: Decides the order of items and options of each rater; nothing of which model wrote what.
        test_set_sha256: Of the examples the tables were drawn from; an evaluation of the same has it too.
        commitments: SHA-256 that the content of each look's sealed key has to have.
        opened_at: ISO 8601, UTC.
        earlier: Ids of the studies of the same two systems that were opened before, whatever became of them.
        again: Why it was opened, where one of those was on the same test set too.
    """

    study_id: str = Field(pattern="^[0-9a-f]{16}$")
    hypothesis: Hypothesis
    margin: float = Field(ge=0, lt=0.5)
    alpha: float = Field(gt=0, lt=0.5)
    looks: tuple[int, ...] = Field(min_length=1)
    tables: tuple[RegisteredTable, ...] = Field(min_length=LEAST_TABLES)
    items: tuple[RegisteredItem, ...]
    raters: tuple[str, ...] = Field(min_length=1)
    repeats: int = Field(ge=0)
    attention: int = Field(ge=0)
    exclusions: Exclusions
    seed: int = Field(ge=0)
    candidate_sha256: str
    baseline_sha256: str
    test_set_sha256: str
    commitments: tuple[Annotated[str, Field(pattern="^[0-9a-f]{64}$")], ...]
    opened_at: str
    earlier: tuple[str, ...] = ()
    again: str = ""

    @model_serializer(mode="wrap")
    def _leave_out_what_is_empty(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Signatures and digests of registrations without these fields hold as they are.
        return {name: value for name, value in serialize(self).items() if value or name not in _LATER}

    @model_validator(mode="after")
    def _looks_rise_to_all(self) -> Self:
        if list(self.looks) != sorted(set(self.looks)) or self.looks[0] < 2 or self.looks[-1] != len(self.tables):
            raise ValueError(f"looks {self.looks}: expected rising numbers from 2 on, the last {len(self.tables)}")
        if len(self.commitments) != len(self.looks):
            raise ValueError(f"commitments: expected {len(self.looks)}, one a look, but {len(self.commitments)} came")
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return digest_value(self.model_dump(mode="json"))


class SignedRegistration(Value):
    """A registration with the signature of the installation that opened the study."""

    registration: Registration
    signature: Signature


def study_folder(study_id: str) -> Path:
    """Return the folder of a study's registration, sealed key, ballots and result."""
    return Home.find().folder / "studies" / study_id


def write_registration(folder: Path, registration: Registration, signer: Signer) -> SignedRegistration:
    """Sign a registration and write it into the folder of its study.

    Raises:
        ConfigError: The file cannot be written.
    """
    signature = signer.sign(registration.model_dump(mode="json"), PURPOSE)
    signed = SignedRegistration(registration=registration, signature=signature)
    write_whole(folder / FILE, signed.model_dump_json(indent=1) + "\n")
    return signed


def read_registration(folder: Path) -> SignedRegistration:
    """Read the registration of a study and check its signature.

    What this does *not* cover: whose key signed it. Compare the fingerprint with one known from elsewhere.

    Raises:
        StudyError: There is none, it cannot be read, or it is not what was signed.
    """
    path = folder / FILE
    try:
        signed = SignedRegistration.model_validate_json(path.read_bytes())
    except OSError as error:
        raise StudyError(
            f"{path}: expected the registration of a study, but it cannot be read ({error.strerror}); "
            "check the id: run.py study status"
        ) from error
    except ValidationError as error:
        raise StudyError(
            f"{path}: expected a signed registration, but {error.errors()[0]['msg']}; the study cannot count any more"
        ) from error
    given = signed.registration.model_dump(mode="json")
    if signed.signature.purpose != PURPOSE or not verify(given, signed.signature):
        raise StudyError(
            f"{path}: it is not what was signed at the opening, so it was edited; restore it, or open another study"
        )
    return signed

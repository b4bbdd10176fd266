"""The looks that were taken at a study while it was open: what each was of, and whether it said to stop; signed."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from pydantic import Field, ValidationError

from columnist.digests import digest_bytes, digest_value
from columnist.errors import StudyError
from columnist.files import write_whole
from columnist.signing import Signature, Signer, verify
from columnist.studies.items import StudyBallot
from columnist.studies.registration import Registration, SignedRegistration
from columnist.values import Value

PURPOSE = "study look"


class LookDecision(StrEnum):
    """All that anybody is told of a look: whether it decides, and never which way."""

    STOP = "stop"
    GO_ON = "go on"


class Look(Value):
    """A look at an open study.

    Attributes:
        number: From 1.
        ballots_sha256: Of the file of its ballots: of all raters on all items of this look and earlier ones.
        taken_at: ISO 8601, UTC.
    """

    study_id: str
    registration_sha256: str
    number: int = Field(ge=1)
    ballots_sha256: str
    n_ballots: int
    taken_at: str
    decision: LookDecision

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return digest_value(self.model_dump(mode="json"))


class SignedLook(Value):
    """A look with the signature of the installation that took it."""

    look: Look
    signature: Signature


def write_look(folder: Path, look: Look, lines: str, signer: Signer) -> None:
    """Write a look and its ballots into the folder of its study; the look comes last, and is taken from then on.

    Raises:
        ConfigError: A file cannot be written.
    """
    write_whole(_ballots_file(folder, look.number), lines)
    signed = SignedLook(look=look, signature=signer.sign(look.model_dump(mode="json"), PURPOSE))
    write_whole(_file(folder, look.number), signed.model_dump_json(indent=1) + "\n")


def read_looks(folder: Path, registered: SignedRegistration) -> tuple[Look, ...]:
    """Read the looks that were taken, in their order.

    Raises:
        StudyError: One is missing between others, or was changed.
    """
    numbers = range(1, len(registered.registration.looks) + 1)
    present = [number for number in numbers if _file(folder, number).exists()]
    if present != list(range(1, len(present) + 1)):
        raise StudyError(f"{folder}: look {present[-1]} was taken, but an earlier one is missing; restore its file")
    looks = tuple(_read(_file(folder, number), registered) for number in present)
    if any(look.decision is LookDecision.STOP for look in looks[:-1]):
        raise StudyError(f"{folder}: a look was taken after one that said stop; restore the files")
    return looks


def read_look_ballots(folder: Path, look: Look) -> tuple[StudyBallot, ...]:
    """Return the ballots of a look, still blind.

    Raises:
        StudyError: The file is missing, or is not the one that was looked at.
    """
    path = _ballots_file(folder, look.number)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StudyError(f"{path}: the ballots cannot be read: {error.strerror}; restore the file") from error
    if digest_bytes(content) != look.ballots_sha256:
        raise StudyError(f"{path}: a ballot was edited: its SHA-256 is not the one signed at the look; restore it")
    return tuple(StudyBallot.model_validate_json(line) for line in content.decode().split("\n") if line)


def count_looks(registration: Registration, looks: Sequence[Look]) -> int:
    """Return how many looks a closed study consists of: those up to the one that said stop, or all of them."""
    stopped = (look.number for look in looks if look.decision is LookDecision.STOP)
    return next(stopped, len(registration.looks))


def _read(path: Path, registered: SignedRegistration) -> Look:
    try:
        signed = SignedLook.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StudyError(f"{path}: expected a signed look, but it cannot be read; restore it") from error
    for fault in _find_faults(path, signed, registered):
        raise StudyError(f"{path}: {fault}; restore it")
    return signed.look


def _find_faults(path: Path, signed: SignedLook, registered: SignedRegistration) -> Iterator[str]:
    look, registration = signed.look, registered.registration
    if signed.signature.purpose != PURPOSE or not verify(look.model_dump(mode="json"), signed.signature):
        yield "it is not what was signed at the look, so it was edited"
    if (look.study_id, look.registration_sha256) != (registration.study_id, registration.digest):
        yield "it is of another registration than that of its folder"
    if path != _file(path.parent, look.number):
        yield f"it holds look {look.number}"
    if signed.signature.fingerprint != registered.signature.fingerprint:
        yield "it was signed with another key than the study was opened with"


def _file(folder: Path, number: int) -> Path:
    return folder / f"look-{number}.json"


def _ballots_file(folder: Path, number: int) -> Path:
    return folder / f"look-{number}.jsonl"

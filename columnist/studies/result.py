"""The result of a closed study, signed: what a promotion rests on."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from columnist.digests import digest_value
from columnist.errors import StudyError
from columnist.files import write_whole
from columnist.signing import Signature, Signer, verify
from columnist.studies.analysis import StudyAnalysis, analyse
from columnist.studies.closing import read_closing, read_study_ballots, verify_items
from columnist.studies.items import StudyBallot, StudyItem
from columnist.studies.looking import decide_look, list_texts
from columnist.studies.looks import count_looks, read_look_ballots, read_looks
from columnist.studies.registration import Registration, read_registration
from columnist.studies.sealing import Role
from columnist.studies.storage import Storage
from columnist.studies.unblinded import UnblindedBallot, unblind_ballots
from columnist.studies.unblinding import unblind
from columnist.values import Value

PURPOSE = "study result"
FILE = "result.json"


class StudyResult(Value):
    """What a study found, with all that it rests on.

    Attributes:
        registration_signature: Of the installation that opened the study.
        ballots_sha256: Of the file of ballots, as signed at the closing.
        closed_at: ISO 8601, UTC.
    """

    registration: Registration
    registration_signature: Signature
    ballots_sha256: str
    closed_at: str
    analysis: StudyAnalysis

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return digest_value(self.model_dump(mode="json"))


class SignedResult(Value):
    """A result with the signature of the installation that closed the study."""

    result: StudyResult
    signature: Signature


def conclude(folder: Path, storage: Storage, signer: Signer) -> StudyResult:
    """Unblind a closed study, analyse it, and write its signed result; what was concluded before is made anew.

    Raises:
        StudyError: The study is open, or something of it was changed.
    """
    registered = read_registration(folder)
    closing = read_closing(folder, registered.registration)
    result = StudyResult(
        registration=registered.registration,
        registration_signature=registered.signature,
        ballots_sha256=closing.ballots_sha256,
        closed_at=closing.closed_at,
        analysis=analyse(registered.registration, read_unblinded(folder, storage)),
    )
    signature = signer.sign(result.model_dump(mode="json"), PURPOSE)
    signed = SignedResult(result=result, signature=signature)
    write_whole(folder / FILE, signed.model_dump_json(indent=1) + "\n")
    return result


class Counted(NamedTuple):
    """What of a closed study counts: where a look said stop, nothing that was answered of later looks.

    Attributes:
        roles: Who wrote each text.
        ballots: As they were cast; ``unblinded`` are the same in the same order.
    """

    items: tuple[StudyItem, ...]
    roles: Mapping[str, Role]
    ballots: tuple[StudyBallot, ...]
    unblinded: tuple[UnblindedBallot, ...]


def read_unblinded(folder: Path, storage: Storage) -> tuple[UnblindedBallot, ...]:
    """Return the ballots of a closed study that count, and what each says of the candidate.

    Raises:
        StudyError: The study is open, or something of it was changed.
    """
    return read_counted(folder, storage).unblinded


def read_counted(folder: Path, storage: Storage) -> Counted:
    """Return the items and ballots of a closed study that count, and who wrote what.

    Raises:
        StudyError: The study is open, something of it was changed, or a look said what its ballots do not.
    """
    registered = read_registration(folder)
    registration = registered.registration
    roles = unblind(folder, registration)
    verify_items(registration, storage)
    looks = read_looks(folder, registered)
    n_looks = count_looks(registration, looks)
    items = tuple(item for item in storage.items(registration.study_id) if item.look <= n_looks)
    own, texts = {item.item_id for item in items}, list_texts(items)
    for look in looks:
        ballots = unblind_ballots(read_look_ballots(folder, look), roles, texts)
        if decide_look(registration, ballots) is not look.decision:
            raise StudyError(f"look {look.number} said {look.decision.value}, but its ballots do not; do not count it")
    cast = tuple(ballot for ballot in read_study_ballots(folder, registration) if ballot.item_id in own)
    return Counted(items, roles, cast, unblind_ballots(cast, roles, texts))


def read_result(folder: Path) -> SignedResult:
    """Read the result of a study, and check it against the files of its folder.

    Raises:
        StudyError: There is none, or it, the registration, the closing or the ballots were changed.
    """
    path = folder / FILE
    registered = read_registration(folder)
    closing = read_closing(folder, registered.registration)
    try:
        signed = SignedResult.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StudyError(
            f"{path}: expected the signed result of a study, but it cannot be read; make it again: "
            f"run.py study close {closing.study_id}"
        ) from error
    result = signed.result
    if signed.signature.purpose != PURPOSE or not verify(result.model_dump(mode="json"), signed.signature):
        raise StudyError(f"{path}: it is not what was signed at the closing, so it was edited; restore it")
    rests_on = (result.registration.digest, result.registration_signature, result.ballots_sha256)
    if rests_on != (registered.registration.digest, registered.signature, closing.ballots_sha256):
        raise StudyError(f"{path}: it is of another registration or of other ballots than its folder holds; restore it")
    if signed.signature.fingerprint != registered.signature.fingerprint:
        raise StudyError(
            f"{path}: it was signed with the key {signed.signature.fingerprint[:16]}, but the study was opened with "
            f"{registered.signature.fingerprint[:16]}; close a study where it was opened"
        )
    return signed

"""Withdraw an open study: it ends without a result, and that it was there stays visible for ever."""

from datetime import datetime
from pathlib import Path

from columnist.errors import StudyError
from columnist.files import write_whole
from columnist.signing import Signature, Signer
from columnist.studies.registration import read_registration
from columnist.studies.storage import Storage, StudyState
from columnist.studies.storage.engines import as_time
from columnist.values import Value

PURPOSE = "study withdrawal"
FILE = "withdrawal.json"


class Withdrawal(Value):
    """Why a study was ended without a result.

    Attributes:
        n_ballots: That were there; nobody has unblinded them.
        withdrawn_at: ISO 8601, UTC.
    """

    study_id: str
    registration_sha256: str
    reason: str
    n_ballots: int
    withdrawn_at: str


class SignedWithdrawal(Value):
    """A withdrawal with the signature of the installation that withdrew the study."""

    withdrawal: Withdrawal
    signature: Signature


def withdraw_study(folder: Path, storage: Storage, signer: Signer, reason: str, at: datetime) -> Withdrawal:
    """End an open study for good, without unblinding anything.

    Raises:
        StudyError: There is no such study, it is not open, or no reason is given.
    """
    registration = read_registration(folder).registration
    study_id = registration.study_id
    state = storage.find_study(study_id).state
    if state is not StudyState.OPEN:
        ended = "withdrawn already" if is_withdrawn(folder) else state.value
        raise StudyError(f"study {study_id} is {ended}, and only an open study can be withdrawn")
    if not reason.strip():
        raise StudyError(f"study {study_id}: a withdrawal needs a reason that others can read; give --reason TEXT")
    withdrawal = Withdrawal(
        study_id=study_id,
        registration_sha256=registration.digest,
        reason=reason.strip(),
        n_ballots=len(storage.export_ballots(study_id)),
        withdrawn_at=as_time(at),
    )
    signed = SignedWithdrawal(withdrawal=withdrawal, signature=signer.sign(withdrawal.model_dump(mode="json"), PURPOSE))
    # The file comes first: a study that is closed without it would have a result.
    write_whole(folder / FILE, signed.model_dump_json(indent=1) + "\n")
    storage.close_study(study_id, at)
    return withdrawal


def is_withdrawn(folder: Path) -> bool:
    """Whether the study of a folder was withdrawn."""
    return (folder / FILE).exists()


def refuse_withdrawn(folder: Path) -> None:
    """Refuse to conclude a study that was withdrawn.

    Raises:
        StudyError: It was.
    """
    if is_withdrawn(folder):
        raise StudyError(f"study {folder.name} was withdrawn and has no result; why: {folder / FILE}")

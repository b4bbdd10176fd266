"""Close a study: no more ballots, everything checked against the registration, and the ballots' digest signed."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from columnist.digests import canonical_json, digest_bytes
from columnist.errors import StudyError
from columnist.files import write_whole
from columnist.signing import Signature, Signer, verify
from columnist.studies.assignment import assign
from columnist.studies.items import ItemKind, StudyBallot, digest_texts
from columnist.studies.looks import read_looks
from columnist.studies.registration import LEAST_TABLES, Registration, read_registration
from columnist.studies.storage import Storage, StudyState
from columnist.studies.withdrawing import refuse_withdrawn
from columnist.values import Value

PURPOSE = "study closing"
FILE = "closing.json"
BALLOTS_FILE = "ballots.jsonl"


class Closing(Value):
    """What was there when a study took its last ballot.

    Attributes:
        closed_at: ISO 8601, UTC.
        ballots_sha256: Of the file of ballots.
        looks: Digests of the looks that were taken while it was open.
    """

    study_id: str
    registration_sha256: str
    ballots_sha256: str
    n_ballots: int
    looks: tuple[str, ...]
    closed_at: str


class SignedClosing(Value):
    """A closing with the signature of the installation that closed the study."""

    closing: Closing
    signature: Signature


def close_study(folder: Path, storage: Storage, signer: Signer, at: datetime) -> Closing:
    """Close a study and write its ballots and its closing; what was interrupted is gone on with.

    Raises:
        StudyError: There is no such study, its ballots are too few, or its registration, its items or a ballot were
            changed.
    """
    refuse_withdrawn(folder)
    registered = read_registration(folder)
    registration = registered.registration
    study_id = registration.study_id
    looks = tuple(look.digest for look in read_looks(folder, registered))
    verify_items(registration, storage)
    if storage.find_study(study_id).state is not StudyState.CLOSED:
        require_analysable(study_id, storage)
        storage.close_study(study_id, at)
    lines = as_ballot_lines(storage.export_ballots(study_id))
    sha256 = digest_bytes(lines.encode())
    if (folder / FILE).exists():
        return _closed_before(folder, registration, sha256)
    write_whole(folder / BALLOTS_FILE, lines)
    closing = Closing(
        study_id=study_id,
        registration_sha256=registration.digest,
        ballots_sha256=sha256,
        n_ballots=lines.count("\n"),
        looks=looks,
        closed_at=storage.find_study(study_id).closed_at or "",
    )
    signed = SignedClosing(closing=closing, signature=signer.sign(closing.model_dump(mode="json"), PURPOSE))
    write_whole(folder / FILE, signed.model_dump_json(indent=1) + "\n")
    return closing


def require_analysable(study_id: str, storage: Storage) -> None:
    """Refuse to close a study that could have no result: nobody can open it again.

    Raises:
        StudyError: Fewer tables have a ballot than an analysis needs.
    """
    items = [item for item in storage.items(study_id) if item.kind is ItemKind.MAIN]
    rated = {ballot.table_id for ballot in storage.export_ballots(study_id) if ballot.kind is ItemKind.MAIN}
    if len(rated) < LEAST_TABLES:
        raise StudyError(
            f"study {study_id}: {len(rated)} of {len(items)} tables have a ballot, but an analysis needs "
            f"{LEAST_TABLES}; nothing was closed: let the raters go on, or end it without a result: run.py study "
            f"withdraw {study_id} --reason TEXT"
        )


def read_closing(folder: Path, registration: Registration) -> Closing:
    """Read how a study was closed, and check that its ballots are those of then.

    Raises:
        StudyError: The study is not closed, or the closing or the ballots were changed.
    """
    refuse_withdrawn(folder)
    path = folder / FILE
    try:
        signed = SignedClosing.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise StudyError(
            f"study {registration.study_id} is open, so nobody may know who wrote what; close it: "
            f"run.py study close {registration.study_id}"
        ) from None
    except (OSError, ValidationError) as error:
        raise StudyError(f"{path}: expected a signed closing, but it cannot be read; restore it") from error
    closing = signed.closing
    if signed.signature.purpose != PURPOSE or not verify(closing.model_dump(mode="json"), signed.signature):
        raise StudyError(f"{path}: it is not what was signed at the closing, so it was edited; restore it")
    if (closing.study_id, closing.registration_sha256) != (registration.study_id, registration.digest):
        raise StudyError(f"{path}: it closes another registration than that of its folder; restore the files")
    registered = read_registration(folder)
    if closing.looks != tuple(look.digest for look in read_looks(folder, registered)):
        raise StudyError(f"{path}: the looks of its folder are not those that were signed at the closing; restore them")
    opened = registered.signature.fingerprint
    if signed.signature.fingerprint != opened:
        raise StudyError(
            f"{path}: it was signed with the key {signed.signature.fingerprint[:16]}, but the study was opened with "
            f"{opened[:16]}; close a study where it was opened"
        )
    _read_lines(folder, closing)
    return closing


def read_study_ballots(folder: Path, registration: Registration) -> tuple[StudyBallot, ...]:
    """Return the ballots of a closed study, still blind.

    Raises:
        StudyError: As ``read_closing``.
    """
    text = _read_lines(folder, read_closing(folder, registration))
    return tuple(StudyBallot.model_validate_json(line) for line in text.split("\n") if line)


def as_ballot_lines(ballots: Sequence[StudyBallot]) -> str:
    """Return ballots as they are stored: canonical JSON, one to a line."""
    return "".join(f"{canonical_json(ballot.model_dump(mode='json'))}\n" for ballot in ballots)


def verify_items(registration: Registration, storage: Storage) -> None:
    """Refuse a study whose items or assignments are not those that were registered.

    Raises:
        StudyError: A table is missing or was changed, or somebody was shown something else.
    """
    items = storage.items(registration.study_id)
    _verify_shown({item.item_id: item.digest for item in items}, registration)
    shown = {item.table_id: digest_texts(item) for item in items if item.kind is ItemKind.MAIN}
    for table in registration.tables:
        if shown.pop(table.table_id, None) != table.sha256:
            raise StudyError(
                f"table {table.table_id}: its schema or its texts are not those that were registered; "
                "the study cannot count"
            )
    if shown:
        raise StudyError(f"table {min(shown)} was never registered, but raters were shown it; the study cannot count")
    if storage.assignments(registration.study_id) != assign(items, registration.raters, registration.seed):
        raise StudyError(
            f"study {registration.study_id}: what raters were shown does not follow from its registered seed; "
            "the study cannot count"
        )


def _verify_shown(shown: dict[str, str], registration: Registration) -> None:
    """Refuse items of any kind, hidden ones too, that are not those that were registered."""
    registered = {item.item_id: item.sha256 for item in registration.items}
    for item_id in sorted(shown.keys() | registered.keys()):
        if shown.get(item_id) != registered.get(item_id):
            raise StudyError(
                f"item {item_id}: its schema, its texts or its kind are not those that were registered; the study "
                "cannot count"
            )


def _closed_before(folder: Path, registration: Registration, sha256: str) -> Closing:
    closing = read_closing(folder, registration)
    if closing.ballots_sha256 != sha256:
        raise StudyError(
            f"study {closing.study_id}: its ballots are not those that were signed at the closing; restore the database"
        )
    return closing


def _read_lines(folder: Path, closing: Closing) -> str:
    path = folder / BALLOTS_FILE
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StudyError(f"{path}: the ballots cannot be read: {error.strerror}; restore the file") from error
    if digest_bytes(content) != closing.ballots_sha256:
        raise StudyError(f"{path}: a ballot was edited: its SHA-256 is not the one signed at the closing; restore it")
    return content.decode()

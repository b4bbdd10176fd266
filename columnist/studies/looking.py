"""Take a look at an open study: it says whether to stop, and nothing else.

The ballots of all raters on the tables of the look have to be there. Only the key of that look, and of earlier ones, is
opened, in this process alone; what comes out is one of two words. Which way a study stops is known after it is closed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from columnist.digests import digest_bytes
from columnist.errors import StudyError
from columnist.signing import Signer
from columnist.studies.analysis import StudyVerdict, analyse
from columnist.studies.closing import as_ballot_lines, verify_items
from columnist.studies.items import StudyItem, StudyText
from columnist.studies.looks import Look, LookDecision, read_looks, write_look
from columnist.studies.registration import Registration, SignedRegistration, read_registration
from columnist.studies.storage import Storage, StudyState
from columnist.studies.storage.engines import as_time
from columnist.studies.unblinded import UnblindedBallot, unblind_ballots
from columnist.studies.unblinding import unblind_look


def take_look(folder: Path, storage: Storage, signer: Signer, at: datetime, keys: Path | None = None) -> Look:
    """Take the next look at a study, and keep it signed.

    A process that is killed on the way has told nobody anything, and the look is taken anew.

    Args:
        folder: Of the study.
        storage: Has what raters were shown, and their ballots.
        signer: The installation's key.
        at: The time, with its zone.
        keys: Folder of the keys; the home's if left out.

    Raises:
        StudyError: The study is not open, has no look left before its closing, lacks ballots, or was changed.
    """
    registered = read_registration(folder)
    registration = registered.registration
    number = _find_next(folder, registered, storage)
    verify_items(registration, storage)
    items = storage.items(registration.study_id)
    own = {item.item_id for item in items if item.look <= number}
    ballots = [each for each in storage.export_ballots(registration.study_id) if each.item_id in own]
    labels = {each.rater: each.label for each in storage.raters(registration.study_id)}
    roles = unblind_look(folder, registered, number, items, ballots, keys, labels)
    lines = as_ballot_lines(ballots)
    look = Look(
        study_id=registration.study_id,
        registration_sha256=registration.digest,
        number=number,
        ballots_sha256=digest_bytes(lines.encode()),
        n_ballots=len(ballots),
        taken_at=as_time(at),
        decision=decide_look(registration, unblind_ballots(ballots, roles, list_texts(items))),
    )
    write_look(folder, look, lines, signer)
    return look


def decide_look(registration: Registration, ballots: Sequence[UnblindedBallot]) -> LookDecision:
    """Say whether a study ends with these ballots: its interval and all conditions say promote, or it says reject."""
    verdict = analyse(registration, ballots).verdict
    return LookDecision.GO_ON if verdict is StudyVerdict.INCONCLUSIVE else LookDecision.STOP


def list_texts(items: Iterable[StudyItem]) -> tuple[StudyText, ...]:
    """Return the texts of items."""
    return tuple(text for item in items for text in item.texts)


def _find_next(folder: Path, registered: SignedRegistration, storage: Storage) -> int:
    """Return the number of the look that comes next.

    Raises:
        StudyError: None may be taken any more.
    """
    study_id = registered.registration.study_id
    state = storage.find_study(study_id).state
    if state is not StudyState.OPEN:
        raise StudyError(f"study {study_id} is {state.value}, and looks are taken while it is open")
    looks = read_looks(folder, registered)
    if looks and looks[-1].decision is LookDecision.STOP:
        raise StudyError(f"look {looks[-1].number} said stop; close the study: run.py study close {study_id}")
    number = len(looks) + 1
    if number >= len(registered.registration.looks):
        raise StudyError(f"the last look is taken by closing the study: run.py study close {study_id}")
    return number

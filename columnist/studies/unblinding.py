"""Open sealed keys: all of a closed study that count, and of an open one those of a look whose ballots are all in."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from columnist.errors import StudyError
from columnist.home import Home
from columnist.studies.closing import read_closing
from columnist.studies.items import StudyBallot, StudyItem
from columnist.studies.looks import count_looks, read_looks
from columnist.studies.registration import Registration, SignedRegistration, read_registration
from columnist.studies.sealing import Role, name_key, open_seal, sealed_file


def key_folder() -> Path:
    """Return the folder of this home's keys."""
    return Home.find().folder / "keys"


def unblind(folder: Path, registration: Registration, keys: Path | None = None) -> dict[str, Role]:
    """Return who wrote which text; where a look said stop, nothing of later looks.

    Args:
        folder: Of the study.
        registration: Of the study; its commitments are what the keys' contents have to match.
        keys: Folder of the keys; the home's if left out.

    Raises:
        StudyError: The study is open, its closing or ballots were changed, or a key is not what was committed to.
    """
    read_closing(folder, registration)
    looks = read_looks(folder, read_registration(folder))
    return _open(folder, registration, count_looks(registration, looks), keys)


def unblind_look(
    folder: Path,
    registered: SignedRegistration,
    number: int,
    items: Iterable[StudyItem],
    ballots: Sequence[StudyBallot],
    keys: Path | None = None,
    labels: Mapping[str, str] | None = None,
) -> dict[str, Role]:
    """Return who wrote the texts of a look and of earlier ones, while the study is open.

    Args:
        folder: Of the study.
        registered: Its registration.
        number: Of the look, from 1.
        items: All that raters are shown.
        ballots: All that there are.
        keys: Folder of the keys; the home's if left out.
        labels: What the steward calls the raters, by id.

    Raises:
        StudyError: It is not this look's turn, a ballot is missing, or a key is not what was committed to.
    """
    registration = registered.registration
    taken = len(read_looks(folder, registered))
    if number != taken + 1:
        raise StudyError(f"look {number} of study {registration.study_id} has no turn; the next one is {taken + 1}")
    given = {(ballot.rater, ballot.item_id) for ballot in ballots}
    due = [item.item_id for item in items if item.look <= number]
    left = {rater: sum((rater, item_id) not in given for item_id in due) for rater in registration.raters}
    if any(left.values()):
        named = sorted(((labels or {}).get(rater, rater), count) for rater, count in left.items() if count)
        told = ", ".join(f"{rater} {count}" for rater, count in named)
        raise StudyError(f"look {number} needs all ballots on its items, but raters have some left: {told}; wait")
    return _open(folder, registration, number, keys)


def _open(folder: Path, registration: Registration, n_looks: int, keys: Path | None) -> dict[str, Role]:
    """Open the keys of the first looks."""
    roles: dict[str, Role] = {}
    for look, commitment in enumerate(registration.commitments[:n_looks], 1):
        path = sealed_file(folder, look)
        try:
            sealed = path.read_bytes()
        except OSError as error:
            raise StudyError(f"{path}: the sealed key cannot be read: {error.strerror}; restore it") from error
        roles |= open_seal(sealed, commitment, keys or key_folder(), name_key(registration.study_id, look))
    return roles

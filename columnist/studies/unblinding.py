"""Open the sealed key of a closed study."""

from pathlib import Path

from columnist.errors import StudyError
from columnist.home import Home
from columnist.studies.closing import read_closing
from columnist.studies.registration import Registration
from columnist.studies.sealing import FILE, Role, open_seal


def key_folder() -> Path:
    """Return the folder of this home's keys."""
    return Home.find().folder / "keys"


def unblind(folder: Path, registration: Registration, keys: Path | None = None) -> dict[str, Role]:
    """Return who wrote which text.

    Args:
        folder: Of the study.
        registration: Of the study; its commitment is what the key's content has to match.
        keys: Folder of the keys; the home's if left out.

    Raises:
        StudyError: The study is open, its closing or ballots were changed, or the key is not what was committed to.
    """
    read_closing(folder, registration)
    try:
        sealed = (folder / FILE).read_bytes()
    except OSError as error:
        raise StudyError(f"{folder / FILE}: the sealed key cannot be read: {error.strerror}; restore it") from error
    return open_seal(sealed, registration.commitment, keys or key_folder(), registration.study_id)

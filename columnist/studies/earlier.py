"""Studies of the same two systems that were opened before: asking until the answer fits is no study.

What this does *not* cover: studies of other homes, and those whose registration somebody has removed.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from columnist.errors import ConfigError, StudyError
from columnist.studies.registration import Registration, read_registration
from columnist.studies.storage import Study, StudyState
from columnist.studies.withdrawing import is_withdrawn

_SHORT = 12


def list_earlier(
    folder: Path, studies: Iterable[Study], candidate: str, baseline: str
) -> tuple[tuple[Study, Registration], ...]:
    """Return the studies of two systems, the oldest first, whatever became of them.

    Args:
        folder: Of the studies' folders.
        studies: All that there are.
        candidate: Digest of the one; either may have been the candidate.
        baseline: Digest of the other.
    """
    return tuple(
        (study, registration)
        for study, registration in _read(folder, studies)
        if {registration.candidate_sha256, registration.baseline_sha256} == {candidate, baseline}
    )


def require_reason(
    folder: Path, earlier: Iterable[tuple[Study, Registration]], candidate: str, test_set: str, again: str
) -> str:
    """Refuse to ask people the same question again, unless somebody says why.

    Args:
        folder: Of the studies' folders.
        earlier: Studies of the same two systems.
        candidate: Digest of the candidate.
        test_set: Digest of what tables are drawn from.
        again: Why.

    Returns:
        The reason where one is needed, else nothing.

    Raises:
        ConfigError: One is needed, and is not given.
    """
    for study, registration in earlier:
        same = (registration.candidate_sha256, registration.test_set_sha256) == (candidate, test_set)
        if same and not is_withdrawn(folder / study.study_id):
            if again.strip():
                return again.strip()
            raise ConfigError(
                f"study {study.study_id} of the same candidate, baseline and test set is {study.state.value} already, "
                "and to open studies until one fits shows nothing; go on with that one, or say why another is needed "
                "with --again REASON, which the registration and the report keep"
            )
    return ""


def list_withdrawn(folder: Path, studies: Iterable[Study]) -> frozenset[str]:
    """Return the ids of the studies that were withdrawn."""
    return frozenset(study.study_id for study in studies if is_withdrawn(folder / study.study_id))


def describe_studies(folder: Path, studies: Iterable[Study]) -> dict[str, str]:
    """Say of each study what is asked, and of which two systems, by the first digits of their digests."""
    return {study.study_id: _describe(registration) for study, registration in _read(folder, studies)}


def _describe(registration: Registration) -> str:
    again = f", again because: {registration.again}" if registration.again else ""
    return (
        f"{registration.hypothesis.value} by {registration.margin:g} on {len(registration.tables)} tables, candidate "
        f"{registration.candidate_sha256[:_SHORT]}, baseline {registration.baseline_sha256[:_SHORT]}{again}"
    )


def _read(folder: Path, studies: Iterable[Study]) -> Iterator[tuple[Study, Registration]]:
    for study in studies:
        if study.state is not StudyState.DRAFT:
            try:
                yield study, read_registration(folder / study.study_id).registration
            except StudyError:
                continue  # whatever uses that study itself says what is wrong with it

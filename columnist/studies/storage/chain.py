"""The chain of a rater's ballots: each holds the digest of its content and of the ballot before it.

It shows where a ballot was edited, taken out or put in by hand. What it does *not* cover: ballots
that were taken off the end, and somebody who computes the whole chain anew. Against both, the
closing of a study signs the digest of all ballots.
"""

from collections.abc import Sequence

from columnist.digests import digest_value
from columnist.errors import StudyError
from columnist.studies.storage.tables import AssignmentRow, BallotRow


def first_link(rater_id: str) -> str:
    """Return what the first ballot of a rater follows."""
    return digest_value(["ballots", rater_id])


def link(ballot: BallotRow, assignment: AssignmentRow) -> str:
    """Return the digest of a ballot, of what the rater was shown, and of the ballot before it."""
    return digest_value(
        {
            "previous": ballot.previous_sha256,
            "ballot": ballot.ballot_id,
            "rater": ballot.rater_id,
            "number": ballot.number,
            "item": ballot.item_id,
            "options": [assignment.a_text_id, assignment.b_text_id],
            "preference": ballot.preference,
            "reason": ballot.reason,
            "seconds": ballot.seconds,
            "marks": ballot.marks,
            "created_at": ballot.created_at,
        }
    )


def link_undone(ballot: BallotRow, undone_at: str) -> str:
    """Return the digest that goes with a ballot's undoing."""
    return digest_value([ballot.sha256, "undone", undone_at])


def verify_chain(rater_id: str, ballots: Sequence[tuple[BallotRow, AssignmentRow]]) -> None:
    """Refuse ballots of a rater that are not as they were cast.

    Args:
        rater_id: Whose they are.
        ballots: All, also those undone, by number.

    Raises:
        StudyError: One was edited, is missing, or was put in.
    """
    previous = first_link(rater_id)
    for number, (ballot, assignment) in enumerate(ballots, 1):
        if ballot.number != number or ballot.previous_sha256 != previous:
            raise _broken(rater_id, number, "a ballot before it is missing or was edited")
        if ballot.sha256 != link(ballot, assignment):
            raise _broken(rater_id, number, "it was edited")
        if ballot.undone_at is not None and ballot.undone_sha256 != link_undone(ballot, ballot.undone_at):
            raise _broken(rater_id, number, "its undoing was edited")
        previous = ballot.sha256


def _broken(rater_id: str, number: int, fault: str) -> StudyError:
    return StudyError(
        f"ballot {number} of rater {rater_id}: {fault}; no result can come of these ballots: restore the database"
    )

"""Ballots in the studies' database: who may cast one, what follows which, and what counts."""

from collections.abc import Iterator, Sequence
from secrets import token_hex

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from columnist.errors import StudyError
from columnist.studies.ballots import Preference
from columnist.studies.items import ItemKind, Mark, StudyBallot
from columnist.studies.storage.chain import first_link, link, verify_chain
from columnist.studies.storage.results import Progress, StudyState
from columnist.studies.storage.tables import AssignmentRow, BallotRow, ItemRow, RaterRow, StudyRow


def require_open(session: Session, rater: str, lock: bool = False) -> None:
    """Refuse a rater whose study takes no ballots.

    With a lock, the study cannot be closed before the transaction ends, and other ballots of the rater wait for it.

    Raises:
        StudyError: There is no such rater, or the study is not open.
    """
    query = select(StudyRow.study_id, StudyRow.state).join(RaterRow, RaterRow.study_id == StudyRow.study_id)
    query = query.where(RaterRow.rater_id == rater)
    if lock:
        # Both rows, each in its own way: the rater is alone, and the study is only kept as it is.
        session.execute(select(RaterRow.rater_id).where(RaterRow.rater_id == rater).with_for_update())
        query = query.with_for_update(read=True, of=StudyRow)
    row = session.execute(query).first()
    if row is None:
        raise StudyError(f"there is no rater {rater}; see: run.py study status")
    if row.state != StudyState.OPEN:
        raise StudyError(f"study {row.study_id} is {row.state} and takes no ballots; ask its steward")


def unanswered(rater: str) -> Select[tuple[AssignmentRow, ItemRow]]:
    """Return the query of what a rater has still to answer, in order."""
    answered = select(BallotRow.item_id).where(BallotRow.rater_id == rater, BallotRow.undone_at.is_(None))
    query = select(AssignmentRow, ItemRow).join(ItemRow, ItemRow.item_id == AssignmentRow.item_id)
    query = query.where(AssignmentRow.rater_id == rater, AssignmentRow.item_id.not_in(answered))
    return query.order_by(AssignmentRow.position)


def count_progress(session: Session, rater: str) -> Progress:
    """Return how far a rater is."""
    own = select(func.count()).select_from(AssignmentRow).where(AssignmentRow.rater_id == rater)
    cast = select(func.count()).select_from(BallotRow)
    cast = cast.where(BallotRow.rater_id == rater, BallotRow.undone_at.is_(None))
    done, total = session.execute(select(cast.scalar_subquery(), own.scalar_subquery())).one()
    return Progress(done=done, total=total)


def find_assignment(session: Session, rater: str, item_id: str) -> AssignmentRow:
    """Return what a rater is shown of an item.

    Raises:
        StudyError: Nothing.
    """
    query = select(AssignmentRow).where(AssignmentRow.rater_id == rater, AssignmentRow.item_id == item_id)
    row = session.scalars(query).first()
    if row is None:
        raise StudyError(f"item {item_id} is not one of rater {rater}; answer the items of your own link or packet")
    return row


def new_ballot(
    rater: str,
    item_id: str,
    preference: Preference,
    seconds: float,
    reason: str,
    marks: Sequence[Mark],
    created_at: str,
) -> BallotRow:
    """Return a ballot that is not yet a link of its chain."""
    return BallotRow(
        ballot_id=token_hex(16),
        rater_id=rater,
        item_id=item_id,
        preference=preference.value,
        reason=reason,
        seconds=float(seconds),  # as the database gives it back: the digest of 1 is not that of 1.0
        marks=[mark.model_dump(mode="json") for mark in marks],
        created_at=created_at,
    )


def add_ballot(session: Session, ballot: BallotRow) -> None:
    """Add a ballot to the chain of its rater; one that is there already with the same answer changes nothing.

    Raises:
        StudyError: The item is not the rater's, a mark is about no option of it, or it was answered otherwise before.
    """
    assignment = find_assignment(session, ballot.rater_id, ballot.item_id)
    options = {assignment.a_text_id, assignment.b_text_id}
    if stray := next((mark["text_id"] for mark in ballot.marks if mark["text_id"] not in options), None):
        raise StudyError(f"item {ballot.item_id}: a mark is about text {stray}, which is no option of it; mark A or B")
    own = select(BallotRow).where(BallotRow.rater_id == ballot.rater_id)
    active = own.where(BallotRow.item_id == ballot.item_id, BallotRow.undone_at.is_(None))
    before = session.scalars(active).first()
    if before is not None:
        if before.preference == ballot.preference:
            return
        raise StudyError(
            f"item {ballot.item_id} was answered with {before.preference} before; undo that ballot to answer otherwise"
        )
    last = session.scalars(own.order_by(BallotRow.number.desc()).limit(1)).first()
    ballot.number = 1 if last is None else last.number + 1
    ballot.previous_sha256 = first_link(ballot.rater_id) if last is None else last.sha256
    ballot.sha256 = link(ballot, assignment)
    session.add(ballot)
    session.flush()


def last_active(session: Session, rater: str) -> BallotRow | None:
    """Return the last ballot of a rater that was not undone."""
    query = select(BallotRow).where(BallotRow.rater_id == rater, BallotRow.undone_at.is_(None))
    return session.scalars(query.order_by(BallotRow.number.desc()).limit(1)).first()


def export_rater(session: Session, rater: str) -> Iterator[StudyBallot]:
    """Check the chain of a rater, and yield the ballots that count, in their order.

    Raises:
        StudyError: A ballot is not as it was cast.
    """
    query = (
        select(BallotRow, AssignmentRow, ItemRow)
        .join(
            AssignmentRow,
            (AssignmentRow.rater_id == BallotRow.rater_id) & (AssignmentRow.item_id == BallotRow.item_id),
        )
        .join(ItemRow, ItemRow.item_id == BallotRow.item_id)
        .where(BallotRow.rater_id == rater)
        .order_by(BallotRow.number)
    )
    rows = session.execute(query).all()
    verify_chain(rater, [(ballot, assignment) for ballot, assignment, _item in rows])
    for ballot, assignment, item in rows:
        if ballot.undone_at is None:
            yield _as_ballot(ballot, assignment, item)


def _as_ballot(ballot: BallotRow, assignment: AssignmentRow, item: ItemRow) -> StudyBallot:
    return StudyBallot(
        rater=ballot.rater_id,
        item_id=ballot.item_id,
        table_id=item.table_id,
        kind=ItemKind(item.kind),
        preference=Preference(ballot.preference),
        a_text_id=assignment.a_text_id,
        b_text_id=assignment.b_text_id,
        seconds=ballot.seconds,
        reason=ballot.reason,
        marks=tuple(Mark.model_validate(mark) for mark in ballot.marks),
        created_at=ballot.created_at,
    )

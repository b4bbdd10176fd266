"""The storage of studies: what the steward and the raters do with it, each call one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine, delete, select, update

from columnist.errors import StudyError
from columnist.studies.assignment import Assignment
from columnist.studies.ballots import Preference
from columnist.studies.items import Answer, Mark, StudyBallot, StudyItem
from columnist.studies.storage.casting import (
    add_ballot,
    count_progress,
    export_rater,
    find_assignment,
    last_active,
    new_ballot,
    require_open,
    unanswered,
)
from columnist.studies.storage.chain import link_undone
from columnist.studies.storage.engines import as_time, default_url, make_engine, reading, writing
from columnist.studies.storage.migrating import upgrade
from columnist.studies.storage.results import Progress, RaterProgress, Shown, Study, StudyState
from columnist.studies.storage.rows import (
    as_assignment,
    as_item,
    as_shown,
    as_study,
    assignment_row,
    find_study,
    item_row,
    text_row,
)
from columnist.studies.storage.tables import AssignmentRow, InvitationRow, ItemRow, RaterRow, StudyRow, TextRow
from columnist.studies.storage.visits import Visits


def open_storage(url: str | None = None) -> "Storage":
    """Open the storage of studies, and bring its tables to their newest form.

    Args:
        url: ``sqlite:///FILE`` or ``postgresql://...``; the home's own file if left out.

    Raises:
        StudyError: The database cannot be opened.
    """
    engine = make_engine(url or default_url())
    upgrade(engine)
    return Storage(engine)


class Storage:
    """Studies in a database.

    Attributes:
        engine: The database.
        visits: Invitations and browser sessions of raters.
    """

    def __init__(self, engine: Engine):
        self.engine = engine
        self.visits = Visits(engine)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    # What the steward does.

    def add_study(
        self,
        study_id: str,
        opened_at: datetime,
        items: Sequence[StudyItem],
        assignments: Sequence[Assignment],
        labels: Mapping[str, str],
    ) -> None:
        """Add a study as a draft, whole or not at all; ``open_study`` lets raters in.

        Labels are what the steward calls each rater, by the rater's id.
        """
        with writing(self.engine) as session:
            session.add(StudyRow(study_id=study_id, state=StudyState.DRAFT, opened_at=as_time(opened_at)))
            session.flush()
            session.add_all(RaterRow(rater_id=rater, study_id=study_id, label=label) for rater, label in labels.items())
            session.add_all(item_row(study_id, item) for item in items)
            session.flush()
            session.add_all(text_row(item, place) for item in items for place in (0, 1))
            session.flush()
            session.add_all(assignment_row(each) for each in assignments)

    def open_study(self, study_id: str) -> None:
        """Let raters into a draft."""
        self._move(study_id, StudyState.DRAFT, {"state": StudyState.OPEN})

    def close_study(self, study_id: str, at: datetime) -> None:
        """Take no more ballots.

        Raises:
            StudyError: The study is not there, or is not open.
        """
        self._move(study_id, StudyState.OPEN, {"state": StudyState.CLOSED, "closed_at": as_time(at)})

    def remove_draft(self, study_id: str) -> None:
        """Remove a study whose opening was interrupted; one that is not there is fine."""
        items = select(ItemRow.item_id).where(ItemRow.study_id == study_id)
        raters = select(RaterRow.rater_id).where(RaterRow.study_id == study_id)
        with writing(self.engine) as session:
            session.execute(delete(InvitationRow).where(InvitationRow.rater_id.in_(raters)))
            session.execute(delete(AssignmentRow).where(AssignmentRow.rater_id.in_(raters)))
            session.execute(delete(TextRow).where(TextRow.item_id.in_(items)))
            session.execute(delete(ItemRow).where(ItemRow.study_id == study_id))
            session.execute(delete(RaterRow).where(RaterRow.study_id == study_id))
            session.execute(delete(StudyRow).where(StudyRow.study_id == study_id))

    def studies(self) -> tuple[Study, ...]:
        """Return all studies, the oldest first."""
        with reading(self.engine) as session:
            rows = session.scalars(select(StudyRow).order_by(StudyRow.opened_at, StudyRow.study_id))
            return tuple(as_study(row) for row in rows)

    def find_study(self, study_id: str) -> Study:
        """Return a study.

        Raises:
            StudyError: There is none of this id.
        """
        with reading(self.engine) as session:
            return as_study(find_study(session, study_id))

    def raters(self, study_id: str) -> tuple[RaterProgress, ...]:
        """Return the raters of a study by label, and how far each is."""
        with reading(self.engine) as session:
            find_study(session, study_id)
            rows = session.scalars(select(RaterRow).where(RaterRow.study_id == study_id).order_by(RaterRow.label))
            return tuple(
                RaterProgress(rater=row.rater_id, label=row.label, progress=count_progress(session, row.rater_id))
                for row in rows
            )

    def items(self, study_id: str) -> tuple[StudyItem, ...]:
        """Return the items of a study by id."""
        with reading(self.engine) as session:
            rows = session.scalars(select(ItemRow).where(ItemRow.study_id == study_id).order_by(ItemRow.item_id))
            return tuple(as_item(session, row) for row in rows)

    def assignments(self, study_id: str) -> tuple[Assignment, ...]:
        """Return who sees what when, by rater and position."""
        query = select(AssignmentRow).join(RaterRow, RaterRow.rater_id == AssignmentRow.rater_id)
        query = query.where(RaterRow.study_id == study_id).order_by(AssignmentRow.rater_id, AssignmentRow.position)
        with reading(self.engine) as session:
            return tuple(as_assignment(row) for row in session.scalars(query))

    def export_ballots(self, study_id: str) -> tuple[StudyBallot, ...]:
        """Return the ballots of a study that were not undone, by rater and time.

        Raises:
            StudyError: The study is not there, or a ballot is not as it was cast.
        """
        with reading(self.engine) as session:
            find_study(session, study_id)
            raters = session.scalars(
                select(RaterRow.rater_id).where(RaterRow.study_id == study_id).order_by(RaterRow.rater_id)
            )
            return tuple(ballot for rater in raters for ballot in export_rater(session, rater))

    # What a rater does.

    def next_assignment(self, rater: str) -> Shown | None:
        """Return what a rater is to answer next, or ``None`` where all is answered.

        Raises:
            StudyError: The rater is not known, or the study takes no ballots.
        """
        with reading(self.engine) as session:
            require_open(session, rater)
            found = session.execute(unanswered(rater).limit(1)).tuples().first()
            return None if found is None else as_shown(session, *found)

    def remaining(self, rater: str) -> tuple[Shown, ...]:
        """Return all that a rater has still to answer, in order: what a packet for use without a network holds.

        Raises:
            StudyError: The rater is not known, or the study takes no ballots.
        """
        with reading(self.engine) as session:
            require_open(session, rater)
            return tuple(as_shown(session, *found) for found in session.execute(unanswered(rater)).tuples().all())

    def record_ballot(
        self,
        rater: str,
        item_id: str,
        preference: Preference,
        *,
        seconds: float,
        at: datetime,
        reason: str = "",
        marks: Sequence[Mark] = (),
    ) -> Progress:
        """Record a ballot; when this returns, it is on disk.

        A ballot that comes a second time, because the answer to the first was lost, changes nothing.

        Raises:
            StudyError: The study takes no ballots, the item is not the rater's, or was answered otherwise before.
        """
        with writing(self.engine) as session:
            require_open(session, rater, lock=True)
            add_ballot(session, new_ballot(rater, item_id, preference, seconds, reason, marks, as_time(at)))
            return count_progress(session, rater)

    def import_packet(self, rater: str, answers: Sequence[Answer]) -> Progress:
        """Record the ballots of a packet, all or none; those that are recorded already change nothing.

        Raises:
            StudyError: As ``record_ballot``, or an answer was given to other options than the rater was assigned.
        """
        with writing(self.engine) as session:
            require_open(session, rater, lock=True)
            for each in answers:
                shown = find_assignment(session, rater, each.item_id)
                if (shown.a_text_id, shown.b_text_id) != (each.a_text_id, each.b_text_id):
                    raise StudyError(
                        f"item {each.item_id}: the ballot is about other options than rater {rater} was given; "
                        "import the file that this rater's packet wrote"
                    )
                row = new_ballot(
                    rater,
                    each.item_id,
                    each.preference,
                    each.seconds,
                    each.reason,
                    each.marks,
                    as_time(each.created_at),
                )
                add_ballot(session, row)
            return count_progress(session, rater)

    def undo_last(self, rater: str, at: datetime) -> str | None:
        """Undo the last ballot of a rater that still counts, and return its item; ``None`` where there is none.

        Raises:
            StudyError: The rater is not known, or the study takes no ballots any more.
        """
        with writing(self.engine) as session:
            require_open(session, rater, lock=True)
            last = last_active(session, rater)
            if last is None:
                return None
            last.undone_at = as_time(at)
            last.undone_sha256 = link_undone(last, last.undone_at)
            return last.item_id

    def progress(self, rater: str) -> Progress:
        """Return how far a rater is."""
        with reading(self.engine) as session:
            return count_progress(session, rater)

    def _move(self, study_id: str, expected: StudyState, values: Mapping[str, str]) -> None:
        with writing(self.engine) as session:
            row = find_study(session, study_id, lock=True)
            if row.state != expected:
                raise StudyError(
                    f"study {study_id} is {row.state}, but {expected.value} was expected; see: run.py study status"
                )
            session.execute(update(StudyRow).where(StudyRow.study_id == study_id).values(**values))

"""Browser sessions of reviewers: they end when nothing is done for a while, and after a working day at the latest."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, delete, or_, select

from columnist.reviewers.accounts import key_of
from columnist.reviewers.tables import ReviewerRow, ReviewerSessionRow
from columnist.studies.storage.engines import as_time, reading, writing

IDLE = timedelta(minutes=30)
LIFETIME = timedelta(hours=12)
_NOTED = timedelta(minutes=1)  # how exactly it is kept when a session was used: not every page is a write


class ReviewerSessions:
    """The sessions of a database."""

    def __init__(self, engine: Engine):
        self._engine = engine

    def begin(self, name: str, session_hash: str, at: datetime) -> bool:
        """Begin a session; ``False`` where the account was removed meanwhile. Those that have expired are forgotten."""
        with writing(self._engine) as session:
            session.execute(delete(ReviewerSessionRow).where(_expired(at)))
            if session.get(ReviewerRow, key_of(name)) is None:
                return False
            now = as_time(at)
            row = ReviewerSessionRow(session_hash=session_hash, name_key=key_of(name), created_at=now, seen_at=now)
            session.add(row)
            return True

    def find(self, session_hash: str, at: datetime) -> str | None:
        """Return whose session it is, and keep that it was used; ``None`` where it is unknown, ended or expired."""
        query = select(ReviewerSessionRow, ReviewerRow.name).join(
            ReviewerRow, ReviewerRow.name_key == ReviewerSessionRow.name_key
        )
        query = query.where(ReviewerSessionRow.session_hash == session_hash, ~_expired(at))
        with reading(self._engine) as session:
            found = session.execute(query).tuples().first()
        if found is None:
            return None
        row, name = found
        if row.seen_at <= as_time(at - _NOTED):
            self._touch(session_hash, at)
        return name

    def end(self, session_hash: str) -> None:
        """End a session; one that is not there is fine."""
        with writing(self._engine) as session:
            session.execute(delete(ReviewerSessionRow).where(ReviewerSessionRow.session_hash == session_hash))

    def _touch(self, session_hash: str, at: datetime) -> None:
        with writing(self._engine) as session:
            row = session.get(ReviewerSessionRow, session_hash)
            if row is not None:
                row.seen_at = as_time(at)


def _expired(at: datetime) -> ColumnElement[bool]:
    idle = ReviewerSessionRow.seen_at <= as_time(at - IDLE)
    return or_(idle, ReviewerSessionRow.created_at <= as_time(at - LIFETIME))

"""Invitations and browser sessions of raters: of tokens and cookies only digests are kept."""

from datetime import datetime

from sqlalchemy import Engine, delete, select, update

from columnist.errors import StudyError
from columnist.studies.storage.engines import as_time, reading, writing
from columnist.studies.storage.results import RaterSession, StudyState
from columnist.studies.storage.tables import InvitationRow, RaterRow, SessionRow, StudyRow


class Visits:
    """Who may come in as which rater."""

    def __init__(self, engine: Engine):
        self._engine = engine

    def invite(self, study_id: str, label: str, token_hash: str, at: datetime, expires_at: datetime) -> str:
        """Add an invitation, and return the rater's id; earlier ones stay as they are.

        Raises:
            StudyError: The study has no such rater, or takes no ballots any more.
        """
        query = select(RaterRow, StudyRow).join(StudyRow, StudyRow.study_id == RaterRow.study_id)
        query = query.where(RaterRow.study_id == study_id)
        with writing(self._engine) as session:
            found = {rater.label: (rater, study) for rater, study in session.execute(query).tuples()}
            if label not in found:
                if not found:
                    raise StudyError(f"there is no study {study_id}; see: run.py study status")
                raise StudyError(f"study {study_id} has no rater {label!r}; expected one of {', '.join(sorted(found))}")
            rater, study = found[label]
            if study.state == StudyState.CLOSED:
                raise StudyError(f"study {study_id} is closed and takes no ballots; open another one")
            session.add(
                InvitationRow(
                    token_hash=token_hash,
                    rater_id=rater.rater_id,
                    created_at=as_time(at),
                    expires_at=as_time(expires_at),
                )
            )
            return rater.rater_id

    def revoke(self, study_id: str, label: str, at: datetime) -> int:
        """Revoke all invitations of a rater and end their sessions; return how many invitations that were."""
        rater = select(RaterRow.rater_id).where(RaterRow.study_id == study_id, RaterRow.label == label)
        live = InvitationRow.rater_id.in_(rater) & InvitationRow.revoked_at.is_(None)
        with writing(self._engine) as session:
            live_hashes = session.scalars(select(InvitationRow.token_hash).where(live)).all()
            session.execute(delete(SessionRow).where(SessionRow.rater_id.in_(rater)))
            session.execute(update(InvitationRow).where(live).values(revoked_at=as_time(at)))
            return len(live_hashes)

    def is_open(self, token_hash: str, at: datetime) -> bool:
        """Whether an invitation lets somebody in; nothing is used or kept."""
        with reading(self._engine) as session:
            return _is_open(session.get(InvitationRow, token_hash), at)

    def accept(
        self, token_hash: str, session_hash: str, csrf_hash: str, at: datetime, expires_at: datetime
    ) -> RaterSession | None:
        """Begin a session for whoever holds an invitation; ``None`` where it is unknown, expired or revoked.

        A session never outlives its invitation.
        """
        with writing(self._engine) as session:
            found = session.get(InvitationRow, token_hash)
            if found is None or not _is_open(found, at):
                return None
            row = SessionRow(
                session_hash=session_hash,
                rater_id=found.rater_id,
                token_hash=token_hash,
                csrf_hash=csrf_hash,
                created_at=as_time(at),
                expires_at=min(as_time(expires_at), found.expires_at),
            )
            session.add(row)
            return _as_session(row)

    def find(self, session_hash: str, at: datetime) -> RaterSession | None:
        """Return an open session; ``None`` where it is unknown, ended or expired."""
        with reading(self._engine) as session:
            row = session.get(SessionRow, session_hash)
            return None if row is None or row.expires_at <= as_time(at) else _as_session(row)

    def end(self, session_hash: str) -> None:
        """End a session; one that is not there is fine."""
        with writing(self._engine) as session:
            session.execute(delete(SessionRow).where(SessionRow.session_hash == session_hash))

    def forget_expired(self, at: datetime) -> int:
        """Remove the sessions that have expired, and return how many those were."""
        expired = SessionRow.expires_at <= as_time(at)
        with writing(self._engine) as session:
            hashes = session.scalars(select(SessionRow.session_hash).where(expired)).all()
            session.execute(delete(SessionRow).where(expired))
            return len(hashes)


def _is_open(found: InvitationRow | None, at: datetime) -> bool:
    return found is not None and found.revoked_at is None and found.expires_at > as_time(at)


def _as_session(row: SessionRow) -> RaterSession:
    return RaterSession(rater=row.rater_id, csrf_hash=row.csrf_hash, expires_at=row.expires_at)

"""The tables of the studies' database. No column of any of them names a model."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, Double, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Times are ISO 8601 in UTC, always with microseconds: they sort as text, and digests cover them as they are.
Time = String(32)
Sha256 = String(64)
RandomId = String(32)
_ACTIVE = text("undone_at IS NULL")


class Base(DeclarativeBase):
    """Base of the tables of studies."""


class StudyRow(Base):
    """A study; what it is about stands in its registration."""

    __tablename__ = "study"
    __table_args__ = (CheckConstraint("state IN ('draft', 'open', 'closed')", name="study_state"),)

    study_id: Mapped[str] = mapped_column(RandomId, primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    opened_at: Mapped[str] = mapped_column(Time)
    closed_at: Mapped[str | None] = mapped_column(Time)


class ItemRow(Base):
    """A table to compare texts about."""

    __tablename__ = "item"

    item_id: Mapped[str] = mapped_column(RandomId, primary_key=True)
    study_id: Mapped[str] = mapped_column(ForeignKey("study.study_id"), index=True)
    table_id: Mapped[str] = mapped_column(RandomId)
    kind: Mapped[str] = mapped_column(String(16))
    look: Mapped[int]
    ddl: Mapped[str] = mapped_column(Text)


class TextRow(Base):
    """One of the two texts of an item."""

    __tablename__ = "text"
    __table_args__ = (UniqueConstraint("item_id", "place", name="text_place"),)

    text_id: Mapped[str] = mapped_column(RandomId, primary_key=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("item.item_id"))
    place: Mapped[int]
    table_text: Mapped[str] = mapped_column(Text)
    columns: Mapped[list[Any]] = mapped_column(JSON)


class RaterRow(Base):
    """A rater of one study; the label is for the steward and shown to nobody else."""

    __tablename__ = "rater"
    __table_args__ = (UniqueConstraint("study_id", "label", name="rater_label"),)

    rater_id: Mapped[str] = mapped_column(RandomId, primary_key=True)
    study_id: Mapped[str] = mapped_column(ForeignKey("study.study_id"))
    label: Mapped[str] = mapped_column(String(200))


class AssignmentRow(Base):
    """What a rater sees at a position."""

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("rater_id", "item_id", name="assignment_item"),)

    rater_id: Mapped[str] = mapped_column(ForeignKey("rater.rater_id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_id: Mapped[str] = mapped_column(ForeignKey("item.item_id"))
    a_text_id: Mapped[str] = mapped_column(ForeignKey("text.text_id"))
    b_text_id: Mapped[str] = mapped_column(ForeignKey("text.text_id"))


class InvitationRow(Base):
    """A link that lets a rater in; of its token only the digest is kept."""

    __tablename__ = "invitation"

    token_hash: Mapped[str] = mapped_column(Sha256, primary_key=True)
    rater_id: Mapped[str] = mapped_column(ForeignKey("rater.rater_id"), index=True)
    created_at: Mapped[str] = mapped_column(Time)
    expires_at: Mapped[str] = mapped_column(Time)
    revoked_at: Mapped[str | None] = mapped_column(Time)


class SessionRow(Base):
    """A rater's browser; of its cookie and of its CSRF token only the digests are kept."""

    __tablename__ = "session"

    session_hash: Mapped[str] = mapped_column(Sha256, primary_key=True)
    rater_id: Mapped[str] = mapped_column(ForeignKey("rater.rater_id"), index=True)
    token_hash: Mapped[str] = mapped_column(ForeignKey("invitation.token_hash"))
    csrf_hash: Mapped[str] = mapped_column(Sha256)
    created_at: Mapped[str] = mapped_column(Time)
    expires_at: Mapped[str] = mapped_column(Time)


class BallotRow(Base):
    """A ballot: a link of its rater's chain, which breaks where one is edited or taken out."""

    __tablename__ = "ballot"
    __table_args__ = (
        UniqueConstraint("rater_id", "number", name="ballot_number"),
        CheckConstraint("preference IN ('A', 'B', 'TIE', 'BOTH_BAD')", name="ballot_preference"),
        CheckConstraint("(undone_at IS NULL) = (undone_sha256 IS NULL)", name="ballot_undone"),
        Index("ballot_active", "rater_id", "item_id", unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
    )

    ballot_id: Mapped[str] = mapped_column(RandomId, primary_key=True)
    rater_id: Mapped[str] = mapped_column(ForeignKey("rater.rater_id"))
    number: Mapped[int]
    item_id: Mapped[str] = mapped_column(ForeignKey("item.item_id"))
    preference: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(Text)
    seconds: Mapped[float] = mapped_column(Double)
    marks: Mapped[list[Any]] = mapped_column(JSON)
    created_at: Mapped[str] = mapped_column(Time)
    previous_sha256: Mapped[str] = mapped_column(Sha256)
    sha256: Mapped[str] = mapped_column(Sha256)
    undone_at: Mapped[str | None] = mapped_column(Time)
    undone_sha256: Mapped[str | None] = mapped_column(Sha256)

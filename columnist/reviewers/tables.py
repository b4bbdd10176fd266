"""The tables of reviewers, in the studies' database and apart from everything that is about raters."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from columnist.studies.storage.tables import Base, Sha256, Time

MAX_NAME = 100
Key = String(4 * MAX_NAME)  # folding the case of a letter can make three of it


class ReviewerRow(Base):
    """An account; of its password only what argon2 makes of it is kept."""

    __tablename__ = "reviewer"

    name_key: Mapped[str] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME))
    password_hash: Mapped[str] = mapped_column(Text)
    created_at: Mapped[str] = mapped_column(Time)
    signed_in_at: Mapped[str | None] = mapped_column(Time)


class ReviewerSessionRow(Base):
    """A reviewer's browser; of its cookie only the digest is kept."""

    __tablename__ = "reviewer_session"

    session_hash: Mapped[str] = mapped_column(Sha256, primary_key=True)
    name_key: Mapped[str] = mapped_column(ForeignKey("reviewer.name_key"), index=True)
    created_at: Mapped[str] = mapped_column(Time)
    seen_at: Mapped[str] = mapped_column(Time)

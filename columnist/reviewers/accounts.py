"""Accounts of reviewers: a name, and a password of which only an argon2id hash is kept.

What this does *not* cover: who can write to the database or use the installation's key needs no password.
"""

import threading
import unicodedata
from datetime import datetime
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from columnist.errors import AccountError
from columnist.reviewers.tables import MAX_NAME, ReviewerRow, ReviewerSessionRow
from columnist.studies.storage.engines import as_time, reading, writing
from columnist.values import Value

MIN_PASSWORD, MAX_PASSWORD = 12, 1000
_AT_ONCE = 2  # checks of passwords: each takes 64 MiB


class Reviewer(Value):
    """An account, without its password.

    Attributes:
        signed_in_at: When its reviewer signed in last; ``None`` if never.
    """

    name: str
    created_at: str
    signed_in_at: str | None


class Accounts:
    """The accounts of a database."""

    def __init__(self, engine: Engine, hasher: PasswordHasher | None = None):
        self._engine = engine
        self._hasher = hasher or PasswordHasher()
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        # A name that nobody has takes as long to refuse as a wrong password.
        self._decoy = self._hasher.hash(token_urlsafe())

    def add(self, name: str, password: str, at: datetime) -> Reviewer:
        """Add an account.

        Raises:
            AccountError: The name is taken or is none, or the password is too short or too long.
        """
        plain = check_name(name)
        hashed = self._hasher.hash(check_password(password))
        with writing(self._engine) as session:
            if session.get(ReviewerRow, key_of(plain)) is not None:
                raise AccountError(f"there is a reviewer {plain!r} already; run: run.py reviewer password {plain!r}")
            row = ReviewerRow(name_key=key_of(plain), name=plain, password_hash=hashed, created_at=as_time(at))
            session.add(row)
            return _as_reviewer(row)

    def set_password(self, name: str, password: str) -> Reviewer:
        """Change a password, and end all sessions of its reviewer.

        Raises:
            AccountError: There is no such reviewer, or the password is too short or too long.
        """
        hashed = self._hasher.hash(check_password(password))
        with writing(self._engine) as session:
            row = _find(session, name)
            row.password_hash = hashed
            _end_sessions(session, row.name_key)
            return _as_reviewer(row)

    def remove(self, name: str) -> Reviewer:
        """Remove an account and end its sessions; what the reviewer has signed stays.

        Raises:
            AccountError: There is no such reviewer.
        """
        with writing(self._engine) as session:
            row = _find(session, name)
            _end_sessions(session, row.name_key)
            session.delete(row)
            return _as_reviewer(row)

    def list(self) -> tuple[Reviewer, ...]:
        """Return all accounts by name."""
        with reading(self._engine) as session:
            rows = session.scalars(select(ReviewerRow).order_by(ReviewerRow.name_key))
            return tuple(_as_reviewer(row) for row in rows)

    def verify(self, name: str, password: str, at: datetime) -> str | None:
        """Return the name of the account where the password is its own, and ``None`` otherwise.

        It takes as long where there is no such account.
        """
        key = key_of(name)
        with reading(self._engine) as session:
            row = session.get(ReviewerRow, key)
            stored = self._decoy if row is None else row.password_hash
        with self._turns:
            matches = self._matches(stored, _normal(password)[: MAX_PASSWORD + 1])
        if row is None or not matches:
            return None
        return self._note(key, stored, password, at)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerifyMismatchError, InvalidHashError):
            return False

    def _note(self, key: str, stored: str, password: str, at: datetime) -> str | None:
        """Keep when somebody signed in, and hash the password anew where hashing has become harder since."""
        outdated = self._hasher.check_needs_rehash(stored)
        anew = self._hasher.hash(_normal(password)) if outdated else stored
        with writing(self._engine) as session:
            row = session.get(ReviewerRow, key)
            if row is None or row.password_hash != stored:
                return None  # removed, or changed, while it was checked
            row.password_hash, row.signed_in_at = anew, as_time(at)
            return row.name


def check_name(name: str) -> str:
    """Return a name as it is kept.

    Raises:
        AccountError: It is empty, too long, or cannot be printed on a line.

    Example:
        >>> check_name("  Ada   Lovelace ")
        'Ada Lovelace'
    """
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    if not 0 < len(plain) <= MAX_NAME or not plain.isprintable():
        raise AccountError(f"a reviewer's name has 1 to {MAX_NAME} letters that can be printed, but {name!r} came")
    return plain


def check_password(password: str) -> str:
    """Return a password as it is hashed.

    Raises:
        AccountError: It is too short or too long.
    """
    plain = _normal(password)
    if not MIN_PASSWORD <= len(plain) <= MAX_PASSWORD:
        raise AccountError(
            f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters, but {len(plain)} came; a sentence is easy to "
            "remember"
        )
    return plain


def key_of(name: str) -> str:
    """Return what two spellings of a name have in common.

    Example:
        >>> key_of(" Ada ") == key_of("ADA")
        True
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[: 4 * MAX_NAME]


def _normal(password: str) -> str:
    """Keyboards write the same letter in several ways."""
    return unicodedata.normalize("NFKC", password)


def _find(session: Session, name: str) -> ReviewerRow:
    row = session.get(ReviewerRow, key_of(name))
    if row is None:
        known = ", ".join(session.scalars(select(ReviewerRow.name).order_by(ReviewerRow.name_key))) or "nobody"
        raise AccountError(f"there is no reviewer {name!r}; expected one of: {known}. To add one: run.py reviewer add")
    return row


def _end_sessions(session: Session, key: str) -> None:
    session.execute(delete(ReviewerSessionRow).where(ReviewerSessionRow.name_key == key))


def _as_reviewer(row: ReviewerRow) -> Reviewer:
    return Reviewer(name=row.name, created_at=row.created_at, signed_in_at=row.signed_in_at)

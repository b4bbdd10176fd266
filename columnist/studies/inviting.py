"""Links that let raters in: a token is shown once, and only its digest is kept."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from columnist.digests import digest_bytes
from columnist.studies.storage import Storage

_TOKEN_BYTES = 32


def invite_rater(storage: Storage, study_id: str, label: str, days: int, at: datetime) -> str:
    """Add an invitation and return its token.

    Raises:
        StudyError: The study has no such rater, or is closed.
    """
    token = token_urlsafe(_TOKEN_BYTES)
    storage.visits.invite(study_id, label, hash_token(token), at, at + timedelta(days=days))
    return token


def hash_token(token: str) -> str:
    """Return what is kept of a token.

    A plain digest is enough: a token is 32 random bytes, and cannot be guessed from it as a password can.

    Example:
        >>> hash_token("t") == hash_token("t"), len(hash_token("t"))
        (True, 64)
    """
    return digest_bytes(token.encode())

"""Who reviews: a name and a password become a session; neither knows anything of raters' links and cookies."""

from collections.abc import Callable
from datetime import UTC, datetime
from secrets import compare_digest, token_urlsafe
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, HTTPException, Request, Response

from columnist.digests import digest_bytes
from columnist.reviewers.accounts import Accounts
from columnist.reviewers.dossiers import Clerk
from columnist.reviewers.sessions import ReviewerSessions
from webapp.limits import Buckets, Rate, address_of
from webapp.security import SECURE_PREFIX, Form, csrf_token, read_form

SESSION_COOKIE, FORM_COOKIE = "review", "review_form"
_TOKEN_BYTES = 32
# Attempts to sign in, right or wrong: those of one address, and those with one name from anywhere.
BY_ADDRESS = Rate(per_second=1 / 30, burst=10)
BY_NAME = Rate(per_second=1 / 20, burst=20)


class Office(NamedTuple):
    """What the pages work with.

    Attributes:
        clerk: Fetches evidence and carries decisions out.
        addresses: Attempts to sign in by address; ``names`` by name.
        now: Tells the time.
    """

    accounts: Accounts
    sessions: ReviewerSessions
    clerk: Clerk
    addresses: Buckets
    names: Buckets
    now: Callable[[], datetime]

    @classmethod
    def open(
        cls,
        accounts: Accounts,
        sessions: ReviewerSessions,
        clerk: Clerk,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> "Office":
        """Open with the usual limits."""
        return cls(accounts, sessions, clerk, Buckets(BY_ADDRESS), Buckets(BY_NAME), now)


class Seat(NamedTuple):
    """A reviewer's request.

    Attributes:
        csrf: What the forms of the answer have to carry.
    """

    office: Office
    reviewer: str
    csrf: str


class SignedOutError(Exception):
    """A page was asked for without an open session."""


def office_of(request: Request) -> Office:
    """Return what the pages work with."""
    office: Office = request.state.office
    return office


def find_seat(request: Request, office: Annotated[Office, Depends(office_of)]) -> Seat:
    """Return the session that a request belongs to.

    Raises:
        SignedOutError: To none that is open.
    """
    token = read_cookie(request, SESSION_COOKIE)
    found = office.sessions.find(_hash(token), office.now()) if token else None
    if token is None or found is None:
        raise SignedOutError
    return Seat(office=office, reviewer=found, csrf=csrf_token(token))


def find_signer(
    seat: Annotated[Seat, Depends(find_seat)], form: Annotated[Form, Depends(read_form)]
) -> tuple[Seat, Form]:
    """Return the session and the form of a request that changes something.

    Raises:
        HTTPException: The form was not made for this session.
    """
    require_csrf(form, seat.csrf)
    return seat, form


def require_csrf(form: Form, expected: str) -> None:
    """Refuse a form that this server has not made for this browser.

    Raises:
        HTTPException: It is one.
    """
    if not compare_digest(form.one("csrf").encode(), expected.encode()):
        raise HTTPException(403)


def verify_person(request: Request, office: Office, name: str, password: str) -> str | None:
    """Return the name of the account that a name and a password open, or ``None``.

    Raises:
        HTTPException: There were too many attempts; nothing was looked at.
    """
    waits = (office.addresses.take(address_of(request.scope)), office.names.take(digest_bytes(_folded(name))))
    if any(waits):
        raise HTTPException(429, headers={"Retry-After": str(int(max(waits)) + 1)})
    return office.accounts.verify(name, password, office.now())


def begin_session(request: Request, response: Response, office: Office, reviewer: str) -> bool:
    """Begin a session with an id of its own, whatever the browser brought along, and end the one it had."""
    end_session(request, response, office)
    token = token_urlsafe(_TOKEN_BYTES)
    if not office.sessions.begin(reviewer, _hash(token), office.now()):
        return False
    response.set_cookie(_named(request, SESSION_COOKIE), token, **_attributes(request))
    return True


def end_session(request: Request, response: Response, office: Office) -> None:
    """End a session, here and in its browser."""
    token = read_cookie(request, SESSION_COOKIE)
    if token is not None:
        office.sessions.end(_hash(token))
    for name in (SESSION_COOKIE, FORM_COOKIE):
        response.delete_cookie(_named(request, name), **_attributes(request))


def read_cookie(request: Request, name: str) -> str | None:
    """Return a cookie of these pages, if the browser sent it."""
    return request.cookies.get(_named(request, name)) or None


def give_form_token(request: Request, response: Response, token: str) -> None:
    """Give the browser what the form for signing in has to match: before that there is no session."""
    response.set_cookie(_named(request, FORM_COOKIE), token, **_attributes(request))


def new_form_token(request: Request) -> str:
    """Return the token that a browser's form has to match: the one it has, or a new one."""
    return read_cookie(request, FORM_COOKIE) or token_urlsafe(_TOKEN_BYTES)


def _named(request: Request, name: str) -> str:
    return (SECURE_PREFIX if request.url.scheme == "https" else "") + name


def _attributes(request: Request) -> dict[str, Any]:
    # No lifetime: a browser that is closed is signed out.
    return {"path": "/", "secure": request.url.scheme == "https", "httponly": True, "samesite": "strict"}


def _hash(token: str) -> str:
    return digest_bytes(token.encode())


def _folded(name: str) -> bytes:
    return " ".join(name.casefold().split()).encode()

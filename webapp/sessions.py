"""Who is asking: a link's token becomes a session, and of both the database holds digests alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, HTTPException, Request, Response

from columnist.studies.inviting import hash_token
from columnist.studies.storage import Storage
from webapp.clock import Clock, read_clock, write_clock
from webapp.limits import Buckets, address_of
from webapp.security import Form, cookie_name, csrf_token, is_csrf_token, read_form, session_token

_LIFETIME = timedelta(days=7)
_CLOCK = "clock"
_TOKEN_BYTES = 32


class Site(NamedTuple):
    """What the pages work with.

    Attributes:
        storage: Where items and ballots are; the pages know no other place.
        secret: Signs cookies.
        now: Tells the time.
        failures: How often an address may try links that let nobody in.
    """

    storage: Storage
    secret: bytes
    now: Callable[[], datetime]
    failures: Buckets


class Visit(NamedTuple):
    """A rater's request.

    Attributes:
        csrf: What the forms of the answer have to carry.
        clock: The time of the item shown before.
    """

    site: Site
    rater: str
    csrf: str
    csrf_hash: str
    clock: Clock | None


def site_of(request: Request) -> Site:
    """Return what the pages work with."""
    site: Site = request.app.state.site
    return site


def is_invited(request: Request, token: str) -> bool:
    """Tell whether a link lets somebody in, and use nothing of it.

    Raises:
        HTTPException: Too many links of this address let nobody in.
    """
    site, address = _require_patience(request)
    if site.storage.visits.is_open(hash_token(token), site.now()):
        return True
    site.failures.take(address)
    return False


def begin_session(request: Request, token: str) -> tuple[str, datetime] | None:
    """Begin a session for whoever holds a link, and return its token and end; ``None`` where the link lets nobody in.

    Raises:
        HTTPException: Too many links of this address let nobody in.
    """
    site, address = _require_patience(request)
    own = token_urlsafe(_TOKEN_BYTES)
    now = site.now()
    opened = site.storage.visits.accept(
        hash_token(token), hash_token(own), hash_token(csrf_token(own)), now, now + _LIFETIME
    )
    if opened is None:
        site.failures.take(address)
        return None
    return own, datetime.fromisoformat(opened.expires_at)


def find_visit(request: Request) -> Visit:
    """Return the session that a request belongs to.

    Raises:
        HTTPException: To none that is open.
    """
    site, token = site_of(request), session_token(request.scope)
    found = None if token is None else site.storage.visits.find(hash_token(token), site.now())
    if token is None or found is None:
        raise HTTPException(401)
    clock = read_clock(request.cookies.get(_CLOCK), site.secret)
    return Visit(site=site, rater=found.rater, csrf=csrf_token(token), csrf_hash=found.csrf_hash, clock=clock)


async def find_sender(
    visit: Annotated[Visit, Depends(find_visit)], form: Annotated[Form, Depends(read_form)]
) -> tuple[Visit, Form]:
    """Return the session and the form of a request that changes something.

    It waits for nothing, and so needs no thread.

    Raises:
        HTTPException: The form was not made for this session.
    """
    if not is_csrf_token(form.one("csrf"), visit.csrf_hash):
        raise HTTPException(403)
    return visit, form


def end_session(request: Request, response: Response) -> None:
    """End a session, here and in its browser."""
    token = session_token(request.scope)
    if token is not None:
        site_of(request).storage.visits.end(hash_token(token))
    response.delete_cookie(cookie_name(request.scope), **_attributes(request))
    response.delete_cookie(_CLOCK, **_attributes(request))


def set_session(request: Request, response: Response, token: str, ends: datetime) -> None:
    """Give a session to its browser."""
    left_s = int((ends - site_of(request).now()).total_seconds())
    response.set_cookie(cookie_name(request.scope), token, max_age=left_s, **_attributes(request))


def set_clock(request: Request, response: Response, clock: Clock) -> None:
    """Give the time of an item to the browser."""
    text = write_clock(clock, site_of(request).secret)
    response.set_cookie(_CLOCK, text, max_age=int(_LIFETIME.total_seconds()), **_attributes(request))


def _require_patience(request: Request) -> tuple[Site, str]:
    """Refuse an address of which too many links let nobody in."""
    site, address = site_of(request), address_of(request.scope)
    if wait := site.failures.take(address, count=0):
        raise HTTPException(429, headers={"Retry-After": str(int(wait) + 1)})
    return site, address


def _attributes(request: Request) -> dict[str, Any]:
    secure = request.url.scheme == "https"
    return {"path": "/", "secure": secure, "httponly": True, "samesite": "strict"}

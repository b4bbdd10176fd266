"""What keeps pages and their visitors safe: headers, tokens against forged requests, forms, and clean logs."""

import hmac
import logging
import re
from collections.abc import MutableMapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from columnist.digests import digest_bytes
from columnist.values import Value

SESSION_COOKIE = "rating"
# A browser takes a cookie of this prefix only over https, for this host, and for all its paths.
SECURE_PREFIX = "__Host-"
MOST_BYTES = 256 * 1024  # the longest reason in any script, and all marks, fit into a quarter of it
MOST_FIELDS = 2000
_FORM = "application/x-www-form-urlencoded"
_TOKEN = re.compile(r"(/r/)[^\s/?#\"']+")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}


class SecurityHeaders:
    """Middleware: set the headers above on every response."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""

        async def harden(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS | (_HTTPS_ONLY if scope.get("scheme") == "https" else {}))
                if scope["path"].startswith("/static/"):
                    headers["Cache-Control"] = "no-cache"  # kept, but asked about each time
            await send(message)

        await self._app(scope, receive, harden if scope["type"] == "http" else send)


class Form(Value):
    """The fields of a form, in the order in which they came."""

    fields: tuple[tuple[str, str], ...] = ()

    def one(self, name: str) -> str:
        """Return the first value of a field, or an empty text.

        Example:
            >>> Form(fields=(("a", "1"), ("a", "2"))).one("a"), Form().one("a")
            ('1', '')
        """
        return next((value for key, value in self.fields if key == name), "")


async def read_form(request: Request) -> Form:
    """Read a form from a request's body.

    Raises:
        HTTPException: It is too large, or no form.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(415)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400) from error
    if any("\0" in value for pair in pairs for value in pair):
        raise HTTPException(400)  # no key writes it, and PostgreSQL cannot hold it
    return Form(fields=tuple(pairs))


def session_token(scope: Scope) -> str | None:
    """Return the token of a browser's session cookie, if it sent one."""
    try:
        cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return None
    found = cookies.get(cookie_name(scope))
    return None if found is None or not found.value else found.value


def cookie_name(scope: MutableMapping[str, object]) -> str:
    """Return the session cookie's name, which over https has a prefix that browsers enforce."""
    return (SECURE_PREFIX if scope.get("scheme") == "https" else "") + SESSION_COOKIE


def csrf_token(token: str) -> str:
    """Return the token that a session's forms carry; it does not tell the session's own.

    Example:
        >>> csrf_token("a") == csrf_token("a"), csrf_token("a") == csrf_token("b")
        (True, False)
    """
    return digest_bytes(b"csrf:" + token.encode())


def is_csrf_token(given: str, digest: str) -> bool:
    """Tell whether a form's token is the one of which a digest is kept.

    Example:
        >>> is_csrf_token("t", digest_bytes(b"t")), is_csrf_token("é", digest_bytes(b"t"))
        (True, False)
    """
    return hmac.compare_digest(digest_bytes(given.encode()), digest)


def redact(text: str) -> str:
    """Return a log line without the token of a rater's link.

    Example:
        >>> redact('GET /r/s3cret HTTP/1.1')
        'GET /r/[token] HTTP/1.1'
    """
    return _TOKEN.sub(r"\1[token]", text)


class TokenRedaction(logging.Filter):
    """Keeps the tokens of raters' links out of a log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take tokens out of a record."""
        if isinstance(record.msg, str):
            record.msg = redact(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(redact(value) if isinstance(value, str) else value for value in record.args)
        return True

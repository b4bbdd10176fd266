"""One call of an endpoint: what came back, or what that means for the request.

A call ends in one of four ways, and the money is what tells them apart: an answer
(paid, whatever it says), ``NotCharged`` (may be sent again), ``InDoubt`` (may have
been charged), or ``TeacherError`` (no further call makes sense).
"""

import asyncio
import os

import httpx2

from columnist.errors import TeacherError
from columnist.synthesis.teachers.answers import MAX_ANSWER_BYTES
from columnist.synthesis.teachers.asking import Request
from columnist.synthesis.teachers.pace import parse_retry_after
from columnist.synthesis.teachers.settings import OpenAITeacherConfig, is_loopback

_LONGEST_WAIT_S = 600
_BUSY = {408, 409, 425, 429}
_GATEWAY_TIMEOUT = 504  # the model behind the gateway may have answered
_SHORTEST_SECRET = 8  # local servers take any word as a key; such a word is no secret and may occur in texts


class NotCharged(Exception):
    """The endpoint did not do the work.

    Attributes:
        again: Whether it may do so later.
    """

    def __init__(self, reason: str, again: bool = True, wait_s: float = 0.0):
        super().__init__(reason)
        self.again, self.wait_s = again, wait_s


class InDoubt(Exception):
    """No answer came, but the work may have been done and charged."""


def read_key() -> str:
    """Return the key of the endpoint, empty if there is none: local servers need none.

    Raises:
        TeacherError: It cannot be a key.
    """
    key = os.environ.get("COLUMNIST_TEACHER_API_KEY", "").strip()
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise TeacherError("COLUMNIST_TEACHER_API_KEY holds spaces, line breaks or other characters that no key has")
    return key


def open_client(config: OpenAITeacherConfig, key: str) -> httpx2.AsyncClient:
    """Return a client that follows no redirect: the key goes to the configured host and to no other."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "Content-Type": "application/json"}
    return httpx2.AsyncClient(
        headers=headers | ({"Authorization": f"Bearer {key}"} if key else {}),
        timeout=httpx2.Timeout(config.timeout_s, connect=min(config.timeout_s, 20)),
        follow_redirects=False,
        # A connection that is kept may be closed by the server just when the next call is on
        # its way, and that call would be in doubt. A handshake is cheap beside a model.
        limits=httpx2.Limits(max_connections=config.concurrency, max_keepalive_connections=0),
        # A proxy that the environment names is for other machines.
        trust_env=not is_loopback(config.base_url),
    )


async def call(client: httpx2.AsyncClient, config: OpenAITeacherConfig, request: Request) -> bytes:
    """Send a request and return the body of its answer, at most one byte longer than allowed.

    Raises:
        NotCharged: It was not accepted.
        InDoubt: No answer came.
        TeacherError: No further call makes sense.
    """
    try:
        async with asyncio.timeout(config.timeout_s):
            return await _post(client, config, request)
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError):
        raise NotCharged("the endpoint cannot be reached") from None
    except (TimeoutError, httpx2.TimeoutException):
        raise InDoubt("no answer in time") from None
    except (httpx2.HTTPError, httpx2.StreamError):
        raise InDoubt("the connection broke before the answer was there") from None


async def _post(client: httpx2.AsyncClient, config: OpenAITeacherConfig, request: Request) -> bytes:
    url = f"{config.base_url}/chat/completions"
    headers = {"Idempotency-Key": request.key}
    async with client.stream("POST", url, content=request.body.encode(), headers=headers) as response:
        if not response.is_success:
            raise _refused(response, config)
        body = bytearray()
        # Raw: what is compressed although that was not allowed stays small, and is refused as no JSON.
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_ANSWER_BYTES:
                break
    secret = client.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if len(secret) >= _SHORTEST_SECRET:
        body = body.replace(secret, b"[key]")  # an endpoint may echo what it was sent
    return bytes(body[: MAX_ANSWER_BYTES + 1])


def _refused(response: httpx2.Response, config: OpenAITeacherConfig) -> Exception:
    """Return what a status means; the body is not read, for it may hold anything."""
    status, where = response.status_code, f"{config.base_url} answered HTTP {response.status_code}"
    if response.is_redirect:
        return TeacherError(f"{where}, a redirect, which is not followed; give the final address as base_url")
    if status in (401, 402, 403):
        return TeacherError(f"{where}: it does not accept the key; check COLUMNIST_TEACHER_API_KEY and its account")
    if status in (404, 405):
        return TeacherError(
            f"{where}: expected a base_url such as https://host/v1 and a model it serves; "
            f"check both (model {config.model!r})"
        )
    if status == _GATEWAY_TIMEOUT:
        return InDoubt("no answer in time")
    if status in _BUSY or status >= 500:
        wait_s = parse_retry_after(response.headers.get("Retry-After"))
        if wait_s > _LONGEST_WAIT_S:
            return TeacherError(f"{where} and asks to wait {wait_s:.0f} s; start again then, what was paid is kept")
        reason = "the endpoint was busy" if status in _BUSY else "the endpoint failed"
        return NotCharged(reason, wait_s=wait_s)
    return NotCharged("the endpoint did not accept the request", again=False)

"""The application: routes, what surrounds them, and the server that runs them."""

import copy
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from typing import Any

import uvicorn
from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from uvicorn.config import LOGGING_CONFIG

from columnist.errors import ConfigError, StudyError
from columnist.studies.storage import Storage
from columnist.studies.storage.engines import CONNECTIONS
from webapp.limits import Buckets, Limits, RateLimit
from webapp.pages import render_error
from webapp.rating import rating
from webapp.security import HEADERS, SecurityHeaders
from webapp.sessions import Site

_LOG = logging.getLogger(__name__)
_STATIC = Path(__file__).parent / "static"
_SECRET_BYTES = 32


def create_app(
    storage: Storage,
    secret: bytes,
    limits: Limits | None = None,
    routers: Iterable[APIRouter] = (),
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> FastAPI:
    """Return the application.

    Args:
        storage: Where studies are kept.
        secret: Signs cookies; see ``read_secret``.
        limits: How often anybody may ask; the usual if left out.
        routers: Pages of others than raters.
        now: Tells the time.
    """
    limits = limits or Limits()
    # Pages that describe the routes would be for nobody here.
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=_few_threads)
    app.state.site = Site(storage=storage, secret=secret, now=now, failures=Buckets(limits.failures))
    for router in (rating, *routers):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=_STATIC))
    app.add_middleware(RateLimit, limits=limits)
    app.add_middleware(SecurityHeaders)  # the last added is the outermost
    app.add_exception_handler(HTTPException, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse)
    app.add_exception_handler(StudyError, _rest)
    app.add_exception_handler(Exception, _fail)
    return app


def read_secret(file: Path) -> bytes:
    """Return the secret of a file, which is made for its owner alone where there is none.

    Raises:
        ConfigError: The file cannot be read or made, or is none of a secret.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            made = file.with_name(f".{file.name}.{os.getpid()}")
            descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(token_bytes(_SECRET_BYTES))
            made.replace(file)
        secret = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: the key of cookies cannot be kept ({error.strerror}); check the folder") from error
    if len(secret) != _SECRET_BYTES:
        raise ConfigError(
            f"{file}: expected {_SECRET_BYTES} bytes, but {len(secret)} came; remove it, a new one is made"
        )
    return secret


def serve(app: FastAPI, host: str, port: int, opened: Callable[[], None] = lambda: None) -> None:
    """Serve until interrupted.

    Args:
        app: The application.
        host: The address to listen on.
        port: Its port.
        opened: Called once it is listened on.

    Raises:
        ConfigError: The address cannot be listened on.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigError(f"{host}:{port} cannot be listened on ({error.strerror}); give another --port") from error
    opened()
    config = uvicorn.Config(app, log_config=log_settings(), server_header=False)
    uvicorn.Server(config).run(sockets=[listening])


def log_settings() -> dict[str, Any]:
    """Return uvicorn's log settings, with the tokens of links taken out of every line."""
    settings = copy.deepcopy(LOGGING_CONFIG)
    settings["filters"] = {"tokens": {"()": "webapp.security.TokenRedaction"}}
    for handler in settings["handlers"].values():
        handler["filters"] = ["tokens"]
    return settings


@asynccontextmanager
async def _few_threads(_app: FastAPI) -> AsyncIterator[None]:
    """Serve with few threads: the usual forty take Python from the one that holds the database's lock."""
    current_default_thread_limiter().total_tokens = CONNECTIONS
    yield


def _refuse(_request: Request, error: Exception) -> HTMLResponse:
    if isinstance(error, HTTPException):
        return render_error(error.status_code, error.headers)
    return render_error(400)


def _rest(_request: Request, error: Exception) -> HTMLResponse:
    _LOG.warning("a request was refused: %s", error)
    # Other than a study that is closed, a database that does not answer may do so in a minute.
    return render_error(503 if isinstance(error.__cause__, OperationalError) else 423)


def _fail(request: Request, _error: Exception) -> HTMLResponse:
    # Routes of others than raters say in their own words that there is a bug.
    tell: Callable[[int], HTMLResponse] = getattr(request.scope.get("route"), "tell_failure", render_error)
    page = tell(500)
    page.headers.update(HEADERS)  # what answers for a bug stands outside of all middleware
    return page

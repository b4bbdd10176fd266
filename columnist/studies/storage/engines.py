"""Databases of studies: SQLite in a file by default, PostgreSQL by its URL."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session

from columnist.errors import StudyError
from columnist.home import Home

_BUSY_S = 30  # fifty raters at once wait for each other for far less
_WRITES = "columnist_writes"
_TURN = "columnist_turn"
CONNECTIONS = 8
# What a server's or a role's settings may say otherwise; the stricter ones stay.
_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"


def default_url() -> str:
    """Return the URL of this home's studies."""
    folder = Home.find().folder
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'studies.db'}"


def make_engine(url: str) -> Engine:
    """Return an engine whose commits are on disk before they return.

    Raises:
        StudyError: The URL is none of a database that studies can be kept in.
    """
    try:
        parsed = make_url(url)
        name = parsed.get_backend_name()
        if name == "sqlite":
            return _make_sqlite(url)
        if name == "postgresql":
            return _make_postgresql(parsed)
    except ArgumentError as error:
        raise StudyError(
            f"studies cannot be kept in {url!r}: {error}; give sqlite:///FILE or postgresql://..."
        ) from error
    except ModuleNotFoundError as error:
        raise StudyError(
            f"studies in PostgreSQL need {error.name}, which is not installed; run: pip install 'columnist[postgres]'"
        ) from error
    raise StudyError(f"studies cannot be kept in {name}; give sqlite:///FILE or postgresql://...")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Read in one transaction, so that all of it is of one moment."""
    with _told_plainly(engine), Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Write in one transaction: all of it is on disk when this ends, or nothing."""
    marked = engine.execution_options(**{_WRITES: True})
    turn: AbstractContextManager[object] = engine.get_execution_options().get(_TURN) or nullcontext()
    with _told_plainly(engine), turn, Session(marked, expire_on_commit=False) as session, session.begin():
        yield session


def as_time(at: datetime) -> str:
    """Return a time as it is stored.

    Example:
        >>> as_time(datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
        '2026-01-02T03:04:00.000000+00:00'
    """
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@contextmanager
def _told_plainly(engine: Engine) -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise StudyError(f"{where}: the studies cannot be read or written: {error.orig}; check the database") from error


def _make_postgresql(url: URL) -> Engine:
    # The driver that the extra "postgres" installs, whichever the URL leaves open.
    engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_size=CONNECTIONS, pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute(_DURABLE)
        connection.commit()

    return engine


def _make_sqlite(url: str) -> Engine:
    # SQLite lets one write at a time and others look again after pauses that grow, so that some wait very long.
    # Threads of one process take turns; only another process has to look again.
    engine = create_engine(
        url, connect_args={"timeout": _BUSY_S}, pool_size=CONNECTIONS, execution_options={_TURN: threading.Lock()}
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # Python's own handling of transactions begins them late, and two that read first cannot both write.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "BEGIN")

    return engine

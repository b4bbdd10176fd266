"""The process beside the web server that reads evidence and moves the champion.

Whoever serves raters must not be able to unblind a study, and verifying one means to unblind it after its closing.
So the web server only hands requests over: another process opens the stores, which takes seconds and happens once,
and answers with plain values. It ends with the web server, and is started anew should it end before.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from columnist.errors import ColumnistError, EvidenceError, ModelNotFound
from columnist.reviewers.dossiers import Dossier, Outcome, Request, Saying, VersionLine

if TYPE_CHECKING:
    from columnist.reviewers.gathering import Gatherer

_PATIENCE_S = 180.0
T = TypeVar("T")


class _Trouble(NamedTuple):
    """An error as it travels between processes."""

    is_missing: bool
    sentence: str


class ProcessClerk:
    """Hands requests to the other process, one after the other.

    Attributes:
        database: URL of the studies' database; the home's if ``None``.
    """

    def __init__(self, database: str | None):
        self.database = database
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Start the process, and let it open the stores."""
        self._submit(_warm)

    async def versions(self) -> tuple[VersionLine, ...]:
        """Return all versions."""
        return await self._ask(_versions)

    async def dossier(self, model: str, version: str, study_id: str) -> Dossier:
        """Return the evidence of a version, with one of its studies."""
        return await self._ask(partial(_dossier, model=model, version=version, study_id=study_id))

    async def log(self) -> tuple[Saying, ...]:
        """Return the audit log, the newest entry first."""
        return await self._ask(_log)

    async def decide(self, request: Request) -> Outcome:
        """Sign a decision and carry it out."""
        return await self._ask(partial(_decide, request=request))

    def close(self) -> None:
        """End the process."""
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(cancel_futures=True)
                self._pool = None

    async def _ask(self, task: "Callable[[Gatherer, datetime], T]") -> T:
        try:
            # A browser that goes away ends its own waiting, and never the work.
            answer = await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._submit(task))), _PATIENCE_S)
        except BrokenProcessPool as error:
            raise EvidenceError("what reads the evidence has ended; load the page again, it is started anew") from error
        except TimeoutError as error:
            raise EvidenceError("reading the evidence takes too long; try again in a few minutes") from error
        if isinstance(answer, _Trouble):
            raise ModelNotFound(answer.sentence) if answer.is_missing else EvidenceError(answer.sentence)
        return answer

    def _submit(self, task: "Callable[[Gatherer, datetime], T]") -> "Future[T | _Trouble]":
        with self._lock:
            try:
                return self._open().submit(_work, task, self.database)
            except BrokenProcessPool:
                self._pool = None
                return self._open().submit(_work, task, self.database)

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # A forked process would inherit the web server's threads and connections.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=_settle)
        return self._pool


_gatherers: "dict[str | None, Gatherer]" = {}


def _settle() -> None:
    """Leave Ctrl-C to the web server, and end when it has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)  # a promotion that this interrupts is finished by whoever looks next


def _work(task: "Callable[[Gatherer, datetime], T]", database: str | None) -> T | _Trouble:
    """Do what is asked for; an error that a person can mend is an answer as well."""
    from columnist.reviewers.deciding import tell

    try:
        return task(_open_gatherer(database), datetime.now(UTC))
    except ColumnistError as error:
        return _Trouble(isinstance(error, ModelNotFound), tell(error))
    except StopIteration as error:  # no future can carry one, and whoever waits would wait for ever
        raise RuntimeError("a search found nothing") from error


def _warm(_gatherer: "Gatherer", _at: datetime) -> None:
    """Opening was all."""


def _versions(gatherer: "Gatherer", at: datetime) -> tuple[VersionLine, ...]:
    return gatherer.versions(at)


def _dossier(gatherer: "Gatherer", at: datetime, model: str, version: str, study_id: str) -> Dossier:
    return gatherer.dossier(model, version, study_id, at)


def _log(gatherer: "Gatherer", _at: datetime) -> tuple[Saying, ...]:
    return gatherer.log()


def _decide(gatherer: "Gatherer", at: datetime, request: Request) -> Outcome:
    from columnist.reviewers.deciding import carry_out

    return carry_out(gatherer.bench, request, at)


def _open_gatherer(database: str | None) -> "Gatherer":
    from columnist.reviewers.bench import Bench
    from columnist.reviewers.gathering import Gatherer

    if database not in _gatherers:
        _gatherers[database] = Gatherer(Bench.open(database))
    return _gatherers[database]

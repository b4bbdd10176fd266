"""The ledger: every paid call with its answer, in one SQLite file.

A request is planned, then sent, then answered or failed. What is sent is written
down before the call and what came back before anything is read from it, each durably:
after any crash the file tells what was paid for, and what may have been.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from columnist.errors import TeacherError
from columnist.synthesis.teachers.asking import Request
from columnist.values import Value

LOST_IN_CRASH = "answer lost in a crash"
_VERSION = 1
_SCHEMA = """
CREATE TABLE requests (
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('planned', 'sent', 'answered', 'failed')),
    reason TEXT NOT NULL DEFAULT '',
    in_doubt INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    usd REAL NOT NULL DEFAULT 0,
    estimated INTEGER NOT NULL DEFAULT 0,
    planned_at TEXT NOT NULL,
    sent_at TEXT,
    ended_at TEXT,
    body TEXT NOT NULL,  -- what is long comes last, where summing up need not read it
    answer BLOB
);
CREATE INDEX requests_by_state ON requests (state);
CREATE TABLE fault (message TEXT NOT NULL);
"""


class State(StrEnum):
    """How far a request is."""

    PLANNED = "planned"
    SENT = "sent"
    ANSWERED = "answered"
    FAILED = "failed"


class Cost(Value):
    """Tokens and dollars of one call; estimated where the answer does not tell them."""

    input_tokens: int
    output_tokens: int
    usd: float
    estimated: bool


class Entry(Value):
    """What the ledger knows of a request that has ended.

    Attributes:
        reason: Why it failed; empty for an answer.
        answer: The body as it came, whatever it is.
    """

    state: State
    reason: str
    answer: bytes
    attempts: int
    cost: Cost


class Ledger:
    """An open ledger. Each process opens its own; SQLite keeps them apart.

    Raises:
        TeacherError: The file cannot be made, or is no ledger.
    """

    def __init__(self, path: Path):
        self.path = path
        try:
            self._connection = sqlite3.connect(path, timeout=60, isolation_level=None)
        except sqlite3.Error as error:
            raise TeacherError(
                f"the ledger {path} cannot be opened ({error}); give a file in a folder that exists and may be written"
            ) from error
        self._run("PRAGMA journal_mode = WAL")
        # An answer survives a power cut as soon as it is written down.
        self._run("PRAGMA synchronous = FULL")
        self._create()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def settle(self, worst_case: Callable[[str], Cost]) -> None:
        """Tidy up after earlier runs; only to be called while no courier is at work.

        What was never paid is forgotten: it is planned again if it is asked for again.
        What was sent without an answer may have been paid, and has failed.

        Args:
            worst_case: Says what a call with a body may have cost.
        """
        with self._transaction():
            for key, body in self._run("SELECT key, body FROM requests WHERE state = 'sent'").fetchall():
                self.charge(key, worst_case(body))
                self.fail(key, LOST_IN_CRASH, in_doubt=True)
            self._run("UPDATE requests SET state = 'failed' WHERE state = 'planned' AND in_doubt")
            self._run("DELETE FROM requests WHERE state IN ('planned', 'failed') AND NOT in_doubt")
            self._run("DELETE FROM fault")

    def plan(self, requests: Iterable[Request], resend: bool) -> None:
        """Write down what is to be sent; what was answered already, or has failed, stays as it is.

        Args:
            requests: What is asked for.
            resend: Whether to send again what failed in doubt about its payment.
        """
        with self._transaction():
            for request in requests:
                self._run(
                    "INSERT INTO requests (key, body, state, planned_at) VALUES (?, ?, 'planned', ?) "
                    "ON CONFLICT (key) DO UPDATE SET state = 'planned' WHERE state = 'failed' AND in_doubt AND ?",
                    (request.key, request.body, _now(), resend),
                )

    def planned(self, limit: int) -> list[Request]:
        """Return what is to be sent next, in the order in which it was planned."""
        rows = self._run("SELECT key, body FROM requests WHERE state = 'planned' ORDER BY rowid LIMIT ?", (limit,))
        return [Request(key=key, body=body) for key, body in rows]

    def mark_sent(self, key: str) -> None:
        """Write down that a call begins."""
        self._run(
            "UPDATE requests SET state = 'sent', attempts = attempts + 1, sent_at = ? WHERE key = ?", (_now(), key)
        )

    def mark_unsent(self, key: str, reason: str, in_doubt: bool) -> None:
        """Write down that a call ended without an answer and is to be made again."""
        self._run(
            "UPDATE requests SET state = 'planned', reason = ?, in_doubt = in_doubt OR ? WHERE key = ?",
            (reason, in_doubt, key),
        )

    def keep_answer(self, key: str, answer: bytes) -> None:
        """Write down an answer as it came."""
        self._run(
            "UPDATE requests SET state = 'answered', in_doubt = 0, answer = ?, ended_at = ? WHERE key = ?",
            (answer, _now(), key),
        )

    def fail(self, key: str, reason: str, in_doubt: bool = False) -> None:
        """Write down that no answer will come; in doubt if it may have been charged nevertheless."""
        self._run(
            "UPDATE requests SET state = 'failed', reason = ?, in_doubt = in_doubt OR ?, ended_at = ? WHERE key = ?",
            (reason, in_doubt, _now(), key),
        )

    def charge(self, key: str, cost: Cost) -> None:
        """Add what a call has cost, or may have; a request that is sent again after doubt may be charged twice."""
        self._run(
            "UPDATE requests SET input_tokens = input_tokens + ?, output_tokens = output_tokens + ?, usd = usd + ?, "
            "estimated = estimated OR ? WHERE key = ?",
            (cost.input_tokens, cost.output_tokens, cost.usd, cost.estimated, key),
        )

    def spent_usd(self) -> float:
        """Return what all calls have cost so far."""
        return float(self._run("SELECT COALESCE(SUM(usd), 0) FROM requests").fetchone()[0])

    def ended(self, keys: Iterable[str], resend: bool = False) -> set[str]:
        """Return those of some keys for which no call is to be made or waited for.

        Args:
            keys: Which requests to look up.
            resend: Whether to leave out what failed in doubt about its payment.
        """
        rows = self._run(
            "SELECT key FROM requests WHERE key IN (SELECT value FROM json_each(?)) "
            "AND (state = 'answered' OR state = 'failed' AND NOT (in_doubt AND ?))",
            (json.dumps(list(keys)), resend),
        )
        return {key for (key,) in rows}

    def read(self, key: str) -> Entry:
        """Return what is known of a request that has ended."""
        state, reason, answer, attempts, *cost = self._run(
            "SELECT state, reason, answer, attempts, input_tokens, output_tokens, usd, estimated "
            "FROM requests WHERE key = ?",
            (key,),
        ).fetchone()
        input_tokens, output_tokens, usd, estimated = cost
        return Entry(
            state=State(state),
            reason=reason,
            answer=answer or b"",
            attempts=attempts,
            cost=Cost(input_tokens=input_tokens, output_tokens=output_tokens, usd=usd, estimated=bool(estimated)),
        )

    def set_fault(self, message: str) -> None:
        """Write down why nothing more can be sent."""
        self._run("INSERT INTO fault VALUES (?)", (message,))

    def fault(self) -> str | None:
        """Return why nothing more can be sent, or ``None``."""
        row = self._run("SELECT message FROM fault").fetchone()
        return str(row[0]) if row else None

    def _create(self) -> None:
        with self._transaction():
            version = self._run("PRAGMA user_version").fetchone()[0]
            tables = self._run("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
            if version == 0 and tables == 0:
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    self._run(statement)
                self._run(f"PRAGMA user_version = {_VERSION}")
            elif version != _VERSION:
                raise TeacherError(f"{self.path} is no ledger of this version of columnist; give another file")

    def _run(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise TeacherError(
                f"the ledger {self.path} cannot be used ({error}); give one that may be written, on a disk with space"
            ) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._run("ROLLBACK")
            raise
        self._run("COMMIT")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

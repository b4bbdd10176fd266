"""The journal of finished texts: what a model has written is not asked for again.

It makes an interrupted run go on where it was, and a run over a changed script cost
only what changed. A text is found by all that decides it: the model, its prompts, the
engine, the schema the model read and the lead of the slot. With one exception: engines
decode many slots at once, and which ones they are can change the rounding of a sum and
with it a near-tie between two words. A text from the journal is one that this model
wrote for this slot; in other company it may have worded it otherwise.
"""

import sqlite3
from array import array
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from columnist.digests import canonical_json, digest_bytes
from columnist.modeling.engines.protocol import Filled
from columnist.modeling.prompts import Prompt, Slot

_VERSION = 1
_MAX_BYTES = 256 * 2**20  # half a million texts
_BUSY_S = 60.0  # another process may be writing; it does so for milliseconds
_SCHEMA = """
PRAGMA auto_vacuum = INCREMENTAL;  -- only then does a file that was pruned become smaller
PRAGMA journal_mode = WAL;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS filled (
    number INTEGER PRIMARY KEY,  -- the lowest are pruned first
    key BLOB NOT NULL UNIQUE,
    text TEXT NOT NULL,
    logprobs BLOB NOT NULL
);
COMMIT;
"""
_Result = TypeVar("_Result")


class Journal:
    """An open journal of one writer; a context manager.

    It is a convenience, and never the reason why a description fails: a file that is
    damaged is moved aside, one that cannot be used is done without, and one line says so.

    Attributes:
        path: The file; made where it is missing, together with its folder.
    """

    def __init__(
        self,
        path: Path,
        writer: str,
        on_trouble: Callable[[str], None],
        fresh: bool = False,
        max_bytes: int = _MAX_BYTES,
    ):
        """Open a journal.

        Args:
            path: The file.
            writer: Digest of all that decides a text beside the prompt: model, prompts, engine.
            on_trouble: Called with one line where the file cannot be used.
            fresh: Whether to read nothing that is kept; what is written replaces it.
            max_bytes: What the file may grow to; the oldest texts go first.
        """
        self.path = path
        self._writer, self._on_trouble, self._fresh, self._max_bytes = writer, on_trouble, fresh, max_bytes
        self._connection: sqlite3.Connection | None = None
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, prompt: Prompt) -> dict[int, Filled]:
        """Return what is known of a prompt's slots, by the index of the slot."""
        if self._fresh:
            return {}
        keys = {self._key(prompt, slot): slot.index for slot in prompt.slots}
        nothing: dict[bytes, Filled] = {}
        found = self._try(lambda connection: _select(connection, tuple(keys)), nothing)
        return {keys[key]: filled for key, filled in found.items()}

    def keep(self, prompt: Prompt, filled: tuple[Filled, ...]) -> None:
        """Write down what came for a prompt; once this has returned, killing the process loses none of it."""
        rows = [
            (self._key(prompt, slot), each.text, array("d", each.logprobs).tobytes())
            for slot, each in zip(prompt.slots, filled, strict=True)
        ]
        self._try(lambda connection: _insert(connection, rows), None)

    def close(self) -> None:
        """Prune the file to its size and close it."""
        self._try(lambda connection: _prune(connection, self._max_bytes), None)
        self._disconnect()

    def _key(self, prompt: Prompt, slot: Slot) -> bytes:
        read = prompt.model_dump(mode="json", exclude={"slots"})
        content = [self._writer, read, slot.model_dump(mode="json", exclude={"index"})]
        return bytes.fromhex(digest_bytes(canonical_json(content).encode()))

    def _open(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Engines may hand over what they have written from a thread of their own, one at a time.
            self._connection = sqlite3.connect(self.path, timeout=_BUSY_S, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            self._do_without(error)
            return
        self._try(_prepare, None)

    def _try(self, work: Callable[[sqlite3.Connection], _Result], otherwise: _Result) -> _Result:
        if self._connection is None:
            return otherwise
        try:
            return work(self._connection)
        except sqlite3.OperationalError as error:
            self._disconnect()
            self._do_without(error)
        except (sqlite3.DatabaseError, ValueError) as error:
            self._disconnect()
            self._set_aside(error)
        return otherwise

    def _do_without(self, error: Exception) -> None:
        self._on_trouble(
            f"the journal {self.path} cannot be used ({error}); this run goes on, but could not be taken up again"
        )

    def _set_aside(self, error: Exception) -> None:
        """Move a damaged file out of the way and begin a new one."""
        aside = self.path.with_suffix(".damaged")
        try:
            self.path.replace(aside)
            # They belong to the damaged file and would be played into the new one.
            for end in ("-wal", "-shm"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        except OSError as trouble:
            self._do_without(trouble)
            return
        self._on_trouble(f"the journal {self.path} is damaged ({error}); it was moved to {aside} and begun anew")
        self._open()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _prepare(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version not in (0, _VERSION):
        raise sqlite3.DatabaseError(f"version {version}, but this is version {_VERSION}")
    # In WAL mode, what is committed survives the end of the process without waiting for the disk.
    connection.execute("PRAGMA synchronous = NORMAL")
    if version == 0:
        connection.executescript(f"{_SCHEMA} PRAGMA user_version = {_VERSION};")


def _select(connection: sqlite3.Connection, keys: tuple[bytes, ...]) -> dict[bytes, Filled]:
    marks = ", ".join("?" * len(keys))
    rows = connection.execute(f"SELECT key, text, logprobs FROM filled WHERE key IN ({marks})", keys)
    return {key: Filled(text, tuple(array("d", logprobs))) for key, text, logprobs in rows}


def _insert(connection: sqlite3.Connection, rows: list[tuple[bytes, str, bytes]]) -> None:
    with connection:
        connection.executemany("INSERT OR REPLACE INTO filled (key, text, logprobs) VALUES (?, ?, ?)", rows)


def _prune(connection: sqlite3.Connection, max_bytes: int) -> None:
    (pages,), (size,) = (connection.execute(f"PRAGMA page_{fact}").fetchone() for fact in ("count", "size"))
    if pages * size <= max_bytes:
        return
    (texts,) = connection.execute("SELECT COUNT(*) FROM filled").fetchone()
    # A quarter more than needed goes, so that the next run does not have to prune again.
    surplus = round(texts * (1 - 0.75 * max_bytes / (pages * size)))
    with connection:
        connection.execute(
            "DELETE FROM filled WHERE number IN (SELECT number FROM filled ORDER BY number LIMIT ?)", (surplus,)
        )
    # A script is run to its end; a single statement is taken for done at its first page.
    connection.executescript("PRAGMA incremental_vacuum")

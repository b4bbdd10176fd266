"""A training set that is being made: its files, its state, and what it has seen, in one folder.

Files grow by whole examples. After each step the bytes they have are committed
together with everything else in one SQLite transaction; what a killed run wrote
after its last commit is cut off when the next one opens the folder. So nothing is
lost or doubled, whenever a process dies.
"""

import json
import os
import sqlite3
from collections import Counter
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np
from filelock import FileLock, Timeout

from columnist.digests import digest_bytes
from columnist.errors import TrainingSetError
from columnist.synthesis.candidates import Candidate
from columnist.synthesis.examples import Split
from columnist.synthesis.files import (
    ANSWERS_FILE,
    CARD_FILE,
    CARD_JSON_FILE,
    RECORD_FILE,
    STATE_FILE,
    file_name,
)
from columnist.synthesis.near_duplicates import NearDuplicateIndex
from columnist.synthesis.tally import Tally

REPEATED_STRUCTURE = "same columns as another example"
_HARVEST = "harvest"
NEAR_DUPLICATE = "near duplicate of another example"


class Workshop:
    """The folder of an unfinished training set, for one process at a time.

    Attributes:
        rejected: Candidates that were not used, by reason.
        tally: What was made so far.
        usage: What the teacher's calls came to so far.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        """Name a folder, and all that decides which bytes are made in it."""
        self._folder = folder
        self._identity = digest_bytes(identity.encode())
        self._lock = FileLock(folder / f"{STATE_FILE}.lock")
        self._files: dict[Split, BinaryIO] = {}
        self._places: dict[str, int] = {}
        self.rejected: Counter[str] = Counter()
        self.tally = Tally()
        self.usage: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()
        self._database.close()
        if (self._folder / RECORD_FILE).exists():
            self._let_go()
        else:
            self._lock.release()

    def made(self, split: Split) -> int:
        """The number of examples in a split."""
        return self.tally.examples[split.value]

    @property
    def made_in_all(self) -> int:
        """The number of examples in all splits."""
        return self.tally.examples.total()

    def place(self, split: Split) -> int:
        """The group with which a split goes on."""
        return self._places.get(split.value, 0)

    def is_new_structure(self, structure: int) -> bool:
        """Keep what a table consists of, unless it is there already; tell whether it was kept."""
        return self._database.execute("INSERT OR IGNORE INTO structure VALUES (?)", (structure,)).rowcount == 1

    def write(self, split: Split, candidate: Candidate) -> bool:
        """Append an example to its file unless a near duplicate is there already; tell whether it was written."""
        if not self._near_duplicates.add_if_new(np.frombuffer(candidate.signature, dtype=np.uint32)):
            return False
        self._files[split].write(candidate.line.encode() + b"\n")
        self.tally.add(split, candidate.labels, candidate.columns)
        return True

    @property
    def harvested(self) -> int | None:
        """The number of examples that were taken from harvests; none before that was done."""
        return self._places.get(_HARVEST)

    def commit_harvest(self, examples: int) -> None:
        """Make what was taken from harvests permanent."""
        self._places[_HARVEST] = examples
        self.commit(Split.TRAIN, 0)

    def commit(self, split: Split, group: int) -> None:
        """Make everything before a group permanent."""
        self._places[split.value] = group
        for file in self._files.values():
            file.flush()
        os.fsync(self._files[split].fileno())
        state = {
            "identity": self._identity,
            "places": self._places,
            "bytes": {each.value: file.tell() for each, file in self._files.items()},
            "rejected": self.rejected,
            "tally": self.tally.dump(),
            "usage": self.usage,
        }
        self._database.execute("INSERT OR REPLACE INTO state VALUES (0, ?)", (json.dumps(state),))
        self._database.commit()

    def finish(self) -> None:
        """Remove what only an unfinished training set needs."""
        self._database.close()
        for path in self._folder.glob(f"{STATE_FILE}*"):
            if not path.name.endswith(".lock"):
                path.unlink()

    def _open(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout:
            raise TrainingSetError(
                f"{self._folder}: another process is making a training set here; wait for it or choose another folder"
            ) from None
        except OSError as error:
            raise TrainingSetError(
                f"{self._folder}: the training set cannot be written: {error}; choose another folder"
            ) from error
        if (self._folder / RECORD_FILE).exists():
            self._let_go()
            raise TrainingSetError(
                f"{self._folder}: there is a finished training set already; choose another folder, or remove this one"
            )
        self._refuse_foreign_files()
        self._database = sqlite3.connect(self._folder / STATE_FILE)
        # One writer, one reader, and a state that can be made again: safe at every kill, without a wait at every page.
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute("CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY, value TEXT NOT NULL)")
        self._database.execute("CREATE TABLE IF NOT EXISTS structure (number INTEGER PRIMARY KEY)")
        self._near_duplicates = NearDuplicateIndex(self._database)
        self._resume()

    def _let_go(self) -> None:
        """Give up the lock and leave no trace of it, where nothing is made any more."""
        self._lock.release()
        (self._folder / f"{STATE_FILE}.lock").unlink(missing_ok=True)

    def _refuse_foreign_files(self) -> None:
        """Keep out of folders that hold something else: an unset variable must not fill the current one."""
        own = (STATE_FILE, ANSWERS_FILE, CARD_FILE, CARD_JSON_FILE, "identity.json", *map(file_name, Split))
        foreign = sorted(path.name for path in self._folder.iterdir() if not path.name.startswith(own))
        if foreign:
            self._let_go()
            raise TrainingSetError(
                f"{self._folder}: expected an empty folder or an unfinished training set, but it holds {foreign[0]}; "
                "name a new folder"
            )

    def _resume(self) -> None:
        row = self._database.execute("SELECT value FROM state").fetchone()
        state = json.loads(row[0]) if row else None
        if state and state["identity"] != self._identity:
            self._database.close()
            self._lock.release()
            raise TrainingSetError(
                f"{self._folder}: a training set of another configuration or version was begun here; "
                "choose another folder, or remove this one"
            )
        if state:
            self._places = dict(state["places"])
            self.rejected.update(state["rejected"])
            self.usage.update(state["usage"])
            self.tally = Tally.load(state["tally"])
        for split in Split:
            path = self._folder / file_name(split)
            path.touch()
            file = path.open("r+b")
            file.truncate(state["bytes"][split.value] if state else 0)
            file.seek(0, os.SEEK_END)
            self._files[split] = file

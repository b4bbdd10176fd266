"""Near duplicates: examples that teach the same thing twice.

Two examples are near duplicates when their shingles overlap by three quarters.
Comparing a million examples with each other needs MinHash signatures (datasketch)
and bands: only examples that agree on all of one band's values are compared. The
index lives in SQLite, so that its memory stays bounded and a killed run finds it
again.

Source: Broder, "On the resemblance and containment of documents", 1997; Leskovec
et al., "Mining of Massive Datasets", chapter 3.
"""

import sqlite3
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from columnist.ddl.tables import Table
from columnist.documentation import Texts
from columnist.synthesis.shingles import shingles_of

THRESHOLD = 0.75
PERMUTATIONS = 32
_BANDS = 8
_ROWS_PER_BAND = PERMUTATIONS // _BANDS
# Named, so that another release of datasketch cannot change which examples are kept.
_SCHEME = "affine32"
_SEED = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS signature (number INTEGER PRIMARY KEY, hashes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS band (hash INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (hash, number))
WITHOUT ROWID;
"""

Signature = npt.NDArray[np.uint32]


def sign(shingles: Iterable[str]) -> Signature:
    """Return the MinHash signature of a set of shingles: uint32, shape (PERMUTATIONS,).

    Example:
        >>> first, second = sign({"a b c", "b c d"}), sign({"b c d", "a b c"})
        >>> first.shape, float(similarity(first, second))
        ((32,), 1.0)
    """
    # Imported here: it brings SciPy along, which no command that merely describes needs.
    from datasketch import MinHash

    hashed = MinHash(num_perm=PERMUTATIONS, seed=_SEED, scheme=_SCHEME)
    hashed.update_batch([shingle.encode() for shingle in shingles])
    return np.asarray(hashed.hashvalues, dtype=np.uint32)


def sign_table(table: Table, texts: Texts) -> Signature:
    """Return the signature of a table with its texts."""
    return sign(shingles_of(table, texts))


def similarity(first: Signature, second: Signature) -> float:
    """Estimate the Jaccard similarity of what two signatures were made of; its standard error is below 0.09."""
    return float(np.mean(first == second))


class NearDuplicateIndex:
    """Signatures that were kept, to compare new ones with.

    It writes to the database it is given and never commits: whoever keeps the
    examples commits both at once.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.executescript(_SCHEMA)

    def add_if_new(self, signature: Signature) -> bool:
        """Keep a signature unless a near duplicate is there already; tell whether it was kept."""
        bands = _band_hashes(signature)
        if self._has_similar(signature, bands):
            return False
        cursor = self._database.execute("INSERT INTO signature (hashes) VALUES (?)", (signature.tobytes(),))
        self._database.executemany("INSERT OR IGNORE INTO band VALUES (?, ?)", [(b, cursor.lastrowid) for b in bands])
        return True

    def _has_similar(self, signature: Signature, bands: list[int]) -> bool:
        marks = ", ".join("?" * len(bands))
        rows = self._database.execute(
            f"SELECT hashes FROM signature WHERE number IN (SELECT number FROM band WHERE hash IN ({marks}))", bands
        )
        return any(similarity(signature, np.frombuffer(row[0], dtype=np.uint32)) >= THRESHOLD for row in rows)


def _band_hashes(signature: Signature) -> list[int]:
    """One 64-bit number per band: its values mixed with its place, so that bands are not mistaken for each other."""
    values = signature.reshape(_BANDS, _ROWS_PER_BAND).astype(np.uint64)
    hashes = np.arange(1, _BANDS + 1, dtype=np.uint64)
    for column in range(_ROWS_PER_BAND):
        # FNV-1a over whole values; overflow is what makes it a hash.
        hashes = (hashes ^ values[:, column]) * np.uint64(0x100000001B3)
        hashes ^= hashes >> np.uint64(29)
    return [int(value) for value in hashes.astype(np.int64)]

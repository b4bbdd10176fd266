"""SHA-256 digests of everything that matters: texts, values, files and folders."""

import hashlib
import json
from pathlib import Path
from typing import Any


def digest_bytes(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hex digits.

    Example:
        >>> digest_bytes(b"")[:16]
        'e3b0c44298fc1c14'
    """
    return hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, read in blocks so that size does not matter.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def canonical_json(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, UTF-8 kept as it is.

    Example:
        >>> canonical_json({"b": 1, "a": ["é"]})
        '{"a":["é"],"b":1}'
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_value(value: Any) -> str:
    """Return the SHA-256 of a JSON value's canonical text.

    Example:
        >>> digest_value({"a": 1, "b": 2}) == digest_value({"b": 2, "a": 1})
        True
    """
    return digest_bytes(canonical_json(value).encode())


def digest_folder(folder: Path) -> str:
    """Return the SHA-256 over the names and digests of all files below a folder.

    Order on disk, times and permissions do not count; names and bytes do.

    Raises:
        OSError: A file cannot be read.
    """
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return digest_value({p.relative_to(folder).as_posix(): digest_file(p) for p in files})

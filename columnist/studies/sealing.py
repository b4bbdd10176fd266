"""Seal who wrote which text: an encrypted file for each look, and a commitment that is published at the opening.

The commitment binds: nobody can say something else afterwards. A random nonce keeps it from
telling anything before. Each look has a key of its own: an earlier look opens nothing of a later one, and the
keys of later looks may be kept elsewhere meanwhile. What this does *not* cover: a person who reads the files of
keys while the study is open.
"""

import base64
import json
import os
import tempfile
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from secrets import token_bytes, token_hex

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from columnist.digests import canonical_json, digest_value
from columnist.errors import StudyError

_NONCE_BYTES = 12  # of AES-GCM; NIST SP 800-38D
_KEY_BITS = 256
_OTHERS = 0o077


class Role(StrEnum):
    """What a text is in a study."""

    CANDIDATE = "candidate"
    BASELINE = "baseline"
    ATTENTION_BETTER = "attention:better"
    ATTENTION_WORSE = "attention:worse"


def sealed_file(folder: Path, look: int) -> Path:
    """Return where who wrote the texts of a look is sealed."""
    return folder / f"sealed-{look}.json"


def name_key(study_id: str, look: int) -> str:
    """Return the name of the key of a look.

    Example:
        >>> name_key("3f0c6c1e9d2b7a45", 2)
        '3f0c6c1e9d2b7a45-look2'
    """
    return f"{study_id}-look{look}"


def seal(identities: Mapping[str, Role], key_folder: Path, name: str) -> tuple[bytes, str]:
    """Encrypt who wrote which text with a key of its own.

    Args:
        identities: The role of each text, by its id.
        key_folder: Where the key is kept, for its owner alone; nothing of it is stored with the study.
        name: Names the key: see ``name_key``.

    Returns:
        The sealed bytes, and the commitment: the SHA-256 of the content's canonical JSON.

    Raises:
        StudyError: The key cannot be written, or there is one of this name.
    """
    content = {"nonce": token_hex(32), "identities": {text: role.value for text, role in identities.items()}}
    commitment = digest_value(content)
    key = AESGCM.generate_key(_KEY_BITS)
    nonce = token_bytes(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, canonical_json(content).encode(), commitment.encode())
    _write_key(_key_file(key_folder, name), key)
    encoded = {"nonce": base64.b64encode(nonce).decode(), "sealed": base64.b64encode(sealed).decode()}
    return canonical_json({"cipher": "AES-256-GCM", **encoded}).encode(), commitment


def open_seal(sealed: bytes, commitment: str, key_folder: Path, name: str) -> dict[str, Role]:
    """Decrypt who wrote which text, and check it against the commitment.

    Raises:
        StudyError: The key is missing or does not fit, or the content is not what was committed to.
    """
    path = _key_file(key_folder, name)
    try:
        fields = json.loads(sealed)
        nonce, body = (base64.b64decode(fields[field], validate=True) for field in ("nonce", "sealed"))
        content = json.loads(AESGCM(_read_key(path)).decrypt(nonce, body, commitment.encode()))
    except (ValueError, KeyError, TypeError, InvalidTag) as error:
        raise StudyError(
            f"the sealed key does not open with {path} and the registered commitment: one of the three was changed or "
            "is of another study; restore the files of the opening"
        ) from error
    if digest_value(content) != commitment:
        raise StudyError(
            f"the sealed key's content has the SHA-256 {digest_value(content)[:16]}, but {commitment[:16]} was "
            "committed to; the study cannot count"
        )
    return {text: Role(role) for text, role in content["identities"].items()}


def drop_keys(key_folder: Path, study_id: str) -> None:
    """Remove the keys of a study that was never opened."""
    for path in key_folder.glob(_key_file(key_folder, f"{study_id}-look*").name):
        path.unlink(missing_ok=True)


def _key_file(folder: Path, name: str) -> Path:
    return folder / f"study-{name}.key"


def _write_key(path: Path, key: bytes) -> None:
    """Write a key whole or not at all, for its owner alone, and never over another one."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600 from the start
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(base64.b64encode(key))
                file.flush()
                os.fsync(file.fileno())
            os.link(temporary, path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise StudyError(f"{path}: the study's key cannot be written: {error.strerror}; check the folder") from error


def _read_key(path: Path) -> bytes:
    try:
        if path.stat().st_mode & _OTHERS:
            raise StudyError(
                f"{path}: expected a key for its owner alone, but others may read it; run: chmod 600 {path}"
            )
        return base64.b64decode(path.read_bytes(), validate=True)
    except OSError as error:
        raise StudyError(
            f"{path}: the study's key cannot be read: {error.strerror}; without it nobody can unblind the study"
        ) from error

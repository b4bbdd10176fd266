"""Signatures: who stands behind a value, so that a change of it shows.

An installation signs with an Ed25519 key of its own, made on first use. What is
signed is the canonical JSON of a value together with its purpose, so that a
signature for one purpose is none for another. A signature proves that the holder
of the key signed these bytes; who that is must be known from elsewhere, by the
key's fingerprint.

Source: Josefsson and Liusvaara, "Edwards-Curve Digital Signature Algorithm", RFC 8032, 2017.
"""

import base64
import os
import tempfile
from pathlib import Path
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from columnist.digests import canonical_json, digest_bytes
from columnist.errors import ConfigError
from columnist.values import Value

_KEY_FILE = "ed25519.pem"
_OTHERS = 0o077


class Signature(Value):
    """A signature with the public key that it matches.

    Attributes:
        purpose: What was signed for; part of the signed bytes.
        public_key: The 32 bytes of the key, as base64.
        fingerprint: SHA-256 of these bytes, to compare with one known from elsewhere.
        signature: The 64 bytes of the signature, as base64.
    """

    algorithm: Literal["Ed25519"] = "Ed25519"
    purpose: str
    public_key: str
    fingerprint: str
    signature: str


class Signer:
    """Signs with one private key.

    Example:
        >>> signer = Signer(Ed25519PrivateKey.generate())
        >>> signature = signer.sign({"rows": 3}, "count")
        >>> verify({"rows": 3}, signature), verify({"rows": 4}, signature)
        (True, False)
    """

    def __init__(self, key: Ed25519PrivateKey):
        self._key = key
        self._public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @classmethod
    def open(cls, folder: Path) -> "Signer":
        """Use the key of a folder, which is made with it on first use, for its owner alone.

        Raises:
            ConfigError: The key cannot be made or read, or others may read it.
        """
        path = folder / _KEY_FILE
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                _make_key(path)
            if path.stat().st_mode & _OTHERS:
                raise ConfigError(
                    f"{path}: expected a signing key for its owner alone, but others may read it; run: chmod 600 {path}"
                )
            return cls(_load_key(path))
        except OSError as error:
            raise ConfigError(
                f"{path}: the signing key cannot be made or read: {error.strerror}; check the folder's permissions"
            ) from error

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key."""
        return digest_bytes(self._public)

    def sign(self, value: Any, purpose: str) -> Signature:
        """Sign a JSON value for a purpose."""
        return Signature(
            purpose=purpose,
            public_key=base64.b64encode(self._public).decode(),
            fingerprint=self.fingerprint,
            signature=base64.b64encode(self._key.sign(_signed_bytes(value, purpose))).decode(),
        )


def verify(value: Any, signature: Signature) -> bool:
    """Whether a signature is that of its public key under a JSON value, and the fingerprint is the key's."""
    try:
        public = base64.b64decode(signature.public_key, validate=True)
        signed = base64.b64decode(signature.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signed, _signed_bytes(value, signature.purpose))
    except (ValueError, InvalidSignature):
        return False
    return digest_bytes(public) == signature.fingerprint


def _signed_bytes(value: Any, purpose: str) -> bytes:
    return canonical_json({"purpose": purpose, "value": value}).encode()


def _make_key(path: Path) -> None:
    """Make a key whole or not at all; of two processes that do so at once, the first wins."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600 from the start
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
        # A link, unlike a rename, never replaces the key that another process has made meanwhile.
        os.link(name, path)
    except FileExistsError:
        return
    finally:
        Path(name).unlink(missing_ok=True)


def _load_key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(_no_key(path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(_no_key(path))
    return key


def _no_key(path: Path) -> str:
    return f"{path}: expected an Ed25519 private key as PEM, but it is none; restore it, or remove it to make a new one"

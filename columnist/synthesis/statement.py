"""A proof as a signed statement, to hand to whoever owns the catalog."""

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from columnist import __version__
from columnist.digests import digest_file
from columnist.errors import TrainingSetError
from columnist.signing import Signature, Signer, verify
from columnist.synthesis.cleanliness import Proof
from columnist.synthesis.training_rows import TrainingFiles
from columnist.values import Value

PURPOSE = "columnist cleanliness statement 1"


class Statement(Value):
    """A proof with when and by which release it was made."""

    kind: Literal["columnist cleanliness statement"] = "columnist cleanliness statement"
    version: str
    made: datetime.datetime
    proof: Proof


class SignedStatement(Value):
    """A statement and the signature under its canonical JSON."""

    statement: Statement
    signature: Signature


def sign_proof(proof: Proof, signer: Signer, now: datetime.datetime) -> SignedStatement:
    """Make and sign a statement; only its time differs from one run to the next."""
    statement = Statement(version=__version__, made=now, proof=proof)
    return SignedStatement(statement=statement, signature=signer.sign(statement.model_dump(mode="json"), PURPOSE))


def read_statement(path: Path) -> tuple[SignedStatement, Any]:
    """Read a statement, and as the signature covers it: exactly what the file says.

    Raises:
        TrainingSetError: The file is no statement.
    """
    try:
        parsed = json.loads(path.read_bytes(), object_pairs_hook=_distinct)
        return SignedStatement.model_validate(parsed), parsed["statement"]
    except (OSError, ValueError, RecursionError) as error:
        raise TrainingSetError(
            f"{path}: expected a statement that prove-clean wrote, but {_problem(error)}; make one with --output"
        ) from error


def check_statement(
    path: Path, folder: Path | None = None, catalogs: Sequence[Path] = (), signer: str | None = None
) -> tuple[SignedStatement, tuple[str, ...]]:
    """Check a statement's signature, and that it is about the files given.

    Args:
        path: The statement.
        folder: The training set it should be about.
        catalogs: Catalogs it should have been compared with.
        signer: Fingerprint of the key that should have signed it.

    Returns:
        The statement, and what speaks against it; nothing if it holds.

    Raises:
        TrainingSetError: The file is no statement, or the files cannot be read.
    """
    signed, covered = read_statement(path)
    proof, signature = signed.statement.proof, signed.signature
    against = []
    if signature.purpose != PURPOSE or not verify(covered, signature):
        against.append("signature does not match: the statement was changed after it was signed")
    if signer is not None and signer.casefold() != signature.fingerprint:
        against.append(f"it was signed by the key {signature.fingerprint}, not by {signer}")
    if folder is not None and TrainingFiles(folder).digest != proof.training_set:
        against.append(f"it is not about the training set {folder}, or that was changed")
    compared = {catalog.sha256 for catalog in proof.catalogs}
    against += [
        f"it was not compared with {catalog}, or that was changed"
        for catalog in catalogs
        if _digest(catalog) not in compared
    ]
    return signed, tuple(against)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that is there twice: readers differ in which one they take."""
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key is there twice")
    return value


def _digest(path: Path) -> str:
    try:
        return digest_file(path)
    except OSError as error:
        raise TrainingSetError(
            f"{path}: expected a catalog, but it cannot be read: {error.strerror}; check the path"
        ) from error


def _problem(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'the file'}: {first['msg']}"
    return str(error)

"""Proving from the command line that a training set holds nothing of given catalogs, and checking such a proof."""

import datetime
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from columnist.errors import ConfigError, TrainingSetError
from columnist.files import check_file, check_folder, write_whole
from columnist.home import Home
from columnist.signing import Signer
from columnist.synthesis.canaries import Canaries, make_canary, read_canaries
from columnist.synthesis.cleanliness import Proof, Verdict, prove_clean
from columnist.synthesis.statement import SignedStatement, check_statement, sign_proof
from columnist.terminal import err, out, print_proof


def print_canary() -> None:
    """Print a word to plant."""
    out.print(make_canary())


def prove(
    catalogs: Sequence[Path],
    training_set: str | None,
    canaries: Sequence[str],
    files: Sequence[Path],
    output: Path | None,
    as_json: bool,
    signer: str | None,
) -> bool:
    """Compare a training set with catalogs, sign what came of it, and tell whether it is clean.

    Args:
        catalogs: Files of documented tables, or scripts with comments.
        training_set: A folder or the id of a stored training set; the latest one if left out.
        canaries: What to look for beside.
        files: Files of canaries.
        output: Where to write the signed statement.
        as_json: Whether to print it.
        signer: Of no use here: the key of this installation signs.

    Raises:
        ConfigError: An option cannot be used, or there is no such training set.
        TrainingSetError: The training set or a catalog cannot be read.
        SourceError: A script cannot be read.
    """
    if signer is not None:
        raise ConfigError("--signer says which key a statement must have been signed by; use it with --verify FILE")
    if not catalogs:
        raise ConfigError("expected at least one catalog to compare with; name it with --catalog FILE")
    if output:
        check_folder(output)
    _check(catalogs)
    for file in files:
        check_file(file, "a text file with one canary to a line")
    planted = read_canaries(canaries, files)
    key = Signer.open(Home.find().folder / "keys")
    with _training_folder(training_set) as folder:
        signed = sign_proof(_prove(folder, catalogs, planted), key, datetime.datetime.now(datetime.UTC))
    if output:
        write_whole(output, signed.model_dump_json(indent=2) + "\n")
    _print(signed, as_json)
    return signed.statement.proof.verdict is Verdict.PASS


def verify(
    path: Path, catalogs: Sequence[Path], training_set: str | None, signer: str | None, as_json: bool, **others: Any
) -> bool:
    """Tell whether a statement is as it was signed, is about the files given, and says that they are clean.

    Raises:
        ConfigError: An option cannot be used, or there is no such training set.
        TrainingSetError: The file is no statement, or the files cannot be read.
    """
    if any(others.values()):
        raise ConfigError("--output, --canary and --canary-file make a statement; leave them out with --verify")
    check_file(path, "a statement that prove-clean wrote with --output")
    _check(catalogs)
    if training_set is None:
        signed, against = check_statement(path, None, catalogs, signer)
    else:
        with _training_folder(training_set) as folder:
            signed, against = check_statement(path, folder, catalogs, signer)
    if against:
        # What it says is not repeated: it may not be what was signed.
        for reason in against:
            err.print(reason, markup=False, soft_wrap=True)
        return False
    _print(signed, as_json)
    if not as_json:
        out.print("signature matches", "" if signer else "its key; compare the fingerprint with one you know")
    return signed.statement.proof.verdict is Verdict.PASS


def _check(catalogs: Sequence[Path]) -> None:
    for catalog in catalogs:
        check_file(catalog, "a catalog of described tables: JSON lines, or a script with comments")


def _print(signed: SignedStatement, as_json: bool) -> None:
    if as_json:
        out.print(signed.model_dump_json(indent=2), markup=False, soft_wrap=True)
    else:
        print_proof(signed)


def _prove(folder: Path, catalogs: Sequence[Path], canaries: Canaries) -> Proof:
    columns = (TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("rows", total=None)
        return prove_clean(
            folder, catalogs, canaries, lambda done, total: progress.update(task, completed=done, total=total)
        )


@contextmanager
def _training_folder(training_set: str | None) -> Iterator[Path]:
    """Give the folder of a training set; the stores are opened only if it is in one.

    Raises:
        ConfigError: There is no such training set.
        TrainingSetError: There is no such folder.
    """
    if training_set is not None and Path(training_set).is_dir():
        yield Path(training_set)
        return
    if training_set is not None and (os.sep in training_set or Path(training_set).exists()):
        raise TrainingSetError(f"{training_set}: expected the folder or the id of a training set; check the path")
    from columnist.registry.sessions import open_stores
    from columnist.registry.training_folders import open_training_set

    open_stores(Home.find())
    with open_training_set(training_set) as folder:
        yield folder

"""The rows of a training set as a stream, for work that must not depend on its size."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from columnist.digests import digest_file, digest_value
from columnist.errors import TrainingSetError
from columnist.synthesis.examples import Split, combine_digests
from columnist.synthesis.files import RECORD_FILE, file_name, require_finished
from columnist.synthesis.record import SynthesisRecord

_BLOCK = 1 << 20


@dataclass(frozen=True)
class TrainingRow:
    """What a model would learn from one example.

    Attributes:
        json: The parsed line.
        texts: The reference and all comments of the table.
    """

    id: str
    split: Split
    ddl: str
    table: str
    columns: tuple[str, ...]
    texts: tuple[str, ...]
    json: Any


class TrainingFiles:
    """The files of a training set in a folder.

    Attributes:
        rows: Number of rows by split.
        digests: SHA-256 of the file of each split.
    """

    def __init__(self, folder: Path):
        """Count and digest what is there.

        Raises:
            TrainingSetError: A split is missing, the set is unfinished, or there is no row at all.
        """
        self._folder = folder
        require_finished(folder)
        try:
            self.digests = {split: digest_file(folder / file_name(split)) for split in Split}
            self.rows = {split: _count_lines(folder / file_name(split)) for split in Split}
        except OSError as error:
            files = ", ".join(file_name(split) for split in Split)
            raise TrainingSetError(
                f"{folder}: expected a training set with {files}, but {error.filename}: {error.strerror}; "
                "check the folder"
            ) from error
        if not self.total:
            raise TrainingSetError(f"{folder}: expected rows, but all splits are empty; synthesize the set again")

    @property
    def total(self) -> int:
        """Number of rows in all."""
        return sum(self.rows.values())

    @property
    def digest(self) -> str:
        """The training set's digest as the store records it; without a record, over the files alone.

        Raises:
            TrainingSetError: The record cannot be read.
        """
        path = self._folder / RECORD_FILE
        files = {split.value: digest for split, digest in self.digests.items()}
        if not path.exists():
            return digest_value({"files": files})
        try:
            return combine_digests(files, SynthesisRecord.model_validate_json(path.read_bytes()))
        except (OSError, ValidationError) as error:
            raise TrainingSetError(
                f"{path}: expected the record of a training set, but it is none; synthesize the set again"
            ) from error

    def read(self, progress: Callable[[int, int], None]) -> Iterator[TrainingRow]:
        """Yield the rows of all splits.

        Raises:
            TrainingSetError: A line is no example.
        """
        done = 0
        for split in Split:
            path = self._folder / file_name(split)
            with path.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield parse_row(line, split, f"{path}, line {number}")
                        done += 1
                        progress(done, self.total)


def parse_row(line: bytes, split: Split, where: str) -> TrainingRow:
    """Read one line.

    Raises:
        TrainingSetError: It is no example.

    Example:
        >>> line = b'{"id":"1","ddl":"","table":{"name":"t","columns":[]},"reference":{"table":"A t.","columns":[]}}'
        >>> parse_row(line, Split.TRAIN, "line 1").texts
        ('A t.',)
    """
    try:
        row = json.loads(line)
        table, reference = row["table"], row["reference"]
        columns = table["columns"]
        comments = (table.get("comment"), *(column.get("comment") for column in columns))
        texts = (reference["table"], *reference["columns"], *comments)
        return TrainingRow(
            id=str(row["id"]),
            split=split,
            ddl=str(row["ddl"]),
            table=str(table["name"]),
            columns=tuple(str(column["name"]) for column in columns),
            texts=tuple(str(text) for text in texts if text),
            json=row,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        problem = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise TrainingSetError(
            f"{where}: expected an example as JSON, but {problem}; synthesize the set again"
        ) from error


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        lines, last = 0, b"\n"
        while block := file.read(_BLOCK):
            lines, last = lines + block.count(b"\n"), block[-1:]
    return lines + (last != b"\n")

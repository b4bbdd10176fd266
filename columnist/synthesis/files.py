"""Training sets as folders: one JSON line per example, and the record beside them."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from columnist.digests import canonical_json
from columnist.errors import TrainingSetError
from columnist.synthesis.card import DataCard, render_card
from columnist.synthesis.examples import Example, Split, TrainingSet
from columnist.synthesis.record import SynthesisRecord

RECORD_FILE = "record.json"
CARD_FILE = "card.md"
CARD_JSON_FILE = "card.json"
STATE_FILE = "unfinished.sqlite"  # in the folder of a set that is being made, and nowhere else
ANSWERS_FILE = "answers.sqlite"  # what a served teacher was paid for
_Kind = TypeVar("_Kind", bound=BaseModel)


def write_training_set(training_set: TrainingSet, folder: Path) -> None:
    """Write a training set; the same set gives the same bytes.

    Raises:
        TrainingSetError: The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for split in Split:
            lines = [_line(example) for example in training_set.split(split)]
            (folder / file_name(split)).write_bytes("".join(lines).encode())
        (folder / RECORD_FILE).write_bytes(_line(training_set.record).encode())
    except OSError as error:
        raise TrainingSetError(
            f"{folder}: the training set cannot be written: {error}; choose another folder"
        ) from error


def write_card(card: DataCard, folder: Path) -> None:
    """Write a data card as Markdown, to read, and as JSON, to work with."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CARD_FILE).write_text(render_card(card), encoding="utf-8", newline="\n")
    (folder / CARD_JSON_FILE).write_text(card.model_dump_json(indent=1) + "\n", encoding="utf-8", newline="\n")


def read_training_set(folder: Path) -> TrainingSet:
    """Read a training set that ``write_training_set`` wrote.

    Raises:
        TrainingSetError: A file is missing, or a line is not what was written.
    """
    record = read_record(folder)
    train, validation, test = (_read_split(folder / file_name(split)) for split in Split)
    return TrainingSet(train=train, validation=validation, test=test, record=record)


def require_finished(folder: Path) -> None:
    """Refuse a folder in which a training set is being made, or was when its process died.

    Raises:
        TrainingSetError: It is not finished.
    """
    # A process that died after the record, and before it tidied up, has finished.
    if (folder / STATE_FILE).exists() and not (folder / RECORD_FILE).exists():
        raise TrainingSetError(
            f"{folder}: the training set is not finished; run the command that makes it again, and it goes on"
        )


def read_record(folder: Path) -> SynthesisRecord:
    """Read how a training set came to be.

    Raises:
        TrainingSetError: The file is missing, or not what was written.
    """
    return _parse(SynthesisRecord, _read(folder / RECORD_FILE), folder / RECORD_FILE)


def _read_split(path: Path) -> tuple[Example, ...]:
    # Not splitlines: texts may carry separators that only Python takes for line ends.
    lines = _read(path).removesuffix("\n").split("\n")
    numbered = ((f"{path}, line {number}", line) for number, line in enumerate(lines, 1) if line)
    return tuple(_parse(Example, line, where) for where, line in numbered)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingSetError(
            f"{path}: expected a file of a training set, but it cannot be read: {error}; synthesize the set again"
        ) from error


def _parse(kind: type[_Kind], line: str, where: object) -> _Kind:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"]) or "the line"
        raise TrainingSetError(
            f"{where}: expected {kind.__name__} as JSON, but {place}: {problem['msg']}; synthesize the set again"
        ) from error


def _line(value: Example | SynthesisRecord) -> str:
    return canonical_json(value.model_dump(mode="json")) + "\n"


def file_name(split: Split) -> str:
    """The file that holds a split."""
    return f"{split.value}.jsonl"

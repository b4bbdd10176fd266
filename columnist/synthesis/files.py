"""Training sets as folders: one file of JSON lines a split, and the record of how they came to be."""

from pathlib import Path

from pydantic import ValidationError

from columnist.digests import canonical_json
from columnist.errors import TrainingSetError
from columnist.synthesis.examples import Example, Split, SynthesisRecord, TrainingSet

_RECORD = "record.json"


def write_training_set(training_set: TrainingSet, folder: Path) -> None:
    """Write a training set; equal training sets give equal bytes.

    Args:
        training_set: What to write.
        folder: Where to; made if it is not there.

    Raises:
        OSError: The folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for split in Split:
        lines = (canonical_json(example.model_dump(mode="json")) + "\n" for example in training_set.split(split))
        (folder / f"{split.value}.jsonl").write_text("".join(lines), encoding="utf-8")
    record = canonical_json(training_set.record.model_dump(mode="json")) + "\n"
    (folder / _RECORD).write_text(record, encoding="utf-8")


def read_training_set(folder: Path) -> TrainingSet:
    """Read a training set that ``write_training_set`` wrote.

    Raises:
        TrainingSetError: A file is missing or a line is damaged; the message names it.
    """
    record = _read(folder / _RECORD)
    try:
        return TrainingSet(
            **{split.value: _read_examples(folder / f"{split.value}.jsonl") for split in Split},
            record=SynthesisRecord.model_validate_json(record),
        )
    except ValidationError as error:
        raise TrainingSetError(f"{folder / _RECORD} is damaged; synthesize the training set again") from error


def _read_examples(file: Path) -> tuple[Example, ...]:
    examples = []
    # Only line feeds end a line: texts may hold other separators.
    for number, line in enumerate(_read(file).split("\n"), start=1):
        if not line:
            continue
        try:
            examples.append(Example.model_validate_json(line))
        except ValidationError as error:
            raise TrainingSetError(f"{file}:{number} is no example; synthesize the training set again") from error
    return tuple(examples)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingSetError(f"{file} cannot be read; synthesize the training set again") from error

"""From a model's reference to a record or to the result of a check."""

from pathlib import Path

from columnist.canary.canary_set import read_canary_set
from columnist.canary.checking import CanaryConfig, CanaryResult, check_texts
from columnist.canary.fingerprint import take_fingerprint
from columnist.canary.pinning import PinnedRecord, find_record, pin, pinned_file, read_record, store_record
from columnist.canary.writing import find_subject, write_texts
from columnist.evaluation import Similarity
from columnist.home import Home
from columnist.modeling.engines import EngineName
from columnist.modeling.filling import OnProgress, Progress
from columnist.modeling.similarity import find_encoder
from columnist.progress import ProgressLog


def pin_model(
    model: str | None,
    engine: EngineName,
    home: Home,
    file: Path | None = None,
    on_progress: OnProgress | None = None,
) -> tuple[PinnedRecord, Path]:
    """Let a model write about the canary set, and keep that as its record.

    Args:
        model: As ``find_subject`` takes it.
        engine: What to decode with.
        home: Where the registry and the records are.
        file: Where to write the record, in the place of the home's own.
        on_progress: Called whenever a prompt is finished.

    Returns:
        The record and its file.

    Raises:
        ColumnistError: The model cannot be used, or the file cannot be written.
    """
    canaries, subject = read_canary_set(), find_subject(model, home)
    fingerprint = take_fingerprint(subject.adapter, engine)
    texts = write_texts(subject.adapter, canaries, engine, on_progress)
    record = pin(subject.reference, fingerprint, canaries, texts, _similarity())
    path = file or pinned_file(subject.reference, home)
    store_record(record, path)
    return record, path


def rescore(model: str | None, against: Path | None, config: CanaryConfig, home: Home) -> CanaryResult:
    """Let a model write about the canary set anew, and compare that with its record.

    Args:
        model: As ``find_subject`` takes it.
        against: File of the record, in the place of the one that belongs to the model.
        config: How to check.
        home: Where the registry and the records are.

    Raises:
        CanaryError: There is no record, or it was changed.
        ColumnistError: The model cannot be used.
    """
    canaries, subject = read_canary_set(), find_subject(model, home)
    record = read_record(against or find_record(subject.reference, home), canaries)
    fingerprint = take_fingerprint(subject.adapter, config.engine)
    log = ProgressLog("canaries, texts")

    def say(done: Progress) -> None:
        log.update(done.texts, done.all_texts)

    texts = write_texts(subject.adapter, canaries, config.engine, say)
    return check_texts(record, subject.reference, fingerprint, canaries, texts, config, _similarity())


def _similarity() -> Similarity | None:
    encoder = find_encoder()
    return encoder.similarities if encoder else None

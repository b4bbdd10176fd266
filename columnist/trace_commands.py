"""The commands ``run.py trace`` and ``run.py affected``: from a comment to what it came from, and back."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from columnist.errors import ConfigError, TrainingSetError

if TYPE_CHECKING:
    from columnist.synthesis.examples import Split
    from columnist.tracing.affected import Place

_PROMOTION = Path(__file__).resolve().parent.parent / "configs" / "promote" / "default.yaml"


@click.command()
@click.argument("place", metavar="TABLE.COLUMN")
@click.option(
    "--documented-as",
    "document",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="The document as it was written, or the record that describe --record wrote.",
)
@click.option("--training-set", type=click.Path(path_type=Path), metavar="FOLDER", help="What its model learned from.")
@click.option("--nearest", "count", type=click.IntRange(0, 100), default=5, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def trace(place: str, document: Path, training_set: Path | None, count: int, as_json: bool) -> None:
    """Print who wrote a published comment: model, version, prompts, and the training examples that are most like it.

    Nearest is not cause: models learn from all of their examples at once.

    \b
    Example: python run.py trace orders.qty_oh --documented-as schema.sql.record.json
    """
    from columnist.home import Home
    from columnist.tracing.comments import find_text, trace_comment
    from columnist.tracing.records import find_record

    record = find_record(document, Home.find())
    text = find_text(record, place)
    _open_stores()
    from columnist.modeling.similarity import find_encoder
    from columnist.registry.learned import list_learned_versions
    from columnist.synthesis.examples import Split

    # A person's text, and one of a model that was not tuned, have no examples to be near to.
    sha256 = record.author.training_set_sha256
    lines = _lines_of(sha256, training_set, Split.TRAIN) if sha256 and text.origin.value == "model" and count else None
    encoder = find_encoder() if lines is not None else None
    versions = list_learned_versions()
    found = trace_comment(record, text, versions, lines, count, encoder.embed if encoder else None)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        from columnist.terminal_tracing import print_trace

        print_trace(found)


@click.command()
@click.option("--example", "example_id", required=True, metavar="ID", help="Id of a training example.")
@click.option(
    "--training-set",
    "folders",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FOLDER",
    help="Look into this folder too.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def affected(example_id: str, folders: tuple[Path, ...], as_json: bool) -> None:
    """Print what came of a training example: sets, adapters, versions with their aliases, and documents.

    \b
    Example: python run.py affected --example train-000012-2
    """
    from columnist.home import Home
    from columnist.tracing.affected import trace_example
    from columnist.tracing.records import list_records

    _open_stores()
    from columnist.registry.learned import list_learned_adapters, list_learned_versions

    found = trace_example(
        example_id,
        list(_find_places(example_id, folders)),
        list_learned_versions(),
        list_learned_adapters,
        list_records(Home.find()),
    )
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        from columnist.terminal_tracing import print_affected

        print_affected(found)


def read_installations() -> tuple[str, ...]:
    """Return the fingerprints of other installations whose entries in the audit log count, as configured."""
    from columnist.configuration import load_config
    from columnist.promotion.config import PromotionConfig

    config = load_config(_PROMOTION, {"promotion": PromotionConfig})["promotion"]
    return PromotionConfig.model_validate(config).installations


def _lines_of(sha256: str, folder: Path | None, split: "Split") -> Iterator[str] | None:
    """Return the examples of the training set with a digest: of a folder, or of the store; ``None`` if it has none."""
    from columnist.registry.learned import list_sets
    from columnist.synthesis.browsing import read_lines

    if folder is not None:
        if (found := _digest_of(folder)) != sha256:
            raise ConfigError(
                f"{folder} holds the training set with SHA-256 {found[:16]}, but the model learned from {sha256[:16]}; "
                "name that one"
            )
        return read_lines(folder, split)
    stored = next((each for each in list_sets() if each.sha256 == sha256), None)
    return stored.rows(split) if stored else None


def _find_places(example_id: str, folders: tuple[Path, ...]) -> "Iterator[Place]":
    from columnist.digests import digest_bytes
    from columnist.registry.learned import list_sets
    from columnist.synthesis.browsing import read_lines
    from columnist.synthesis.examples import Split
    from columnist.tracing.affected import Place, find_example

    sets: list[tuple[str, str, Callable[[Split], Iterator[str]]]]
    sets = [(str(folder), _digest_of(folder), partial(read_lines, folder)) for folder in folders]
    sets += [(each.artifact_id, each.sha256, each.rows) for each in list_sets()]
    for where, sha256, rows in sets:
        for split in Split:
            line = find_example(example_id, rows(split))
            if line is not None:
                own = digest_bytes(line.rstrip("\n").encode())
                yield Place(where=where, training_set_sha256=sha256, split=split, example_sha256=own)
                break


def _digest_of(folder: Path) -> str:
    """Return the digest of a training set's folder, reading its files once, whatever their size.

    Raises:
        TrainingSetError: A file is missing.
    """
    from columnist.digests import digest_file
    from columnist.synthesis.examples import Split, combine_digests
    from columnist.synthesis.files import file_name, read_record

    record = read_record(folder)
    try:
        files = {split.value: digest_file(folder / file_name(split)) for split in Split}
    except OSError as error:
        raise TrainingSetError(
            f"{error.filename}: expected a file of a training set, but it cannot be read: {error.strerror}; name "
            "another folder"
        ) from error
    return combine_digests(files, record)


def _open_stores() -> None:
    from columnist.home import Home
    from columnist.registry.sessions import open_stores

    open_stores(Home.find())

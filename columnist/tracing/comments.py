"""Trace a published comment: who wrote it, by which prompts, and which training examples are like it."""

from collections.abc import Iterable, Sequence

from columnist.documentation import Origin
from columnist.errors import ConfigError
from columnist.registry.learned import LearnedVersion
from columnist.tracing.nearest import CAUTION, Embed, Nearest, Query, find_nearest
from columnist.tracing.records import DocumentRecord, WrittenText
from columnist.values import Value


class CommentTrace(Value):
    """Where a text came from.

    Attributes:
        record_sha256: Of the record that tells it.
        versions: Registered versions with the adapter that wrote it.
        nearest: Texts of training examples; empty for a person's text, and where the training set is not here.
        measured: How similarity was measured.
        caution: What similarity does not mean.
        notes: What could not be found.
    """

    text: WrittenText
    record: DocumentRecord
    record_sha256: str
    versions: tuple[LearnedVersion, ...]
    nearest: tuple[Nearest, ...]
    measured: str
    caution: str
    notes: tuple[str, ...]


def find_text(record: DocumentRecord, place: str) -> WrittenText:
    """Return a text of a document.

    Raises:
        ConfigError: The document has no such table or column, or says nothing of it.
    """
    found = record.find(place)
    if found is None:
        tables = ", ".join(dict.fromkeys(each.table for each in record.texts))
        raise ConfigError(f"the document has no {place}; expected TABLE.COLUMN or TABLE, of: {tables[:200]}")
    if found.origin is Origin.NONE:
        raise ConfigError(f"nobody has written anything about {place}: the document has no text there")
    return found


def trace_comment(
    record: DocumentRecord,
    text: WrittenText,
    versions: Sequence[LearnedVersion],
    lines: Iterable[str] | None,
    count: int,
    embed: Embed | None,
) -> CommentTrace:
    """Trace a text.

    Args:
        record: Of the document.
        text: One of its texts.
        versions: All that are registered.
        lines: The examples that its model learned from; ``None`` where they are not here.
        count: How many near examples to find.
        embed: The sentence encoder; without one, words alone are compared.
    """
    author, notes = record.author, []
    nearest: tuple[Nearest, ...] = ()
    own = tuple(each for each in versions if each.adapter_sha256 == author.adapter_sha256 and author.adapter_sha256)
    if text.origin is Origin.HUMAN:
        notes.append("a person wrote it, and no model has changed it")
        own = ()
    elif not author.adapter_sha256:
        notes.append("its model was not tuned here, so there are no training examples to look at")
    elif lines is None:
        notes.append(
            f"the training set with SHA-256 {author.training_set_sha256[:16]} is not here; name its folder with "
            "--training-set"
        )
    else:
        query = Query(name=text.column or text.table, text=text.text, is_table=not text.column)
        nearest = find_nearest(query, lines, count, embed)
    if text.origin is Origin.MODEL and author.adapter_sha256 and not own:
        notes.append("no registered version has this adapter")
    return CommentTrace(
        text=text,
        record=record.model_copy(update={"texts": ()}),
        record_sha256=record.digest,
        versions=own,
        nearest=nearest,
        measured="cosine of sentence embeddings" if embed else "share of words in common",
        caution=CAUTION,
        notes=tuple(notes),
    )

"""What came of a training example: the sets it is in, the adapters and versions that learned from them, the documents.

An example of the train split was learned from. One of the validation split has at most decided when training
stopped, and one of the test split has only been measured on.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence

from columnist.errors import ConfigError
from columnist.registry.learned import LearnedAdapter, LearnedVersion
from columnist.synthesis.examples import Split
from columnist.tracing.records import DocumentRecord
from columnist.values import Value


class Place(Value):
    """Where an example was found.

    Attributes:
        where: The folder of a training set, or the id of a stored one.
        example_sha256: Of the example's line: the same id may name another example in another set.
    """

    where: str
    training_set_sha256: str
    split: Split
    example_sha256: str


class Affected(Value):
    """What an example has had a part in.

    Attributes:
        adapters: Training runs.
        documents: Those whose records are kept in this home.
        notes: What follows, and what cannot be known.
    """

    example_id: str
    places: tuple[Place, ...]
    adapters: tuple[LearnedAdapter, ...]
    versions: tuple[LearnedVersion, ...]
    documents: tuple[DocumentRecord, ...]
    notes: tuple[str, ...]


def find_example(example_id: str, lines: Iterable[str]) -> str | None:
    """Return the line of an example; only lines that name its id are parsed.

    Example:
        >>> find_example("train-1", ['{"id":"train-11"}', '{"group":"train-1","id":"train-2"}', '{"id":"train-1"}'])
        '{"id":"train-1"}'
    """
    quoted = json.dumps(example_id)
    return next((line for line in lines if quoted in line and json.loads(line).get("id") == example_id), None)


def trace_example(
    example_id: str,
    places: Sequence[Place],
    versions: Sequence[LearnedVersion],
    adapters_of: Callable[[str], Iterable[LearnedAdapter]],
    records: Iterable[DocumentRecord],
) -> Affected:
    """Follow an example to all that learned from it.

    Args:
        example_id: The example.
        places: Where it was found.
        versions: All that are registered.
        adapters_of: Returns the training runs on a training set, by its digest.
        records: Of documents.

    Raises:
        ConfigError: It was found nowhere.
    """
    if not places:
        raise ConfigError(
            f"no training set holds an example {example_id!r}; list some: run.py examples --json, or name the folder "
            "of a set with --training-set"
        )
    learned = sorted({place.training_set_sha256 for place in places if place.split is Split.TRAIN})
    return Affected(
        example_id=example_id,
        places=tuple(places),
        adapters=tuple(adapter for sha256 in learned for adapter in adapters_of(sha256)),
        versions=tuple(each for each in versions if each.training_set_sha256 in learned),
        documents=tuple(
            each.model_copy(update={"texts": ()}) for each in records if each.author.training_set_sha256 in learned
        ),
        notes=tuple(_list_notes(places, learned)),
    )


def _list_notes(places: Sequence[Place], learned: Sequence[str]) -> Iterator[str]:
    for place in places:
        if place.split is Split.VALIDATION:
            yield f"in {place.where} it is in the validation split: it was not learned from, and chose when to stop"
        elif place.split is Split.TEST:
            yield f"in {place.where} it is in the test split: it was only measured on"
    if len({place.example_sha256 for place in places}) > 1:
        yield "sets hold different examples under this id"
    if learned:
        yield "documents without a record, or with one in another home, are not listed: describe with --record"
        yield "which texts would be different without it cannot be known: a model learns from all examples at once"

"""Measure one model's texts: every metric module over the same tables, one value per table."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import Field

from columnist.documentation import Texts
from columnist.errors import TrainingSetError
from columnist.evaluation import metrics
from columnist.evaluation.described import says
from columnist.evaluation.measures import MEASURES
from columnist.values import Value

if TYPE_CHECKING:
    # What makes training sets takes most of a second to load, and whoever describes tables needs none of it.
    from columnist.synthesis.examples import Example

# Values of each measure by its name, one per table.
Measured = Mapping[str, Sequence[float | None]]
# Cosines of texts and their counterparts, in order.
Similarity = Callable[[Sequence[str], Sequence[str]], Sequence[float]]
_NEEDS_ENCODER = "semantic"


class ReplyFaults(Value):
    """What a raw reply about one table got wrong in its form; nothing where the product owns the form.

    Attributes:
        missing: Texts that were not there exactly once.
        invented: Texts for names that there are not.
    """

    missing: int = Field(default=0, ge=0)
    invented: int = Field(default=0, ge=0)


def measure_texts(
    examples: Sequence["Example"],
    predictions: Sequence[Texts],
    similarity: Similarity | None = None,
    faults: Sequence[ReplyFaults] | None = None,
) -> Measured:
    """Return every measure's values, one per table in the order of the examples; ``None`` where it has none.

    Args:
        examples: Tables with their references.
        predictions: One model's texts, in the same order.
        similarity: Tells how near two texts are in meaning; without it, that is not measured.
        faults: What its replies got wrong in their form; nothing if left out.

    Raises:
        TrainingSetError: There are fewer than two tables, so there is no interval.
        ValueError: The texts do not belong to the examples, by number of tables or columns.
    """
    _require_aligned(examples, predictions)
    found = faults or [ReplyFaults()] * len(examples)
    inputs: dict[str, Any] = {
        "predictions": [_flatten(texts) for texts in predictions],
        "references": [_flatten(example.reference) for example in examples],
        "names": [(example.table.name, *(column.name for column in example.table.columns)) for example in examples],
        "schemas": [example.table.model_dump_json() for example in examples],
        "missing": [each.missing for each in found],
        "invented": [each.invented for each in found],
    }
    modules = dict.fromkeys(measured.metric for measured in MEASURES)
    if similarity:
        inputs["similarities"] = _similarities(inputs["predictions"], inputs["references"], similarity)
    else:
        del modules[_NEEDS_ENCODER]
    return {name: values for module in modules for name, values in metrics.compute(module, inputs).items()}


def _similarities(
    predictions: Sequence[Sequence[str]], references: Sequence[Sequence[str]], similarity: Similarity
) -> list[tuple[float, ...]]:
    """Return one similarity per text; a text that says nothing is near to nothing."""
    written = [says(text).strip() for texts in predictions for text in texts]
    values = similarity(written, [text for texts in references for text in texts])
    rest = iter([value if text else 0.0 for text, value in zip(written, values, strict=True)])
    return [tuple(islice(rest, len(texts))) for texts in predictions]


def _require_aligned(examples: Sequence["Example"], predictions: Sequence[Texts]) -> None:
    if len(examples) < 2:
        raise TrainingSetError(
            f"An evaluation needs at least 2 tables, got {len(examples)}; synthesize more test examples."
        )
    if len(predictions) != len(examples):
        raise ValueError(f"{len(examples)} examples need as many texts, got {len(predictions)}")
    for example, written in zip(examples, predictions, strict=True):
        if len(written.columns) != len(example.table.columns):
            raise ValueError(
                f"example {example.id} has {len(example.table.columns)} columns, "
                f"but its texts have {len(written.columns)}"
            )


def _flatten(texts: Texts) -> tuple[str, ...]:
    return (texts.table, *texts.columns)

"""How much texts tell beyond the names, and whether each says something of its own, per table."""

from collections import Counter
from collections.abc import Sequence

import evaluate
from datasets import Features, List, Value

from columnist.evaluation.described import keep_described, mean_or_none, says
from columnist.evaluation.measures import describe_metric
from columnist.evaluation.metrics.filler.filler import without_filler
from columnist.evaluation.words import content_words, stands_for
from columnist.identifiers import split_name

ENOUGH = 4  # new words: what comes after them is welcome, but no measure of a description


class Information(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """New words per text, and share of specific texts, where the reference describes; per table from 0 to 1."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=describe_metric("information"),
            citation="",
            inputs_description=(
                "predictions, references, names: per table the texts and names of the table and of its columns."
            ),
            features=Features({name: List(Value("string")) for name in ("predictions", "references", "names")}),
        )

    def _compute(
        self, predictions: list[list[str]], references: list[list[str]], names: list[list[str]]
    ) -> dict[str, list[float | None]]:
        told = [_told(*table) for table in zip(predictions, references, names, strict=True)]
        return {
            "information": [mean_or_none(map(share_of_enough, (*table, *columns))) for table, columns in told],
            "specificity": [specific_share(columns) for _, columns in told],
        }


def _told(
    predictions: Sequence[str], references: Sequence[str], names: Sequence[str]
) -> tuple[list[frozenset[str]], list[frozenset[str]]]:
    """Return the new words of the table's text and of the columns' texts, where the reference describes."""
    told = [new_words(says(text), name, names[0]) for text, name in zip(predictions, names, strict=True)]
    return keep_described(told[:1], references[:1]), keep_described(told[1:], references[1:])


def new_words(text: str, name: str, table: str = "") -> frozenset[str]:
    """Return the content words of a text that are neither in the name nor in that of its table, spelled out or not.

    Words of filler are none: taking room is not telling.

    Example:
        >>> sorted(new_words("Units of the order that the customer took, among other things.", "order_qty"))
        ['customer', 'took', 'units']
    """
    parts = (*split_name(name), *split_name(table))
    found = frozenset(content_words(without_filler(text)))
    return frozenset(word for word in found if not any(stands_for(part, word) for part in parts))


def share_of_enough(new: frozenset[str]) -> float:
    """Return how many new words there are, of those that are enough.

    Example:
        >>> share_of_enough(frozenset({"held"})), share_of_enough(frozenset("abcdef"))
        (0.25, 1.0)
    """
    return min(len(new), ENOUGH) / ENOUGH


def specific_share(told: Sequence[frozenset[str]]) -> float | None:
    """Return the share of texts with a new word that no other text of the table has; ``None`` for fewer than two.

    Args:
        told: The new words of each text.

    Example:
        >>> specific_share([frozenset({"key", "detail"}), frozenset({"key", "detail", "paid"})])
        0.5
    """
    counts = Counter(word for new in told for word in new)
    return mean_or_none(any(counts[word] == 1 for word in new) for new in told) if len(told) > 1 else None

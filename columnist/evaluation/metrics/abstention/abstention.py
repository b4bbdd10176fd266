"""How often a model abstains where the reference does, and where it should not, per table."""

from collections.abc import Sequence

import evaluate
from datasets import Features, List, Value

from columnist.abstention import is_abstention
from columnist.evaluation.described import keep_described, mean_or_none
from columnist.evaluation.measures import describe_metric


class Abstention(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """Agreement on abstaining, and abstentions without need; per table from 0 to 1, or ``None`` (see the functions)."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=describe_metric("abstention"),
            citation="",
            inputs_description="predictions, references: per table the texts of the table and of its columns.",
            features=Features({"predictions": List(Value("string")), "references": List(Value("string"))}),
        )

    def _compute(self, predictions: list[list[str]], references: list[list[str]]) -> dict[str, list[float | None]]:
        tables = list(zip(predictions, references, strict=True))
        return {
            "abstains_rightly": [agreement(*table) for table in tables],
            "abstains_wrongly": [needless_share(*table) for table in tables],
        }


def agreement(predictions: Sequence[str], references: Sequence[str]) -> float | None:
    """Return the share of texts that abstain if and only if their reference does.

    An empty reference tells neither and is left out; a table of nothing else
    has no agreement. A table of which no reference abstains has one: the share
    of texts that do not abstain.

    Example:
        >>> agreement(["? Why?", "Key.", "? Why?", ""], ["? What?", "Key.", "Units held.", "? What?"])
        0.5
    """
    return mean_or_none(
        is_abstention(prediction) == is_abstention(reference)
        for prediction, reference in zip(predictions, references, strict=True)
        if reference.strip()
    )


def needless_share(predictions: Sequence[str], references: Sequence[str]) -> float | None:
    """Return the share of abstentions among the texts whose reference describes; ``None`` if none does.

    Example:
        >>> needless_share(["? Why?", "? Why?", "Key."], ["? What?", "Units held.", "Key."])
        0.5
    """
    return mean_or_none(map(is_abstention, keep_described(predictions, references)))

"""How many texts say nothing beyond the name they describe, per table."""

import statistics

import evaluate
from datasets import Features, List, Value

from columnist.evaluation.measures import describe_metric
from columnist.evaluation.words import content_words, split_name, stands_for


class NameEcho(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """Share of texts that are echoes of names; one value per table, from 0 to 1."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=describe_metric("name_echo"),
            citation="",
            inputs_description="predictions, names: per table the texts and names of the table and of its columns.",
            features=Features({"predictions": List(Value("string")), "names": List(Value("string"))}),
        )

    def _compute(self, predictions: list[list[str]], names: list[list[str]]) -> dict[str, list[float]]:
        return {
            "name_echo": [
                statistics.fmean(map(echoes, texts, named)) for texts, named in zip(predictions, names, strict=True)
            ]
        }


def echoes(text: str, name: str) -> bool:
    """Tell whether every content word of a text is in the name, spelled out or not.

    An empty text says nothing at all and is no echo: ``filled`` counts it.

    Example:
        >>> echoes("The quantity of the order.", "order_qty"), echoes("Units ordered.", "order_qty")
        (True, False)
    """
    parts = split_name(name)
    return bool(text.strip()) and all(any(stands_for(part, word) for part in parts) for word in content_words(text))

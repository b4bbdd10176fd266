"""How many texts say nothing beyond the name they describe, per table."""

from collections.abc import Sequence

import evaluate
from datasets import Features, List, Value

from columnist.evaluation.described import keep_described, mean_or_none, says
from columnist.evaluation.measures import describe_metric
from columnist.evaluation.words import content_words, stands_for
from columnist.identifiers import split_name


class NameEcho(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """Share of echoes among the texts whose reference describes; per table from 0 to 1, ``None`` if none does."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=describe_metric("name_echo"),
            citation="",
            inputs_description=(
                "predictions, references, names: per table the texts and names of the table and of its columns."
            ),
            features=Features({name: List(Value("string")) for name in ("predictions", "references", "names")}),
        )

    def _compute(
        self, predictions: list[list[str]], references: list[list[str]], names: list[list[str]]
    ) -> dict[str, list[float | None]]:
        tables = zip(predictions, references, names, strict=True)
        return {"name_echo": [_echoing_share(*table) for table in tables]}


def _echoing_share(predictions: Sequence[str], references: Sequence[str], names: Sequence[str]) -> float | None:
    texts = map(says, keep_described(predictions, references))
    return mean_or_none(
        echoes(text, name, names[0]) for text, name in zip(texts, keep_described(names, references), strict=True)
    )


def echoes(text: str, name: str, table: str = "") -> bool:
    """Tell whether every content word of a text is in the name or in that of its table, spelled out or not.

    "The status of the fulfillment." tells nothing about the column ``status`` to
    someone who sees it in the table ``fulfillment``. An empty text says nothing at
    all and is no echo: ``filled`` counts it.

    Example:
        >>> echoes("The quantity of the order.", "order_qty"), echoes("Units ordered.", "order_qty")
        (True, False)
        >>> echoes("The status of the order.", "status"), echoes("The status of the order.", "status", "orders")
        (False, True)
    """
    parts = (*split_name(name), *split_name(table))
    return bool(text.strip()) and all(any(stands_for(part, word) for part in parts) for word in content_words(text))

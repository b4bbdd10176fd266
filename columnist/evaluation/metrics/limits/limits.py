"""How many texts a comment of their dialect has room for, per table."""

from collections.abc import Sequence

import evaluate
from datasets import Features, List, Value

from columnist.evaluation.described import mean_or_none
from columnist.evaluation.measures import describe_metric
from columnist.evaluation.schemas import read_schema
from columnist.rendering.limits import allowances


class Limits(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """Share of texts that fit into a comment of the table's dialect; per table from 0 to 1."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=describe_metric("limits"),
            citation="",
            inputs_description=(
                "predictions: per table the text of the table, then those of its columns; schemas: the table as JSON."
            ),
            features=Features({"predictions": List(Value("string")), "schemas": Value("string")}),
        )

    def _compute(self, predictions: list[list[str]], schemas: list[str]) -> dict[str, list[float | None]]:
        dialects = (read_schema(schema).dialect for schema in schemas)
        return {"fits_limit": [fitting_share(*each) for each in zip(predictions, dialects, strict=True)]}


def fitting_share(texts: Sequence[str], dialect: str) -> float | None:
    """Return the share of texts, the table's first, that a dialect takes as comments; all, where it has no limit.

    Example:
        >>> fitting_share(["Stock.", "x" * 256], "athena"), fitting_share(["Stock.", "x" * 256], "postgres")
        (0.5, 1.0)
    """
    return mean_or_none(
        all(each.takes(text) for each in allowances(dialect, of_table=place == 0)) for place, text in enumerate(texts)
    )

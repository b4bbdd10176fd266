"""How well replies keep to the form that was asked for, per table."""

from collections.abc import Sequence

import evaluate
from datasets import Features, List, Value

from columnist.evaluation.measures import describe_metric
from columnist.evaluation.metrics.filled.filled import is_plain


class Structure(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """Share of texts that came once, for the right name, as one line of plain text; per table from 0 to 1."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=describe_metric("structure"),
            citation="",
            inputs_description=(
                "predictions: per table the text of the table, then those of its columns; missing, invented: "
                "how many of them the reply did not hold exactly once, and how many it held beyond them."
            ),
            features=Features(
                {"predictions": List(Value("string")), "missing": Value("int64"), "invented": Value("int64")}
            ),
        )

    def _compute(
        self, predictions: list[list[str]], missing: list[int], invented: list[int]
    ) -> dict[str, list[float | None]]:
        return {"structure": [valid_share(*each) for each in zip(predictions, missing, invented, strict=True)]}


def valid_share(texts: Sequence[str], missing: int, invented: int) -> float:
    """Return the share of texts that are as asked for, among those asked for and those invented.

    Args:
        texts: What was read from the reply; one that is missing is empty.
        missing: Texts that were not there exactly once.
        invented: Texts for names that there are not.

    Example:
        >>> valid_share(["Stock.", "Units held.", ""], missing=1, invented=1)
        0.5
    """
    plain = sum(map(is_plain, texts))
    return max(plain - missing, 0) / (len(texts) + invented)

"""How near texts come to the reference in meaning, per table."""

from collections.abc import Sequence

import evaluate
from datasets import Features, List, Value

from columnist.evaluation.described import keep_described, mean_or_none
from columnist.evaluation.measures import describe_metric

_CITATION = (
    "Reimers and Gurevych (2019), Sentence-BERT: sentence embeddings using Siamese BERT-networks. "
    "Wang et al. (2020), MiniLM: deep self-attention distillation."
)


class Semantic(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """Mean similarity to the references that describe; per table from 0 to 1, ``None`` if none does.

    The similarities come from outside: this module knows no encoder.
    """

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=describe_metric("semantic"),
            citation=_CITATION,
            inputs_description=(
                "references: per table the texts of the table and of its columns; "
                "similarities: how near each prediction comes, as a cosine."
            ),
            features=Features({"references": List(Value("string")), "similarities": List(Value("float64"))}),
        )

    def _compute(self, references: list[list[str]], similarities: list[list[float]]) -> dict[str, list[float | None]]:
        tables = list(zip(similarities, references, strict=True))
        return {
            "semantic_similarity": [mean_similarity(values[1:], texts[1:]) for values, texts in tables],
            "semantic_similarity_table": [mean_similarity(values[:1], texts[:1]) for values, texts in tables],
        }


def mean_similarity(similarities: Sequence[float], references: Sequence[str]) -> float | None:
    """Return the mean over the texts whose reference describes; what points the other way is as good as nothing.

    Example:
        >>> mean_similarity([0.5, -0.25, 0.9], ["Units held.", "Key.", "? What is it?"])
        0.25
    """
    return mean_or_none(min(max(value, 0.0), 1.0) for value in keep_described(similarities, references))

"""How much of the reference's wording a text shares: chrF and ROUGE-L, per table."""

from collections.abc import Callable, Sequence

import evaluate
from datasets import Features, List, Value
from sacrebleu.metrics import CHRF

from columnist.evaluation.described import keep_described, mean_or_none, says
from columnist.evaluation.measures import describe_metric
from columnist.evaluation.words import words

_CITATION = (
    "Popović (2015), chrF: character n-gram F-score for automatic MT evaluation. "
    "Lin (2004), ROUGE: a package for automatic evaluation of summaries."
)


class Overlap(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """Overlap of predictions with the references that describe; per table from 0 to 1, ``None`` if none does."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=describe_metric("overlap"),
            citation=_CITATION,
            inputs_description="predictions, references: per table the texts of the table and of its columns.",
            features=Features({"predictions": List(Value("string")), "references": List(Value("string"))}),
        )

    def _compute(self, predictions: list[list[str]], references: list[list[str]]) -> dict[str, list[float | None]]:
        tables = list(zip(predictions, references, strict=True))
        return {
            "chrf": [_mean_over_texts(chrf, *table) for table in tables],
            "rouge_l": [_mean_over_texts(rouge_l, *table) for table in tables],
        }


def chrf(prediction: str, reference: str) -> float:
    """Return sacrebleu's chrF2 of one text, from 0 to 1.

    Example:
        >>> chrf("Units held.", "Units held.")
        1.0
    """
    return float(CHRF().sentence_score(prediction, [reference]).score) / 100


def rouge_l(prediction: str, reference: str) -> float:
    """Return the F1 of the longest common word sequence (Lin 2004, section 3, with beta = 1).

    Example:
        >>> rouge_l("police killed the gunman", "police kill the gunman")
        0.75
    """
    predicted, expected = words(prediction), words(reference)
    if not predicted or not expected:
        return float(predicted == expected)
    return 2 * _common_length(predicted, expected) / (len(predicted) + len(expected))


def _mean_over_texts(
    overlap: Callable[[str, str], float], predictions: Sequence[str], references: Sequence[str]
) -> float | None:
    """Return the mean over the texts that can be known; one that is empty or abstains has no overlap."""
    written = map(says, keep_described(predictions, references))
    expected = keep_described(references, references)
    return mean_or_none(
        overlap(prediction, reference) if prediction.strip() else 0.0
        for prediction, reference in zip(written, expected, strict=True)
    )


def _common_length(first: Sequence[str], second: Sequence[str]) -> int:
    lengths = [0] * (len(second) + 1)
    for word in first:
        diagonal = 0
        for position, other in enumerate(second, start=1):
            above = lengths[position]
            lengths[position] = diagonal + 1 if word == other else max(above, lengths[position - 1])
            diagonal = above
    return lengths[-1]

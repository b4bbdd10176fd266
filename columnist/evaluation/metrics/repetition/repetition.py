"""How often texts repeat each other, or run in a loop, per table."""

import re
from collections import Counter
from collections.abc import Sequence

import evaluate
from datasets import Features, List, Value

from columnist.evaluation.described import keep_described, mean_or_none, says
from columnist.evaluation.measures import describe_metric
from columnist.evaluation.words import words

_CHARACTER_RUN = re.compile(r"(\S)\1{7}")


class Repetition(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """Share of repeated and of looping texts; per table from 0 to 1.

    Repetition is counted among the columns whose reference describes, and is
    ``None`` if none does: columns that nobody can know may well read alike.
    Loops are counted in every text, questions included.
    """

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=describe_metric("repetition"),
            citation="",
            inputs_description="predictions, references: per table the text of the table, then those of its columns.",
            features=Features({"predictions": List(Value("string")), "references": List(Value("string"))}),
        )

    def _compute(self, predictions: list[list[str]], references: list[list[str]]) -> dict[str, list[float | None]]:
        described = (keep_described(texts[1:], known[1:]) for texts, known in zip(predictions, references, strict=True))
        return {
            "repetition": [repeated_share(list(map(says, texts))) for texts in described],
            "loops": [mean_or_none(map(loops, texts)) for texts in predictions],
        }


def repeated_share(texts: Sequence[str]) -> float | None:
    """Return the share of texts that equal another one, but for case, spaces and punctuation; ``None`` without texts.

    Empty texts do not count as repeats of each other.

    Example:
        >>> repeated_share(["A date.", "a date", "Units held.", ""])
        0.5
    """
    keys = [words(text) for text in texts]
    counts = Counter(key for key in keys if key)
    return mean_or_none(counts[key] > 1 for key in keys)


def loops(text: str) -> bool:
    """Tell whether a phrase follows itself: any phrase three times, or four words and more twice.

    A run of eight equal characters counts too.

    Example:
        >>> loops("the id of the id of the id of the order"), loops("a very, very old order")
        (True, False)
    """
    spoken = words(text)
    return _CHARACTER_RUN.search(text) is not None or any(
        _longest_echo(spoken, lag) >= (lag if lag >= 4 else 2 * lag) for lag in range(1, len(spoken) // 2 + 1)
    )


def _longest_echo(spoken: Sequence[str], lag: int) -> int:
    """Return the longest run of words that equal the word ``lag`` places before them."""
    longest = run = 0
    for word, earlier in zip(spoken[lag:], spoken, strict=False):
        run = run + 1 if word == earlier else 0
        longest = max(longest, run)
    return longest

"""How often texts repeat each other, or run in a loop, per table."""

import re
import statistics
from collections import Counter
from collections.abc import Sequence

import evaluate
from datasets import Features, List, Value

from columnist.evaluation.measures import describe_metric
from columnist.evaluation.words import words

_CHARACTER_RUN = re.compile(r"(\S)\1{7}")


class Repetition(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """Share of repeated and of looping texts; one value each per table, from 0 to 1."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=describe_metric("repetition"),
            citation="",
            inputs_description="predictions: per table the text of the table, then those of its columns.",
            features=Features({"predictions": List(Value("string"))}),
        )

    def _compute(self, predictions: list[list[str]]) -> dict[str, list[float]]:
        return {
            "repetition": [repeated_share(texts[1:]) for texts in predictions],
            "loops": [statistics.fmean(map(loops, texts)) for texts in predictions],
        }


def repeated_share(texts: Sequence[str]) -> float:
    """Return the share of texts that equal another one, but for case, spaces and punctuation; 0 without texts.

    Empty texts do not count as repeats of each other.

    Example:
        >>> repeated_share(["A date.", "a date", "Units held.", ""])
        0.5
    """
    keys = [words(text) for text in texts]
    counts = Counter(key for key in keys if key)
    return sum(counts[key] > 1 for key in keys) / len(keys) if keys else 0.0


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

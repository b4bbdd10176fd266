"""How many texts have phrases that tell nothing, per table."""

import re
from functools import cache
from importlib.resources import files

import evaluate
import yaml
from datasets import Features, List, Value

from columnist.evaluation.described import mean_or_none, says
from columnist.evaluation.measures import describe_metric


class Filler(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """Share of texts with a phrase of filler; per table from 0 to 1."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=describe_metric("filler"),
            citation="",
            inputs_description="predictions: per table the text of the table, then those of its columns.",
            features=Features({"predictions": List(Value("string"))}),
        )

    def _compute(self, predictions: list[list[str]]) -> dict[str, list[float | None]]:
        return {"filler": [mean_or_none(has_filler(says(text)) for text in texts) for texts in predictions]}


def has_filler(text: str) -> bool:
    """Tell whether a text has a phrase of the list.

    Example:
        >>> has_filler("Provides additional information."), has_filler("Units held.")
        (True, False)
    """
    return bool(_pattern().search(text))


def without_filler(text: str) -> str:
    """Return a text without the phrases of the list.

    Example:
        >>> without_filler("This column stores the date, for reporting purposes.")
        '  the date,  .'
    """
    return _pattern().sub(" ", text)


@cache
def _pattern() -> re.Pattern[str]:
    listed = yaml.safe_load(files("columnist.evaluation").joinpath("data/filler.yaml").read_bytes())
    phrases = [re.escape(phrase).replace(r"\ ", r"\s+") for group in listed.values() for phrase in group]
    # Up to three words, such as "this column of the table stores".
    open_phrases = [phrase.replace(r"\s+\.\.\.\s+", r"\s+(?:\w+\s+){0,3}?") for phrase in phrases]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(open_phrases)})(?![\w-])", re.IGNORECASE)

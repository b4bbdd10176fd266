"""How many texts are there, and are one line of plain prose, per table."""

import re

import evaluate
from datasets import Features, List, Value

from columnist.evaluation.described import keep_described, mean_or_none, says
from columnist.evaluation.measures import describe_metric

_MARKUP = re.compile(
    r"""
      `                                     # code
    | \*\*|__(?=\S)                         # bold
    | ^\s*(?:\#{1,6}\s|[-*+>]\s|\d+[.)]\s)  # headings, bullets, quotes, numbered lists
    | !?\[[^\]]*\]\(                        # links and images
    | \|.*\|                                # table rows
    | </?[a-zA-Z][^>]*>                     # HTML
    | \b(?:https?|ftp)://|\bwww\.\w         # bare links
    """,
    re.VERBOSE,
)
_JSON = re.compile(r"""^\s*[\[{]|["'][\w ]+["']\s*:""")
_SQL = re.compile(
    r"""
      \b(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:TABLE|VIEW|INDEX)\b
    | \bCOMMENT\s+ON\s+(?:TABLE|COLUMN)\b
    | \bINSERT\s+INTO\b
    | \bSELECT\b.+\bFROM\b
    | \b(?:VARCHAR|DECIMAL|NUMERIC)\s*\(
    | \bNOT\s+NULL\b
    """,
    re.VERBOSE,  # upper case only: "select one from the list" is prose
)


class Filled(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """Share of texts that are filled in and of texts that are plain; per table from 0 to 1.

    Filled are texts that describe, counted where the reference describes;
    ``None`` if none does. Plain is the form of every text, questions included.
    """

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=describe_metric("filled"),
            citation="",
            inputs_description="predictions, references: per table the text of the table, then those of its columns.",
            features=Features({"predictions": List(Value("string")), "references": List(Value("string"))}),
        )

    def _compute(self, predictions: list[list[str]], references: list[list[str]]) -> dict[str, list[float | None]]:
        described = map(keep_described, predictions, references)
        return {
            "filled": [mean_or_none(bool(says(text).strip()) for text in texts) for texts in described],
            "plain": [mean_or_none(map(is_plain, texts)) for texts in predictions],
        }


def is_plain(text: str) -> bool:
    """Tell whether a text is one line without markdown, HTML, links, SQL or JSON.

    Example:
        >>> [is_plain(text) for text in ("Units held.", "- Units held.", "qty INT NOT NULL", '{"qty": "Units"}')]
        [True, False, False, False]
    """
    return len(text.strip().splitlines()) <= 1 and not any(form.search(text) for form in (_MARKUP, _JSON, _SQL))

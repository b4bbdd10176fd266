"""How many texts are in the language that was asked for, English, per table."""

import re
from functools import cache
from importlib.resources import files

import evaluate
import yaml
from datasets import Features, List, Value

from columnist.evaluation.described import mean_or_none
from columnist.evaluation.measures import describe_metric
from columnist.evaluation.words import words

_LEAST_LATIN = 0.8  # of the letters: a name or a unit in another script is no other language
_LONG = 8  # words; a shorter text may well be a noun phrase without any word of grammar
_LEAST_GRAMMAR = 0.1  # of a long text's words; English prose has about 0.4, and labels in a row have some
_LATIN = re.compile(r"[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff]")
# Names, codes and quoted values are of no language.
_NO_PROSE = re.compile(r"`[^`]*`|'[^']*'(?!\w)|\"[^\"]*\"|“[^”]*”|\b\w*[_\d]\w*\b|\b[A-Z]{2,}\b")


class Language(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """Share of texts in English; per table from 0 to 1."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=describe_metric("language"),
            citation="",
            inputs_description="predictions: per table the text of the table, then those of its columns.",
            features=Features({"predictions": List(Value("string"))}),
        )

    def _compute(self, predictions: list[list[str]]) -> dict[str, list[float | None]]:
        return {"language": [mean_or_none(map(is_english, texts)) for texts in predictions]}


def is_english(text: str) -> bool:
    """Tell whether a text can be English, by its letters and its words of grammar.

    It is not if a fifth of its letters are of another script, if it has more words of
    another language's grammar than of English, or if it is long and has next to none.

    Example:
        >>> is_english("Date of the order."), is_english("Datum der Bestellung."), is_english("注文日")
        (True, False, False)
    """
    prose = _NO_PROSE.sub(" ", text)
    letters = [letter for letter in prose if letter.isalpha()]
    if letters and sum(bool(_LATIN.match(letter)) for letter in letters) < _LEAST_LATIN * len(letters):
        return False
    spoken = words(prose)
    english, others = _function_words()
    shared = english & frozenset().union(*others)
    ours = sum(word in english - shared for word in spoken)
    theirs = max(sum(word in other - shared for word in spoken) for other in others)
    grammar = sum(word in english for word in spoken)
    return theirs <= ours and (len(spoken) < _LONG or grammar >= _LEAST_GRAMMAR * len(spoken))


@cache
def _function_words() -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
    """Return the words of English grammar, and those of each other language."""
    listed = yaml.safe_load(files("columnist.evaluation").joinpath("data/function_words.yaml").read_text("utf-8"))
    others = tuple(frozenset(theirs.split()) for theirs in listed["others"].values())
    return frozenset(listed["english"].split()), others

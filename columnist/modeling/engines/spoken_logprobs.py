"""Which of an answer's log-probabilities belong to which text of the JSON object it spells."""

import json
import re
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


class Spoken(NamedTuple):
    """One token as it stands in an answer."""

    text: str
    logprob: float


def logprobs_of_texts(content: str, tokens: list[Spoken]) -> dict[str, tuple[float, ...]]:
    """Return the log-probabilities of each text of an answer by its key, closing quotes included.

    A key that comes twice has none, and no key has any where the tokens do not
    spell the answer: what cannot be told apart is not guessed.

    Example:
        >>> tokens = [Spoken('{"a": "', -1.0), Spoken("Date", -0.5), Spoken(".", -0.1), Spoken('"}', -0.2)]
        >>> logprobs_of_texts('{"a": "Date."}', tokens)
        {'a': (-1.0, -0.5, -0.1, -0.2)}
        >>> logprobs_of_texts('{"a": "Day."}', tokens)
        {}
    """
    if "".join(token.text for token in tokens) != content:
        return {}
    spans = _text_spans(content)
    found: dict[str, list[float]] = {key: [] for key in spans}
    starts = iter(sorted((span, key) for key, span in spans.items()))
    current = next(starts, None)
    place = 0
    for token in tokens:
        end = place + len(token.text)
        while current and current[0][1] <= place:
            current = next(starts, None)
        if current and place < current[0][1] and end > current[0][0]:
            found[current[1]].append(token.logprob)
        place = end
    return {key: tuple(logprobs) for key, logprobs in found.items() if logprobs}


def _text_spans(content: str) -> dict[str, tuple[int, int]]:
    """Return where each text stands, by its key.

    Example:
        >>> _text_spans('{"columns": {"a": "x"}}')
        {'a': (18, 21)}
    """
    strings = list(_STRING.finditer(content))
    spans: dict[str, tuple[int, int]] = {}
    keys: Counter[str] = Counter()
    for key, text in pairwise(strings):
        if content[key.end() : text.start()].strip() != ":":
            continue
        try:
            name = json.loads(key.group())
        except ValueError:  # a line break within a key, for example
            continue
        keys[name] += 1
        spans[name] = text.span()
    return {name: span for name, span in spans.items() if keys[name] == 1}

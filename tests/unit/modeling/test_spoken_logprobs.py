"""Tokens of an answer are given to the texts they spell, or to none."""

import json

from hypothesis import given
from hypothesis import strategies as st

from columnist.modeling.engines.spoken_logprobs import Spoken, logprobs_of_texts


def cut(content: str, size: int) -> list[Spoken]:
    return [Spoken(content[at : at + size], -float(at)) for at in range(0, len(content), size)]


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=5), st.integers(1, 9))
def test_every_text_has_the_tokens_that_touch_it(texts, size):
    content = json.dumps(texts)
    found = logprobs_of_texts(content, cut(content, size))
    assert set(found) == set(texts)
    for name, text in texts.items():
        quoted = len(json.dumps(text))
        assert (quoted - 1) // size <= len(found[name]) <= quoted // size + 2


def test_a_key_that_comes_twice_has_none():
    content = json.dumps({"table": "A.", "columns": {"table": "B.", "sku": "C."}})
    assert set(logprobs_of_texts(content, cut(content, 3))) == {"sku"}


def test_escapes_and_colons_within_texts_do_not_confuse():
    texts = {'a "b"': 'say: "x": 1, \\', "c": ': "d"'}
    content = json.dumps(texts, indent=1)
    assert set(logprobs_of_texts(content, cut(content, 2))) == set(texts)


def test_tokens_of_another_text_are_not_used():
    assert logprobs_of_texts('{"a": "b"}', cut('{"a": "c"}', 2)) == {}
    assert logprobs_of_texts("", []) == {}

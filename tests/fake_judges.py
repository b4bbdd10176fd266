"""Engines that judge in ways worth knowing, and items for them."""

import re
from collections.abc import Sequence

from columnist.studies import Ballot, Item, Preference


class FakeChat:
    """Answers as a function of the first and the second text says; counts what it was asked."""

    def __init__(self, answer):
        self.answer, self.requests = answer, []

    def complete(self, requests, max_new_tokens, schemas=None):
        self.requests += [user for user, _system in requests]
        return [self.answer(*shown_texts(user)) for user, _system in requests]


def shown_texts(request: str) -> tuple[str, str]:
    first, second = re.search(r"Text 1:\n(.*)\nText 2:\n(.*)\nAnswer with", request, re.DOTALL).groups()
    return first.replace("| ", ""), second.replace("| ", "")


def longer_wins(first: str, second: str) -> str:
    return "TIE" if len(first) == len(second) else "1" if len(first) > len(second) else "2"


def say_nothing(_done: int, _total: int) -> None:
    """For callers that show no progress."""


def item_of(number: int, option_a: str, option_b: str, table: int | None = None, schema: str = "table t") -> Item:
    table_id = f"t{number if table is None else table}"
    return Item(comparison_id=f"c{number}", table_id=table_id, schema_text=schema, option_a=option_a, option_b=option_b)


def cast_ballots(preferences: Sequence[Preference], raters: int = 2) -> list[Ballot]:
    """Ballots of raters who agree, on the items of those numbers."""
    return [
        Ballot(comparison_id=f"c{number}", table_id=f"t{number}", rater=f"r{rater}", preference=preference)
        for number, preference in enumerate(preferences)
        for rater in range(raters)
    ]

"""Authors: how the person writes who documents a table."""

from enum import StrEnum
from random import Random

from columnist.values import Value


class Manner(StrEnum):
    """A way of writing that a reader would recognise from one column to the next."""

    TERSE = "terse"  # notes: "FK to orders."
    PLAIN = "plain"
    CAREFUL = "careful"  # a second sentence for what matters
    DBT = "dbt"  # "The unique identifier of the order."
    GLOSSARY = "glossary"  # the language of data governance
    ENGINEER = "engineer"
    NARRATOR = "narrator"  # says things as one would to a colleague
    CATALOG = "catalog"  # the name in full words, and what it belongs to


class Voice(Value):
    """One author's habits.

    Attributes:
        articles: Phrases open with "The".
        period: Texts end with a period.
        quote: What codes and the names of columns stand in; empty for nothing.
        detail: How readily the author adds what the schema shows besides the meaning.
    """

    manner: Manner
    articles: bool = False
    period: bool = True
    quote: str = ""
    detail: float = 0.5

    def quoted(self, code: str) -> str:
        """A code or a name as this author sets it.

        Example:
            >>> Voice(manner="plain", quote="'").quoted("open")
            "'open'"
        """
        return f"{self.quote}{code}{self.quote}"


# Shares of authors; how many of them open with "The", end with a period, and how much they add.
_HABITS: dict[Manner, tuple[float, float, float, float]] = {
    Manner.TERSE: (16, 0.0, 0.7, 0.3),
    Manner.PLAIN: (24, 0.3, 0.87, 0.35),
    Manner.CAREFUL: (20, 0.4, 1.0, 0.9),
    Manner.DBT: (14, 0.9, 0.85, 0.4),
    Manner.GLOSSARY: (8, 0.8, 0.95, 0.5),
    Manner.ENGINEER: (11, 0.0, 0.8, 0.7),
    Manner.NARRATOR: (7, 0.4, 0.95, 0.4),
    Manner.CATALOG: (0, 1.0, 1.0, 0.0),
}
_QUOTES = ("", "", "", "'", "'", "`")
_TECHNICAL_QUOTES = ("", "`", "`")


def draw_voice(rng: Random, catalog: float = 0.0) -> Voice:
    """Draw an author; plain and careful ones are the most common.

    Args:
        rng: Where the draw comes from.
        catalog: Share of authors who write as published catalogs mostly do.

    Example:
        >>> draw_voice(Random(4)) == draw_voice(Random(4))
        True
    """
    manner = rng.choices(tuple(_HABITS), weights=[share for share, *_ in _HABITS.values()])[0]
    if rng.random() < catalog:
        manner = Manner.CATALOG
    _, articles, period, detail = _HABITS[manner]
    quotes = _TECHNICAL_QUOTES if manner in {Manner.ENGINEER, Manner.DBT} else _QUOTES
    return Voice(
        manner=manner,
        articles=rng.random() < articles,
        period=rng.random() < period,
        quote=rng.choice(quotes),
        detail=min(1.0, max(0.1, rng.gauss(detail, 0.15))),
    )

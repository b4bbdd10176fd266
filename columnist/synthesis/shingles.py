"""What two documented tables are compared by: their column names and runs of words of their texts."""

import re

from columnist.ddl.tables import Table
from columnist.documentation import Texts

_WORD = re.compile(r"[^\W_]+")
_RUN = 3  # words


def words_of(text: str) -> list[str]:
    """Split a text into lower-case words.

    Example:
        >>> words_of("Date on which the order_line was paid.")
        ['date', 'on', 'which', 'the', 'order', 'line', 'was', 'paid']
    """
    return _WORD.findall(text.casefold())


def runs_of(text: str, length: int) -> set[str]:
    """Return the runs of so many words in a text; the whole text where it is shorter.

    Example:
        >>> sorted(runs_of("Date the order was paid.", 4))
        ['date the order was', 'the order was paid']
    """
    words = words_of(text)
    return {" ".join(words[start : start + length]) for start in range(max(1, len(words) - length + 1))} - {""}


def letters_of(name: str) -> str:
    """Return a name without case and separators: naming styles hide no duplicate.

    Example:
        >>> letters_of("Order_Date"), letters_of("orderDate")
        ('orderdate', 'orderdate')
    """
    return "".join(character for character in name.casefold() if character.isalnum())


def shingles_of(table: Table, texts: Texts) -> set[str]:
    """Return the shingles of a table with its texts.

    Example:
        >>> from columnist.ddl.tables import Column
        >>> table = Table(name="stock", columns=(Column(name="qty_oh"),))
        >>> sorted(shingles_of(table, Texts(table="", columns=("Units held in stock.",))))
        ['#qtyoh', 'held in stock', 'units held in']
    """
    names = {f"#{letters_of(column.name)}" for column in table.columns}
    return names.union(*(runs_of(text, _RUN) for text in (texts.table, *texts.columns)))

"""What the product knows better than a model: which columns a table has, and what its rows are.

A tuned model fills in sentences as it learned them, and some of what it fills in can
be checked: a list of columns against the columns, a clause about versions or events
against a table that has neither. What is checked and wrong is put right or left out,
never guessed anew.
"""

import re
from collections.abc import Iterator, Sequence

from columnist.ddl.tables import Column, Table
from columnist.evaluation.words import content_words, stands_for, words
from columnist.identifiers import split_name
from columnist.modeling.acceptance.features import is_placeholder
from columnist.modeling.naming_first import read_aloud
from columnist.modeling.prompts import TABLE_SLOT
from columnist.modeling.prompts.type_families import type_family

_LISTED = re.compile(r"^(?P<head>[^,]+), including (?P<listed>.+?)\.?$")
_ITEMS = re.compile(r", | and ")
_MOST = 3
_KEYS = frozenset({"id", "ids", "key", "uuid", "guid", "pk", "fk"})
_MOMENTS = ("date", "time", "interval")
_BOOKKEEPING_LIST = """
created updated modified deleted synced loaded inserted ingested changed last_update update_time batch hash checksum etl
"""
_BOOKKEEPING = frozenset(_BOOKKEEPING_LIST.split())
_REFERENCE = re.compile(
    r"^(?P<head>The (?:ID|identifier) of the [\w ]+?) (?:whose state the row shows|to which the figures apply"
    r"|that the (?P<noun>version|event|row|figures?) (?:describes?|concerns?)|that the [\w ]+ is for)\.?$"
)
_SELF = re.compile(
    r"^(?:the )?(?P<own>[\w ]+?) (?:of|for|associated with) the (?P<owner>[\w ]+?)(?:[:.,]|$)", re.IGNORECASE
)


def mend(table: Table, index: int, text: str) -> str:
    """Return a text with what can be checked put right.

    Args:
        table: What it is about.
        index: Position of the column, or ``TABLE_SLOT``.
        text: What a tuned model wrote.

    Example:
        >>> parcels = Table(name="parcels", columns=(Column(name="id"), Column(name="weight"), Column(name="sent_to")))
        >>> mend(parcels, TABLE_SLOT, "Table of parcels, including name and address.")
        'Table of parcels, including weight and sent to.'
        >>> mend(parcels, 0, "The ID of the parcel that the version describes.")
        'The ID of the parcel.'
    """
    if index == TABLE_SLOT:
        listed = _LISTED.match(text)
        if listed is None or _are_there(table, _ITEMS.split(listed["listed"])):
            return text
        return f"{listed['head']}{_listing(table)}."
    reference = _REFERENCE.match(text)
    if reference is None or _tells_of(table, reference["noun"]):
        return text
    return f"{reference['head']}."


def is_circular(text: str) -> bool:
    """Tell whether a text says of a thing that it is its own: "the address of the address".

    Example:
        >>> is_circular("The address of the address."), is_circular("The address of the customer.")
        (True, False)
    """
    found = _SELF.match(text)
    return found is not None and content_words(found["own"]) == content_words(found["owner"])


def _are_there(table: Table, items: Sequence[str]) -> bool:
    """Whether each item of a list is another column: all of its words are in the column's name."""
    told = [column.name for column in table.columns if not is_placeholder(column.name)]
    names = [(*split_name(name), *read_aloud(name).split()) for name in told]
    distinct = len({item.casefold() for item in items}) == len(items)
    return distinct and all(
        any(all(any(stands_for(part, word) for part in name) for word in words(item)) for name in names)
        for item in items
    )


def _listing(table: Table) -> str:
    found = list(dict.fromkeys(_telling(table)))[:_MOST]
    if not found:
        return ""
    return f", including {', '.join(found[:-1])} and {found[-1]}" if found[1:] else f", including {found[0]}"


def _telling(table: Table) -> Iterator[str]:
    """Yield in words what a reader looks for first: no keys, references, moments, bookkeeping or placeholders."""
    for column in table.columns:
        if not _is_telling(column) or type_family(column.type, table.dialect).startswith(_MOMENTS):
            continue
        whole = read_aloud(column.name).split()
        own = [word for word in whole if not any(stands_for(part, word) for part in split_name(table.name))]
        told = own == whole[len(whole) - len(own) :] and any(word.isalpha() for word in own)
        yield " ".join(own if told else whole)


def _is_telling(column: Column) -> bool:
    parts = set(split_name(column.name))
    keeps = column.primary_key or column.references is not None or bool(parts & (_KEYS | _BOOKKEEPING))
    return not keeps and not is_placeholder(column.name) and not parts >= {"last", "update"}


def _tells_of(table: Table, noun: str | None) -> bool:
    """Whether a table tells of versions or events, so that a text may."""
    names = {part for name in (table.name, *(column.name for column in table.columns)) for part in split_name(name)}
    signs = {"version": {"version", "valid", "effective", "history", "hist"}, "event": {"event", "events", "log"}}
    return bool(names & signs.get(noun or "", set()))

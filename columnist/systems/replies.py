"""What a raw reply in JSON got wrong in its form: the product's reader forgives it, a benchmark counts it."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from columnist.evaluation import ReplyFaults
from columnist.modeling.prompts import TABLE_SLOT, Request

_Pairs = list[tuple[str, Any]]


def find_faults(request: Request, reply: str) -> ReplyFaults:
    r"""Count the texts that a reply did not hold exactly once, and those it held beyond what was asked for.

    As the product's reader does, it forgives prose and fences around the object,
    another case of names, and columns that are not nested.

    Example:
        >>> from columnist.modeling.prompts import Prompt, Slot, as_request
        >>> slots = (Slot(index=-1, lead="", name="stock"), Slot(index=0, lead="", name="sku"))
        >>> request = as_request(Prompt(instructions="", schema_text="", slots=slots))
        >>> find_faults(request, 'So:\n{"table": "Stock.", "columns": {"sku": "Article.", "sku": "Key.", "qty": "?"}}')
        ReplyFaults(missing=1, invented=1)
        >>> find_faults(request, "I cannot do that.")
        ReplyFaults(missing=2, invented=0)
    """
    outer = _find_pairs(reply)
    nested = [value for name, value in outer if name == "columns" and isinstance(value, _Object)]
    beside = [(name, value) for name, value in outer if name not in {"table", "columns"}]
    columns = [pair for found in nested for pair in found.pairs] + beside
    told = _count(columns)
    wanted = {slot.name.casefold() for slot in request.slots if slot.index != TABLE_SLOT}
    missing = sum(told[name] != 1 for name in wanted)
    if any(slot.index == TABLE_SLOT for slot in request.slots):
        missing += _count((name, value) for name, value in outer if name == "table")["table"] != 1
    return ReplyFaults(missing=missing, invented=len({name.strip().casefold() for name, _ in columns} - wanted))


class _Object:
    """A JSON object with all of its pairs, also those of a name that comes twice."""

    def __init__(self, pairs: _Pairs):
        self.pairs = pairs


def _count(pairs: Iterable[tuple[str, Any]]) -> Counter[str]:
    return Counter(name.strip().casefold() for name, value in pairs if isinstance(value, str))


def _find_pairs(reply: str) -> _Pairs:
    """Return the pairs of the first JSON object in a reply, or none."""
    decoder = json.JSONDecoder(object_pairs_hook=_Object)
    start = reply.find("{")
    while start >= 0:
        try:
            found, _ = decoder.raw_decode(reply, start)
        except (ValueError, RecursionError):
            start = reply.find("{", start + 1)
            continue
        return list(found.pairs)
    return []

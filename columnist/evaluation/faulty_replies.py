"""Raw replies with a fault of form, read as the product reads those of a model."""

import json
from collections.abc import Callable, Iterable

from columnist.ddl.tables import Table
from columnist.documentation import Texts
from columnist.evaluation.measuring import ReplyFaults
from columnist.modeling.prompts import TABLE_SLOT, Request, parse_reply, render_request

_Edit = Callable[[Request, dict[str, str]], None]


def reply_without(table: Table, texts: Texts, place: int) -> tuple[Texts, ReplyFaults]:
    """Return what is read of a reply that leaves out one column.

    Args:
        table: What was asked about.
        texts: What the reply says of the rest.
        place: The position of the column.
    """

    def edit(request: Request, columns: dict[str, str]) -> None:
        for slot in request.slots:
            if slot.index == place:
                del columns[slot.name]

    return _read(table, texts, edit)


def reply_with_invented(table: Table, texts: Texts, name: str, text: str) -> tuple[Texts, ReplyFaults]:
    """Return what is read of a reply that has a text for a column that there is not."""

    def edit(request: Request, columns: dict[str, str]) -> None:
        if any(slot.index == TABLE_SLOT for slot in request.slots):
            columns[name] = text

    return _read(table, texts, edit)


def _read(table: Table, texts: Texts, edit: _Edit) -> tuple[Texts, ReplyFaults]:
    # Systems stand on evaluation; only this check of the way through them looks back.
    from columnist.systems.replies import find_faults

    found: dict[int, str] = {}
    faults = []
    for request in render_request(table):
        reply = _write(request, texts, edit)
        found |= zip((slot.index for slot in request.slots), parse_reply(request, reply), strict=True)
        faults.append(find_faults(request, reply))
    columns = tuple(found.get(place, "") for place in range(len(texts.columns)))
    return Texts(table=found.get(TABLE_SLOT, ""), columns=columns), _add(faults)


def _write(request: Request, texts: Texts, edit: _Edit) -> str:
    columns = {slot.name: texts.columns[slot.index] for slot in request.slots if slot.index != TABLE_SLOT}
    edit(request, columns)
    return json.dumps({"table": texts.table, "columns": columns}, ensure_ascii=False)


def _add(faults: Iterable[ReplyFaults]) -> ReplyFaults:
    listed = list(faults)
    return ReplyFaults(missing=sum(each.missing for each in listed), invented=sum(each.invented for each in listed))

"""Tables as prompts: the schema in lines, and the lead of each slot."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from columnist.ddl.tables import Column, Table
from columnist.digests import digest_value
from columnist.modeling.prompts.folders import (
    Leads,
    Limits,
    folder_digest,
    open_folder,
    open_template,
    read_examples,
)
from columnist.modeling.prompts.plain import listed, plain
from columnist.modeling.prompts.prompt import COLUMNS_PER_PROMPT, TABLE_SLOT, Prompt, PromptKind, Slot
from columnist.modeling.prompts.type_families import type_family
from columnist.modeling.spelling import is_spelled_differently, spell_out

# Raise it whenever code makes any prompt come out differently: adapters only fit the prompts they
# have learned. A test compares rendered prompts with what this version rendered.
RENDERING = 1
_MAX_KEYS = 4
_SAYS_NOTHING = frozenset({"public", "dbo", "main", "default"})
_QUOTES = str.maketrans("", "", '"`[]')


def render_prompts(table: Table, kind: PromptKind, with_comments: bool = False) -> tuple[Prompt, ...]:
    """Render a table as prompts: one, or several windows of columns if it is wide.

    Without comments, every column has exactly one slot, and the table's own is in
    the first prompt. With them, what people wrote is shown as context, and what has
    a comment has no slot: it needs no text, and no text is written with its own
    comment in sight.

    Example:
        >>> table = Table(name="stock", columns=(Column(name="sku", type="VARCHAR2(20 CHAR)", primary_key=True),
        ...                                      Column(name="qty_oh", type="NUMBER(10)")))
        >>> prompt, = render_prompts(table, PromptKind.COMPACT)
        >>> print(prompt.schema_text)
        table stock
        sku text key
        qty_oh int
        >>> prompt.slots[0].lead, prompt.slots[1].name
        ('stock (table):', 'sku')
    """
    labels = _labels(table, open_folder(kind).limits)
    starts = range(0, max(len(table.columns), 1), COLUMNS_PER_PROMPT)
    prompts = (_render_window(table, kind, labels, start, with_comments) for start in starts)
    return tuple(prompt for prompt in prompts if prompt.slots or not with_comments)


@cache
def prompt_digest(kind: PromptKind = PromptKind.COMPACT) -> str:
    """Return the SHA-256 of what shapes a kind's prompts: a tuned model only fits the prompts it has learned.

    The dictionary of abbreviations is no part of it: a tuned model has learned to
    read the words of a lead, whichever names have some.
    """
    return digest_value({"folder": folder_digest(kind), "rendering": RENDERING})


class _Shown(NamedTuple):
    """What a template shows of a table or a column; all of it made harmless."""

    name: str
    type: str = ""
    family: str = ""
    key: bool = False
    target: str = ""
    values: str = ""
    note: str = ""


class _Window(NamedTuple):
    of: int
    first: int
    last: int


def _render_window(table: Table, kind: PromptKind, labels: Sequence[str], start: int, with_comments: bool) -> Prompt:
    limits = open_folder(kind).limits
    window = range(start, min(start + COLUMNS_PER_PROMPT, len(table.columns)))
    # Keys tell what one row is, so a window far from them still shows them.
    keys = [place for place in range(start) if table.columns[place].primary_key][:_MAX_KEYS]
    columns = [_show(table.columns[place], labels[place], table.dialect, limits) for place in (*keys, *window)]
    shown = _Shown(name=plain(_table_name(table), limits.name))
    if with_comments:
        comments = [table.comment, *(table.columns[place].comment for place in (*keys, *window))]
        shown, *columns = _with_notes([shown, *columns], comments, limits)
    text = open_template(kind, "schema").render(
        table=shown,
        columns=columns,
        shown=_Window(len(table.columns), start + 1, window.stop) if len(window) < len(table.columns) else None,
        has_notes=any(line.note for line in (shown, *columns)),
    )
    slots = (*([TABLE_SLOT] if start == 0 else []), *window)
    return Prompt(
        instructions=_instructions() if kind is PromptKind.INSTRUCT else "",
        schema_text=text.rstrip("\n"),
        slots=tuple(
            _slot(table, place, labels, kind)
            for place in slots
            if not (with_comments and (_comment(table, place) or "").strip())
        ),
    )


def _slot(table: Table, place: int, labels: Sequence[str], kind: PromptKind) -> Slot:
    folder = open_folder(kind)
    if place == TABLE_SLOT:
        name = plain(table.name, folder.limits.name)
        return Slot(index=place, lead=_lead(folder.leads, True, name, folder.limits), name=name)
    return Slot(index=place, lead=_lead(folder.leads, False, labels[place], folder.limits), name=labels[place])


def _lead(leads: Leads, is_table: bool, name: str, limits: Limits) -> str:
    lead, spelled = (leads.table, leads.table_spelled) if is_table else (leads.column, leads.column_spelled)
    words = plain(spell_out(name), limits.words) if spelled and is_spelled_differently(name) else ""
    return spelled.format(name=name, words=words) if words else lead.format(name=name)


def _comment(table: Table, place: int) -> str | None:
    return table.comment if place == TABLE_SLOT else table.columns[place].comment


def _show(column: Column, label: str, dialect: str, limits: Limits) -> _Shown:
    target = column.references
    return _Shown(
        name=label,
        type=plain(column.type.lower(), limits.name),
        family=type_family(column.type, dialect),
        key=column.primary_key,
        target=plain(".".join(filter(None, (target.table, target.column))).translate(_QUOTES), limits.name)
        if target
        else "",
        values=listed(column.values, limits.values),
    )


def _with_notes(lines: list[_Shown], comments: Iterable[str | None], limits: Limits) -> list[_Shown]:
    """Add comments to what they are about, as far as they fit."""
    left = limits.comments
    noted = []
    for line, comment in zip(lines, comments, strict=True):
        note = plain(comment or "", min(limits.comment, left))
        left -= len(note.encode())
        noted.append(line._replace(note=note))
    return noted


def _labels(table: Table, limits: Limits) -> tuple[str, ...]:
    """Return the columns' names as they are shown; those that only differ in what is not shown are numbered."""
    labels: dict[str, None] = {}
    for place, column in enumerate(table.columns, 1):
        label = plain(column.name, limits.name)
        labels[label if label not in labels else f"{label} #{place}"] = None
    return tuple(labels)


def _table_name(table: Table) -> str:
    schema = table.schema_name or ""
    return table.name if schema.lower() in _SAYS_NOTHING else ".".join(filter(None, (schema, table.name)))


@cache
def _instructions() -> str:
    examples: Any = read_examples(PromptKind.INSTRUCT)
    return open_template(PromptKind.INSTRUCT, "slots").render(examples=examples).rstrip("\n")

"""Schemas as prompts: what a model reads, and the slots it fills.

The product owns the structure of a documentation. A model is never asked for a
list of columns: it reads the schema once (the prefix) and then fills one slot for
the table and one for each column, each on its own, each ending with its line.
No column can be missing, doubled or invented.

Names and types in a schema are written by strangers. Comments and defaults are
left out of prompts, white space is collapsed, and the engine neutralises the
tokenizer's control tokens.
"""

from enum import StrEnum
from pathlib import Path

from columnist.ddl.tables import Column, Table
from columnist.digests import digest_file
from columnist.values import Value

TABLE_SLOT = -1
COLUMNS_PER_PROMPT = 40  # wider tables are read in windows, which bounds memory at any width
# What a model gets to see of a name, and of a whole line, in bytes: a tokenizer makes at most one token of a
# byte, so that a hostile schema cannot fill the context of a model.
_MAX_NAME_BYTES = 100
_MAX_LINE_BYTES = 160


class PromptKind(StrEnum):
    """The prompts: ``compact`` for tuned models, ``instruct`` for general-purpose ones."""

    COMPACT = "compact"
    INSTRUCT = "instruct"


class Slot(Value):
    """One text to fill.

    Attributes:
        index: The column's position in its table, or ``TABLE_SLOT`` for the table's text.
        lead: What stands before the text, ending with a colon.
    """

    index: int
    lead: str


class Prompt(Value):
    """A shared prefix and the slots to fill after it.

    Attributes:
        instructions: For models with a chat template; empty for tuned models.
        schema_text: The rendered schema.
    """

    instructions: str
    schema_text: str
    slots: tuple[Slot, ...]


def render_prompts(table: Table, kind: PromptKind) -> tuple[Prompt, ...]:
    """Render a table as prompts: one, or several windows of columns if it is wide.

    The table's own slot is in the first. Every column has exactly one slot.

    Example:
        >>> table = Table(name="stock", columns=(Column(name="sku", type="TEXT", primary_key=True),
        ...                                      Column(name="qty_oh", type="INT")))
        >>> prompt, = render_prompts(table, PromptKind.COMPACT)
        >>> print(prompt.schema_text)
        table stock
        sku text key
        qty_oh int
        >>> [slot.lead for slot in prompt.slots]
        ['stock (table):', 'sku:', 'qty_oh:']
    """
    columns = table.columns
    starts = range(0, max(len(columns), 1), COLUMNS_PER_PROMPT)
    return tuple(_render_window(table, kind, start, columns[start : start + COLUMNS_PER_PROMPT]) for start in starts)


def prompt_digest() -> str:
    """Return the SHA-256 of this file: a tuned model only fits the prompts it has learned."""
    return digest_file(Path(__file__))


def _render_window(table: Table, kind: PromptKind, start: int, window: tuple[Column, ...]) -> Prompt:
    table_lead, column_lead = _LEADS[kind]
    slots = [
        Slot(index=start + offset, lead=column_lead.format(_plain(column.name))) for offset, column in enumerate(window)
    ]
    if start == 0:
        slots.insert(0, Slot(index=TABLE_SLOT, lead=table_lead.format(_plain(table.name))))
    # Keys tell what one row is, so a window far from them still shows them.
    keys = [] if start == 0 else [column for column in table.columns[:start] if column.primary_key][:4]
    lines = [f"table {_plain(table.qualified_name)}", *(_render_column(column) for column in (*keys, *window))]
    if len(window) < len(table.columns):
        lines[0] += f" ({len(table.columns)} columns, {start + 1} to {start + len(window)} shown)"
    return Prompt(
        instructions=_INSTRUCTIONS if kind is PromptKind.INSTRUCT else "",
        schema_text="\n".join(lines),
        slots=tuple(slots),
    )


def _render_column(column: Column) -> str:
    parts = [_plain(column.name), _plain(column.type).lower()]
    if column.primary_key:
        parts.append("key")
    if column.references:
        target = column.references
        parts.append("-> " + _plain(f"{target.table}.{target.column}" if target.column else target.table))
    if column.values:
        parts.append("in " + _plain(", ".join(column.values)))
    return _plain(" ".join(part for part in parts if part), _MAX_LINE_BYTES)


def _plain(text: str, max_bytes: int = _MAX_NAME_BYTES) -> str:
    r"""Collapse white space, so that a name cannot start a line of its own, and bound the length.

    Example:
        >>> _plain("a\n  b", max_bytes=2), _plain("éé", max_bytes=3)
        ('a', 'é')
    """
    return " ".join(text.split()).encode()[:max_bytes].decode(errors="ignore").strip()


_INSTRUCTIONS = """\
You document database schemas. For the table or column you are asked about, write one short, plain \
sentence that says what it holds: the meaning, the unit or the codes if the schema shows them, and how it \
relates to other tables. Do not repeat the name, do not invent facts, do not use quotes or markdown.

Example schema:
table wh_bin
bin_id int key
wh_id int -> warehouse.wh_id
max_wt_kg decimal(8, 2)
last_cnt_dt date

Example answers:
Description of table wh_bin: One row for each storage bin of a warehouse, with its limit and its last stock count.
Description of column bin_id: Identifies the storage bin.
Description of column wh_id: The warehouse in which the bin stands.
Description of column max_wt_kg: Greatest weight the bin may carry, in kilograms.
Description of column last_cnt_dt: Date on which the bin was last counted.

Now the schema to document:"""

# A bare "name:" makes a general-purpose model write a value of the column instead of its meaning.
_LEADS = {
    PromptKind.COMPACT: ("{} (table):", "{}:"),
    PromptKind.INSTRUCT: ("Description of table {}:", "Description of column {}:"),
}

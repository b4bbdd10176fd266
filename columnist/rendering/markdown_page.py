"""A Markdown page that documents all tables of a script."""

from collections.abc import Iterator, Sequence

from columnist.ddl.tables import Column
from columnist.documentation import Origin, TableDocumentation, Text
from columnist.rendering.header import Header
from columnist.rendering.markdown_text import code, escape

MACHINE_MARK = "†"
UNSURE_MARK = "‡"
_EVEN_ODDS = 0.5


def render_markdown(documentations: Sequence[TableDocumentation], header: Header) -> str:
    """Return the page: a heading, the legend, a section per table, and the questions a person has to answer.

    No name and no text can add markup of its own: a schema may come from anyone.
    """
    title = f"# Tables of {escape(header.source)}" if header.source else "# Tables"
    blocks = [title, *_legend(documentations, header)]
    partitions = _partitions(documentations)
    for documentation in documentations:
        if documentation.table.partition_of not in partitions:
            blocks.extend(_section(documentation, partitions.get(documentation.table.identifier, ())))
    blocks.extend(_questions(documentations))
    return "\n\n".join(blocks) + "\n"


def _legend(documentations: Sequence[TableDocumentation], header: Header) -> Iterator[str]:
    texts = [text for documentation in documentations for text in (documentation.description, *documentation.columns)]
    if any(text.origin is Origin.MODEL or text.question for text in texts):
        by = f" by {escape(header.model)}" if header.model else " by a model"
        unsure = f", {UNSURE_MARK} as a guess" if any(map(_is_unsure, texts)) else ""
        yield f"{MACHINE_MARK} written{by}{unsure}; all other texts are comments from the script."


def _partitions(documentations: Sequence[TableDocumentation]) -> dict[str, list[str]]:
    """Return the names of the partitions of each table that has any and is on the page itself."""
    tables = [documentation.table for documentation in documentations]
    found: dict[str, list[str]] = {table.identifier: [] for table in tables if table.partition_of is None}
    for table in tables:
        # One that is attached later may stand before its parent.
        if table.partition_of in found:
            found[table.partition_of].append(table.qualified_name)
    return {parent: names for parent, names in found.items() if names}


def _section(documentation: TableDocumentation, partitions: Sequence[str]) -> Iterator[str]:
    table = documentation.table
    yield f"## {escape(table.qualified_name)}"
    if table.partition_of is not None:
        yield f"A partition of {code(table.partition_of)}, which documents its columns."
        return
    if documentation.description.value or documentation.description.question:
        yield _marked(documentation.description)
    if table.columns:
        yield "\n".join(_column_rows(documentation))
    if partitions:
        verb = "partition has" if len(partitions) == 1 else "partitions have"
        yield f"{len(partitions):,} {verb} these columns too: {', '.join(map(code, partitions))}."


def _column_rows(documentation: TableDocumentation) -> Iterator[str]:
    yield "| Column | Type | Null | Key | Description |"
    yield "|---|---|---|---|---|"
    for column, text in zip(documentation.table.columns, documentation.columns, strict=True):
        cells = (
            code(column.name),
            code(column.type),
            "yes" if _may_be_null(column) else "no",
            _key(column),
            _marked(text),
        )
        yield f"| {' | '.join(cells)} |"


def _questions(documentations: Sequence[TableDocumentation]) -> Iterator[str]:
    """Yield the questions once more as a list: whoever can answer them may not want to read the page."""
    items = [
        f"- {code('.'.join((documentation.table.qualified_name, *name)))}: {escape(text.question)}"
        for documentation in documentations
        for name, text in _named(documentation)
        if text.question
    ]
    if items:
        yield "## Questions to ask"
        yield "\n".join(items)


def _named(documentation: TableDocumentation) -> Iterator[tuple[tuple[str, ...], Text]]:
    """Yield each text with what follows the table's name: nothing, or the name of a column."""
    yield (), documentation.description
    for column, text in zip(documentation.table.columns, documentation.columns, strict=True):
        yield (column.name,), text


def _may_be_null(column: Column) -> bool:
    return column.nullable and not column.primary_key


def _key(column: Column) -> str:
    keys = ["primary"] if column.primary_key else []
    if column.references:
        target = column.references
        keys.append(f"to {code('.'.join(part for part in (target.table, target.column) if part))}")
    return ", ".join(keys)


def _marked(text: Text) -> str:
    if text.question:
        return f"*Not known.* {escape(text.question)} {MACHINE_MARK}"
    if text.origin is not Origin.MODEL:
        return escape(text.value)
    return f"{escape(text.value)} {UNSURE_MARK if _is_unsure(text) else MACHINE_MARK}"


def _is_unsure(text: Text) -> bool:
    """Tell whether a text is less likely to be accepted than to be changed."""
    return text.origin is Origin.MODEL and text.acceptance is not None and text.acceptance < _EVEN_ODDS

"""Render documentation as Markdown, comment statements, a dbt schema file or JSON."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from columnist.documentation import TableDocumentation
from columnist.rendering.comment_script import render_sql
from columnist.rendering.dbt_schema import render_dbt
from columnist.rendering.header import Header
from columnist.rendering.json_document import render_json
from columnist.rendering.markdown_page import render_markdown

__all__ = ["Format", "Header", "render", "render_dbt", "render_json", "render_markdown", "render_sql"]


class Format(StrEnum):
    """What documentation can be rendered as."""

    MD = "md"
    SQL = "sql"
    DBT = "dbt"
    JSON = "json"


_RENDERERS: Mapping[Format, Callable[[Sequence[TableDocumentation], Header], str]] = {
    Format.MD: render_markdown,
    Format.SQL: render_sql,
    Format.DBT: render_dbt,
    Format.JSON: render_json,
}


def render(documentations: Sequence[TableDocumentation], format: Format, header: Header | None = None) -> str:
    """Return the documentation of all tables as one text in a format.

    Equal input gives equal text: nothing in it depends on time or place.

    Args:
        documentations: The tables with their texts, in the order of the document.
        format: What to render.
        header: Names of the source and of the model, as the document should show them.

    Example:
        >>> from columnist.ddl.tables import Column, Table
        >>> from columnist.documentation import Texts, merge
        >>> table = Table(name="stock", columns=(Column(name="qty", type="int"),))
        >>> print(render([merge(table, Texts(table="", columns=("Units held.",)))], Format.SQL))
        -- Comments on tables.
        -- All are machine text; comments that people wrote stay as they are.
        <BLANKLINE>
        -- stock
        COMMENT ON COLUMN stock.qty IS 'Units held.';
        <BLANKLINE>
    """
    return _RENDERERS[format](documentations, header or Header())

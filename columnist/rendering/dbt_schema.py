"""A schema file for dbt, with the tables as sources."""

import re
from collections.abc import Sequence
from typing import Any

import yaml

from columnist.ddl.tables import Column
from columnist.documentation import Origin, TableDocumentation, Text
from columnist.rendering.header import Header

# dbt renders every string of the file as a Jinja template.
_TEMPLATE_MARK = re.compile(r"\{[{%#]")
_RARE_LINE_END = re.compile(r"[\x85\u2028\u2029]")

# Where a script names no schema, its tables are wherever the project works.
_NO_SCHEMA = {"name": "tables", "schema": "{{ target.schema }}"}


def render_dbt(documentations: Sequence[TableDocumentation], header: Header) -> str:
    """Return a ``schema.yml`` that lists every table and column, described or not.

    The tables of a script are sources to dbt, which does not build them; a
    source is a catalog and schema. Machine text carries ``config.meta`` with
    its origin, its writer and how likely it would be accepted, and so does an empty description with the question a
    person has to answer. Partitions are left out: queries name their parent.
    """
    sources: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for documentation in documentations:
        table = documentation.table
        if table.partition_of is None:
            key = (table.catalog or "", table.schema_name or "")
            sources.setdefault(key, []).append(_table(documentation, header))
    document = {"version": 2, "sources": [_source(*key, tables) for key, tables in sources.items()]}
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)


class _Dumper(yaml.SafeDumper):
    """PyYAML's safe dumper, but for the rare line ends: those it writes in a way it does not read back."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        """Write a text in double quotes where only those keep it."""
        style = '"' if _RARE_LINE_END.search(text) else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _Dumper.represent_text)


def _source(catalog: str, schema: str, tables: list[dict[str, Any]]) -> dict[str, Any]:
    place = {"name": escape_jinja(schema), "schema": escape_jinja(schema)} if schema else _NO_SCHEMA
    database = {"database": escape_jinja(catalog)} if catalog else {}
    return {**place, **database, "tables": tables}


def _table(documentation: TableDocumentation, header: Header) -> dict[str, Any]:
    table = documentation.table
    columns = [
        {"name": escape_jinja(column.name), **_typed(column), **_described(text, header)}
        for column, text in zip(table.columns, documentation.columns, strict=True)
    ]
    return {"name": escape_jinja(table.name), **_described(documentation.description, header), "columns": columns}


def _typed(column: Column) -> dict[str, str]:
    return {"data_type": escape_jinja(column.type)} if column.type else {}


def _described(text: Text, header: Header) -> dict[str, Any]:
    described: dict[str, Any] = {"description": escape_jinja(text.value)}
    if text.origin is Origin.MODEL or text.question:
        asked = {"question": escape_jinja(text.question)} if text.question else {}
        likely = {} if text.acceptance is None else {"acceptance": round(text.acceptance, 3)}
        writer = {"model": escape_jinja(header.model)} if header.model else {}
        described["config"] = {"meta": {"columnist": {"origin": text.origin.value, **asked, **likely, **writer}}}
    return described


def escape_jinja(text: str) -> str:
    """Return a template that renders to the text.

    Example:
        >>> escape_jinja("Set by {{ env_var('KEY') }}.")
        "Set by {{ '{{' }} env_var('KEY') }}."
    """
    return _TEMPLATE_MARK.sub(lambda mark: f"{{{{ '{mark[0]}' }}}}", text)

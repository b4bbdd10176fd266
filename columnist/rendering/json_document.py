"""All tables and texts as one JSON document."""

import json
from collections.abc import Sequence
from typing import Any

from columnist.documentation import TableDocumentation, Text
from columnist.rendering.header import Header


def render_json(documentations: Sequence[TableDocumentation], header: Header) -> str:
    """Return ``{"source", "model", "tables"}``; every text comes with its origin.

    Beside it is the question in its place, and the probability that it would be accepted where that is known.
    """
    document = {
        "source": header.source,
        "model": header.model,
        "tables": [_table(documentation) for documentation in documentations],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _table(documentation: TableDocumentation) -> dict[str, Any]:
    table = documentation.table
    return {
        "catalog": table.catalog,
        "schema": table.schema_name,
        "name": table.name,
        "identifier": table.identifier,
        "dialect": table.dialect,
        "partition_of": table.partition_of,
        "description": _text(documentation.description),
        "columns": [
            {
                "name": column.name,
                "identifier": column.identifier,
                "type": column.type,
                "nullable": column.nullable,
                "primary_key": column.primary_key,
                "references": column.references and column.references.model_dump(),
                "description": _text(text),
            }
            for column, text in zip(table.columns, documentation.columns, strict=True)
        ],
    }


def _text(text: Text) -> dict[str, str | float | None]:
    acceptance = None if text.acceptance is None else round(text.acceptance, 3)
    return {"text": text.value, "origin": text.origin.value, "question": text.question, "acceptance": acceptance}

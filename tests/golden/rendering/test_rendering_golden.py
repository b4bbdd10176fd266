"""One schema rendered in every format, compared as text; DuckDB executes both of its scripts.

To see the difference after a change on purpose, run this file as a program: it
writes the documents anew, and the version control shows what moved.
"""

from pathlib import Path

import duckdb
import pytest

from columnist.ddl import read_file
from columnist.documentation import TableDocumentation, Texts, merge
from columnist.rendering import Format, Header, render

FOLDER = Path(__file__).parent
HEADER = Header(source="shop.sql", model="columnist v1")
FILES = {
    Format.MD: "shop.md",
    Format.SQL: "shop.comments.sql",
    Format.DBT: "shop.dbt.yml",
    Format.JSON: "shop.json",
}
TEXTS = {
    "customers": Texts(
        table="People and firms that have ordered at least once.",
        columns=("Key of the customer.", "Name as it goes on the parcel.", "Ignored, for a person wrote one."),
    ),
    "Order Items": Texts(
        table="",
        columns=(
            "Key of the order.",
            "Who ordered; it's never empty.",
            "Price without tax, in {{ currency }}.",
            "? What's kept in this {{ oddly }} named column | <b>who</b> fills it in?",
        ),
    ),
}


def documented() -> list[TableDocumentation]:
    script = read_file(FOLDER / "shop.sql", "duckdb")
    return [merge(table, TEXTS[table.name]) for table in script.tables]


@pytest.mark.parametrize("format", FILES)
def test_a_schema_is_rendered_as_before(format: Format) -> None:
    expected = (FOLDER / FILES[format]).read_text(encoding="utf-8")
    assert render(documented(), format, HEADER) == expected


def test_duckdb_executes_schema_and_comments() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA shop")
        connection.execute((FOLDER / "shop.sql").read_text(encoding="utf-8"))
        connection.execute((FOLDER / "shop.comments.sql").read_text(encoding="utf-8"))
        told = connection.execute("SELECT comment FROM duckdb_columns() WHERE NOT internal ORDER BY ALL").fetchall()
    assert [comment for (comment,) in told if comment] == sorted(
        text.value for documentation in documented() for text in documentation.columns if text.value
    )


if __name__ == "__main__":
    for format, name in FILES.items():
        (FOLDER / name).write_text(render(documented(), format, HEADER), encoding="utf-8")

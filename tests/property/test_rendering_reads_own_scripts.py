"""The product's own reader finds in a rendered script what was rendered into it."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from columnist.ddl import read_text
from columnist.ddl.tables import Table
from columnist.documentation import Texts, merge
from columnist.rendering import Format, Header, render
from columnist.rendering.literals import one_line

DIALECTS = (
    "bigquery",
    "clickhouse",
    "databricks",
    "duckdb",
    "hive",
    "mysql",
    "oracle",
    "postgres",
    "redshift",
    "snowflake",
    "spark",
    "trino",
    "tsql",
)
SCRIPT = "CREATE TABLE shop.stock (id INT, qty INT, note INT);\n"

texts = st.text(alphabet="ab'\"`\\;-/*#$%&?@[]{}() \n1é漢", max_size=30).map(lambda text: f"T {text} e")


def with_definitions(table: Table) -> Table:
    columns = tuple(column.model_copy(update={"definition": "INT"}) for column in table.columns)
    return table.model_copy(update={"columns": columns})


@settings(max_examples=200, deadline=None)
@given(texts, st.sampled_from(DIALECTS))
@example("T'); DROP TABLE shop.stock; -- e", "postgres")
@example("T \\' e", "bigquery")
@example("T ${x}; e", "hive")
def test_the_reader_finds_every_text(text: str, dialect: str) -> None:
    table = with_definitions(read_text(SCRIPT, dialect).tables[0])
    rendered = render([merge(table, Texts(table=text, columns=(text, "", text)))], Format.SQL, Header(source=text))
    read = read_text(SCRIPT + rendered, dialect)
    assert len(read.tables) == 1
    found = read.tables[0]
    told = one_line(text)
    assert [column.comment for column in found.columns] == [told, None, told]
    # Hive says the table's comment as a property, which the reader may pass over.
    assert found.comment == told or (dialect == "hive" and found.comment is None)

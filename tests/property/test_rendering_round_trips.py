"""Any name and any text comes back from what was rendered, and nothing else happens."""

import json
import sqlite3

import duckdb
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2 import Environment
from markdown_it import MarkdownIt
from markdown_it.token import Token

from columnist.abstention import is_abstention
from columnist.ddl.tables import Column, Table
from columnist.documentation import TableDocumentation, Texts, merge
from columnist.rendering import Format, Header, render
from columnist.rendering.identifiers import quote
from columnist.rendering.literals import encode_literal, one_line
from columnist.rendering.markdown_text import code, escape, fence
from columnist.rendering.unseen import has_unseen, show_unseen

texts = st.text(max_size=40) | st.text(alphabet="ab'\"`\\;-/*#|<>[](){}!@._~$&%:= \n\r\t1+", max_size=30)
names = texts.filter(lambda name: name.strip() and "\x00" not in name)
descriptions = texts.filter(lambda text: not is_abstention(text))
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = "a'); DROP TABLE t; --\n\\' <script>|[x](y)` {{ 1/0 }}"


# No statement is written about a name that reads otherwise than it is.
readable_names = names.filter(lambda name: not has_unseen(name))


def documented(name: str, column: str, text: str, dialect: str) -> TableDocumentation:
    table = Table(name=name, dialect=dialect, columns=(Column(name=column, type="INT", definition="INT"),))
    return merge(table, Texts(table=text, columns=(text,)))


@settings(max_examples=80, deadline=None)
@given(readable_names, readable_names, descriptions)
@example("order", "select", HOSTILE)
@example('a"b', "x; DROP TABLE y", "ends with a backslash \\")
def test_duckdb_reads_back_every_text(name: str, column: str, text: str) -> None:
    table = Table(
        name=name,
        identifier=quote(name, "duckdb"),
        dialect="duckdb",
        columns=(Column(name=column, identifier=quote(column, "duckdb")),),
    )
    script = render([merge(table, Texts(table=text, columns=(text,)))], Format.SQL, Header(source=name))
    with duckdb.connect() as duck:
        duck.execute(f"CREATE TABLE {quote(name, 'duckdb')} ({quote(column, 'duckdb')} INT)")
        duck.execute(script)
        tables = duck.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall()
        columns = duck.execute("SELECT column_name, comment FROM duckdb_columns() WHERE NOT internal").fetchall()
    told = one_line(text) or None
    assert (tables, columns) == ([(name, told)], [(column, told)])


@settings(max_examples=100, deadline=None)
@given(names, names, descriptions)
@example("t", "c", HOSTILE)
def test_a_script_of_lines_to_read_does_nothing(name: str, column: str, text: str) -> None:
    script = render([documented(name, column, text, "sqlite")], Format.SQL, Header(source=name, model=column))
    assert all(line.startswith("-- ") for line in script.split("\n") if line)
    connection = sqlite3.connect(":memory:")
    connection.executescript(script)
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()


@given(texts)
def test_sqlite_reads_back_a_standard_literal(text: str) -> None:
    connection = sqlite3.connect(":memory:")
    assert connection.execute(f"SELECT {encode_literal(text, 'sqlite')}").fetchone() == (one_line(text),)
    connection.close()


@given(
    texts, st.sampled_from(["bigquery", "clickhouse", "databricks", "hive", "mysql", "redshift", "snowflake", "spark"])
)
def test_a_literal_with_backslashes_decodes_to_its_text(text: str, dialect: str) -> None:
    literal = encode_literal(text, dialect)
    assert literal[0] == literal[-1] == "'"
    assert _decode(literal[1:-1]) == one_line(text)


def _decode(body: str) -> str:
    """Read a literal as these dialects do: '' and escapes by a backslash; a lone quote would end it."""
    decoded, rest = "", body
    while rest:
        if rest.startswith("\\u"):
            decoded, rest = decoded + chr(int(rest[2:6], 16)), rest[6:]
        elif rest.startswith(("\\\\", "\\'", "''")):
            decoded, rest = decoded + rest[1], rest[2:]
        else:
            assert rest[0] not in "'\\"
            decoded, rest = decoded + rest[0], rest[1:]
    return decoded


def _only_text(tokens: list[Token] | None) -> str:
    assert all(token.type in {"text", "code_inline"} for token in tokens or [])
    return "".join(token.content for token in tokens or [])


@settings(max_examples=300)
@given(texts)
@example("1. x")
@example("https://example.org www.example.org")
@example("- # > = * + a\\|b")
def test_markdown_shows_every_text_as_it_is(text: str) -> None:
    cells = [t for t in MARKDOWN.parse(f"| a |\n|---|\n| {escape(text)} |\n") if t.type == "inline"]
    assert [_only_text(cell.children) for cell in cells] == ["a", show_unseen(one_line(text))]
    paragraph = [token for token in MARKDOWN.parse(f"before\n\n{escape(text)}\n") if token.type != "inline"]
    assert {token.type for token in paragraph} == {"paragraph_open", "paragraph_close"}
    heading = [token for token in MARKDOWN.parse(f"# {escape(text)}\n") if token.type == "inline"]
    assert _only_text(heading[0].children) == show_unseen(one_line(text))


@given(names)
def test_a_code_span_holds_every_name(name: str) -> None:
    cells = [t for t in MARKDOWN.parse(f"| a |\n|---|\n| {code(name)} |\n") if t.type == "inline"]
    assert _only_text(cells[1].children) == show_unseen(one_line(name))


@given(texts)
def test_a_fence_holds_every_text(text: str) -> None:
    tokens = MARKDOWN.parse(fence(text, "sql") + "\n\nafter\n")
    assert [token.type for token in tokens][:2] == ["fence", "paragraph_open"]


@settings(max_examples=100)
@given(names, names, descriptions)
def test_a_page_has_the_cells_of_its_table(name: str, column: str, text: str) -> None:
    page = MARKDOWN.parse(render([documented(name, column, text, "postgres")], Format.MD, Header(source=name)))
    assert [token.type for token in page].count("td_open") == 5
    assert not any(token.type.startswith("html") for token in page)


@settings(max_examples=100)
@given(names, names, descriptions)
@example("{{ x }}", "{% raw %}", "{{{ {#")
@example("next line\x85", "\u2028", "\n a \x85 \n")
def test_dbt_reads_back_every_text(name: str, column: str, text: str) -> None:
    rendered = render([documented(name, column, text, "postgres")], Format.DBT)
    table = yaml.safe_load(rendered)["sources"][0]["tables"][0]
    read = [table["name"], table["columns"][0]["name"], table["columns"][0]["description"]]
    environment = Environment(keep_trailing_newline=True, newline_sequence="\n")
    templates = [environment.from_string(part).render() for part in read]
    # Jinja itself turns every kind of line end into one.
    assert templates == [_one_newline(part) for part in (name, column, text.strip())]


def _one_newline(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(names, names, descriptions)
def test_json_reads_back_every_text(name: str, column: str, text: str) -> None:
    table = json.loads(render([documented(name, column, text, "postgres")], Format.JSON))["tables"][0]
    assert (table["name"], table["columns"][0]["description"]["text"]) == (name, text.strip())

"""Whatever a model writes, a question is never rendered as a description, and people's texts stay as they are."""

import json

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2 import Environment
from markdown_it import MarkdownIt

from columnist.abstention import is_abstention
from columnist.ddl import read_text
from columnist.ddl.tables import Column, Table
from columnist.documentation import Origin, TableDocumentation, Texts, merge
from columnist.rendering import Format, render
from columnist.rendering.literals import one_line
from columnist.rendering.statements import statements_of
from columnist.rendering.unseen import show_unseen

NAMES = ("id", "attr7", "flex_01")
DIALECTS = ("bigquery", "duckdb", "hive", "mysql", "oracle", "postgres", "snowflake", "spark", "sqlite", "tsql")
SIGNS = "ab'\"`\\;-/*#$%&?@[]{}() \n\x00\u200b1"
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")

plain = st.text(alphabet=SIGNS, max_size=20)
asked = plain.map(lambda text: f"? SECRETQ {text}")
# Spaces and signs that nobody sees must not carry a question past the marker.
hidden = st.builds(lambda before, text: before + text, st.text(alphabet=" \n\x00\u200b", max_size=3), asked)
written = st.tuples(*[plain | asked | hidden] * 4)
comments = st.tuples(*[st.none() | st.text(alphabet=SIGNS.replace("\x00", ""), max_size=12)] * 4)


def document(dialect: str, people: tuple[str | None, ...], texts: tuple[str, ...]) -> TableDocumentation:
    columns = tuple(
        Column(name=name, type="INT", definition="INT", comment=comment)
        for name, comment in zip(NAMES, people[1:], strict=True)
    )
    table = Table(name="stock", dialect=dialect, comment=people[0], columns=columns)
    return merge(table, Texts(table=texts[0], columns=texts[1:]))


def texts_of(documentation: TableDocumentation) -> list:
    return [documentation.description, *documentation.columns]


@given(comments, written)
def test_people_keep_their_words_and_models_their_questions(people, texts):
    for comment, generated, text in zip(people, texts, texts_of(document("postgres", people, texts)), strict=True):
        if comment and comment.strip():
            assert (text.value, text.origin, text.question) == (comment, Origin.HUMAN, "")
        else:
            assert not is_abstention(text.value)
            assert ("SECRETQ" in text.question) == ("SECRETQ" in generated)


@settings(max_examples=200, deadline=None)
@given(comments, written, st.sampled_from(DIALECTS))
@example((None,) * 4, ("? SECRETQ'); DROP TABLE stock; --",) * 4, "postgres")
@example((None, "? ask Ann", None, None), ("\x00? SECRETQ", "a", "b", "\u200b?"), "sqlite")
def test_no_comment_statement_asks(people, texts, dialect):
    documentation = document(dialect, people, texts)
    script = render([documentation], Format.SQL)
    assert "SECRETQ" not in script
    questions = sum(bool(text.question) for text in texts_of(documentation))
    assert script.count(" a person") == bool(questions)
    if statements_of(dialect) is None:
        return
    found = read_text("CREATE TABLE stock (id INT, attr7 INT, flex_01 INT);\n" + script, dialect).tables[0]
    told = [one_line(text.value) if text.origin is Origin.MODEL else "" for text in documentation.columns]
    assert [column.comment or "" for column in found.columns] == told
    assert not is_abstention(found.comment or "")


@settings(max_examples=100)
@given(comments, written)
def test_a_page_lists_each_question_once_more(people, texts):
    documentation = document("postgres", people, texts)
    questions = [one_line(text.question) for text in texts_of(documentation) if text.question]
    tokens = MARKDOWN.parse(render([documentation], Format.MD))
    types = [token.type for token in tokens]
    assert (types.count("list_item_open"), types.count("td_open")) == (len(questions), 15)
    assert not any(kind.startswith(("html", "code_block", "fence")) for kind in types)
    listed = ["".join(part.content for part in token.children) for token in tokens if token.type == "inline"]
    names = ["stock", *(f"stock.{name}" for name in NAMES)]
    open_names = [name for name, text in zip(names, texts_of(documentation), strict=True) if text.question]
    if questions:
        expected = [f"{name}: {show_unseen(question)}" for name, question in zip(open_names, questions, strict=True)]
        assert [line.strip() for line in listed[-len(questions) :]] == [line.strip() for line in expected]


@settings(max_examples=100)
@given(comments, written)
def test_dbt_and_json_keep_questions_out_of_descriptions(people, texts):
    documentation = document("postgres", people, texts)
    described = texts_of(documentation)
    in_json = json.loads(render([documentation], Format.JSON))["tables"][0]
    fields = [in_json["description"], *(column["description"] for column in in_json["columns"])]
    assert [(field["text"], field["question"]) for field in fields] == [(t.value, t.question) for t in described]
    in_dbt = yaml.safe_load(render([documentation], Format.DBT))["sources"][0]["tables"][0]
    environment = Environment(keep_trailing_newline=True, newline_sequence="\n")
    for field, text in zip([in_dbt, *in_dbt["columns"]], described, strict=True):
        meta = field.get("config", {"meta": {"columnist": {}}})["meta"]["columnist"]
        assert environment.from_string(field["description"]).render() == text.value
        assert environment.from_string(meta.get("question", "")).render() == text.question

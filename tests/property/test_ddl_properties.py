import string

from hypothesis import given, settings
from hypothesis import strategies as st

from columnist.ddl import DIALECTS, Script, read_text
from columnist.ddl.encoding import decode
from columnist.ddl.lexicon import lexicon, tokenize
from columnist.ddl.splitter import split
from columnist.errors import SourceError

dialects = st.sampled_from(DIALECTS)
# What scripts are made of, and what trips a reader up.
FRAGMENTS = """CREATE TABLE|CREATE TABLE t (a INT)|(|)|,|;|'|"|`|[|]|<|>|--|/*|*/|#|$$|$a$|\\|\n|GO\n|/\n|//|E'|q'[
|DELIMITER //\n|BEGIN|END|CASE|AS|SELECT|SELECT *|FROM|t|a|INT|ENUM|STRUCT<|NOT NULL|DEFAULT|PRIMARY KEY|CHECK
|REFERENCES|COMMENT 'x'|COMMENT ON TABLE t IS|COMMENT ON COLUMN t.a IS|ALTER TABLE t|ADD|ADD COLUMN|MODIFY|INHERITS
|RENAME COLUMN|LIKE|PARTITION OF|CREATE TYPE|CREATE SCHEMA|CREATE FUNCTION|EXEC sp_addextendedproperty
|'MS_Description'|OPTIONS(description=|COPY t FROM stdin;|CREATE VIRTUAL TABLE|USING|WITH|{{ x }}|${x}|@x|.|..|::|=
|1|é|\t|\\.\n|IF NOT EXISTS"""
fragments = st.sampled_from(FRAGMENTS.split("|"))
scripts = st.lists(fragments | st.text(max_size=4), max_size=25).map(" ".join)
names = st.text(string.ascii_letters + "é _-.;'\"`]*/", min_size=1, max_size=8).filter(
    lambda name: name.strip() == name
)
comments = st.text(min_size=1, max_size=20).filter(lambda text: text.strip() and "\0" not in text and "\r" not in text)


@given(scripts, dialects | st.none())
@settings(max_examples=400, deadline=None)
def test_nothing_but_a_source_error_ever_escapes(text, dialect):
    try:
        script = read_text(text, dialect)
    except SourceError:
        return
    assert script.create_table_statements >= len(script.tables)
    assert all("\n" not in skipped.reason and len(skipped.statement) <= 80 for skipped in script.skipped)
    assert Script.model_validate_json(script.model_dump_json()) == script


@given(st.text(max_size=200) | scripts, dialects)
@settings(max_examples=200, deadline=None)
def test_statements_are_pieces_of_the_script_in_order_at_their_lines(text, dialect):
    position = 0
    for statement in split(text, dialect):
        found = text.index(statement.text, position)
        assert text[position:found].strip() == "" or found > position
        position = found + len(statement.text)
        assert 1 <= statement.line <= text.count("\n") + 1


@given(st.text(max_size=200) | scripts, dialects)
@settings(max_examples=200, deadline=None)
def test_tokens_are_the_text_they_stand_at(text, dialect):
    end = 0
    for token in tokenize(text, lexicon(dialect)):
        assert token.start >= end
        assert text[token.start : token.end] == token.text != ""
        end = token.end


def _quote(name: str, dialect: str) -> str:
    if dialect == "mysql":
        return "`" + name.replace("`", "``") + "`"
    return "[" + name.replace("]", "]]") + "]" if dialect == "tsql" else '"' + name.replace('"', '""') + '"'


def _literal(text: str, dialect: str) -> str:
    if dialect in ("mysql", "snowflake", "redshift"):
        text = text.replace("\\", "\\\\")
    return "'" + text.replace("'", "''") + "'"


@given(
    st.sampled_from(["postgres", "redshift", "snowflake", "oracle", "duckdb", "mysql"]),
    names,
    st.lists(names, min_size=1, max_size=6, unique_by=str.lower),
    comments,
    st.data(),
)
@settings(max_examples=200, deadline=None)
def test_names_and_comments_come_back_as_they_were_written(dialect, name, columns, comment, data):
    commented = data.draw(st.sampled_from(columns))
    body = ", ".join(f"{_quote(column, dialect)} INT" for column in columns)
    table, column = _quote(name, dialect), _quote(commented, dialect)
    if dialect == "mysql":
        body = body.replace(f"{column} INT", f"{column} INT COMMENT {_literal(comment, dialect)}", 1)
        sql = f"CREATE TABLE {table} ({body});"
    else:
        sql = f"CREATE TABLE {table} ({body});\nCOMMENT ON COLUMN {table}.{column} IS {_literal(comment, dialect)};"
    script = read_text(sql, dialect)
    assert not script.skipped
    (read,) = script.tables
    assert (read.name, read.identifier) == (name, table)
    assert [each.name for each in read.columns] == columns
    assert [each.comment for each in read.columns] == [comment if each == commented else None for each in columns]


@given(comments, st.lists(st.tuples(names, comments), min_size=1, max_size=4, unique_by=lambda pair: pair[0].lower()))
@settings(max_examples=100, deadline=None)
def test_extended_properties_come_back_as_they_were_written(comment, columns):
    sql = f"CREATE TABLE [dbo].[t] ({', '.join(_quote(name, 'tsql') + ' INT' for name, _ in columns)})\n"
    target = "@level0type='SCHEMA', @level0name='dbo', @level1type='TABLE', @level1name='t'"
    sql += f"EXEC sp_addextendedproperty 'MS_Description', N{_literal(comment, 'tsql')}, {target};\n"
    for name, text in columns:
        value, column = f"N{_literal(text, 'tsql')}", f"@level2type='COLUMN', @level2name={_literal(name, 'tsql')}"
        sql += f"EXEC sp_addextendedproperty 'MS_Description', {value}, {target}, {column};\n"
    (table,) = read_text(sql, "tsql").tables
    assert table.comment == comment
    assert [(column.name, column.comment) for column in table.columns] == columns


@given(st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs", "Cc"]), max_size=50))
def test_every_encoding_gives_the_same_text(text):
    text = f"CREATE TABLE t (a INT); {text}"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert decode(text.encode(encoding), "x.sql")[0] == text

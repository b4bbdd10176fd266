"""Read one CREATE TABLE statement.

A statement is a header (the name), a list of columns and constraints, and a
tail of physical clauses. Each column is read by itself, so one that cannot be
read does not lose the table; of the tail only comments, keys, parents and a
query matter. sqlglot reads the queries of ``CREATE TABLE ... AS``; it is not
asked for the whole statement, because it gives up on many real ones for a
clause of the tail and does not keep types and defaults as they were written.
"""

import difflib
import re
from dataclasses import dataclass, field

from columnist.ddl.columns import read_column, shorten
from columnist.ddl.constraints import apply_constraints, is_constraint
from columnist.ddl.drafts import Draft, Drafts
from columnist.ddl.lexicon import Kind, Lexicon, Token, as_written, lexicon, tokenize
from columnist.ddl.literals import decode_string
from columnist.ddl.names import Name, Part, read_name
from columnist.ddl.options import description_option, property_comment
from columnist.ddl.phrases import depth, in_group, is_closed, term_end, word_at
from columnist.ddl.queries import projection
from columnist.ddl.splitter import Statement
from columnist.ddl.tables import Column

_CREATE_TABLE = re.compile(
    r"CREATE\s+(?:OR\s+(?:REPLACE|ALTER|REFRESH)\s+)?(?:[A-Z]+\s+){0,4}?TABLE\b(?!\s+FUNCTION\b)\s*(?:IF\s+NOT\s+EXISTS\b\s*)?",
    re.IGNORECASE,
)
_NOT_A_TABLE = re.compile(
    r"\b(?:VIEW|INDEX|FUNCTION|PROCEDURE|TRIGGER|TYPE|SCHEMA|USER|ROLE|POLICY|RULE|STATISTICS|SEQUENCE|DATABASE)\b",
    re.IGNORECASE,
)
_MISSPELT_TABLE = re.compile(
    r"CREATE\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?"
    r"(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|FOREIGN|EXTERNAL|TRANSIENT|VOLATILE|MULTISET|VIRTUAL)\s+){0,2}"
    r"(?P<word>[A-Z]+)\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r"(?:\"[^\"]+\"|`[^`]+`|\[[^\]]+\]|[\w$#@]++|\s*\.\s*)++\s*\(",
    re.IGNORECASE,
)
_NEAR = 0.75  # TABEL and TBLE are this near to TABLE; TABLESPACE, LABEL and STAGE are not
_MAX_DEPTH = 100
_QUERY_OPENS = frozenset({"SELECT", "WITH", "FROM", "VALUES"})
_COPIES = frozenset({"LIKE", "CLONE", "COPY"})
_COPIED_WHOLE = frozenset({"primary_key", "comment"})
_COPIES_ALL = frozenset({"mysql", "snowflake", "bigquery", "hive", "spark", "databricks"})


def opens_table(text: str) -> re.Match[str] | None:
    """Return the match of ``CREATE TABLE`` at the start of a statement, up to the name.

    Example:
        >>> opens_table("create global temporary table if not exists t (a int)").end()
        44
        >>> opens_table("CREATE INDEX i ON t (a)") is None
        True
    """
    found = _CREATE_TABLE.match(text)
    return found if found and not _NOT_A_TABLE.search(found.group()) else None


def misspelt_table(text: str) -> str | None:
    """Return the word that stands where a statement can only mean ``CREATE TABLE name (``.

    Example:
        >>> misspelt_table("create temp tabel if not exists s.t (a int)")
        'tabel'
        >>> misspelt_table("CREATE TYPE t AS (a int)"), misspelt_table("CREATE TABLE t (a int)")
        (None, None)
    """
    found = _MISSPELT_TABLE.match(text)
    word = found.group("word") if found else ""
    near = difflib.get_close_matches(word.upper(), ["TABLE"], cutoff=_NEAR)
    return word if near and word.upper() != "TABLE" else None


@dataclass
class _Reading:
    """A CREATE TABLE being read: the draft, its tokens, and remarks on what was lost."""

    draft: Draft
    drafts: Drafts
    tokens: list[Token]
    rules: Lexicon
    remarks: list[str]
    text: str
    has_columns: bool = False
    constraints: list[list[Token]] = field(default_factory=list)


def read_table(statement: Statement, drafts: Drafts) -> tuple[Draft, list[str]]:
    """Read a CREATE TABLE statement.

    Args:
        statement: The statement; ``opens_table`` has matched it.
        drafts: The tables of the script so far, which it may refer to.

    Returns:
        The table, and a remark for each part of it that could not be read.

    Raises:
        ValueError: No columns can be told; the message says why.
    """
    head = opens_table(statement.text)
    rules = lexicon(drafts.dialect)
    tokens = list(tokenize(statement.text, rules, head.end() if head else 0))
    if depth(tokens) > _MAX_DEPTH:
        raise ValueError(f"it is nested more than {_MAX_DEPTH} deep")
    named = read_name(tokens, 0, drafts.dialect)
    if not named:
        raise ValueError("no table name after CREATE TABLE")
    name, index = named
    draft = Draft(_within(name, statement.schema), drafts.dialect, statement.line)
    reading = _Reading(draft, drafts, tokens, rules, [], statement.text)
    if head and re.search(r"\bVIRTUAL\b", head.group(), re.IGNORECASE):
        _read_virtual(reading, index)
    else:
        _read_rest(reading, index)
    for item in reading.constraints:
        apply_constraints(draft, item)
    return draft, reading.remarks


def _within(name: Name, schema: str | None) -> Name:
    """Qualify a table that ``CREATE SCHEMA s CREATE TABLE t`` declares without a qualifier."""
    if schema is None or len(name.parts) > 1:
        return name
    quoted = not (schema[0].isalnum() or schema[0] == "_")
    return Name((Part(schema[1:-1] if quoted else schema, quoted), *name.parts), f"{schema}.{name.identifier}")


def _read_rest(reading: _Reading, index: int) -> None:
    """Read all that follows the name, clause by clause."""
    tokens = reading.tokens
    while index < len(tokens):
        word = word_at(tokens, index)
        if word == "(" and not reading.has_columns and word_at(tokens, index + 1) not in _QUERY_OPENS:
            index = _read_columns(reading, index)
        elif word == "STORED" and word_at(tokens, index + 1) == "AS":
            index += 2
        elif (word == "AS" and not reading.has_columns) or _is_query(tokens, index):
            _read_query(reading, index)
            return
        elif word == "AS" and _is_query(tokens, index + 1):
            return
        else:
            index = _read_clause(reading, index, word)
    if not reading.has_columns:
        raise ValueError("it has no list of columns")


def _is_query(tokens: list[Token], index: int) -> bool:
    while word_at(tokens, index) == "(":
        index += 1
    return word_at(tokens, index) in _QUERY_OPENS and word_at(tokens, index + 1) not in (
        "(",
        "NO",
        "DATA",
        "SYSTEM",
    )


def _read_columns(reading: _Reading, index: int) -> int:
    closed = is_closed(reading.tokens, index)
    listed, index = in_group(reading.tokens, index)
    reading.has_columns = True
    if not closed:
        reading.remarks.append("its list of columns never closes; is a parenthesis missing?")
    for item in listed:
        if word_at(item, 0) == "LIKE" and len(item) > 1:
            _inherit(reading, item, 1, whole="ALL" in (token.word for token in item))
        elif is_constraint(item, reading.draft.dialect):
            reading.constraints.append(item)
        else:
            _add_column(reading, item)
    if listed and not reading.draft.columns and not reading.constraints:
        raise ValueError(f"none of its columns can be read, the first is '{shorten(as_written(listed[0]))}'")
    return index


def _add_column(reading: _Reading, item: list[Token]) -> None:
    draft = reading.draft
    try:
        column, remark = read_column(item, draft.dialect)
    except ValueError as error:
        reading.remarks.append(str(error))
        return
    if remark:
        reading.remarks.append(remark)
    named = read_name(item[:1], 0, draft.dialect)
    if named and not draft.add_column(column, named[0]):
        reading.remarks.append(f"column {column.identifier} is declared twice; the first is kept")


def _read_clause(reading: _Reading, index: int, word: str) -> int:
    """Read one clause of the tail that matters, or step over one term."""
    tokens, following = reading.tokens, word_at(reading.tokens, index + 1)
    if word in _COPIES and not reading.has_columns:
        return _inherit(reading, tokens, index + 1, whole=reading.draft.dialect in _COPIES_ALL)
    if word == "PARTITION" and following == "OF" and not reading.has_columns:
        return _read_partition(reading, index + 2)
    if word == "OF" and not reading.has_columns:
        raise ValueError("its columns are those of a type; only columns written in CREATE TABLE are read")
    if word == "INHERITS" and following == "(":
        return _read_inherits(reading, index + 1)
    if word == "WITH" and following == "(":
        return term_end(tokens, index + 1)
    if word == "PRIMARY" and following == "KEY":
        end = term_end(tokens, index + 2) if index + 2 < len(tokens) else index + 2
        reading.constraints.append(tokens[index:end])
        return end
    if word in ("PARTITIONED", "PARTITION") and following == "BY" and word_at(tokens, index + 2) == "(":
        return _read_partition_columns(reading, index + 2)
    if word in ("COMMENT", "OPTIONS", "TBLPROPERTIES"):
        return _read_comment(reading, index)
    return term_end(tokens, index)


def _read_comment(reading: _Reading, index: int) -> int:
    tokens, draft, rules = reading.tokens, reading.draft, reading.rules
    word, index = word_at(tokens, index), index + 1
    if word == "COMMENT":
        index += word_at(tokens, index) == "="
        if index < len(tokens) and tokens[index].kind is Kind.STRING:
            draft.comment = decode_string(tokens[index], rules)
        return index
    if word_at(tokens, index) != "(":
        return index
    options, index = in_group(tokens, index)
    if word == "OPTIONS":
        draft.comment = description_option(options, rules) or draft.comment
        return index
    draft.comment = draft.comment or property_comment(options, rules)
    return index


def _read_partition_columns(reading: _Reading, index: int) -> int:
    """Add the columns that Hive declares in PARTITIONED BY; elsewhere it only names columns."""
    listed, index = in_group(reading.tokens, index)
    if reading.draft.dialect in ("hive", "spark", "databricks", "athena"):
        for item in listed:
            if len(item) > 1 and word_at(item, 1) not in ("(", ","):
                reading.has_columns = True
                _add_column(reading, item)
    return index


def _inherit(reading: _Reading, tokens: list[Token], index: int, *, whole: bool) -> int:
    """Copy the columns of the table that is named at ``index``, with its primary key and comments if ``whole``."""
    named = read_name(tokens, index, reading.draft.dialect)
    if not named:
        raise ValueError("it copies a table that is not named")
    parent = _parent(reading, named[0])
    # No dialect copies foreign keys with LIKE.
    reading.draft.inherit(parent, keeping=_COPIED_WHOLE if whole else frozenset())
    reading.has_columns = True
    return named[1]


def _parent(reading: _Reading, name: Name) -> Draft:
    parent = reading.drafts.find(name)
    if parent is None:
        raise ValueError(f"its columns are those of {name.identifier}, which the script does not create before it")
    return parent


def _read_partition(reading: _Reading, index: int) -> int:
    named = read_name(reading.tokens, index, reading.draft.dialect)
    if not named:
        raise ValueError("PARTITION OF does not name a table")
    parent = _parent(reading, named[0])
    reading.draft.inherit(parent, keeping=frozenset({"primary_key", "references"}))
    reading.draft.parent = parent
    reading.has_columns = True
    return named[1]


def _read_inherits(reading: _Reading, index: int) -> int:
    listed, index = in_group(reading.tokens, index)
    for item in reversed(listed):
        named = read_name(item, 0, reading.draft.dialect)
        parent = reading.drafts.find(named[0]) if named else None
        if parent is not None:
            reading.draft.inherit(parent)
        elif reading.draft.columns:
            reading.remarks.append(f"it also has the columns of {as_written(item)}, which the script does not create")
        else:
            raise ValueError(f"its columns are those of {as_written(item)}, which the script does not create before it")
    return index


def _read_query(reading: _Reading, index: int) -> None:
    """Take the columns of ``CREATE TABLE ... AS``."""
    if reading.has_columns:
        return
    draft, tokens = reading.draft, reading.tokens
    if (
        word_at(tokens, index) == "AS"
        and not _is_query(tokens, index + 1)
        and word_at(tokens, index + 1) not in _QUERY_OPENS
    ):
        _read_copied(reading, index + 1)
        return
    opening = "" if word_at(tokens, index) == "AS" else "AS "
    found = projection(f"CREATE TABLE x {opening}{reading.text[tokens[index].start :]}", draft.dialect)
    if found.star_of is not None:
        _inherit(reading, list(tokenize(found.star_of, reading.rules)), 0, whole=False)
    for name, identifier in found.names:
        draft.add_column(Column(name=name, identifier=identifier), Name((Part(name, identifier != name),), identifier))
    if not draft.columns:
        raise ValueError("its query does not name its columns")
    if found.unnamed and found.star_of is None:
        reading.remarks.append(f"{found.unnamed} of the columns of its query have no name and are left out")


def _read_copied(reading: _Reading, index: int) -> None:
    """Read ``AS other``: ClickHouse copies a table, or calls a table function."""
    named = read_name(reading.tokens, index, reading.draft.dialect)
    if not named or word_at(reading.tokens, named[1]) == "(":
        raise ValueError("its columns come from a function")
    _inherit(reading, reading.tokens, index, whole=False)


def _read_virtual(reading: _Reading, index: int) -> None:
    """Read ``USING module(column, ...)`` of SQLite; ``option = value`` is no column."""
    tokens = reading.tokens
    while index < len(tokens) and tokens[index].word != "(":
        index += 1
    listed = in_group(tokens, index)[0] if index < len(tokens) else []
    for item in listed:
        named = read_name(item[:1], 0, reading.draft.dialect)
        if named and word_at(item, 1) != "=":
            reading.draft.add_column(Column(name=named[0].last, identifier=named[0].identifier), named[0])
    if not reading.draft.columns:
        raise ValueError("its module does not name columns")

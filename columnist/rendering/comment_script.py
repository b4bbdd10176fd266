"""A script of comment statements in the dialect of each table."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from columnist.ddl.tables import Column
from columnist.documentation import Origin, TableDocumentation, Text
from columnist.rendering.header import Header
from columnist.rendering.limits import excess
from columnist.rendering.literals import one_line
from columnist.rendering.statements import Statements, statements_of
from columnist.rendering.unseen import has_unseen, show_unseen

# Two command lines replace variables inside of literals, and what escapes them is a setting, not SQL.
_VARIABLES: Mapping[str, tuple[str, str]] = {
    "oracle": ("&", "SQL*Plus and SQL Developer take & for a variable: run SET DEFINE OFF first."),
    "tsql": ("$(", "sqlcmd takes $( for a variable: run it with -x."),
}

# Whoever reads the script before running it would read another statement than the one that is run.
_UNSEEN = "its name has characters that cannot be seen"


def render_sql(
    documentations: Sequence[TableDocumentation], header: Header, origins: Collection[Origin] = (Origin.MODEL,)
) -> str:
    """Return executable statements that set the comments of all tables.

    Nothing is cut, guessed or overwritten: by default only machine text is
    written, since people's comments are in the schema already, and what a
    dialect cannot say safely is left out with a line that says why. A dialect
    without comments gets lines to read, each of which is an SQL comment. A
    question is no comment: what a person has to answer is counted at the end
    of each table.
    """
    blocks = ["\n".join(_table_lines(documentation, origins)) for documentation in documentations]
    dialects = dict.fromkeys(documentation.table.dialect for documentation in documentations)
    opening = "\n".join(_comments(_opening(header, origins, dialects, "".join(blocks))))
    return "\n\n".join([opening, *filter(None, blocks)]) + "\n"


def _opening(header: Header, origins: Collection[Origin], dialects: Iterable[str], body: str) -> Iterator[str]:
    yield f"Comments on the tables of {header.source}." if header.source else "Comments on tables."
    if Origin.HUMAN not in origins:
        by = f", written by {header.model}" if header.model else ""
        yield f"All are machine text{by}; comments that people wrote stay as they are."
    for dialect in dialects:
        if statements_of(dialect) is None:
            yield f"No statement comments on tables and columns in {dialect}: the texts are here to read."
        mark, note = _VARIABLES.get(dialect, ("", ""))
        if mark and mark in body:
            yield note


def _table_lines(documentation: TableDocumentation, origins: Collection[Origin]) -> Iterator[str]:
    table = documentation.table
    if table.partition_of is not None:
        yield _comment(f"{table.qualified_name}: left out, {table.partition_of} carries the texts of its partitions")
        return
    texts = (documentation.description, *documentation.columns)
    if not any(_chosen(text, origins) or text.question for text in texts):
        return
    yield _comment(table.qualified_name)
    statements = statements_of(table.dialect)
    if statements is None:
        yield from _readable(documentation, origins)
    else:
        yield from _executable(documentation, statements, origins)
    if left_open := _left_open(documentation):
        yield _comment(left_open)


def _executable(
    documentation: TableDocumentation, statements: Statements, origins: Collection[Origin]
) -> Iterator[str]:
    table = documentation.table
    if has_unseen(table.identifier):
        yield _left_out("all texts", _UNSEEN)
        return
    if text := _chosen(documentation.description, origins):
        reason = excess(text, table.dialect, of_table=True)
        yield _left_out("the table's text", reason) if reason else statements.on_table(table, text)
    for column, described in zip(table.columns, documentation.columns, strict=True):
        if text := _chosen(described, origins):
            reason = excess(text, table.dialect, of_table=False) or _refuse(column, statements)
            yield _left_out(f"column {column.name}", reason) if reason else statements.on_column(table, column, text)


def _refuse(column: Column, statements: Statements) -> str | None:
    return _UNSEEN if has_unseen(column.identifier) else statements.refuse(column)


def _readable(documentation: TableDocumentation, origins: Collection[Origin]) -> Iterator[str]:
    table = documentation.table
    names = (table.name, *(f"{table.name}.{column.name}" for column in table.columns))
    texts = (documentation.description, *documentation.columns)
    for name, text in zip(names, texts, strict=True):
        if chosen := _chosen(text, origins):
            yield _comment(f"{name}: {chosen}")


def _left_open(documentation: TableDocumentation) -> str:
    """Say which texts need a person: those of which the model asked what they should say."""
    pairs = zip(documentation.table.columns, documentation.columns, strict=True)
    names = [column.name for column, text in pairs if text.question]
    what = ["the table itself"] if documentation.description.question else []
    if names:
        what.append(f"{len(names)} column{'s' if len(names) > 1 else ''}")
    verb = "need" if len(what) + len(names) > 2 else "needs"
    listed = f": {', '.join(names)}" if names else ""
    return f"{' and '.join(what)} {verb} a person{listed}" if what else ""


def _chosen(text: Text, origins: Collection[Origin]) -> str:
    return one_line(text.value) if text.origin in origins else ""


def _left_out(what: str, reason: str) -> str:
    return _comment(f"left out: {what}: {reason}")


def _comments(lines: Iterable[str]) -> list[str]:
    return [_comment(line) for line in lines]


def _comment(text: str) -> str:
    """Return one SQL comment line that no name can leave; Spark reads on after a backslash at its end."""
    line = show_unseen(one_line(text))
    return f"-- {line} ." if line.endswith("\\") else f"-- {line}"

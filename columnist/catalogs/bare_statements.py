"""CREATE TABLE statements without comments: as a source wrote them, or from what is known of a table."""

from collections.abc import Iterator

from columnist.ddl import read_text
from columnist.ddl.lexicon import Kind, Token, lexicon, tokenize
from columnist.ddl.tables import Column, Table
from columnist.errors import SourceError
from columnist.rendering.identifiers import identify_column, identify_table

_COMPARED = ("name", "type", "nullable", "primary_key", "references", "values")
_EMPTIED = ("OPTIONS", "TBLPROPERTIES")


def strip_comments(statement: str, dialect: str) -> str:
    r"""Return a statement without its comments of both kinds, laid out as it was.

    Example:
        >>> print(strip_comments("CREATE TABLE t ( -- it\n  a INT COMMENT 'One.',\n  b INT\n) COMMENT='Two'", "mysql"))
        CREATE TABLE t (
          a INT,
          b INT
        )
    """
    tokens = list(tokenize(statement, lexicon(dialect)))
    dropped = set(_comment_clauses(tokens))
    pieces: list[str] = []
    end = 0
    for place, token in enumerate(tokens):
        if place not in dropped:
            pieces += [_gap(statement[end : token.start], bool(pieces)), token.text]
        elif pieces and statement[end : token.start].strip():
            pieces.append("\n" if "\n" in statement[end : token.start] else "")
        end = token.end
    return "".join(pieces).strip()


def render_create_table(table: Table) -> str:
    """Write a CREATE TABLE statement with the names, types and keys of a table.

    Example:
        >>> key = Column(name="id", type="INT", primary_key=True, nullable=False)
        >>> print(render_create_table(Table(name="stock", columns=(key, Column(name="odd name")))))
        CREATE TABLE stock (
          id INT NOT NULL,
          "odd name",
          PRIMARY KEY (id)
        );
    """
    items = [_definition(table, column) for column in table.columns]
    keys = [identify_column(table, column) for column in table.columns if column.primary_key]
    items += [f"PRIMARY KEY ({', '.join(keys)})"] if keys else []
    for column in table.columns:
        if target := column.references:
            columns = f" ({target.column})" if target.column else ""
            items.append(f"FOREIGN KEY ({identify_column(table, column)}) REFERENCES {target.table}{columns}")
    lines = ",\n".join(f"  {item}" for item in items)
    return f"CREATE TABLE {identify_table(table)} (\n{lines}\n);"


def agrees(statement: str, table: Table) -> bool:
    """Whether a statement declares a table as it is known, and says nothing in comments."""
    try:
        script = read_text(statement, table.dialect)
    except SourceError:
        return False
    if len(script.tables) != 1 or script.skipped:
        return False
    (read,) = script.tables
    commented = read.comment is not None or any(column.comment is not None for column in read.columns)
    return not commented and read.identifier == table.identifier and _facts(read) == _facts(table)


def _facts(table: Table) -> list[tuple[object, ...]]:
    return [tuple(getattr(column, name) for name in _COMPARED) for column in table.columns]


def _definition(table: Table, column: Column) -> str:
    parts = (identify_column(table, column), column.type, "" if column.nullable else "NOT NULL")
    return " ".join(part for part in parts if part)


def _gap(text: str, within: bool) -> str:
    """Keep the white space between two tokens, and only the line ends and the indent where a comment stood."""
    if not text.strip():
        return text
    if not within:
        return ""
    return "\n" + text.rpartition("\n")[2] if "\n" in text and not text.rpartition("\n")[2].strip() else " "


def _comment_clauses(tokens: list[Token]) -> Iterator[int]:
    """Yield the places of ``COMMENT 'x'``, ``description = 'x'``, ``'comment' = 'x'``, and of what they leave empty."""
    found: set[int] = set()
    for place, token in enumerate(tokens):
        equals = place + 1 < len(tokens) and tokens[place + 1].text == "="
        text = place + (2 if equals else 1)
        if text >= len(tokens) or tokens[text].kind is not Kind.STRING or place in found:
            continue
        property_ = token.kind is Kind.STRING and token.text[1:-1].lower() == "comment" and equals
        if token.word == "COMMENT" or (token.word == "DESCRIPTION" and equals) or property_:
            found |= {*range(place, text + 1), *_comma(tokens, place, text, found)}
    yield from found
    for place, token in enumerate(tokens):
        if token.word in _EMPTIED and place + 1 < len(tokens) and tokens[place + 1].text == "(":
            close = next((n for n in range(place + 2, len(tokens)) if n not in found), len(tokens))
            if close > place + 2 and close < len(tokens) and tokens[close].text == ")":
                yield from (place, place + 1, close)


def _comma(tokens: list[Token], first: int, last: int, found: set[int]) -> Iterator[int]:
    """Yield the comma that separates a clause from its neighbours among the options of a table."""
    before = next((n for n in range(first - 1, -1, -1) if n not in found), -1)
    after = last + 1
    opened = before >= 0 and tokens[before].text in {"(", ","}
    if opened and after < len(tokens) and tokens[after].text == ",":
        yield after
    elif before >= 0 and tokens[before].text == ",":
        yield before

"""Names of tables and columns: as written, and as the database compares them."""

from typing import NamedTuple

from columnist.ddl.lexicon import Kind, Token, as_written
from columnist.ddl.literals import decode_name

_FOLDS_TO_UPPER = frozenset({"oracle", "snowflake"})
_FOLDS_TO_LOWER = frozenset({"postgres", "redshift"})
_TABLES_AS_WRITTEN = frozenset({"mysql", "bigquery", "clickhouse"})
_COLUMNS_AS_WRITTEN = frozenset({"clickhouse"})
_STRINGS_ARE_NAMES = frozenset({"mysql", "spark", "databricks", "hive"})


class Part(NamedTuple):
    """One part of a dotted name, without its quotes."""

    text: str
    quoted: bool


class Name(NamedTuple):
    """A dotted name.

    Attributes:
        identifier: The name as written, quotes included.
    """

    parts: tuple[Part, ...]
    identifier: str

    @property
    def last(self) -> str:
        """The name without qualifiers and quotes."""
        return self.parts[-1].text


def read_name(tokens: list[Token], start: int, dialect: str) -> tuple[Name, int] | None:
    """Read a dotted name and return it with the index after it, ``None`` if none is there.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> name, after = read_name(list(tokenize('public."My Table" (', lexicon("postgres"))), 0, "postgres")
        >>> [part.text for part in name.parts], name.identifier, after
        (['public', 'My Table'], 'public."My Table"', 3)
    """
    index, pieces = start, list[Token]()
    while index < len(tokens):
        token = tokens[index]
        if _can_name(token, dialect):
            pieces.append(token)
            index += 1
            if dialect == "bigquery":
                index = _after_hyphens(tokens, index, pieces)
            if index < len(tokens) and tokens[index].word == ".":
                pieces.append(tokens[index])
                index += 1
                continue
        elif token.word == "." and pieces and pieces[-1].word == ".":
            pieces.append(token)  # T-SQL leaves the schema out: db..table
            index += 1
            continue
        break
    if not pieces or pieces[-1].word == ".":
        return None
    return Name(_parts(pieces, dialect), "".join(piece.text for piece in pieces)), index


def _can_name(token: Token, dialect: str) -> bool:
    if token.kind is Kind.NUMBER:
        return any(character.isalpha() for character in token.text) and "." not in token.text
    if token.kind is Kind.STRING:
        return dialect == "sqlite" or (dialect in _STRINGS_ARE_NAMES and token.text[0] == '"')
    return token.kind in (Kind.WORD, Kind.NAME)


def _after_hyphens(tokens: list[Token], index: int, pieces: list[Token]) -> int:
    """Take in the rest of an unquoted BigQuery project such as ``my-project-1``."""
    while (
        index + 1 < len(tokens)
        and tokens[index].word == "-"
        and tokens[index].start == tokens[index - 1].end
        and tokens[index + 1].start == tokens[index].end
    ):
        pieces += tokens[index : index + 2]
        index += 2
    return index


def _parts(pieces: list[Token], dialect: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    run: list[Token] = []
    for piece in [*pieces, None]:
        if piece is not None and piece.word != ".":
            run.append(piece)
            continue
        if run:
            quoted = run[0].kind is not Kind.WORD
            text = decode_name(run[0]) if len(run) == 1 else as_written(run)
            # BigQuery quotes a whole path: `project.dataset.table`.
            texts = text.split(".") if quoted and dialect == "bigquery" else [text]
            parts += [Part(each, quoted) for each in texts]
        run = []
    return tuple(parts)


def table_key(name: Name, dialect: str) -> tuple[str, ...]:
    """Return what two names of one table have in common.

    Example:
        >>> table_key(Name((Part("Users", False),), "Users"), "postgres")
        ('users',)
    """
    return tuple(_fold(part, dialect, _TABLES_AS_WRITTEN) for part in name.parts)


def column_key(name: Name, dialect: str) -> str:
    """Return what two names of one column have in common.

    Example:
        >>> column_key(Name((Part("Id", True),), '"Id"'), "oracle")
        'Id'
    """
    return _fold(name.parts[-1], dialect, _COLUMNS_AS_WRITTEN)


def _fold(part: Part, dialect: str, as_written_in: frozenset[str]) -> str:
    if dialect in as_written_in:
        return part.text
    if dialect in _FOLDS_TO_UPPER:
        return part.text if part.quoted else part.text.upper()
    if dialect in _FOLDS_TO_LOWER:
        return part.text if part.quoted else part.text.lower()
    return part.text.lower()

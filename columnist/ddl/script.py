"""Read a whole script: every table in it, and an account of everything else."""

import re
from collections import Counter, deque
from itertools import islice
from pathlib import Path
from typing import Self

from columnist.ddl import dialects
from columnist.ddl.allowed import enum_values
from columnist.ddl.alters import apply_alter
from columnist.ddl.columns import shorten
from columnist.ddl.comments import apply_comment_on, apply_extended_property
from columnist.ddl.drafts import Drafts, type_key
from columnist.ddl.encoding import decode
from columnist.ddl.lexicon import Kind, lexicon, tokenize
from columnist.ddl.literals import is_unclosed
from columnist.ddl.names import read_name
from columnist.ddl.parser import misspelt_table, opens_table, read_table
from columnist.ddl.phrases import word_at
from columnist.ddl.splitter import Statement, split
from columnist.ddl.tables import Table
from columnist.ddl.vocabulary import OBJECTS
from columnist.errors import SourceError
from columnist.values import Value

_STATEMENT_CHARACTERS = 80
_HEAD_CHARACTERS = 300
_WORD = re.compile(r"[A-Za-z_]+")
_HEAD_TOKENS = 6
_CREATE = re.compile(r"CREATE\b", re.IGNORECASE)
_INNER_TABLE = re.compile(r"\n[ \t]*+CREATE\s+TABLE\s", re.IGNORECASE)
_OBJECT_VERBS = frozenset({"CREATE", "DROP", "ALTER", "COMMENT"})
_LEADING_WITH = re.compile(r"WITH\s[^;]*?\s(?=CREATE\s+TABLE\s)", re.IGNORECASE)


class Skipped(Value):
    """A CREATE TABLE, or a part of one, that could not be read, or a statement that is nearly one.

    Attributes:
        line: 1-based line of the statement.
        reason: Why, in plain words on one line.
        statement: The beginning of the statement, on one line.
        partial: Whether the table is listed all the same, and only a part of it was not read.
    """

    file: str
    line: int
    reason: str
    statement: str
    partial: bool = False


class Script(Value):
    """What a script says about tables.

    Attributes:
        tables: The tables in the order of their CREATE TABLE statements.
        skipped: What could not be read, in the same order.
        ignored: Number of statements that neither create nor describe a table, by kind.
        create_table_statements: Number of CREATE TABLE statements, read or not.
    """

    file: str
    dialect: str
    encoding: str
    tables: tuple[Table, ...]
    skipped: tuple[Skipped, ...]
    ignored: dict[str, int]
    create_table_statements: int


def read_file(path: Path, dialect: str | None = None) -> Script:
    """Read the script in a file.

    Args:
        path: The file.
        dialect: Its dialect; told from the script if ``None``.

    Raises:
        SourceError: There is no such file, it is no text, it is empty, it has
            no CREATE TABLE, or there is no such dialect.
    """
    if path.is_dir():
        raise SourceError(f"{path} is a directory; expected one script of CREATE TABLE statements, name the file")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(
            f"{path} does not exist; expected a script of CREATE TABLE statements, check the path"
        ) from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}); check its permissions") from None
    return read_bytes(data, dialect, str(path))


def read_bytes(data: bytes, dialect: str | None = None, name: str = "<bytes>") -> Script:
    """Read a script from its bytes.

    Raises:
        SourceError: As for :func:`read_file`.

    Example:
        >>> read_bytes(b"CREATE TABLE t (a INT)").encoding
        'utf-8'
    """
    text, encoding = decode(data, name)
    return _read(text, dialect, name, encoding)


def read_text(text: str, dialect: str | None = None, name: str = "<text>") -> Script:
    """Read a script from a text.

    Raises:
        SourceError: As for :func:`read_file`.

    Example:
        >>> script = read_text("CREATE TABLE t (a INT); COMMENT ON COLUMN t.a IS 'Why.'")
        >>> [(column.name, column.type, column.comment) for column in script.tables[0].columns]
        [('a', 'INT', 'Why.')]
    """
    return _read(text, dialect, name, "utf-8")


def _read(text: str, dialect: str | None, name: str, encoding: str) -> Script:
    chosen = dialects.resolve(dialect) if dialect else dialects.detect(text)
    reader = _ScriptReader(name, chosen).read_all(text)
    if not dialect and not reader.creates:
        # A wrong guess can take code for one long string; the commonest rules get a second chance.
        reader = max(reader, _ScriptReader(name, "postgres").read_all(text), key=lambda each: each.creates)
    if not reader.statements:
        raise SourceError(f"{name} is empty; expected a script of CREATE TABLE statements")
    if not reader.creates:
        hint = f"; line {reader.skipped[0].line}: {reader.skipped[0].reason}" if reader.skipped else ""
        raise SourceError(
            f"{name} has no CREATE TABLE among its {reader.statements:,} statements (read as {chosen});"
            f" expected a script that creates tables{hint}"
        )
    return reader.script(encoding)


class _ScriptReader:
    def __init__(self, file: str, dialect: str) -> None:
        self.file = file
        self.drafts = Drafts(dialect)
        self.skipped: list[Skipped] = []
        self.ignored: Counter[str] = Counter()
        self.statements = 0
        self.creates = 0

    def read_all(self, text: str) -> Self:
        statement = None
        for statement in split(text, self.drafts.dialect):
            self.read(statement)
        if statement is not None and _swallows_tables(statement.text, self.drafts.dialect):
            self._skip(
                statement, "a string or comment that opens in this statement never closes; nothing after it is read"
            )
        return self

    def read(self, statement: Statement) -> None:
        self.statements += 1
        statement = statement._replace(text=_plain_head(statement.text, self.drafts.dialect))
        kind = _kind(statement.text)
        if kind == "CREATE TABLE":
            self._create(statement)
            return
        if word := misspelt_table(statement.text[:_HEAD_CHARACTERS]):
            self._skip(statement, f"CREATE {word} creates nothing that is known; is CREATE TABLE meant?")
            return
        if not self._apply(kind, statement.text):
            self.ignored[kind] += 1

    def _apply(self, kind: str, text: str) -> bool:
        """Apply a statement to a table of the script; return whether it was one that does."""
        if kind == "ALTER TABLE":
            return apply_alter(text, self.drafts)
        if kind in ("COMMENT TABLE", "COMMENT COLUMN"):
            return apply_comment_on(text, self.drafts)
        if kind == "CREATE TYPE":
            return self._remember_enum(text)
        if kind in ("EXEC", "EXECUTE") and "extendedproperty" in text[:_HEAD_CHARACTERS].lower():
            return apply_extended_property(text, self.drafts)
        return False

    def _remember_enum(self, text: str) -> bool:
        """Keep the values of ``CREATE TYPE t AS ENUM (...)`` for the columns of that type."""
        rules = lexicon(self.drafts.dialect)
        tokens = list(tokenize(text, rules))
        named = read_name(tokens, 2, self.drafts.dialect)
        if not named or word_at(tokens, named[1]) != "AS":
            return False
        values = enum_values(tokens[named[1] + 1 :], rules)
        self.drafts.enums[type_key(named[0].identifier)] = values
        return bool(values)

    def _create(self, statement: Statement) -> None:
        self.creates += 1
        body = statement._replace(text=_without_leading_with(statement.text))
        try:
            draft, remarks = read_table(body, self.drafts)
        except ValueError as error:
            self._skip(statement, str(error))
            return
        earlier = self.drafts.add(draft)
        if earlier is not None:
            self._skip(
                statement, f"{draft.name.identifier} is created on line {earlier.line} already; the first is kept"
            )
            return
        for remark in remarks:
            self._skip(statement, f"table {draft.name.identifier}: {remark}", partial=True)

    def _skip(self, statement: Statement, reason: str, *, partial: bool = False) -> None:
        self.skipped.append(
            Skipped(
                file=self.file,
                line=statement.line,
                reason=" ".join(reason.split()),
                statement=shorten(statement.text, _STATEMENT_CHARACTERS),
                partial=partial,
            )
        )

    def script(self, encoding: str) -> Script:
        return Script(
            file=self.file,
            dialect=self.drafts.dialect,
            encoding=encoding,
            tables=self.drafts.tables(),
            skipped=tuple(self.skipped),
            ignored=dict(sorted(self.ignored.items())),
            create_table_statements=self.creates,
        )


def _swallows_tables(text: str, dialect: str) -> bool:
    """Tell whether a script's last statement hides others in a string or comment that never closes."""
    if not _INNER_TABLE.search(text):
        return False
    rules = lexicon(dialect)
    last = deque(tokenize(text, rules), maxlen=1)
    if not last:
        return True  # nothing but a comment that never closes is a statement
    return last[0].kind in (Kind.STRING, Kind.NAME) and is_unclosed(last[0], rules)


def _plain_head(text: str, dialect: str) -> str:
    """Leave out comments between the first words of a CREATE statement."""
    head = text[:_STATEMENT_CHARACTERS]
    if not _CREATE.match(head) or ("/*" not in head and "--" not in head):
        return text
    tokens = list(islice(tokenize(text, lexicon(dialect)), _HEAD_TOKENS))
    return " ".join(token.text for token in tokens) + text[tokens[-1].end :]


def _without_leading_with(text: str) -> str:
    found = _LEADING_WITH.match(text[:_HEAD_CHARACTERS])
    return text[found.end() :] if found else text


def _kind(text: str) -> str:
    """Name a statement by its verb, and by its object where it has one.

    Example:
        >>> _kind("create unique index i on t (a)"), _kind("INSERT INTO t VALUES (1)")
        ('CREATE INDEX', 'INSERT')
    """
    head = text[:_HEAD_CHARACTERS]
    if opens_table(head) or _LEADING_WITH.match(head):
        return "CREATE TABLE"
    words: list[str] = [word.upper() for word in _WORD.findall(head)[:8]]
    if not words:
        return "OTHER"
    if words[0] not in _OBJECT_VERBS:
        return words[0]
    # Not every CREATE TABLE creates one: BigQuery has table functions.
    objects = OBJECTS - {"TABLE"} if words[0] == "CREATE" else OBJECTS
    noun = next((word for word in words[1:] if word in objects), "")
    return f"{words[0]} {noun}".rstrip()

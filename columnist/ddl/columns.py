"""Read one column definition: a name, a type, and the constraints after it.

Every dialect writes a column as ``name type constraint*``, so one reader serves
them all and keeps type and default as they were written. Where a word is
neither part of a type nor of a constraint that is known here, sqlglot is asked
whether the definition is SQL at all: this is how a missing comma is noticed.
"""

from collections.abc import Callable

from columnist.ddl.allowed import checked_values, enum_values
from columnist.ddl.lexicon import Kind, Lexicon, Token, as_written, lexicon
from columnist.ddl.literals import decode_string
from columnist.ddl.names import Name, read_name
from columnist.ddl.options import description_option
from columnist.ddl.phrases import in_group, term_end, word_at
from columnist.ddl.queries import is_column
from columnist.ddl.tables import Column, Reference
from columnist.ddl.vocabulary import (
    FLAGS,
    REFERENTIAL,
    STARTS,
    TYPE_WORDS,
    WITH_ARGUMENT,
    WITH_EXPRESSION,
    WITH_OPTION,
)

_MAX_QUOTED = 60


def read_column(tokens: list[Token], dialect: str) -> tuple[Column, str | None]:
    """Read a column definition.

    Returns:
        The column, and a remark if part of the definition could not be read.

    Raises:
        ValueError: There is no name to start with.

    Example:
        >>> from columnist.ddl.lexicon import tokenize
        >>> sql = "qty numeric(8, 2) DEFAULT 0 NOT NULL COMMENT 'Units held'"
        >>> column, remark = read_column(list(tokenize(sql, lexicon("mysql"))), "mysql")
        >>> column.type, column.default, column.nullable, column.comment, remark
        ('numeric(8, 2)', '0', False, 'Units held', None)
    """
    found = read_name(tokens[:1], 0, dialect)
    if not found:
        raise ValueError(f"'{shorten(as_written(tokens))}' is not a column definition")
    return _ColumnReader(found[0], tokens, dialect).read()


def shorten(text: str, limit: int = _MAX_QUOTED) -> str:
    r"""Return a text on one line, cut to a length.

    Example:
        >>> shorten("a\n  b", 10), shorten("abcdef", 5)
        ('a b', 'ab...')
    """
    line = " ".join(text[: 4 * limit].split())
    return line if len(line) <= limit else f"{line[: limit - 3]}..."


class _ColumnReader:
    def __init__(self, name: Name, tokens: list[Token], dialect: str) -> None:
        self.name = name
        self.tokens = tokens
        self.dialect = dialect
        self.rules: Lexicon = lexicon(dialect)
        self.index = 1
        self.strange: int | None = None
        self.type = ""
        self.nullable = True
        self.default: str | None = None
        self.primary_key = False
        self.references: Reference | None = None
        self.comment: str | None = None
        self.comment_at = range(0)
        self.hides_options = False
        self.values: tuple[str, ...] = ()
        self.handlers: dict[str, Callable[[], None]] = {
            "NOT": self._not,
            "NULL": self._null,
            "DEFAULT": self._default,
            "PRIMARY": self._primary,
            "UNIQUE": self._unique,
            "REFERENCES": self._references,
            "CONSTRAINT": self._constraint,
            "GENERATED": self._generated,
            "ON": self._on,
            "OPTIONS": self._options,
            "COMMENT": self._comment,
            "CHECK": self._check,
        }

    def read(self) -> tuple[Column, str | None]:
        type_end = self._read_type()
        while self.index < len(self.tokens):
            self._read_constraint()
        remark = self._remark(type_end)
        column = Column(
            name=self.name.last,
            identifier=self.name.identifier,
            type=self.type,
            nullable=self.nullable,
            default=self.default,
            primary_key=self.primary_key,
            references=self.references,
            values=self.values,
            comment=self.comment,
            definition=None if remark or self.hides_options else self._definition(),
        )
        return column, remark

    def _word(self, ahead: int = 0) -> str:
        return word_at(self.tokens, self.index + ahead)

    def _read_type(self) -> int:
        """Read up to the first constraint and note the first word that is no part of a type."""
        start = self.index
        while self.index < len(self.tokens) and not self._starts_constraint():
            follows_dot = "." in (self._word(), self._word(-1))
            if self.index > start and not follows_dot and self._is_strange() and self.strange is None:
                self.strange = self.index
            self.index = term_end(self.tokens, self.index)
        self.type = as_written(self.tokens[start : self.index])
        self.values = enum_values(self.tokens[start : self.index], self.rules)
        if self.dialect == "clickhouse" and self.type:
            # ClickHouse columns hold NULL only where their type says so.
            self.nullable = "NULLABLE" in (word_at(self.tokens, at) for at in range(start, self.index))
        return self.index

    def _is_strange(self) -> bool:
        token = self.tokens[self.index]
        if token.kind is Kind.MARK:
            return token.text not in "([%"
        return token.word not in TYPE_WORDS

    def _starts_constraint(self) -> bool:
        word, following = self._word(), self._word(1)
        if word == "COMMENT":
            return self.index + 1 < len(self.tokens) and self.tokens[self.index + 1].kind is Kind.STRING
        if word in ("CHARACTER", "CHAR"):
            return following == "SET"
        if word == "WITH":
            return following not in ("TIME", "LOCAL")
        if word == "KEY":
            return self.dialect == "mysql"
        return word in STARTS

    def _read_constraint(self) -> None:
        word = self._word()
        if word in self.handlers:
            self.handlers[word]()
        elif word in ("CHARACTER", "CHAR") and self._word(1) == "SET":
            self.index += 3
        elif word == "KEY" and self.dialect == "mysql":
            self.index += 1
            self._set_primary_key()
        elif word in WITH_EXPRESSION or word == "WITH":
            self.index += 1
            self._skip_expression()
        elif word in WITH_OPTION:
            self.index += 1
            if self._word() == "(":
                self.index = term_end(self.tokens, self.index)
        elif word in WITH_ARGUMENT:
            self.index = min(self.index + 2, len(self.tokens))
            if self._word() in ("(", "."):
                self._skip_expression()
        else:
            self._flag(word)

    def _flag(self, word: str) -> None:
        is_known = word in FLAGS or word in REFERENTIAL or word == "("
        if not is_known and self.strange is None:
            self.strange = self.index
        self.index = term_end(self.tokens, self.index)

    def _skip_expression(self) -> list[Token]:
        start = self.index
        while self.index < len(self.tokens) and (self.index == start or not self._starts_constraint()):
            self.index = term_end(self.tokens, self.index)
        return self.tokens[start : self.index]

    def _not(self) -> None:
        self.index += 1
        if self._word() == "NULL":
            self.nullable = False
            self.index += 1

    def _null(self) -> None:
        self.nullable = True
        self.index += 1

    def _default(self) -> None:
        self.index += 1
        if (self._word(), self._word(1)) == ("ON", "NULL"):
            self.index += 2
        self.default = as_written(self._skip_expression()) or None

    def _primary(self) -> None:
        self.index += 1
        if self._word() == "KEY":
            self.index += 1
            self._set_primary_key()

    def _set_primary_key(self) -> None:
        self.primary_key = True
        self.nullable = False

    def _unique(self) -> None:
        self.index += 2 if self._word(1) == "KEY" else 1

    def _references(self) -> None:
        found = read_reference(self.tokens, self.index, self.dialect)
        if found is None:
            self._flag("")
            return
        table, columns, self.index = found
        self.references = Reference(table=table.identifier, column=columns[0].last if columns else None)

    def _constraint(self) -> None:
        self.index += 2

    def _generated(self) -> None:
        while self._word() in ("GENERATED", "ALWAYS", "BY", "DEFAULT", "ON", "NULL"):
            self.index += 1

    def _on(self) -> None:
        self.index += 1
        if self._word() == "UPDATE" and self._word(1) not in REFERENTIAL:
            self.index += 1
            self._skip_expression()
        while self._word() in REFERENTIAL or (self._word() in ("NULL", "DEFAULT") and self._word(-1) == "SET"):
            self.index += 1

    def _options(self) -> None:
        start, self.index = self.index, self.index + 1
        if self._word() != "(":
            return
        options, self.index = in_group(self.tokens, self.index)
        comment = description_option(options, self.rules)
        if comment is not None:
            self.comment = comment
            self.comment_at = range(start, self.index)
            self.hides_options = len(options) > 1

    def _comment(self) -> None:
        start, self.index = self.index, self.index + 1
        if self.index < len(self.tokens) and self.tokens[self.index].kind is Kind.STRING:
            self.comment = decode_string(self.tokens[self.index], self.rules) or None
            self.index += 1
            self.comment_at = range(start, self.index)
        else:
            self._flag("")

    def _check(self) -> None:
        self.index += 1
        found = checked_values(self._skip_expression(), self.rules)
        if found and found[0].last.lower() == self.name.last.lower():
            self.values = found[1]

    def _definition(self) -> str | None:
        """Return all that follows the name but the comment, as written."""
        before, after = self.tokens[1 : self.comment_at.start or None], self.tokens[self.comment_at.stop :]
        pieces = [as_written(before), as_written(after)] if self.comment_at else [as_written(before)]
        return " ".join(filter(None, pieces)) or None

    def _remark(self, type_end: int) -> str | None:
        if self.strange is None or is_column(as_written(self.tokens), self.dialect):
            return None
        if self.strange < type_end:
            self.type = as_written(self.tokens[1 : self.strange])
        rest = shorten(as_written(self.tokens[self.strange :]))
        return f"column {self.name.identifier}: cannot read '{rest}'; is a comma missing before it?"


def read_reference(tokens: list[Token], start: int, dialect: str) -> tuple[Name, list[Name], int] | None:
    """Read ``REFERENCES table (column, ...)``: the table, its columns, and the index after them."""
    found = read_name(tokens, start + 1, dialect)
    if not found:
        return None
    table, index = found
    if word_at(tokens, index) != "(":
        return table, [], index
    columns, index = in_group(tokens, index)
    return table, names_of(columns, dialect), index


def names_of(listed: list[list[Token]], dialect: str) -> list[Name]:
    """Return the name that opens each item of a list; sort orders and lengths after it are left out."""
    found = (read_name(item[:1], 0, dialect) for item in listed)
    return [name[0] for name in found if name]

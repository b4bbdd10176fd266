"""The lexical rules of each dialect, and the tokens they make of a statement.

The splitter and the reader share these rules, so they cannot disagree on where
a string or a comment ends. Every repetition is possessive, and whatever is
opened and never closed runs to the end of the text: matching is linear in the
length of the text, whoever wrote it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache, cached_property
from typing import NamedTuple


class Kind(Enum):
    """What a token is."""

    WORD = auto()
    NAME = auto()
    STRING = auto()
    NUMBER = auto()
    MARK = auto()


class Token(NamedTuple):
    """A piece of a statement, as written.

    Attributes:
        word: The text in upper case where it is a bare word or a mark, else empty:
            a quoted name is never a keyword.
    """

    kind: Kind
    text: str
    start: int
    end: int
    word: str


_BACKSLASH = frozenset({"mysql", "bigquery", "hive", "spark", "databricks", "snowflake", "clickhouse", "redshift"})
_DOUBLE_QUOTED_STRINGS = frozenset({"mysql", "bigquery", "hive", "spark", "databricks"})
_HASH_COMMENTS = frozenset({"mysql", "bigquery"})
_BRACKETED_NAMES = frozenset({"tsql", "sqlite"})
_NESTED_COMMENTS = frozenset({"postgres", "tsql", "duckdb", "redshift", "clickhouse"})
_DOLLAR_QUOTES = frozenset({"postgres", "redshift", "duckdb", "snowflake", "databricks", "clickhouse"})
_ESCAPE_PREFIX = frozenset({"postgres", "redshift", "duckdb"})

_DOLLAR_TAG = re.compile(r"\$(?:[^\W\d]\w*+)?+\$")
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_TEMPLATE_TAG = r"\{%[^%]*+(?:%(?!\})[^%]*+)*+(?:%\}|\Z)|\{\#[^#]*+(?:\#(?!\})[^#]*+)*+(?:\#\}|\Z)"
_PLACEHOLDER = r"\{\{[^{}]*+\}\}|\$\{[^{}]*+\}"


@dataclass(frozen=True)
class Lexicon:
    """How one dialect writes strings, names and comments."""

    dialect: str

    @cached_property
    def nested_comments(self) -> bool:
        """Whether a comment may hold another one."""
        return self.dialect in _NESTED_COMMENTS

    @cached_property
    def dollar_quotes(self) -> bool:
        """Whether ``$tag$`` opens a string."""
        return self.dialect in _DOLLAR_QUOTES

    def escapes(self, quote: str) -> bool:
        """Whether a backslash escapes within strings in these quotes."""
        return self.dialect in (_BACKSLASH if quote == "'" else _DOUBLE_QUOTED_STRINGS)

    @cached_property
    def literal(self) -> str:
        """Pattern of a string or a quoted name, with its prefix."""
        single, double = _quoted("'", self.escapes("'")), _quoted('"', self.escapes('"'))
        parts = []
        if self.dialect in _ESCAPE_PREFIX:
            parts.append(f"[eE]{_quoted(chr(39), True)}")
        if self.dialect == "oracle":
            parts.append(_ORACLE_QUOTED)
        if self.dialect == "bigquery":
            parts += [f"(?:[rRbB]{{1,2}})?+{_tripled(mark)}" for mark in ("'", '"')]
        parts.append(f"(?:[nNbBxXrR]|[uU]&|[rR][bB]|[bB][rR])?+{single}")
        parts.append(f"(?:[rRbB]{{1,2}}|[uU]&)?+{double}")
        parts.append(_quoted("`", self.dialect == "bigquery"))
        if self.dialect in _BRACKETED_NAMES:
            parts.append(r"\[[^\]]*+(?:\]\][^\]]*+)*+(?:\]|\Z)")
        return "|".join(parts)

    @cached_property
    def literals(self) -> re.Pattern[str]:
        """One string or quoted name."""
        return re.compile(self.literal)

    @cached_property
    def word(self) -> str:
        """Pattern of a bare word, template placeholders included."""
        extra = "@$" if self.dialect in _HASH_COMMENTS else "@$#"
        # psql's :variable; elsewhere a colon stands between a field and its type.
        variable = r"|(?<!:):(?=[^\W\d])" if self.dialect in ("postgres", "redshift") else ""
        return rf"(?:{_PLACEHOLDER}|[^\W\d]|[{extra}&]{variable})(?:[\w{extra}]|{_PLACEHOLDER})*+"

    @cached_property
    def blank(self) -> str:
        """Pattern of white space and of every comment but ``/* */``."""
        comments = r"--[^\n]*+" + (r"|\#[^\n]*+" if self.dialect in _HASH_COMMENTS else "")
        # MySQL runs what stands in /*!40101 ... */: only its two edges are blank.
        conditional = r"|/\*M?!\d*+|\*/" if self.dialect == "mysql" else ""
        return rf"\s++|{comments}{conditional}|{_TEMPLATE_TAG}"

    @cached_property
    def blanks(self) -> re.Pattern[str]:
        """One piece of white space or a line comment."""
        return re.compile(self.blank)

    @cached_property
    def tokens(self) -> re.Pattern[str]:
        """One token, or blanks; the name of the group says which."""
        return re.compile(
            rf"(?P<blank>{self.blank})|(?P<comment>/\*)|(?P<literal>{self.literal})"
            rf"|(?P<number>\d[\w.]*+)|(?P<word>{self.word})|(?P<mark>[\s\S])"
        )

    @cached_property
    def run(self) -> re.Pattern[str]:
        """Everything up to the next semicolon, line end, comment or dollar quote."""
        marks = r";\n'\"`/\-$@\w{" + (r"\#" if self.dialect in _HASH_COMMENTS else "")
        marks += r"\[" if self.dialect in _BRACKETED_NAMES else ""
        # Words come whole, so that a prefix or a dollar sign within one is not taken for a quote.
        return re.compile(rf"(?:{self.literal}|[\w@][\w$@]*+|[^{marks}]++|-(?!-)|/(?!\*)|\{{(?![%#]))*+")


_ORACLE_QUOTED = (
    "[nN]?+[qQ]'(?:"
    + "|".join(
        rf"\{opening}[^\{closing}]*+(?:\{closing}(?!')[^\{closing}]*+)*+(?:\{closing}'|\Z)"
        for opening, closing in ("[]", "{}", "()", "<>", "!!", "||", "~~", "^^", "##")
    )
    + ")"
)


def _quoted(quote: str, backslash: bool) -> str:
    if not backslash:
        return rf"{quote}[^{quote}]*+(?:{quote}{quote}[^{quote}]*+)*+(?:{quote}|\Z)"
    return rf"{quote}[^{quote}\\]*+(?:(?:{quote}{quote}|\\[\s\S])[^{quote}\\]*+)*+(?:{quote}|\\?\Z)"


def _tripled(quote: str) -> str:
    three = quote * 3
    return rf"{three}[^{quote}\\]*+(?:(?:\\[\s\S]|{quote}(?!{quote}{quote}))[^{quote}\\]*+)*+(?:{three}|\\?\Z)"


@cache
def lexicon(dialect: str) -> Lexicon:
    """Return the lexical rules of a dialect; relatives share those of the better known one."""
    return Lexicon({"athena": "hive", "drill": "hive", "trino": "duckdb"}.get(dialect, dialect))


def comment_end(text: str, start: int, nested: bool) -> int:
    """Return where the comment that opens at ``start`` ends; the end of the text if it never does.

    Example:
        >>> comment_end("/* a /* b */ c */ d", 0, nested=True)
        17
        >>> comment_end("/* a /* b */ c */ d", 0, nested=False)
        12
    """
    if not nested:
        end = text.find("*/", start + 2)
        return len(text) if end < 0 else end + 2
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(text)


def dollar_end(text: str, start: int) -> int | None:
    """Return where the dollar quoted string that opens at ``start`` ends, ``None`` if none opens there.

    Example:
        >>> dollar_end("$a$ x $$ $a$;", 0)
        12
        >>> dollar_end("$1", 0) is None
        True
    """
    tag = _DOLLAR_TAG.match(text, start)
    if not tag:
        return None
    end = text.find(tag.group(), tag.end())
    return len(text) if end < 0 else end + len(tag.group())


def tokenize(text: str, lexicon: Lexicon, start: int = 0) -> Iterator[Token]:
    """Yield the tokens of a text from an offset on; white space and comments are left out.

    Example:
        >>> [token.text for token in tokenize("a 'it''s' /* no */ [3]", lexicon("postgres"))]
        ['a', "'it''s'", '[', '3', ']']
    """
    match, position, length = lexicon.tokens.match, start, len(text)
    while position < length:
        found = match(text, position)
        group = found.lastgroup if found else None
        if not found or group is None:
            return
        end = found.end()
        if group == "comment":
            position = comment_end(text, position, lexicon.nested_comments)
            continue
        if group in ("word", "mark") and text[position] == "$" and lexicon.dollar_quotes:
            quoted_end = dollar_end(text, position)
            if quoted_end is not None:
                group, end = "literal", quoted_end
        if group != "blank":
            yield _token(group, text[position:end], position, end, lexicon)
        position = end


def _token(group: str, text: str, start: int, end: int, lexicon: Lexicon) -> Token:
    if group == "word":
        return Token(Kind.WORD, text, start, end, text.upper())
    if group == "mark":
        return Token(Kind.MARK, text, start, end, text)
    if group == "number":
        return Token(Kind.NUMBER, text, start, end, "")
    return Token(Kind.NAME if _is_name(text, lexicon) else Kind.STRING, text, start, end, "")


def _is_name(text: str, lexicon: Lexicon) -> bool:
    if text[0] == '"':
        return lexicon.dialect not in _DOUBLE_QUOTED_STRINGS
    return text[0] in "`["


def as_written(tokens: list[Token]) -> str:
    r"""Join tokens as the script had them, with comments dropped and white space collapsed.

    Example:
        >>> as_written(list(tokenize("NUMERIC( 10,\n  2 )", lexicon("postgres"))))
        'NUMERIC( 10, 2 )'
    """
    pieces: list[str] = []
    end = tokens[0].start if tokens else 0
    for token in tokens:
        pieces.append(token.text if token.start == end else f" {token.text}")
        end = token.end
    return "".join(pieces)

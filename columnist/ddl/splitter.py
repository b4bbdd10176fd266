"""Cut a script into statements, in one pass.

No statement is parsed here. The splitter knows what may hide a semicolon
(strings, comments, procedural bodies, COPY data) and what else ends a statement
(``GO``, a lone slash, MySQL's ``DELIMITER``, or a line that can only open the
next one, for scripts that leave semicolons out).
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from columnist.ddl.lexicon import Lexicon, comment_end, dollar_end, lexicon, tokenize


class Statement(NamedTuple):
    """One statement of a script.

    Attributes:
        line: 1-based line of its first word.
        schema: The schema of an enclosing ``CREATE SCHEMA s CREATE TABLE ...``, as written.
    """

    text: str
    line: int
    schema: str | None = None


_NEXT_OPENS = re.compile(
    r"[ \t\r]*+(?:CREATE\s+(?!ON\b)\w|ALTER\s+TABLE\s|COMMENT\s+ON\s+(?:TABLE|COLUMN)\s|INSERT\s+INTO\s|DROP\s+TABLE\s"
    r"|EXEC(?:UTE)?\s+(?:\[?(?:sys|dbo)\]?\s*\.\s*)?\[?sp_\w+extendedproperty)",
    re.IGNORECASE,
)
_BODY_OPENS = re.compile(
    r"CREATE\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?+(?:(?!(?:TABLE|VIEW|INDEX|SCHEMA|SEQUENCE)\b)[\w=@`'\"%.]++\s+){0,4}"
    r"(?:FUNCTION|PROCEDURE|PROC|TRIGGER|PACKAGE|EVENT|TYPE\s+BODY)\b"
    r"|ALTER\s+(?:FUNCTION|PROCEDURE|PROC|TRIGGER)\b",
    re.IGNORECASE,
)
_BLOCK_OPENS = re.compile(
    r"BEGIN\b(?!\s*(?:;|TRAN|WORK|ISOLATION|READ|DEFERRED|IMMEDIATE|EXCLUSIVE|CONCURRENT|\Z))|DECLARE\s+(?!@)",
    re.IGNORECASE,
)
_CREATE_SCHEMA = re.compile(
    r"CREATE\s+SCHEMA\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:AUTHORIZATION\s+)?(?P<name>\"[^\"]+\"|\[[^\]]+\]|\w+)",
    re.IGNORECASE,
)
_COPY_FROM_STDIN = re.compile(r"COPY\s[^;]*?\sFROM\s+STDIN\b", re.IGNORECASE)
_COPY_END = re.compile(r"^\\\.[ \t\r]*$", re.MULTILINE)
_DELIMITER = re.compile(r"DELIMITER[ \t]+(\S+)[^\n]*", re.IGNORECASE)
_GO = re.compile(r"[ \t]*+GO(?:[ \t]+\d+)?[ \t]*;?[ \t\r]*(?:--[^\n]*)?$", re.IGNORECASE | re.MULTILINE)
_SLASH = re.compile(r"[ \t]*+/[ \t\r]*$", re.MULTILINE)
_BATCH_ENDS = {
    "tsql": re.compile(f"^{_GO.pattern}", re.IGNORECASE | re.MULTILINE),
    "oracle": re.compile(f"^{_SLASH.pattern}", re.MULTILINE),
}
_SQLPLUS = re.compile(
    r"(?:REM(?:ARK)?|PROMPT|SET|SPOOL|WHENEVER|DEFINE|UNDEFINE|ACCEPT|CONN(?:ECT)?|EXIT|QUIT|SHOW|HOST|PAUSE|CLEAR|TTITLE"
    r"|VARIABLE|PRINT|START|COL(?:UMN)?)(?:[ \t][^\n]*)?(?=\n|\r|\Z)|@[^\n]*",
    re.IGNORECASE,
)
_META_COMMAND = re.compile(r"\\[^\n]*|\.[a-z]\w*[^\n]*")
_END_OF_WHAT = frozenset({"IF", "LOOP", "WHILE", "REPEAT", "FOR"})
_HEAD_CHARACTERS = 400


def split(text: str, dialect: str) -> Iterator[Statement]:
    r"""Yield the statements of a script in order.

    Comments before a statement are not part of it. The time is linear in the
    length of the text.

    Example:
        >>> [(s.line, s.text) for s in split("SELECT ';';\n-- no;\nSELECT 2", "postgres")]
        [(1, "SELECT ';'"), (3, 'SELECT 2')]
    """
    return iter(_Splitter(text, dialect))


class _Splitter:
    def __init__(self, text: str, dialect: str) -> None:
        self.text = text
        self.dialect = dialect
        self.rules: Lexicon = lexicon(dialect)
        self.delimiter = ";"
        self.bodies_close = True
        self.schema: str | None = None

    def __iter__(self) -> Iterator[Statement]:
        position, counted, line = 0, 0, 1
        while True:
            start = self._next_start(position)
            if start >= len(self.text):
                return
            end, position, broken = self._end(start)
            line += self.text.count("\n", counted, start)
            counted = start
            statement = self.text[start:end].rstrip()
            if statement:
                yield Statement(statement, line, self.schema)
            self.schema = self._schema_after(statement) if broken else None
            if _COPY_FROM_STDIN.match(statement):
                position = self._after_copy(position)

    def _next_start(self, position: int) -> int:
        """Skip blanks, comments, empty statements and the lines that steer a client."""
        text, length = self.text, len(self.text)
        at_line_start = position == 0 or text[position - 1] == "\n"
        while position < length:
            blank = self.rules.blanks.match(text, position)
            if blank:
                at_line_start = at_line_start or "\n" in blank.group()
                position = blank.end()
            elif text.startswith("/*", position):
                end = comment_end(text, position, self.rules.nested_comments)
                if end == length and not text.endswith("*/"):
                    return position  # what is never closed is a statement, so that it is not lost unseen
                position = end
            elif text[position] == ";":
                at_line_start = False
                position += 1
            elif self.delimiter != ";" and text.startswith(self.delimiter, position):
                position += len(self.delimiter)
            else:
                steered = self._client_line(position) if at_line_start else None
                if steered is None:
                    return position
                position = steered
        return length

    def _client_line(self, position: int) -> int | None:
        """Return the end of a line that is meant for a client program, ``None`` if it is SQL."""
        text = self.text
        if text[position] in "\\.":
            found = _META_COMMAND.match(text, position)
        elif self.dialect == "oracle":
            found = _SLASH.match(text, position) or _SQLPLUS.match(text, position)
        elif self.dialect == "mysql":
            found = _DELIMITER.match(text, position)
            if found:
                self.delimiter = found.group(1)
        else:
            found = _GO.match(text, position) if self.dialect == "tsql" else None
        return found.end() if found else None

    def _end(self, start: int) -> tuple[int, int, bool]:
        """Return where a statement ends, where the next may start, and if only its successor ended it."""
        if self.delimiter != ";":
            end = self.text.find(self.delimiter, start)
            return (len(self.text), len(self.text), False) if end < 0 else (end, end + len(self.delimiter), False)
        head = self.text[start : start + _HEAD_CHARACTERS]
        is_block = self.dialect != "tsql" and _BLOCK_OPENS.match(head)
        if is_block or _BODY_OPENS.match(head):
            body_end = self._body_end(start)
            if body_end is not None:
                return body_end, body_end + self.text.startswith(";", body_end), False
        return self._plain_end(start)

    def _plain_end(self, start: int) -> tuple[int, int, bool]:
        text, rules, position, length = self.text, self.rules, start, len(self.text)
        while position < length:
            run = rules.run.match(text, position)
            position = run.end() if run else position
            if position >= length:
                break
            character = text[position]
            if character == ";":
                return position, position + 1, False
            if character == "\n":
                if self._line_ends(position + 1):
                    return position, position + 1, False
                if _NEXT_OPENS.match(text, position + 1):
                    return position, position + 1, True
                position += 1
            elif character == "$":
                quoted_end = dollar_end(text, position) if rules.dollar_quotes else None
                position = quoted_end or position + 1
            elif character == "/":
                position = self._after_slash(position)
            else:
                blank = rules.blanks.match(text, position)
                position = blank.end() if blank else position + 1
        return length, length, False

    def _after_slash(self, position: int) -> int:
        blank = self.rules.blanks.match(self.text, position)
        return blank.end() if blank else comment_end(self.text, position, self.rules.nested_comments)

    def _line_ends(self, line_start: int) -> bool:
        """Tell whether a line by itself ends the statement before it."""
        if self.dialect == "tsql":
            return _GO.match(self.text, line_start) is not None
        return self.dialect == "oracle" and _SLASH.match(self.text, line_start) is not None

    @cached_property
    def _batch_ends(self) -> list[int]:
        pattern = _BATCH_ENDS.get(self.dialect)
        return [match.start() for match in pattern.finditer(self.text)] if pattern else []

    def _body_end(self, start: int) -> int | None:
        """Return the end of a procedural body, ``None`` if it never closes.

        Where batches exist the next batch end closes it. Elsewhere BEGIN and
        CASE are paired with END. After one body that never closes no other is
        looked for, so that the time stays linear.
        """
        following = bisect_left(self._batch_ends, start)
        if following < len(self._batch_ends):
            return self._batch_ends[following]
        if not self.bodies_close:
            return None
        end = self._block_end(start)
        self.bodies_close = end is not None
        return end

    def _block_end(self, start: int) -> int | None:
        depth, previous = 0, ""
        for token in tokenize(self.text, self.rules, start):
            word = token.word
            if previous == "END":
                if word not in _END_OF_WHAT:
                    depth -= 1
                if word == "CASE":
                    word = ""
            if word in ("BEGIN", "CASE"):
                depth += 1
            elif word == ";" and depth <= 0:
                return token.start
            previous = word
        return len(self.text) if depth <= 0 or (previous == "END" and depth == 1) else None

    def _schema_after(self, statement: str) -> str | None:
        found = _CREATE_SCHEMA.match(statement)
        return found.group("name") if found else self.schema

    def _after_copy(self, position: int) -> int:
        found = _COPY_END.search(self.text, position)
        return found.end() if found else len(self.text)

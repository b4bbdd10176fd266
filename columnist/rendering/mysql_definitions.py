"""Column definitions that MySQL can be told again without changing anything but a comment.

MySQL and MariaDB have no statement for a column's comment alone: MODIFY COLUMN
takes the whole definition, and silently drops every attribute that it leaves
out. A definition is used only if it is surely complete and harmless to repeat.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from sqlglot import tokenize
from sqlglot.errors import TokenError
from sqlglot.tokens import Token, TokenType

from columnist.ddl.tables import Column
from columnist.rendering.unseen import has_unseen

# Keys belong to the table once they exist: repeating them would add a second one.
_KEY_WORDS = frozenset({"PRIMARY KEY", "PRIMARY", "UNIQUE", "KEY"})

# Constraints would be added again (MySQL) or are part of the column (MariaDB); SERIAL hides a key.
_REFUSED_WORDS = frozenset({"CHECK", "REFERENCES", "CONSTRAINT", "COMMENT", "SERIAL"})

# Version comments hide attributes, a semicolon would end the statement.
_LINE_ENDS = str.maketrans("\n\r\t", "   ")
_REFUSED_MARKS = re.compile(r"/\*|--|\#|;")


def repeatable_definition(column: Column) -> str | None:
    r"""Return what MODIFY COLUMN has to repeat after the name, or ``None`` if that is not sure.

    Example:
        >>> repeatable_definition(Column(name="id", definition="INT NOT NULL AUTO_INCREMENT PRIMARY KEY"))
        'INT NOT NULL AUTO_INCREMENT'
        >>> repeatable_definition(Column(name="qty", definition="INT CHECK (qty > 0)")) is None
        True
        >>> repeatable_definition(Column(name="state", definition="ENUM('op\u200ben')")) is None
        True
    """
    definition = column.definition
    # A statement is read before it is run: one with characters that nobody sees reads otherwise than it is.
    if not definition or _REFUSED_MARKS.search(definition) or has_unseen(definition.translate(_LINE_ENDS)):
        return None
    try:
        tokens = tokenize(definition, read="mysql")
    except TokenError:
        return None
    if any(_word(token) in _REFUSED_WORDS for token in tokens):
        return None
    return _join(_without_keys(tokens), definition) or None


def _without_keys(tokens: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
        if depth or _word(token) not in _KEY_WORDS:
            yield token


def _join(tokens: Iterable[Token], definition: str) -> str:
    """Write the tokens as they stand in the definition, with one space where there were any."""
    written = ""
    end = -1
    for token in tokens:
        gap = " " if token.start > end + 1 else ""
        written += gap + definition[token.start : token.end + 1]
        end = token.end
    return written.strip()


def _word(token: Token) -> str:
    """Return a keyword in upper case, and nothing for a string or a quoted name."""
    quoted = token.token_type in {TokenType.STRING, TokenType.IDENTIFIER}
    return "" if quoted else " ".join(token.text.upper().split())

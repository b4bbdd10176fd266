"""Tell which texts a column may hold, from ENUM types and CHECK constraints."""

from columnist.ddl.lexicon import Kind, Lexicon, Token
from columnist.ddl.literals import decode_string
from columnist.ddl.names import Name, read_name
from columnist.ddl.phrases import word_at

_ENUMS = frozenset({"ENUM", "SET", "ENUM8", "ENUM16"})
_WRAPPERS = frozenset({"NULLABLE", "LOWCARDINALITY"})
_BRACKETS = frozenset("()[]")


def enum_values(tokens: list[Token], rules: Lexicon) -> tuple[str, ...]:
    """Return the values of a type such as ``ENUM('a', 'b')``; none for other types.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> enum_values(list(tokenize("enum('a', 'b')", lexicon("mysql"))), lexicon("mysql"))
        ('a', 'b')
    """
    while word_at(tokens, 0) in _WRAPPERS and word_at(tokens, 1) == "(":
        tokens = tokens[2:]
    if word_at(tokens, 0) not in _ENUMS or word_at(tokens, 1) != "(":
        return ()
    return tuple(decode_string(token, rules) for token in tokens[2:] if token.kind is Kind.STRING)


def checked_values(tokens: list[Token], rules: Lexicon) -> tuple[Name, tuple[str, ...]] | None:
    """Return the column and the values of a CHECK that lists texts; ``None`` for any other condition.

    Both ``a IN ('x', 'y')`` and ``a = ANY (ARRAY['x'::text, 'y'::text])``,
    which PostgreSQL makes of it, are read.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> rules = lexicon("postgres")
        >>> name, values = checked_values(list(tokenize("(a IN ('x', 'y'))", rules)), rules)
        >>> name.identifier, values
        ('a', ('x', 'y'))
        >>> checked_values(list(tokenize("(a IN ('x') OR b > 1)", rules)), rules) is None
        True
    """
    flat = _without_casts([token for token in tokens if token.word not in _BRACKETS])
    named = read_name(flat, 0, rules.dialect)
    if not named:
        return None
    name, index = named
    if word_at(flat, index) == "IN":
        index += 1
    elif [token.word for token in flat[index : index + 3]] == ["=", "ANY", "ARRAY"]:
        index += 3
    else:
        return None
    listed, commas = flat[index::2], flat[index + 1 :: 2]
    if not listed or any(token.kind is not Kind.STRING for token in listed) or any(t.word != "," for t in commas):
        return None
    return name, tuple(decode_string(token, rules) for token in listed)


def _without_casts(tokens: list[Token]) -> list[Token]:
    """Leave out ``::type``; a type is the words after it, short of IN and the end of a value."""
    kept: list[Token] = []
    in_cast = False
    for token in tokens:
        if token.word == ":":
            in_cast = True
        elif in_cast and token.kind in (Kind.WORD, Kind.NAME, Kind.NUMBER) and token.word not in ("IN", "AND", "OR"):
            continue
        else:
            in_cast = False
            kept.append(token)
    return kept

"""Decode what the script quotes: strings and names."""

import re

from columnist.ddl.lexicon import Kind, Lexicon, Token

_PREFIX = re.compile(r"^(?:[nN]?[qQ]|[eEnNbBxX]|[uU]&|[rR][bB]?|[bB][rR])?(?=['\"])")
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0-7]{1,3}|[\s\S])")
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "0": "\0", "a": "\a", "v": "\v", "Z": "\x1a"}
_KEPT_BY_MYSQL = frozenset("%_")


def decode_string(token: Token, lexicon: Lexicon) -> str:
    r"""Return the text a string literal stands for.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> def text(sql, dialect):
        ...     return decode_string(next(tokenize(sql, lexicon(dialect))), lexicon(dialect))
        >>> text("'it''s'", "postgres"), text(r"E'a\nb'", "postgres"), text("$x$ it's $x$", "postgres")
        ("it's", 'a\nb', " it's ")
        >>> text(r"'it\'s'", "mysql"), text("q'[it's]'", "oracle"), text(r"'C:\temp'", "oracle")
        ("it's", "it's", 'C:\\temp')
    """
    text = token.text
    if text.startswith("$"):
        tag = text[: text.index("$", 1) + 1]
        return text[len(tag) : -len(tag)] if len(text) >= 2 * len(tag) else text[len(tag) :]
    match = _PREFIX.match(text)
    prefix = match.group().upper() if match else ""
    body = text[len(prefix) :]
    if prefix.endswith("Q"):
        return body[2:-2]
    quote = body[0]
    if len(body) >= 6 and body.startswith(quote * 3) and lexicon.dialect == "bigquery":
        inner = body[3:-3]
    else:
        inner = body[1:-1].replace(quote * 2, quote)
    escapes = prefix == "E" or (lexicon.escapes(quote) and "R" not in prefix)
    return _ESCAPE.sub(_unescape, inner) if escapes and "\\" in inner else inner


def _unescape(match: re.Match[str]) -> str:
    escape = match.group(1)
    if escape[0] in "xuU" and len(escape) > 1:
        code = int(escape[1:], 16)
    elif escape[0] in "01234567" and len(escape) > 1:
        code = int(escape, 8)
    else:
        return f"\\{escape}" if escape in _KEPT_BY_MYSQL else _SIMPLE_ESCAPES.get(escape, escape)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else match.group()


def is_unclosed(token: Token, lexicon: Lexicon) -> bool:
    """Tell whether a string or quoted name runs to the end of the text because nothing closes it.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> is_unclosed(next(tokenize("'it''s", lexicon("oracle"))), lexicon("oracle"))
        True
    """
    # With a quote added, a closed literal leaves it over; an open one takes it in.
    quote = "$" if token.text[0] == "$" else "]" if token.text[0] == "[" else token.text.lstrip("eEnNbBxXrRuU&")[:1]
    found = lexicon.literals.match(f"{token.text}\n{quote}")
    return quote == "$" or (found is not None and found.end() > len(token.text))


def decode_name(token: Token) -> str:
    """Return a name without its quotes; a bare word is a name as it stands.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> decode_name(next(tokenize('"a ""b"" c"', lexicon("postgres"))))
        'a "b" c'
    """
    if token.kind not in (Kind.NAME, Kind.STRING):
        return token.text
    closing = "]" if token.text[0] == "[" else token.text[0]
    return token.text[1:-1].replace(closing * 2, closing)

"""Take lists of tokens apart: groups in brackets, items between commas."""

from columnist.ddl.lexicon import Token

_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")
_ANGLED = frozenset({"ARRAY", "STRUCT", "MAP", "TABLE", "ROW", "NESTED", "RANGE", "UNIONTYPE"})


def group_end(tokens: list[Token], start: int) -> int:
    """Return the index after the bracket that closes the one at ``start``; the end if none does.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> group_end(list(tokenize("(a (b)) c", lexicon("postgres"))), 0)
        6
    """
    depth = 0
    for index in range(start, len(tokens)):
        mark = tokens[index].word
        if mark in _OPENING:
            depth += 1
        elif mark in _CLOSING:
            depth -= 1
            if depth == 0:
                return index + 1
    return len(tokens)


def is_closed(tokens: list[Token], start: int) -> bool:
    """Tell whether the bracket at ``start`` is closed.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> [is_closed(list(tokenize(text, lexicon("postgres"))), 0) for text in ("(a (b))", "(a (b)")]
        [True, False]
    """
    return sum(_step(token) for token in tokens[start : group_end(tokens, start)]) == 0


def _step(token: Token) -> int:
    return (token.word in _OPENING) - (token.word in _CLOSING)


def depth(tokens: list[Token]) -> int:
    """Return how deep brackets are nested.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> depth(list(tokenize("(a (b) [c]) d", lexicon("postgres"))))
        2
    """
    current = deepest = 0
    for token in tokens:
        if token.word in _OPENING:
            current += 1
            deepest = max(deepest, current)
        elif token.word in _CLOSING:
            current -= 1
    return deepest


def term_end(tokens: list[Token], start: int) -> int:
    """Return the index after one term: a group in brackets, angle brackets after a nested type, or a token.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> term_end(list(tokenize("STRUCT<a INT, b ARRAY<INT>> c", lexicon("bigquery"))), 0)
        11
    """
    if tokens[start].word in _OPENING:
        return group_end(tokens, start)
    if tokens[start].word not in _ANGLED or start + 1 >= len(tokens) or tokens[start + 1].word != "<":
        return start + 1
    depth, index = 0, start + 1
    while index < len(tokens):
        mark = tokens[index].word
        if mark in _OPENING:
            index = group_end(tokens, index)
            continue
        depth += (mark == "<") - (mark == ">")
        index += 1
        if depth == 0:
            break
    return index


def items(tokens: list[Token]) -> list[list[Token]]:
    """Split tokens at the commas that stand outside of brackets; empty items are left out.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> [len(item) for item in items(list(tokenize("a DECIMAL(1, 2), b INT,", lexicon("mysql"))))]
        [7, 2]
    """
    found: list[list[Token]] = [[]]
    index = 0
    while index < len(tokens):
        if tokens[index].word == ",":
            found.append([])
            index += 1
            continue
        end = term_end(tokens, index)
        found[-1] += tokens[index:end]
        index = end
    return [item for item in found if item]


def in_group(tokens: list[Token], start: int) -> tuple[list[list[Token]], int]:
    """Return the items in the brackets that open at ``start``, and the index after them.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> found, after = in_group(list(tokenize("(a, b) c", lexicon("mysql"))), 0)
        >>> [item[0].text for item in found], after
        (['a', 'b'], 5)
    """
    end = group_end(tokens, start)
    return items(tokens[start + 1 : end - 1 if is_closed(tokens, start) else end]), end


def word_at(tokens: list[Token], index: int) -> str:
    """Return the keyword or mark at an index, empty past the end and for everything else."""
    return tokens[index].word if 0 <= index < len(tokens) else ""

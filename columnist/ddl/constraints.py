"""Read the constraints of a table: its keys, wherever they are declared."""

from columnist.ddl.allowed import checked_values
from columnist.ddl.columns import names_of, read_reference
from columnist.ddl.drafts import Draft
from columnist.ddl.lexicon import Kind, Token, lexicon
from columnist.ddl.phrases import in_group, term_end, word_at

_OPENINGS = frozenset(
    {"CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "EXCLUDE", "PERIOD", "LIKE", "SUPPLEMENTAL"}
)
_INDEXES = {
    "mysql": frozenset({"KEY", "INDEX", "FULLTEXT", "SPATIAL"}),
    "tsql": frozenset({"INDEX"}),
    "clickhouse": frozenset({"INDEX", "PROJECTION"}),
}
_SECOND_WORDS = {
    "PRIMARY": frozenset({"KEY"}),
    "FOREIGN": frozenset({"KEY"}),
    "PERIOD": frozenset({"FOR"}),
    "SUPPLEMENTAL": frozenset({"LOG"}),
    "FULLTEXT": frozenset({"KEY", "INDEX", "("}),
    "SPATIAL": frozenset({"KEY", "INDEX", "("}),
    "CHECK": frozenset({"("}),
    "EXCLUDE": frozenset({"(", "USING"}),
}


def is_constraint(item: list[Token], dialect: str) -> bool:
    """Tell whether an item between the commas of a CREATE TABLE is something else than a column.

    Words such as ``check`` or ``key`` are names of columns too, so what follows decides.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> def test(sql):
        ...     return is_constraint(list(tokenize(sql, lexicon("postgres"))), "postgres")
        >>> test("CHECK (a > 1)"), test("check INT"), test("CONSTRAINT c UNIQUE (a)")
        (True, False, True)
    """
    first, second = word_at(item, 0), word_at(item, 1)
    if first not in _OPENINGS and first not in _INDEXES.get(dialect, ()):
        return False
    if first in _SECOND_WORDS:
        return second in _SECOND_WORDS[first]
    if first == "CONSTRAINT" and len(item) < 3:
        return False
    if first == "UNIQUE":
        return "(" in (token.word for token in item)
    return len(item) > 1 and not (first == "LIKE" and second == "(")


def apply_constraints(draft: Draft, tokens: list[Token]) -> None:
    """Take keys into a table, and the values that checks allow; other constraints say nothing that is kept."""
    index = 0
    while index < len(tokens):
        key = (word_at(tokens, index), word_at(tokens, index + 1))
        if key == ("PRIMARY", "KEY"):
            index = _apply_primary_key(draft, tokens, index + 2)
        elif key == ("FOREIGN", "KEY"):
            index = _apply_foreign_key(draft, tokens, index + 2)
        elif key == ("CHECK", "("):
            index = _apply_check(draft, tokens, index + 1)
        else:
            index = term_end(tokens, index)


def _apply_primary_key(draft: Draft, tokens: list[Token], index: int) -> int:
    """Read ``(a, b)`` after any words such as CLUSTERED; ClickHouse may name one column without brackets."""
    start = index
    while index < len(tokens) and tokens[index].word != "(" and tokens[index].kind in (Kind.WORD, Kind.NAME):
        index += 1
    if word_at(tokens, index) == "(":
        columns, index = in_group(tokens, index)
        draft.add_primary_key(names_of(columns, draft.dialect))
    elif index > start:
        draft.add_primary_key(names_of([tokens[start : start + 1]], draft.dialect))
    return index


def _apply_foreign_key(draft: Draft, tokens: list[Token], index: int) -> int:
    while index < len(tokens) and tokens[index].word not in ("(", "REFERENCES"):
        index += 1
    if word_at(tokens, index) != "(":
        return index
    columns, index = in_group(tokens, index)
    if word_at(tokens, index) != "REFERENCES":
        return index
    reference = read_reference(tokens, index, draft.dialect)
    if reference is None:
        return index + 1
    table, targets, index = reference
    draft.add_foreign_key(names_of(columns, draft.dialect), table, targets)
    return index


def _apply_check(draft: Draft, tokens: list[Token], index: int) -> int:
    end = term_end(tokens, index)
    found = checked_values(tokens[index:end], lexicon(draft.dialect))
    key = draft.find_column(found[0]) if found else None
    if found and key is not None:
        draft.update_column(key, values=found[1])
    return end

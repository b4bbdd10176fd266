"""Read ALTER TABLE, as far as it changes what is known of a table."""

import re

from columnist.ddl.columns import read_column
from columnist.ddl.comments import comment_text
from columnist.ddl.constraints import apply_constraints, is_constraint
from columnist.ddl.drafts import Draft, Drafts
from columnist.ddl.lexicon import Lexicon, Token, as_written, lexicon, tokenize
from columnist.ddl.names import read_name
from columnist.ddl.options import description_option, property_comment
from columnist.ddl.phrases import in_group, items, word_at

_HEAD = re.compile(r"ALTER\s+(?:FOREIGN\s+)?TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?", re.IGNORECASE)
_NO_COLUMN = frozenset({"PARTITION", "PERIOD", "PROJECTION", "STATISTICS", "PARTITIONS", "SUPPLEMENTAL", "TO", "RULE"})


def apply_alter(text: str, drafts: Drafts) -> bool:
    """Apply an ALTER TABLE: keys, new columns, defaults, comments, partitions.

    Returns:
        Whether the table is one of the script.
    """
    head = _HEAD.match(text)
    if not head:
        return False
    tokens = list(tokenize(text, lexicon(drafts.dialect), head.end()))
    named = read_name(tokens, 0, drafts.dialect)
    draft = drafts.find(named[0]) if named else None
    if named is None or draft is None:
        return False
    tokens = tokens[named[1] :]
    if word_at(tokens, 0) == "WITH":  # T-SQL: WITH CHECK ADD CONSTRAINT
        tokens = tokens[2:]
    adds = False
    for action in items(tokens):
        adds = _apply_action(draft, drafts, action, adds)
    return True


def _apply_action(draft: Draft, drafts: Drafts, action: list[Token], after_add: bool) -> bool:
    """Apply one action; return whether a bare item after the next comma is added too, as in T-SQL."""
    first, second = word_at(action, 0), word_at(action, 1)
    if first == "ADD":
        _add(draft, action[1:])
        return True
    if after_add and draft.dialect == "tsql":
        _add(draft, action)
        return True
    if (first, second) == ("ATTACH", "PARTITION"):
        _attach(draft, drafts, action)
    elif first == "COMMENT" and second == "COLUMN":
        _comment_column(draft, action, 2)
    elif first in ("ALTER", "MODIFY", "CHANGE"):
        _change_column(draft, action)
    elif (first, second) == ("DROP", "COLUMN"):
        _drop_column(draft, action)
    elif first == "RENAME":
        _rename_column(draft, action)
    elif {"CHARSET", "CHARACTER", "COLLATE"} & {token.word for token in action}:
        _forget_definitions(draft)
    else:
        _comment_table(draft, action)
    return False


def _add(draft: Draft, tokens: list[Token]) -> None:
    """Read what follows ADD: a constraint, a column, or several of them in brackets."""
    start = 1 if word_at(tokens, 0) in ("COLUMN", "COLUMNS") else 0
    if word_at(tokens, start) == "(":
        for item in in_group(tokens, start)[0]:
            _add_one(draft, item)
    else:
        _add_one(draft, tokens)


def _add_one(draft: Draft, tokens: list[Token]) -> None:
    if is_constraint(tokens, draft.dialect):
        apply_constraints(draft, tokens)
        return
    tokens = tokens[1:] if word_at(tokens, 0) in ("COLUMN", "COLUMNS") else tokens
    tokens = tokens[3:] if [token.word for token in tokens[:3]] == ["IF", "NOT", "EXISTS"] else tokens
    named = read_name(tokens[:1], 0, draft.dialect) if len(tokens) > 1 else None
    if named and word_at(tokens, 0) not in _NO_COLUMN:
        draft.add_column(read_column(_without_position(tokens), draft.dialect)[0], named[0])


def _without_position(tokens: list[Token]) -> list[Token]:
    """Leave out where MySQL and Hive should put a new column: ``FIRST`` or ``AFTER x``."""
    if word_at(tokens, len(tokens) - 1) == "FIRST":
        return tokens[:-1]
    return tokens[:-2] if word_at(tokens, len(tokens) - 2) == "AFTER" else tokens


def _attach(draft: Draft, drafts: Drafts, action: list[Token]) -> None:
    named = read_name(action, 2, draft.dialect)
    child = drafts.find(named[0]) if named else None
    if child is not None and child is not draft:
        child.parent = draft


def _forget_definitions(draft: Draft) -> None:
    """Drop every column's definition: in another character set it would mean another column."""
    for key in draft.columns:
        draft.update_column(key, definition=None)


def _column_at(draft: Draft, action: list[Token], index: int) -> tuple[str | None, int]:
    index += word_at(action, index) == "COLUMN"
    if [token.word for token in action[index : index + 2]] == ["IF", "EXISTS"]:
        index += 2
    named = read_name(action[index : index + 1], 0, draft.dialect)
    return (draft.find_column(named[0]) if named else None), index + 1


def _comment_column(draft: Draft, action: list[Token], index: int) -> None:
    key, after = _column_at(draft, action, index)
    if key is not None:
        draft.update_column(key, comment=comment_text(action[after:], lexicon(draft.dialect)))


def _drop_column(draft: Draft, action: list[Token]) -> None:
    key, _ = _column_at(draft, action, 1)
    if key is not None and len(draft.columns) > 1:
        del draft.columns[key]


def _change_column(draft: Draft, action: list[Token]) -> None:
    """Read ``ALTER COLUMN c SET ...``, and MySQL's and Hive's ``MODIFY c ...`` and ``CHANGE c c ...``."""
    if word_at(action, 1) == "COMMENT":  # ClickHouse: MODIFY COMMENT 'x' is the table's
        _comment_table(draft, action[1:])
        return
    key, after = _column_at(draft, action, 1)
    if key is None:
        return
    if draft.dialect == "mysql" and word_at(action, 0) in ("MODIFY", "CHANGE"):
        _redefine_column(draft, key, action[after if word_at(action, 0) == "CHANGE" else after - 1 :])
        return
    draft.update_column(key, definition=None)
    rest = action[after:]
    words = [token.word for token in rest[:3]]
    if words[:2] == ["SET", "DEFAULT"]:
        draft.update_column(key, default=as_written(rest[2:]))
    elif words[:2] == ["DROP", "DEFAULT"]:
        draft.update_column(key, default=None)
    elif words == ["SET", "NOT", "NULL"]:
        draft.update_column(key, nullable=False)
    elif words == ["DROP", "NOT", "NULL"]:
        draft.update_column(key, nullable=True)
    else:
        _set_column_comment(draft, key, rest, lexicon(draft.dialect))


def _redefine_column(draft: Draft, key: str, tokens: list[Token]) -> None:
    """Read MySQL's whole new definition of a column; what it leaves out, the comment too, is gone."""
    named = read_name(tokens[:1], 0, draft.dialect)
    if not named or len(tokens) < 2:
        return
    old, new = draft.columns[key], read_column(_without_position(tokens), draft.dialect)[0]
    kept = {"primary_key": old.primary_key or new.primary_key, "references": old.references, "definition": None}
    draft.replace_column(key, new.model_copy(update=kept), named[0])


def _rename_column(draft: Draft, action: list[Token]) -> None:
    key, after = _column_at(draft, action, 1)
    named = read_name(action, after + 1, draft.dialect)
    if key is None or named is None or word_at(action, after) != "TO":
        return
    new = {"name": named[0].last, "identifier": named[0].identifier, "definition": None}
    draft.replace_column(key, draft.columns[key].model_copy(update=new), named[0])


def _set_column_comment(draft: Draft, key: str, rest: list[Token], rules: Lexicon) -> None:
    for index, token in enumerate(rest):
        if token.word == "COMMENT":
            draft.update_column(key, comment=comment_text(rest[index + 1 :], rules))
            return
        if token.word == "OPTIONS" and word_at(rest, index + 1) == "(":
            draft.update_column(key, comment=description_option(in_group(rest, index + 1)[0], rules))
            return


def _comment_table(draft: Draft, action: list[Token]) -> None:
    """Read ``[SET] COMMENT [=] 'x'``, and SET with a description among options or properties."""
    rules = lexicon(draft.dialect)
    start = 1 if word_at(action, 0) == "SET" else 0
    if word_at(action, start) == "COMMENT":
        start += 2 if word_at(action, start + 1) == "=" else 1
        draft.comment = comment_text(action[start:], rules)
    elif word_at(action, start) == "OPTIONS" and word_at(action, start + 1) == "(":
        draft.comment = description_option(in_group(action, start + 1)[0], rules) or draft.comment
    elif word_at(action, start) == "TBLPROPERTIES" and word_at(action, start + 1) == "(":
        draft.comment = property_comment(in_group(action, start + 1)[0], rules) or draft.comment

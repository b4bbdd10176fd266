"""Read the statements that set comments apart from CREATE TABLE."""

from columnist.ddl.drafts import Draft, Drafts
from columnist.ddl.lexicon import Kind, Lexicon, Token, lexicon, tokenize
from columnist.ddl.literals import decode_string
from columnist.ddl.names import Name, Part, read_name
from columnist.ddl.phrases import items, word_at

_EXTENDED_PROPERTY_ARGUMENTS = (
    "name",
    "value",
    "level0type",
    "level0name",
    "level1type",
    "level1name",
    "level2type",
    "level2name",
)


def apply_comment_on(text: str, drafts: Drafts) -> bool:
    """Apply ``COMMENT ON TABLE|COLUMN x IS '...'``; NULL removes a comment.

    Returns:
        Whether the script creates the table that is commented on.
    """
    rules = lexicon(drafts.dialect)
    tokens = [token for token in tokenize(text, rules) if token.word not in ("IF", "EXISTS")]
    what = word_at(tokens, 2)
    start = 4 if (what, word_at(tokens, 3)) == ("FOREIGN", "TABLE") else 3
    named = read_name(tokens, start, drafts.dialect)
    if what not in ("TABLE", "COLUMN", "FOREIGN") or not named or word_at(tokens, named[1]) != "IS":
        return False
    comment = comment_text(tokens[named[1] + 1 :], rules)
    if what != "COLUMN":
        return _set(drafts.find(named[0]), None, comment)
    parts = named[0].parts
    if len(parts) < 2:
        return False
    return _set(drafts.find(Name(parts[:-1], "")), Name(parts[-1:], ""), comment)


def comment_text(tokens: list[Token], rules: Lexicon) -> str | None:
    """Return the text of the strings that open a list of tokens, ``None`` for NULL or none.

    Strings next to each other are one string in standard SQL.
    """
    texts: list[str] = []
    for token in tokens:
        if token.kind is not Kind.STRING:
            break
        texts.append(decode_string(token, rules))
    return "".join(texts) or None


def _set(draft: Draft | None, column: Name | None, comment: str | None) -> bool:
    if draft is None:
        return False
    if column is None:
        draft.comment = comment
        return True
    key = draft.find_column(column)
    if key is None:
        return False
    draft.update_column(key, comment=comment)
    return True


def apply_extended_property(text: str, drafts: Drafts) -> bool:
    """Apply T-SQL's ``sp_addextendedproperty`` and its relatives where they set MS_Description.

    Returns:
        Whether it describes a table the script creates, or a column of one.
    """
    rules = lexicon(drafts.dialect)
    tokens = list(tokenize(text, rules))
    call = next((index for index, token in enumerate(tokens[:8]) if "extendedproperty" in token.text.lower()), None)
    if call is None:
        return False
    drops = "drop" in tokens[call].text.lower()
    arguments = _arguments(tokens[call + 1 :], rules, drops)
    level1, level2 = arguments.get("level1type", ""), arguments.get("level2type", "")
    is_description = arguments.get("name", "").upper() == "MS_DESCRIPTION" and level1.upper() == "TABLE"
    if not is_description or level2.upper() not in ("", "COLUMN") or not (drops or "value" in arguments):
        return False
    names = [arguments[key] for key in ("level0name", "level1name") if arguments.get(key)]
    table = drafts.find(Name(tuple(Part(name, True) for name in names), ""))
    column = Name((Part(arguments.get("level2name", ""), True),), "") if level2 else None
    return _set(table, column, None if drops else arguments["value"] or None)


def _arguments(tokens: list[Token], rules: Lexicon, drops: bool) -> dict[str, str]:
    """Return the arguments of a call by name, given by position or as ``@name = value``."""
    positions = [name for name in _EXTENDED_PROPERTY_ARGUMENTS if not (drops and name == "value")]
    arguments: dict[str, str] = {}
    for position, item in enumerate(items(tokens)):
        if word_at(item, 1) == "=" and item[0].text.startswith("@"):
            name, value = item[0].text[1:].lower(), item[2:]
        elif position < len(positions):
            name, value = positions[position], item
        else:
            continue
        text = _argument(value, rules)
        if text is not None:
            arguments[name] = text
    return arguments


def _argument(tokens: list[Token], rules: Lexicon) -> str | None:
    """Return a constant: a string, also within CAST, or a bare or quoted word; a variable has no known value."""
    for token in tokens:
        if token.kind is Kind.STRING:
            return decode_string(token, rules)
    if not tokens or tokens[0].text.startswith("@") or tokens[0].word == "NULL":
        return None
    named = read_name(tokens[:1], 0, rules.dialect)
    return named[0].last if named else None

"""Find comments among the options of a table or column."""

from columnist.ddl.lexicon import Kind, Lexicon, Token
from columnist.ddl.literals import decode_string
from columnist.ddl.phrases import word_at


def description_option(options: list[list[Token]], rules: Lexicon) -> str | None:
    """Return the text of ``description="..."`` among BigQuery's options.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> description_option([list(tokenize('description = "x"', lexicon("bigquery")))], lexicon("bigquery"))
        'x'
    """
    for option in options:
        if word_at(option, 0) == "DESCRIPTION" and word_at(option, 1) == "=" and len(option) > 2:
            return decode_string(option[2], rules) if option[2].kind is Kind.STRING else None
    return None


def property_comment(properties: list[list[Token]], rules: Lexicon) -> str | None:
    """Return the text of ``'comment' = '...'`` among Hive's table properties.

    Example:
        >>> from columnist.ddl.lexicon import lexicon, tokenize
        >>> property_comment([list(tokenize("'comment' = 'x'", lexicon("hive")))], lexicon("hive"))
        'x'
    """
    for item in properties:
        if len(item) == 3 and item[0].text[1:-1].lower() == "comment" and item[2].kind is Kind.STRING:
            return decode_string(item[2], rules)
    return None

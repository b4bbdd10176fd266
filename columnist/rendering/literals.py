"""String literals of the dialects, safe for any text."""

import re
from collections.abc import Callable, Mapping

# Python's \s knows the Unicode spaces and the separators of lines; the rest are control characters,
# of which NUL alone would end a statement in PostgreSQL.
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def one_line(text: str) -> str:
    r"""Return a text on one line: runs of spaces, line ends and control characters become one space.

    Example:
        >>> one_line(" Net\n  price\x00. ")
        'Net price .'
    """
    return _SPACES.sub(" ", text).strip()


def encode_literal(text: str, dialect: str) -> str:
    r"""Return a text as a string literal of the dialect, on one line.

    Example:
        >>> print(encode_literal("O'Hara \\ Co", "postgres"))
        'O''Hara \ Co'
        >>> print(encode_literal("O'Hara \\ Co", "bigquery"))
        'O\'Hara \\ Co'
    """
    return _ENCODERS.get(dialect, _doubled_quotes)(one_line(text))


def _doubled_quotes(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _doubled_quotes_and_backslashes(text: str) -> str:
    return _doubled_quotes(text.replace("\\", "\\\\"))


def _backslashed(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _without_variables(text: str) -> str:
    """Keep Spark and Hive from replacing ``${...}``, which they do inside of literals too."""
    return _backslashed(text).replace("${", r"$\u007b")


def _without_semicolons(text: str) -> str:
    """Keep Hive's command lines from splitting at a semicolon, which they do inside of literals too."""
    return _without_variables(text).replace(";", r"\u003b")


def national_literal(text: str) -> str:
    """Return a text as it is as a literal of SQL Server.

    Example:
        >>> national_literal("O'Hara")
        "N'O''Hara'"
    """
    return f"N{_doubled_quotes(text)}"


_ENCODERS: Mapping[str, Callable[[str], str]] = {
    "bigquery": _backslashed,
    "clickhouse": _backslashed,
    "databricks": _without_variables,
    "hive": _without_semicolons,
    "mariadb": _doubled_quotes_and_backslashes,
    "mysql": _doubled_quotes_and_backslashes,
    "redshift": _doubled_quotes_and_backslashes,
    "snowflake": _doubled_quotes_and_backslashes,
    "spark": _without_variables,
    "tsql": national_literal,
}

"""Types as people write them in each dialect; the spellings stand in ``data/types.yaml``."""

import re
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from columnist.synthesis.habits import Habits, draw_habits
from columnist.values import Value

DIALECTS = (
    "postgres",
    "mysql",
    "sqlite",
    "tsql",
    "oracle",
    "snowflake",
    "bigquery",
    "redshift",
    "databricks",
    "spark",
    "hive",
    "duckdb",
    "clickhouse",
)
ENUM_DIALECTS = frozenset({"mysql", "duckdb", "clickhouse"})
CHECK_DIALECTS = frozenset({"postgres", "mysql", "sqlite", "tsql", "oracle", "duckdb"})
FOREIGN_KEY_DIALECTS = frozenset({"postgres", "mysql", "sqlite", "tsql", "oracle", "snowflake", "redshift", "duckdb"})
# Here keys are a hint to the optimizer; few teams declare them to other tables.
UNENFORCED_DIALECTS = frozenset({"bigquery", "databricks"})
PRIMARY_KEY_DIALECTS = FOREIGN_KEY_DIALECTS | UNENFORCED_DIALECTS
UNIQUE_DIALECTS = CHECK_DIALECTS | {"snowflake", "redshift"}
# Names of ClickHouse types tell capitals from small letters.
_CASE_SENSITIVE = frozenset({"clickhouse"})
_LOWER = {"postgres": 0.4, "mysql": 0.4, "tsql": 0.3, "hive": 0.45, "snowflake": 0.2, "redshift": 0.3, "spark": 0.25}
_DEFAULT_LOWER = 0.12
_TEAM = 0.35
_LENGTH = re.compile(r"\(\d+\)")
_ZONED = frozenset({"TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_TZ", "DATETIMEOFFSET"})
_TEXTS = re.compile(r"CHAR|TEXT|STRING|CLOB|^String", re.IGNORECASE)


class TypeChoice(Value):
    """The spellings one team has settled on, by logical type; dates and keys look alike all over a table.

    Attributes:
        lower: Types and functions are written in lower case.
        habits: What the team adds to a column besides its type.
    """

    dialect: str
    spellings: dict[str, str]
    lower: bool = False
    habits: Habits = Habits()

    def sql(self, logical: str, length: int = 50) -> str:
        """The type as SQL.

        Example:
            >>> TypeChoice(dialect="mysql", spellings={"text": "VARCHAR({n})"}).sql("text", 20)
            'VARCHAR(20)'
        """
        return self.spellings[logical].replace("{n}", str(length))

    def has(self, logical: str) -> bool:
        """Whether the dialect has a type of this sort."""
        return logical in self.spellings

    def word(self, keyword: str) -> str:
        """A keyword in the case in which the team writes types.

        Example:
            >>> TypeChoice(dialect="spark", spellings={}, lower=True).word("STRUCT")
            'struct'
        """
        return keyword.lower() if self.lower else keyword


def draw_types(rng: Random, dialect: str) -> TypeChoice:
    """Settle on one spelling of each logical type, the first ones being the most common."""
    rows, teams = _load_types()[dialect]
    team = rng.choice(teams) if teams and rng.random() < _TEAM else {}
    lower = bool(team.get("lower")) or (
        dialect not in _CASE_SENSITIVE and rng.random() < _LOWER.get(dialect, _DEFAULT_LOWER)
    )
    spellings = {logical: _draw_spelling(team.get(logical, spelled), rng) for logical, spelled in rows.items()}
    if lower:
        spellings = {logical: _lowered(spelling) for logical, spelling in spellings.items()}
    return TypeChoice(
        dialect=dialect, spellings=spellings, lower=lower, habits=draw_habits(rng, dialect, from_tool=bool(team))
    )


def _draw_spelling(spellings: tuple[str, ...], rng: Random) -> str:
    if len(spellings) == 1:
        return spellings[0]
    return rng.choices(spellings, weights=range(len(spellings) + 1, 1, -1))[0]


def _lowered(spelling: str) -> str:
    """Write a type in small letters; what stands in quotes stays, and so do the names of functions' formats."""
    return spelling if "'" in spelling else spelling.lower()


@cache
def _load_types() -> dict[str, tuple[dict[str, tuple[str, ...]], tuple[dict[str, Any], ...]]]:
    """Read the data file: rows of spellings and the teams' own, by dialect."""
    text = files("columnist.synthesis").joinpath("data", "types.yaml").read_text(encoding="utf-8")
    content = yaml.load(text, Loader=yaml.CSafeLoader)
    loaded = {}
    for dialect in DIALECTS:
        entries = content["dialects"][dialect]
        rows = {logical: _split(spelled) for logical, spelled in entries.items() if logical != "teams"}
        for logical, fallback in content["fallbacks"].items():
            rows.setdefault(logical, _fallback(fallback, rows))
        teams = tuple(
            {logical: value if logical == "lower" else _split(value) for logical, value in team.items()}
            for team in entries.get("teams", ())
        )
        loaded[dialect] = (rows, teams)
    return loaded


def _split(spelled: str) -> tuple[str, ...]:
    return tuple(spelling.strip() for spelling in spelled.split(" | "))


def _fallback(fallback: str, rows: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    logical, _, length = fallback.partition(" ")
    return tuple(spelling.replace("{n}", length) if length else spelling for spelling in rows[logical])


def has_time_zone(type_: str) -> bool:
    """Whether a type stores moments together with a time zone.

    Example:
        >>> [has_time_zone(t) for t in ("TIMESTAMPTZ", "timestamp(6) with time zone", "TIMESTAMP_NTZ")]
        [True, True, False]
    """
    return _LENGTH.sub("", type_.upper()) in _ZONED


def is_text(type_: str) -> bool:
    """Whether a type holds text.

    Example:
        >>> [is_text(t) for t in ("NVARCHAR(20)", "LowCardinality(String)", "DATE")]
        [True, True, False]
    """
    return bool(_TEXTS.search(type_))


def enum_type(dialect: str, values: tuple[str, ...]) -> str:
    """A type that lists its values, in a dialect that has one.

    Example:
        >>> enum_type("mysql", ("open", "paid")), enum_type("clickhouse", ("open", "paid"))
        ("ENUM('open', 'paid')", "Enum8('open' = 1, 'paid' = 2)")
    """
    quoted = [quote(value) for value in values]
    if dialect == "clickhouse":
        return f"Enum8({', '.join(f'{value} = {number}' for number, value in enumerate(quoted, 1))})"
    return f"ENUM({', '.join(quoted)})"


def quote(text: str) -> str:
    """A text as a SQL literal.

    Example:
        >>> quote("owner's")
        "'owner''s'"
    """
    return "'" + text.replace("'", "''") + "'"

"""When names of tables and columns are quoted, and how."""

import re
from functools import lru_cache

from columnist.values import Value

_QUOTES = {
    "mysql": "``",
    "tsql": "[]",
    "bigquery": "``",
    "spark": "``",
    "databricks": "``",
    "hive": "``",
    "clickhouse": "``",
}
_RESERVED_WORDS = """
access action add all alter analyze and any array as asc asof audit between both by case cast check collate column
comment commit constraint create cross cube current current_date current_time current_timestamp current_user cursor
database date day days default delete desc describe distinct div do double drop each else end escape except
exclusive exists exit explain external false fetch file float for force foreign from full function grant group
grouping having hour identified identity if ignore immediate in increment index initial insert int integer intersect
interval into is join key keys kill language last lateral leading left level like limit limits local location lock
long lookup loop match maxvalue measure minus minute mode modify month natural new no not nowait null number of
offline offset old on online open option or order out outer over overlaps partition percent period pivot plan
prepare primary prior privileges procedure program public quarter range rank raw read reads real record references
regexp release rename repeat replace require resource restrict return returns revoke right rlike role row rows
rownum sample schema second select sequence session set share show signal size smallint some source start state
statement success synonym sysdate system table tables target then time timestamp title to trigger true truncate type
uid undo union unique unlock unpivot update usage use user using validate value values varchar view week when
whenever where while window with within write year yield zone first method name status result version action
position class cause object procedure section segment
"""
_RESERVED = frozenset(_RESERVED_WORDS.split())
# Careful people quote these too; most just write them, because nearly every database takes them.
_HARMLESS_WORDS = """
name status type value method result version title position class cause section segment source state role level
location region action role share success target program first last measure comment quarter week record lookup
"""
_HARMLESS = frozenset(_HARMLESS_WORDS.split())
_NEVER_BARE = {
    "tsql": frozenset({"percent", "plan", "user", "section"}),
    "oracle": frozenset({"comment", "level", "mode", "start", "session", "size"}),
    "redshift": frozenset({"comment"}),
    "duckdb": frozenset({"position"}),
    "sqlite": frozenset({"action"}),
}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def is_reserved(name: str) -> bool:
    """Whether some dialect reserves a word, so that careful people quote or avoid it.

    Example:
        >>> is_reserved("Order"), is_reserved("orders")
        (True, False)
    """
    return name.lower() in _RESERVED


class Quoting(Value):
    """Quotes of a dialect, and whether a team quotes every name or only those that need it.

    Attributes:
        careful: Words are quoted that only some databases reserve.
    """

    dialect: str
    always: bool
    careful: bool = False

    def identifier(self, name: str) -> str:
        """The name as SQL.

        Example:
            >>> Quoting(dialect="mysql", always=False).identifier("order")
            '`order`'
            >>> Quoting(dialect="tsql", always=True).identifier("Id")
            '[Id]'
            >>> Quoting(dialect="postgres", always=False).identifier("Année"), Quoting(
            ...     dialect="postgres", always=False).identifier("status")
            ('"Année"', 'status')
        """
        if not self.always and not _needs_quotes(name, self.dialect, self.careful):
            return name
        quotes = _QUOTES.get(self.dialect, '""')
        closing = quotes[1]
        return f"{quotes[0]}{name.replace(closing, closing * 2)}{closing}"

    def qualified(self, schema_name: str, name: str) -> str:
        """A table's name with its schema, as SQL.

        Example:
            >>> Quoting(dialect="postgres", always=False).qualified("claims", "policy")
            'claims.policy'
        """
        return ".".join(self.identifier(part) for part in (schema_name, name) if part)


def plain_name(identifier: str) -> str:
    """The last part of an identifier, without quotes.

    Example:
        >>> plain_name('[dbo].[Claim]'), plain_name("core.claim")
        ('Claim', 'claim')
    """
    return identifier.split(".")[-1].strip('"`[]')


@lru_cache(maxsize=65_536)
def _needs_quotes(name: str, dialect: str, careful: bool) -> bool:
    if not _PLAIN.fullmatch(name) or (dialect == "oracle" and name.startswith("_")):
        return True
    word = name.lower()
    if word in _NEVER_BARE.get(dialect, ()):
        return True
    return word in _RESERVED and (careful or word not in _HARMLESS)

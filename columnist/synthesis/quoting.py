"""When names of tables and columns are quoted, and how."""

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
access action add all alter analyze and any array as asc audit between both by case cast check collate column
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


def is_reserved(name: str) -> bool:
    """Whether some dialect reserves a word, so that careful people quote or avoid it.

    Example:
        >>> is_reserved("Order"), is_reserved("orders")
        (True, False)
    """
    return name.lower() in _RESERVED


class Quoting(Value):
    """Quotes of a dialect, and whether a team quotes every name or only those that need it."""

    dialect: str
    always: bool

    def identifier(self, name: str) -> str:
        """The name as SQL.

        Example:
            >>> Quoting(dialect="mysql", always=False).identifier("order")
            '`order`'
            >>> Quoting(dialect="tsql", always=True).identifier("Id")
            '[Id]'
        """
        if not self.always and not is_reserved(name):
            return name
        quotes = _QUOTES.get(self.dialect, '""')
        return f"{quotes[0]}{name}{quotes[1]}"

    def qualified(self, schema_name: str, name: str) -> str:
        """A table's name with its schema, as SQL.

        Example:
            >>> Quoting(dialect="postgres", always=False).qualified("claims", "policy")
            'claims.policy'
        """
        return ".".join(self.identifier(part) for part in (schema_name, name) if part)

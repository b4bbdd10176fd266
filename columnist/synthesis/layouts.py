"""How a team or its tool lays statements out."""

from random import Random

from columnist.synthesis.column_types import TypeChoice
from columnist.values import Value

_REPLACING = frozenset({"snowflake", "bigquery", "databricks", "duckdb"})
_SPARING = frozenset(
    {"postgres", "mysql", "sqlite", "snowflake", "bigquery", "redshift", "databricks", "spark", "hive", "duckdb",
     "clickhouse"}
)  # fmt: skip
# Constraint names: key, unique, reference, check; {t} is the table, {c} a column.
_CONSTRAINT_NAMES = (
    ("pk_{t}", "uq_{t}_{c}", "fk_{t}_{c}", "chk_{t}_{c}"),
    ("{t}_pkey", "{t}_{c}_key", "{t}_{c}_fkey", "{t}_{c}_check"),
    ("PK_{t}", "UQ_{t}_{c}", "FK_{t}_{c}", "CK_{t}_{c}"),
    ("{t}_pk", "{t}_{c}_uk", "{t}_{c}_fk", "{t}_{c}_ck"),
    ("XPK{t}", "XAK{t}_{c}", "R_{t}_{c}", "CC_{t}_{c}"),
)
_NAME_WEIGHTS = (6, 4, 3, 3, 1)


class Layout(Value):
    """How statements are laid out.

    Attributes:
        lower: Keywords are written in lower case.
        indent: What precedes a column.
        leading_commas: Commas open lines rather than end them.
        aligned: Types stand below each other.
        one_line: Short tables are written on one line.
        keys_inline: Key constraints stand with their column rather than at the end.
        references_inline: References stand with their column.
        constraint_names: Patterns for the names of key, unique, reference and check
            constraints; empty where the database names them.
        default_first: Defaults precede ``NOT NULL``.
        opening: ``CREATE TABLE``, or a form that replaces or spares an existing table.
        bracket: What stands between the table's name and the list of columns.
        actions: What happens to references when their row is deleted.
        deferrable: References are checked at the end of a transaction.
        options: How much is said about storage: from nothing, 0, to everything, 1.
        wraps_lists: Names in constraints stand on lines of their own, as formatters write them.
    """

    lower: bool = False
    indent: str = "    "
    leading_commas: bool = False
    aligned: bool = False
    one_line: bool = False
    keys_inline: bool = True
    references_inline: bool = True
    constraint_names: tuple[str, ...] = ()
    default_first: bool = False
    opening: str = "CREATE TABLE"
    bracket: str = " ("
    actions: str = ""
    deferrable: bool = False
    options: float = 0.5
    wraps_lists: bool = False

    def listed(self, names: tuple[str, ...]) -> str:
        """Names in brackets, as constraints list them.

        Example:
            >>> Layout().listed(("a", "b"))
            '(a, b)'
        """
        if not self.wraps_lists:
            return f"({', '.join(names)})"
        deeper = self.indent * 2
        return f"(\n{deeper}" + f",\n{deeper}".join(names) + f"\n{self.indent})"

    def keyword(self, text: str) -> str:
        """A keyword in the team's case.

        Example:
            >>> Layout(lower=True).keyword("NOT NULL")
            'not null'
        """
        return text.lower() if self.lower else text


def draw_layout(rng: Random, types: TypeChoice) -> Layout:
    """Draw the layout of one team's statements."""
    dialect = types.dialect
    tool = types.habits.typed_constraints
    leading = not tool and rng.random() < 0.07
    named = rng.random() < (0.8 if tool else 0.4)
    keys_inline = rng.random() < (0.2 if tool else 0.6)
    return Layout(
        lower=rng.random() < (0.55 if types.lower and not tool else 0.02),
        indent=rng.choices(("  ", "    ", "\t", "   "), weights=(6, 8, 2, 0.4))[0],
        leading_commas=leading,
        aligned=rng.random() < 0.16,
        one_line=rng.random() < 0.06,
        keys_inline=keys_inline,
        # MySQL reads references that stand with a column, and forgets them.
        references_inline=dialect != "mysql" and rng.random() < (0.8 if keys_inline else 0.15),
        constraint_names=rng.choices(_CONSTRAINT_NAMES, weights=_NAME_WEIGHTS)[0] if named else (),
        default_first=dialect == "oracle" or rng.random() < 0.35,
        opening=_draw_opening(rng, dialect),
        bracket=rng.choices((" (", "(", "\n("), weights=(8, 1.5, 1.5))[0],
        actions=_draw_action(rng, dialect),
        deferrable=dialect in {"postgres", "oracle", "sqlite"} and rng.random() < 0.08,
        options=rng.choice((0.0, 0.4, 1.0)),
        wraps_lists=rng.random() < 0.08,
    )


def _draw_opening(rng: Random, dialect: str) -> str:
    if dialect == "snowflake" and rng.random() < 0.12:
        return rng.choice(("CREATE TRANSIENT TABLE", "CREATE OR REPLACE TRANSIENT TABLE"))
    if dialect == "postgres" and rng.random() < 0.02:
        return "CREATE UNLOGGED TABLE"
    if dialect in _REPLACING and rng.random() < 0.35:
        return "CREATE OR REPLACE TABLE"
    if dialect == "hive" and rng.random() < 0.4:
        return rng.choice(("CREATE EXTERNAL TABLE", "CREATE EXTERNAL TABLE IF NOT EXISTS"))
    if dialect in _SPARING and rng.random() < 0.33:
        return "CREATE TABLE IF NOT EXISTS"
    return "CREATE TABLE"


def _draw_action(rng: Random, dialect: str) -> str:
    actions = {
        "postgres": (
            "ON DELETE CASCADE",
            "ON DELETE RESTRICT",
            "ON UPDATE CASCADE ON DELETE RESTRICT",
            "ON DELETE NO ACTION",
        ),
        "mysql": ("ON DELETE CASCADE", "ON DELETE RESTRICT ON UPDATE CASCADE", "ON DELETE CASCADE ON UPDATE CASCADE"),
        "sqlite": ("ON DELETE CASCADE", "ON DELETE CASCADE ON UPDATE NO ACTION", "ON UPDATE CASCADE"),
        "tsql": ("ON DELETE CASCADE", "ON DELETE NO ACTION ON UPDATE NO ACTION"),
        "oracle": ("ON DELETE CASCADE",),
    }.get(dialect, ())
    return rng.choice(actions) if actions and rng.random() < 0.3 else ""

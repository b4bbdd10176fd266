"""What a team adds to its columns besides types: rules, defaults, encodings."""

from random import Random

from columnist.values import Value

# Share of plain columns that must not be null, as teams of the dialect have it.
_REQUIRED = {
    "bigquery": (0.0, 0.0, 0.2, 0.5),
    "databricks": (0.0, 0.0, 0.1, 0.4),
    "spark": (0.0, 0.0, 0.0, 0.3),
    "snowflake": (0.0, 0.0, 0.2, 0.5),
    "redshift": (0.0, 0.1, 0.3, 0.6),
    "duckdb": (0.0, 0.2, 0.4, 0.7),
    "clickhouse": (0.5, 0.8, 1.0, 1.0),
}
_USUALLY_REQUIRED = (0.1, 0.3, 0.3, 0.5, 0.8)
_COLLATIONS = {
    "postgres": ('COLLATE "C"', 'COLLATE "en_US"'),
    "mysql": (
        "COLLATE utf8mb4_unicode_ci",
        "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        "CHARACTER SET latin1",
        "COLLATE utf8mb4_0900_ai_ci",
    ),
    "sqlite": ("COLLATE NOCASE",),
    "tsql": ("COLLATE SQL_Latin1_General_CP1_CI_AS", "COLLATE Latin1_General_100_BIN2"),
    "snowflake": ("COLLATE 'en-ci'",),
    "bigquery": ("COLLATE 'und:ci'",),
    "redshift": ("COLLATE CASE_INSENSITIVE",),
    "duckdb": ("COLLATE NOCASE",),
}
_WAREHOUSES = frozenset({"snowflake", "redshift", "bigquery", "tsql", "oracle", "databricks"})


class Habits(Value):
    """What the columns of one team have in common.

    Attributes:
        required: Share of plain columns that must not be null.
        counts_keys: Keys are made by the database: counted up, or random.
        names_uuids: Keys that are UUIDs are called so.
        spells_null: Columns that may be null say so.
        length: The length of every short text; 0 where each has its own.
        defaults: How likely a column has a default where one is at hand.
        checks: How likely a figure's bounds are checked.
        declares_unique: Business identifiers are declared unique.
        collation: The collation of names; empty where the database decides.
        encodes: Columns say how they are compressed.
        types_metadata: In raw tables of texts, the bookkeeping columns have types of their own.
        epochs: Moments are stored as numbers since 1970: ``s``, ``ms``, or neither.
        date_keys: Dates of fact tables are numbers such as 20240131.
        typed_constraints: Defaults are written with casts or brackets, as tools write them.
        brackets: Types stand in brackets where every name does.
        code_case: ``upper``, ``title``, or as the vocabulary has them.
    """

    required: float = 0.5
    counts_keys: bool = False
    names_uuids: bool = False
    spells_null: bool = False
    length: int = 0
    defaults: float = 0.1
    checks: float = 0.1
    declares_unique: bool = False
    collation: str = ""
    encodes: bool = False
    types_metadata: bool = True
    epochs: str = ""
    date_keys: bool = False
    typed_constraints: bool = False
    brackets: bool = False
    code_case: str = ""


def draw_habits(rng: Random, dialect: str, *, from_tool: bool) -> Habits:
    """Draw the habits of a team; what a tool wrote is less varied than what people wrote."""
    collations = _COLLATIONS.get(dialect, ())
    return Habits(
        required=rng.choice(_REQUIRED.get(dialect, _USUALLY_REQUIRED)),
        counts_keys=rng.random() < 0.5,
        names_uuids=rng.random() < 0.2,
        spells_null=rng.random() < {"tsql": 0.45, "mysql": 0.3}.get(dialect, 0.03),
        length=rng.choice((255, 255, 256, 100, 500)) if rng.random() < 0.22 else 0,
        defaults=rng.choice((0.0, 0.15, 0.5)),
        checks=rng.choice((0.0, 0.0, 0.15, 0.4)),
        declares_unique=rng.random() < 0.5,
        collation=rng.choice(collations) if collations and rng.random() < 0.12 else "",
        encodes=rng.random() < {"redshift": 0.35, "clickhouse": 0.15}.get(dialect, 0.0),
        types_metadata=rng.random() < 0.6,
        epochs=rng.choice(("s", "ms")) if rng.random() < 0.05 else "",
        date_keys=dialect in _WAREHOUSES and rng.random() < 0.2,
        typed_constraints=from_tool or (dialect == "tsql" and rng.random() < 0.3),
        brackets=from_tool,
        code_case=rng.choices(("", "upper", "title"), weights=(6, 3, 1))[0],
    )

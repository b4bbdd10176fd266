"""Types as people write them in each dialect."""

from random import Random

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

# One row per logical type, one entry per dialect; several spellings are drawn from. {n} is a length.
_ROWS: dict[str, dict[str, tuple[str, ...]]] = {
    "postgres": {
        "key": ("BIGINT", "INTEGER", "UUID"),
        "text": ("VARCHAR({n})", "TEXT", "CHARACTER VARYING({n})"),
        "long": ("TEXT",),
        "fixed": ("CHAR({n})", "VARCHAR({n})"),
        "date": ("DATE",),
        "time": ("TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITHOUT TIME ZONE"),
        "flag": ("BOOLEAN",),
        "count": ("INTEGER", "INT", "BIGINT"),
        "small": ("SMALLINT", "INTEGER"),
        "amount": ("NUMERIC(12, 2)", "NUMERIC(14, 2)", "DECIMAL(10, 2)"),
        "decimal": ("NUMERIC(10, 3)", "DOUBLE PRECISION", "REAL"),
        "percent": ("NUMERIC(5, 2)", "REAL"),
        "document": ("JSONB", "JSON"),
    },
    "mysql": {
        "key": ("BIGINT UNSIGNED", "INT", "BIGINT", "INT UNSIGNED"),
        "text": ("VARCHAR({n})",),
        "long": ("TEXT", "MEDIUMTEXT"),
        "fixed": ("CHAR({n})",),
        "date": ("DATE",),
        "time": ("DATETIME", "TIMESTAMP", "DATETIME(6)"),
        "flag": ("TINYINT(1)", "BOOLEAN", "BOOL"),
        "count": ("INT", "INT UNSIGNED", "BIGINT"),
        "small": ("SMALLINT", "TINYINT UNSIGNED", "INT"),
        "amount": ("DECIMAL(12,2)", "DECIMAL(10,2)"),
        "decimal": ("DECIMAL(10,3)", "DOUBLE", "FLOAT"),
        "percent": ("DECIMAL(5,2)", "FLOAT"),
        "document": ("JSON", "LONGTEXT"),
    },
    "sqlite": {
        "key": ("INTEGER",),
        "text": ("TEXT", "VARCHAR({n})"),
        "long": ("TEXT",),
        "fixed": ("TEXT", "CHAR({n})"),
        "date": ("TEXT", "DATE"),
        "time": ("TEXT", "DATETIME", "TIMESTAMP"),
        "flag": ("INTEGER", "BOOLEAN"),
        "count": ("INTEGER",),
        "small": ("INTEGER",),
        "amount": ("REAL", "NUMERIC", "DECIMAL(10,2)"),
        "decimal": ("REAL",),
        "percent": ("REAL",),
        "document": ("TEXT",),
    },
    "tsql": {
        "key": ("INT", "BIGINT", "UNIQUEIDENTIFIER"),
        "text": ("NVARCHAR({n})", "VARCHAR({n})"),
        "long": ("NVARCHAR(MAX)", "VARCHAR(MAX)"),
        "fixed": ("CHAR({n})", "NCHAR({n})"),
        "date": ("DATE",),
        "time": ("DATETIME2", "DATETIME", "DATETIME2(3)", "DATETIMEOFFSET", "DATETIME2(0)"),
        "flag": ("BIT",),
        "count": ("INT", "BIGINT"),
        "small": ("SMALLINT", "TINYINT"),
        "amount": ("DECIMAL(18, 2)", "MONEY", "DECIMAL(19, 4)"),
        "decimal": ("DECIMAL(10, 3)", "FLOAT", "REAL"),
        "percent": ("DECIMAL(5, 2)",),
        "document": ("NVARCHAR(MAX)",),
    },
    "oracle": {
        "key": ("NUMBER(10)", "NUMBER(19)", "NUMBER"),
        "text": ("VARCHAR2({n})", "VARCHAR2({n} CHAR)", "NVARCHAR2({n})"),
        "long": ("CLOB", "VARCHAR2(4000)"),
        "fixed": ("CHAR({n})", "VARCHAR2({n})"),
        "date": ("DATE",),
        "time": ("TIMESTAMP", "TIMESTAMP(6)", "TIMESTAMP WITH TIME ZONE"),
        "flag": ("NUMBER(1)", "CHAR(1)"),
        "count": ("NUMBER(10)", "NUMBER(8)", "INTEGER"),
        "small": ("NUMBER(4)", "NUMBER(3)"),
        "amount": ("NUMBER(12,2)", "NUMBER(15,2)"),
        "decimal": ("NUMBER(10,3)", "NUMBER", "FLOAT"),
        "percent": ("NUMBER(5,2)",),
        "document": ("CLOB",),
    },
    "snowflake": {
        "key": ("NUMBER(38,0)", "BIGINT", "VARCHAR", "INTEGER"),
        "text": ("VARCHAR", "VARCHAR({n})", "STRING"),
        "long": ("VARCHAR", "TEXT"),
        "fixed": ("VARCHAR({n})", "CHAR({n})"),
        "date": ("DATE",),
        "time": ("TIMESTAMP_NTZ", "TIMESTAMP_TZ", "TIMESTAMP_NTZ(9)", "TIMESTAMP_LTZ"),
        "flag": ("BOOLEAN",),
        "count": ("NUMBER(38,0)", "INTEGER"),
        "small": ("NUMBER(4,0)", "SMALLINT"),
        "amount": ("NUMBER(18,2)", "NUMBER(38,2)", "DECIMAL(12,2)"),
        "decimal": ("FLOAT", "NUMBER(18,4)"),
        "percent": ("NUMBER(5,2)", "FLOAT"),
        "document": ("VARIANT", "OBJECT"),
    },
    "bigquery": {
        "key": ("INT64", "STRING"),
        "text": ("STRING",),
        "long": ("STRING",),
        "fixed": ("STRING",),
        "date": ("DATE",),
        "time": ("TIMESTAMP", "DATETIME"),
        "flag": ("BOOL",),
        "count": ("INT64",),
        "small": ("INT64",),
        "amount": ("NUMERIC", "FLOAT64"),
        "decimal": ("FLOAT64", "NUMERIC"),
        "percent": ("FLOAT64",),
        "document": ("JSON", "STRING"),
    },
    "redshift": {
        "key": ("BIGINT", "INTEGER", "VARCHAR(36)"),
        "text": ("VARCHAR({n})",),
        "long": ("VARCHAR(65535)", "VARCHAR(4000)"),
        "fixed": ("CHAR({n})",),
        "date": ("DATE",),
        "time": ("TIMESTAMP", "TIMESTAMPTZ"),
        "flag": ("BOOLEAN",),
        "count": ("INTEGER", "BIGINT"),
        "small": ("SMALLINT",),
        "amount": ("DECIMAL(18,2)", "NUMERIC(12,2)"),
        "decimal": ("DOUBLE PRECISION", "DECIMAL(10,3)"),
        "percent": ("DECIMAL(5,2)",),
        "document": ("SUPER", "VARCHAR(65535)"),
    },
    "databricks": {
        "key": ("BIGINT", "STRING"),
        "text": ("STRING",),
        "long": ("STRING",),
        "fixed": ("STRING", "CHAR({n})"),
        "date": ("DATE",),
        "time": ("TIMESTAMP",),
        "flag": ("BOOLEAN",),
        "count": ("INT", "BIGINT"),
        "small": ("SMALLINT", "INT"),
        "amount": ("DECIMAL(18,2)", "DECIMAL(12,2)"),
        "decimal": ("DOUBLE", "FLOAT"),
        "percent": ("DECIMAL(5,2)", "DOUBLE"),
        "document": ("STRING", "MAP<STRING, STRING>"),
    },
    "duckdb": {
        "key": ("BIGINT", "INTEGER", "UUID"),
        "text": ("VARCHAR", "TEXT"),
        "long": ("VARCHAR", "TEXT"),
        "fixed": ("VARCHAR",),
        "date": ("DATE",),
        "time": ("TIMESTAMP", "TIMESTAMPTZ"),
        "flag": ("BOOLEAN",),
        "count": ("INTEGER", "BIGINT"),
        "small": ("SMALLINT", "UTINYINT"),
        "amount": ("DECIMAL(12, 2)", "DECIMAL(18, 2)"),
        "decimal": ("DOUBLE", "FLOAT"),
        "percent": ("DECIMAL(5, 2)", "DOUBLE"),
        "document": ("JSON",),
    },
    "clickhouse": {
        "key": ("UInt64", "UInt32", "UUID"),
        "text": ("String",),
        "long": ("String",),
        "fixed": ("String", "LowCardinality(String)", "FixedString({n})"),
        "date": ("Date", "Date32"),
        "time": ("DateTime", "DateTime64(3)", "DateTime('UTC')", "DateTime64(3, 'UTC')"),
        "flag": ("Bool", "UInt8"),
        "count": ("UInt32", "UInt64", "Int32"),
        "small": ("UInt8", "UInt16"),
        "amount": ("Decimal(18, 2)", "Decimal(12, 2)"),
        "decimal": ("Float64", "Float32"),
        "percent": ("Float32", "Decimal(5, 2)"),
        "document": ("String",),
    },
}
_ROWS["spark"] = {**_ROWS["databricks"], "key": ("BIGINT", "STRING", "INT")}
_ROWS["hive"] = {**_ROWS["databricks"], "text": ("STRING", "VARCHAR({n})"), "key": ("BIGINT", "STRING", "INT")}

ENUM_DIALECTS = frozenset({"mysql", "duckdb", "clickhouse"})
CHECK_DIALECTS = frozenset({"postgres", "mysql", "sqlite", "tsql", "oracle", "duckdb"})
FOREIGN_KEY_DIALECTS = frozenset({"postgres", "mysql", "sqlite", "tsql", "oracle", "snowflake", "redshift", "duckdb"})
PRIMARY_KEY_DIALECTS = FOREIGN_KEY_DIALECTS | {"databricks", "bigquery"}


class TypeChoice(Value):
    """The spellings one team has settled on, by logical type; dates and keys look alike all over a table."""

    dialect: str
    spellings: dict[str, str]

    def sql(self, logical: str, length: int = 50) -> str:
        """The type as SQL.

        Example:
            >>> TypeChoice(dialect="mysql", spellings={"text": "VARCHAR({n})"}).sql("text", 20)
            'VARCHAR(20)'
        """
        return self.spellings[logical].replace("{n}", str(length))


def draw_types(rng: Random, dialect: str) -> TypeChoice:
    """Settle on one spelling of each logical type, the first ones being the most common."""
    return TypeChoice(
        dialect=dialect,
        spellings={
            logical: rng.choices(spellings, weights=range(len(spellings) + 1, 1, -1))[0]
            for logical, spellings in _ROWS[dialect].items()
        },
    )


def has_time_zone(type_: str) -> bool:
    """Whether a type stores moments together with a time zone.

    Example:
        >>> [has_time_zone(t) for t in ("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NTZ", "DATETIMEOFFSET")]
        [True, True, False, True]
    """
    return type_.upper() in {"TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_TZ", "DATETIMEOFFSET"}


def enum_type(dialect: str, values: tuple[str, ...]) -> str:
    """A type that lists its values, in a dialect that has one.

    Example:
        >>> enum_type("mysql", ("open", "paid")), enum_type("clickhouse", ("open", "paid"))
        ("ENUM('open', 'paid')", "Enum8('open' = 1, 'paid' = 2)")
    """
    if dialect == "clickhouse":
        return f"Enum8({', '.join(f'{value!r} = {number}' for number, value in enumerate(values, 1))})"
    return f"ENUM({', '.join(repr(value) for value in values)})"

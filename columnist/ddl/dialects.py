"""The dialects, their other names, and how to tell from a script which one it is in."""

import re
from difflib import get_close_matches

from columnist.errors import SourceError

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
    "athena",
    "trino",
    "drill",
)
_OTHER_NAMES = {
    "postgresql": "postgres",
    "pg": "postgres",
    "cockroachdb": "postgres",
    "monetdb": "postgres",
    "hana": "postgres",
    "mariadb": "mysql",
    "sqlserver": "tsql",
    "mssql": "tsql",
    "synapse": "tsql",
    "pdw": "tsql",
    "spanner": "bigquery",
    "impala": "hive",
    "presto": "trino",
}
_EVIDENCE_CHARACTERS = 100_000
_MAX_COUNT = 3
_HIDDEN = re.compile(
    r"--[^\n]*+|^[ \t]*+\#[^\n]*+|/\*(?!M?!\d)[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)"
    r"|\$(\w*+)\$|'[^'\n]*+(?:''[^'\n]*+)*+'",
    re.MULTILINE,
)


def resolve(dialect: str) -> str:
    """Return the dialect that a name means.

    Raises:
        SourceError: No dialect has this name.

    Example:
        >>> resolve("PostgreSQL")
        'postgres'
    """
    name = dialect.strip().lower()
    name = _OTHER_NAMES.get(name, name)
    if name in DIALECTS:
        return name
    close = get_close_matches(name, DIALECTS, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    raise SourceError(f"unknown dialect {dialect!r}; expected one of {', '.join(DIALECTS)}{hint}")


def sqlglot_name(dialect: str) -> str:
    """Return sqlglot's name of a dialect; it knows all of ours by the same name.

    Example:
        >>> sqlglot_name("tsql")
        'tsql'
    """
    return dialect


# (pattern, weights): a pattern counts at most three times, so that a long script of one
# habit does not drown what only one dialect can write.
_EVIDENCE: tuple[tuple[str, dict[str, float]], ...] = (
    # client commands
    (r"^[ \t]*GO[ \t\r]*$", {"tsql": 6}),
    (r"^(?:REM|PROMPT|SPOOL|WHENEVER SQLERROR)\b", {"oracle": 5}),
    (r"^/[ \t\r]*$", {"oracle": 3}),
    (r"^DELIMITER[ \t]", {"mysql": 6}),
    (r"^\\(?:\.|copy|connect|c |set|i |echo|pset|restrict)", {"postgres": 4}),
    (r"^PRAGMA\s", {"sqlite": 5, "duckdb": 1}),
    (r"^SET\s+(?:search_path|statement_timeout|default_tablespace)\b", {"postgres": 5}),
    (r"\bSET\s+(?:NAMES\b|FOREIGN_KEY_CHECKS\b|@OLD_|sql_mode\b)", {"mysql": 5}),
    (r"\bSET\s+(?:ANSI_NULLS|QUOTED_IDENTIFIER|NOCOUNT|IDENTITY_INSERT)\b", {"tsql": 6}),
    (r"^USE\s+SCHEMA\b|^USE\s+WAREHOUSE\b", {"snowflake": 5}),
    # how names are quoted
    (
        r"`[^`\n]+`",
        {"mysql": 1, "bigquery": 1, "hive": 1, "spark": 0.5, "databricks": 0.5, "clickhouse": 0.5, "sqlite": 0.2},
    ),
    (r"`[\w-]+\.[\w-]+(?:\.[\w-]+)?`", {"bigquery": 4}),
    (r"(?:^|[\s.,(])\[[A-Za-z_][^\]\n]{0,128}\]", {"tsql": 3, "sqlite": 0.5}),
    (r"\bdbo\.", {"tsql": 3}),
    (r"\bdfs\.\w", {"drill": 6}),
    # types
    (r"\b(?:big|small)?serial\b(?!\s*\()", {"postgres": 2, "redshift": -1}),
    (r"\b(?:timestamptz|jsonb|bytea|tsvector|inet|cidr|int4range)\b", {"postgres": 3}),
    (r"\bcharacter varying\b|\bwithout time zone\b", {"postgres": 2, "redshift": 0.5}),
    (
        r"::\s*(?:text|character varying|regclass|\w+)",
        {"postgres": 2, "snowflake": 0.5, "duckdb": 0.5, "redshift": 1},
    ),
    (r"\[\]", {"postgres": 1, "duckdb": 1}),
    (r"\bVARCHAR2\s*\(|\bNVARCHAR2\s*\(", {"oracle": 5}),
    (r"\bNUMBER\b", {"oracle": 2, "snowflake": 2}),
    (r"\b(?:CLOB|NCLOB|BLOB)\b", {"oracle": 1, "sqlite": 0.2}),
    (r"\bNUMBER\s*\(38\s*,\s*\d+\)|\bTIMESTAMP_(?:NTZ|LTZ|TZ)\b|\bVARIANT\b", {"snowflake": 4, "databricks": 0.5}),
    (r"\b(?:NVARCHAR\s*\(|DATETIME2|DATETIMEOFFSET|UNIQUEIDENTIFIER|SMALLDATETIME|VARBINARY\s*\(MAX)", {"tsql": 4}),
    (r"\bVARCHAR\s*\(MAX\)", {"tsql": 3, "redshift": 2}),
    (r"\b(?:TINYINT|MEDIUMINT|BIGINT|INT)\s*\(\d+\)", {"mysql": 3}),
    (r"\b(?:MEDIUMINT|TINYTEXT|MEDIUMTEXT|LONGTEXT|MEDIUMBLOB|LONGBLOB)\b|\bUNSIGNED\b", {"mysql": 3}),
    (r"\bENUM\s*\(", {"mysql": 2}),
    (r"\b(?:INT64|FLOAT64|BIGNUMERIC)\b", {"bigquery": 5}),
    (r"\bBOOL\b", {"bigquery": 0.5, "postgres": 0.5, "clickhouse": 0.5}),
    (
        r"\bSTRING\b",
        {"bigquery": 2, "hive": 2, "spark": 2, "databricks": 2, "snowflake": 0.5, "clickhouse": 0.5, "athena": 0.5},
    ),
    (r"\bSTRING\s*\((?:MAX|\d+)\)", {"bigquery": 3}),
    (r"\b(?:STRUCT|ARRAY)\s*<", {"bigquery": 2, "hive": 1, "spark": 1.5, "databricks": 1.5}),
    (r"\bSTRUCT\s*<\s*\w+\s*:", {"hive": 2, "spark": 2, "databricks": 2.5, "bigquery": -4}),
    (r"\b(?:U?Int(?:8|16|32|128|256)|LowCardinality|Nullable|FixedString)\b", {"clickhouse": 4}),
    (r"\b(?:HUGEINT|UINTEGER|UBIGINT)\b|\bSTRUCT\s*\(\w", {"duckdb": 4}),
    # what a column may carry
    (r"\bAUTO_INCREMENT\b", {"mysql": 5}),
    (r"\bAUTOINCREMENT\b", {"sqlite": 4, "snowflake": 1}),
    (r"\bIDENTITY\s*\(\s*\d+\s*,\s*\d+\s*\)", {"tsql": 3, "redshift": 1, "snowflake": 0.5}),
    (r"\bENCODE\s+\w+", {"redshift": 5}),
    (r"\b(?:NON)?CLUSTERED\b", {"tsql": 3}),
    (r"\bGENERATED\s+(?:ALWAYS|BY\s+DEFAULT)\b.{0,20}\bIDENTITY\b", {"postgres": 0.5, "oracle": 0.5}),
    (r"\bCOMMENT\s+''", {"mysql": 1, "hive": 1, "spark": 1, "databricks": 1, "clickhouse": 1, "snowflake": 0.5}),
    (r"\bOPTIONS\s*\(", {"bigquery": 3}),
    (r"\bCODEC\s*\(", {"clickhouse": 4}),
    # what a table may carry
    (r"\)[^;]{0,60}\bENGINE\s*=?\s*(?:InnoDB|MyISAM|MEMORY)\b", {"mysql": 6}),
    (r"\bENGINE\s*=\s*(?:\w*MergeTree|Memory|Log|Distributed|Replicated\w+)", {"clickhouse": 6}),
    (r"\b(?:DISTKEY|DISTSTYLE|SORTKEY)\b", {"redshift": 6}),
    (r"\bROW\s+FORMAT\b|\bSTORED\s+AS\b", {"hive": 4, "athena": 1, "spark": 0.5}),
    (r"\bPARTITIONED\s+BY\b", {"hive": 2, "spark": 2, "databricks": 1.5}),
    (r"\bUSING\s+DELTA\b", {"databricks": 4, "spark": 4.5}),
    (r"\bUSING\s+(?:PARQUET|ORC|CSV|JSON|ICEBERG)\b", {"spark": 4, "databricks": 2}),
    (r"\bTBLPROPERTIES\b", {"hive": 2, "spark": 2, "databricks": 2}),
    (r"\bdelta\.\w+|\bOPTIMIZE\s+\w+\s+ZORDER|\bCLUSTER\s+BY\s+AUTO\b", {"databricks": 3}),
    (r"\bLOCATION\s+''[^;]{0,200}TBLPROPERTIES\s*\(", {"athena": 1, "hive": 0.5}),
    (r"\bINTERLEAVE\s+IN\b|\bCLONE\s+`", {"bigquery": 5}),
    (r"\bINHERITS\s*\(|\bPARTITION\s+OF\b|\bOWNER\s+TO\b|\bALTER\s+TABLE\s+ONLY\b", {"postgres": 5}),
    (r"\bVIRTUAL\s+TABLE\b|\bWITHOUT\s+ROWID\b", {"sqlite": 6}),
    (
        r"\bCREATE\s+OR\s+REPLACE\s+(?:TRANSIENT\s+)?TABLE\b",
        {"snowflake": 2, "bigquery": 1.5, "databricks": 1, "duckdb": 1, "spark": 0.5},
    ),
    (r"\b(?:COLUMN|ROW)\s+TABLE\b|\bSEQUENCE\s+\S+\s+OWNED\s+BY\b", {"postgres": 4}),
    (r"\bDISTRIBUTION\s*=\s*(?:HASH|REPLICATE|ROUND_ROBIN)\b|\bXACT_STATE\b", {"tsql": 6}),
    (r"\b(?:TRANSIENT|HYBRID)\s+TABLE\b|\bCLUSTER\s+BY\s*\(", {"snowflake": 3}),
    (r"\bON\s+\[?PRIMARY\]?(?:\s|$)", {"tsql": 3}),
    (r"\b(?:PCTFREE|TABLESPACE|SEGMENT\s+CREATION|NOLOGGING)\b", {"oracle": 3}),
    # other statements
    (r"\bCREATE\s+(?:EXTENSION|DOMAIN)\b|\bLANGUAGE\s+'?plpgsql\b|\bnextval\s*\(", {"postgres": 5}),
    (r"\bCREATE\s+TYPE\s+\S+\s+AS\s+ENUM\b", {"postgres": 3, "duckdb": 1.5}),
    (r"\bFROM\s+stdin\b", {"postgres": 6}),
    (r"\bread_(?:csv|parquet|json)(?:_auto)?\s*\(", {"duckdb": 6}),
    (r"\bEXEC(?:UTE)?\s+(?:sys\.|dbo\.)?\[?sp_\w+", {"tsql": 6}),
    (
        r"\bCOMMENT\s+ON\s+(?:TABLE|COLUMN)\b",
        {"postgres": 1, "oracle": 1, "redshift": 0.7, "snowflake": 0.5, "duckdb": 0.5},
    ),
    (r"\bgetdate\s*\(", {"tsql": 2, "redshift": 1}),
    (r"\bLOAD\s+DATA\b", {"mysql": 3, "hive": 1}),
    (r"\bSYSDATE\b|\bSYSTIMESTAMP\b", {"oracle": 3}),
    (r"/\*!\d{5}", {"mysql": 6}),
)
_PATTERNS = [(re.compile(pattern, re.IGNORECASE | re.MULTILINE), weights) for pattern, weights in _EVIDENCE]


def detect(text: str) -> str:
    r"""Tell the dialect of a script by weighted evidence; ``postgres`` where there is none.

    What counts is structure: strings and comments are blanked out first, and
    only the first 100,000 characters are looked at. Evidence, strongest first:
    client commands (``GO``, ``REM``, ``DELIMITER``, ``PRAGMA``, psql's
    backslash), clauses only one engine has (``DISTKEY``, ``INTERLEAVE IN``,
    ``PARTITION OF``, ``ENGINE=``), types (``VARCHAR2``, ``INT64``,
    ``TIMESTAMP_NTZ``), and how names are quoted. Each pattern counts up to
    three times its weight. Equal totals go to the dialect named first in
    ``DIALECTS``, which are in order of how many scripts one meets.

    Example:
        >>> detect("CREATE TABLE [dbo].[t] ([id] INT IDENTITY(1,1));\nGO\n")
        'tsql'
        >>> detect("CREATE TABLE t (id NUMBER(10), name VARCHAR2(20))")
        'oracle'
        >>> detect("CREATE TABLE t (a INT)")
        'postgres'
    """
    code = _HIDDEN.sub(lambda match: "''" if match.group().startswith("'") else " ", text[:_EVIDENCE_CHARACTERS])
    totals = dict.fromkeys(DIALECTS, 0.0)
    for pattern, weights in _PATTERNS:
        count = 0
        for _ in pattern.finditer(code):
            count += 1
            if count == _MAX_COUNT:
                break
        for dialect, weight in weights.items():
            totals[dialect] += weight * count
    return max(DIALECTS, key=lambda dialect: totals[dialect])

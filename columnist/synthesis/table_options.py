"""What follows the list of columns: partitions, sort orders, engines, formats of files."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from columnist.synthesis.drafts import Draft, Schema
from columnist.synthesis.layouts import Layout
from columnist.synthesis.quoting import plain_name

_STRICT_TYPES = frozenset({"INT", "INTEGER", "REAL", "TEXT", "BLOB"})
_ENGINES = ("MergeTree", "MergeTree()", "ReplacingMergeTree", "ReplacingMergeTree()", "MergeTree", "SummingMergeTree")
_PLAIN_ENGINES = ("Log", "TinyLog", "Memory")


@dataclass(frozen=True)
class _Table:
    """All that options are drawn from."""

    name: str
    drafts: tuple[Draft, ...]
    schema: Schema
    layout: Layout
    rng: Random


def draw_options(identifier: str, drafts: tuple[Draft, ...], schema: Schema, layout: Layout, rng: Random) -> str:
    """What follows the closing bracket; engines that need a sort order always have one."""
    write = _OPTIONS.get(schema.dialect)
    return write(_Table(plain_name(identifier), drafts, schema, layout, rng)) if write else ""


def _partition_of(drafts: tuple[Draft, ...]) -> Draft | None:
    return next((draft for draft in drafts if draft.partition), None)


def _sort_columns(drafts: tuple[Draft, ...]) -> list[str]:
    """The columns by which rows are found: the moment first, then the key."""
    moments = [d.column.identifier for d in drafts if d.feature.kind.is_moment and not d.generated]
    keys = [d.column.identifier for d in drafts if d.feature.key or d.feature.target]
    return list(dict.fromkeys([*moments[:1], *keys[:1]]))


def _postgres(table: _Table) -> str:
    partition = _partition_of(table.drafts)
    parts = [f"{table.layout.keyword('PARTITION BY RANGE')} ({partition.column.identifier})"] if partition else []
    if table.rng.random() < 0.04 * table.layout.options and not partition:
        parts.append(table.layout.keyword("WITH") + f" (fillfactor={table.rng.choice((70, 80, 90))})")
    if table.rng.random() < 0.04 * table.layout.options:
        parts.append(f"{table.layout.keyword('TABLESPACE')} {table.rng.choice(('data_ts', 'fast_ssd', 'pg_default'))}")
    return "".join(f" {part}" for part in parts)


def _mysql(table: _Table) -> str:
    if table.layout.options == 0.0:
        return ""
    counted = any(draft.identity for draft in table.drafts)
    charset = table.rng.choice(("utf8mb4", "utf8mb4", "utf8", "latin1"))
    collation = {"utf8mb4": ("utf8mb4_unicode_ci", "utf8mb4_general_ci", "utf8mb4_0900_ai_ci")}.get(charset, ())
    referring = any(draft.column.references for draft in table.drafts)
    parts = ["ENGINE=InnoDB" if referring or table.rng.random() < 0.8 else "ENGINE=MyISAM"]
    if counted and table.rng.random() < 0.2:
        parts.append(f"AUTO_INCREMENT={table.rng.randrange(2, 90_000)}")
    if table.rng.random() < 0.5 + 0.4 * table.layout.options:
        parts.append(f"DEFAULT CHARSET={charset}")
        if collation and table.rng.random() < 0.5:
            parts.append(f"COLLATE={table.rng.choice(collation)}")
    if table.layout.options == 1.0 and table.rng.random() < 0.25:
        parts.append(f"ROW_FORMAT={table.rng.choice(('DYNAMIC', 'COMPRESSED', 'COMPACT'))}")
    return " " + " ".join(parts)


def _sqlite(table: _Table) -> str:
    legal = all(draft.column.type.upper() in _STRICT_TYPES for draft in table.drafts)
    return table.layout.keyword(" STRICT") if legal and table.layout.options == 1.0 else ""


def _tsql(table: _Table) -> str:
    if table.schema.types.habits.typed_constraints and table.layout.options > 0:
        return " ON [PRIMARY]"
    return "\nWITH (DATA_COMPRESSION = PAGE)" if table.rng.random() < 0.05 * table.layout.options else ""


def _oracle(table: _Table) -> str:
    if table.rng.random() > 0.5 * table.layout.options:
        return ""
    space = table.rng.choice(("USERS", "DATA", "APP_DATA", "TS_DATA01"))
    shape = table.rng.choice(("TABLESPACE {}", "PCTFREE 10 TABLESPACE {}", "TABLESPACE {}", "TABLESPACE {} NOLOGGING"))
    return "\n" + table.layout.keyword(shape).format(space.lower() if table.layout.lower else space)


def _snowflake(table: _Table) -> str:
    parts = []
    columns = _sort_columns(table.drafts)
    if columns and table.rng.random() < 0.3 * table.layout.options:
        parts.append(f"{table.layout.keyword('CLUSTER BY')} ({', '.join(columns)})")
    if table.rng.random() < 0.12 * table.layout.options:
        parts.append(f"{table.layout.keyword('DATA_RETENTION_TIME_IN_DAYS')} = {table.rng.choice((1, 7, 14, 30, 90))}")
    if table.rng.random() < 0.06 * table.layout.options:
        parts.append(f"{table.layout.keyword('CHANGE_TRACKING')} = {table.layout.keyword('TRUE')}")
    return "".join(f"\n{part}" for part in parts)


def _bigquery(table: _Table) -> str:
    parts = []
    partition = _partition_of(table.drafts)
    if partition:
        parts.append(
            f"{table.layout.keyword('PARTITION BY')} {_bigquery_partition(partition, table.schema, table.rng)}"
        )
    keys = [d.column.identifier for d in table.drafts if (d.feature.key or d.feature.target) and d is not partition][:3]
    if keys and table.rng.random() < (0.5 if partition else 0.12):
        parts.append(f"{table.layout.keyword('CLUSTER BY')} {', '.join(keys)}")
    if table.rng.random() < 0.25 * table.layout.options:
        options = [f"labels = [('team', '{table.rng.choice(('data', 'finance', 'ops', 'analytics'))}')]"]
        if partition:
            options += table.rng.sample(("require_partition_filter = TRUE", "partition_expiration_days = 730"), 1)
        parts.append(f"{table.layout.keyword('OPTIONS')} ({', '.join(options)})")
    return "".join(f"\n{part}" for part in parts)


def _bigquery_partition(draft: Draft, schema: Schema, rng: Random) -> str:
    name, type_, word = draft.column.identifier, draft.column.type.upper(), schema.types.word
    if type_ == "DATE":
        return rng.choice((name, name, f"{word('DATE_TRUNC')}({name}, {word('MONTH')})"))
    truncated = f"{word(type_ + '_TRUNC')}({name}, {word(rng.choice(('DAY', 'MONTH', 'HOUR')))})"
    return rng.choice((f"{word('DATE')}({name})", f"{word('DATE')}({name})", truncated))


def _redshift(table: _Table) -> str:
    if table.layout.options == 0.0:
        return ""
    keyword = table.layout.keyword
    columns = _sort_columns(table.drafts)
    keys = [d.column.identifier for d in table.drafts if d.feature.key or d.feature.target]
    if keys and table.rng.random() < 0.4:
        parts = [keyword("DISTSTYLE KEY"), f"{keyword('DISTKEY')} ({keys[0]})"]
    else:
        parts = [keyword(f"DISTSTYLE {table.rng.choice(('AUTO', 'EVEN', 'ALL'))}")]
    if columns and table.rng.random() < 0.6:
        compound = "COMPOUND SORTKEY" if len(columns) > 1 and table.rng.random() < 0.5 else "SORTKEY"
        parts.append(f"{keyword(compound)} ({', '.join(columns)})")
    return "".join(f"\n{part}" for part in parts)


def _lake(table: _Table) -> str:
    keyword = table.layout.keyword
    databricks = table.schema.dialect == "databricks"
    formats = ("DELTA",) if databricks else ("PARQUET", "DELTA", "ICEBERG", "ORC", "PARQUET")
    chosen = table.rng.choice(formats)
    parts = [] if databricks and table.rng.random() < 0.35 else [f"{keyword('USING')} {keyword(chosen)}"]
    partition = _partition_of(table.drafts)
    if partition:
        parts.append(f"{keyword('PARTITIONED BY')} ({partition.column.identifier})")
    elif databricks and (columns := _sort_columns(table.drafts)) and table.rng.random() < 0.25:
        parts.append(f"{keyword('CLUSTER BY')} ({', '.join(columns)})")
    if table.rng.random() < 0.15 * table.layout.options:
        parts.append(f"{keyword('LOCATION')} '{_location(table)}'")
    if databricks and table.rng.random() < 0.3 * table.layout.options:
        name = table.rng.choice(("delta.enableChangeDataFeed", "delta.autoOptimize.optimizeWrite"))
        parts.append(f"{keyword('TBLPROPERTIES')} ('{name}' = 'true')")
    return "".join(f"\n{part}" for part in parts)


def _location(table: _Table) -> str:
    folder = table.rng.choice(("curated", "landing", "warehouse", "bronze", "silver"))
    scheme = table.rng.choice(("s3://acme-lake/", "abfss://lake@acme.dfs.core.windows.net/", "gs://acme-lake/"))
    return f"{scheme}{folder}/{table.name.lower()}"


def _hive(table: _Table) -> str:
    keyword = table.layout.keyword
    partition = _partition_of(table.drafts)
    parts = []
    if partition:
        parts.append(f"{keyword('PARTITIONED BY')} ({partition.column.identifier} {partition.column.type})")
    external = "EXTERNAL" in table.layout.opening
    stored = table.rng.choice(("PARQUET", "ORC", "PARQUET", "AVRO", "TEXTFILE"))
    if stored == "TEXTFILE":
        separator = table.rng.choice((",", "|", "\\t", "\\001"))
        parts.append(f"{keyword('ROW FORMAT DELIMITED FIELDS TERMINATED BY')} '{separator}'")
    parts.append(keyword(f"STORED AS {stored}"))
    if external:
        parts.append(f"{keyword('LOCATION')} '{_location(table)}'")
    if stored == "ORC" and table.rng.random() < 0.4:
        parts.append(f"{keyword('TBLPROPERTIES')} ('orc.compress' = '{table.rng.choice(('SNAPPY', 'ZLIB'))}')")
    elif stored == "TEXTFILE" and table.rng.random() < 0.4:
        parts.append(f"{keyword('TBLPROPERTIES')} ('skip.header.line.count' = '1')")
    return "".join(f"\n{part}" for part in parts)


def _clickhouse(table: _Table) -> str:
    partition = _partition_of(table.drafts)
    plain = [d for d in table.drafts if "Nullable" not in d.column.type and "(" not in d.column.type]
    keys = [d.column.identifier for d in plain if d.feature.key or d.feature.target or d.feature.kind.is_moment][:3]
    order = keys or [d.column.identifier for d in plain[:1]]
    if not partition and table.rng.random() < 0.05:
        return f"\nENGINE = {table.rng.choice(_PLAIN_ENGINES)}"
    lines = [f"ENGINE = {table.rng.choice(_ENGINES)}"]
    if partition:
        function = table.rng.choice(("toYYYYMM", "toYYYYMM", "toYYYYMMDD", "toMonday", "toYear"))
        lines.append(f"PARTITION BY {function}({partition.column.identifier})")
    listed = f"({', '.join(order)})" if len(order) > 1 else order[0] if order else "tuple()"
    lines.append(f"ORDER BY {listed}")
    if partition and table.rng.random() < 0.2 * table.layout.options:
        lines.append(f"TTL {partition.column.identifier} + INTERVAL {table.rng.choice((90, 180, 365, 730))} DAY")
    if table.rng.random() < 0.35 * table.layout.options:
        lines.append("SETTINGS index_granularity = 8192")
    return "".join(f"\n{line}" for line in lines)


_OPTIONS: dict[str, Callable[[_Table], str]] = {
    "postgres": _postgres,
    "mysql": _mysql,
    "sqlite": _sqlite,
    "tsql": _tsql,
    "oracle": _oracle,
    "snowflake": _snowflake,
    "bigquery": _bigquery,
    "redshift": _redshift,
    "databricks": _lake,
    "spark": _lake,
    "hive": _hive,
    "clickhouse": _clickhouse,
}

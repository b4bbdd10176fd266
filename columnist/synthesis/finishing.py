"""What depends on all columns of a table: nulls, partitions, encodings, columns computed from others."""

from random import Random

from columnist.synthesis.blueprints import Blueprint, Feature, Obscurity
from columnist.synthesis.column_types import has_time_zone, is_text
from columnist.synthesis.drafts import Schema, Sketch
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.naming import TableKind, is_kept, moment_words

_PARTITIONED = {"bigquery": 0.45, "hive": 0.5, "spark": 0.35, "databricks": 0.3, "clickhouse": 0.5, "postgres": 0.4}
_TIMELY = frozenset(
    {
        TableKind.FACT,
        TableKind.EVENT,
        TableKind.LOG,
        TableKind.SNAPSHOT,
        TableKind.METRIC,
        TableKind.STAGING,
        TableKind.RAW,
    }
)
# Tables of things grow by what the database records; what happens to things is seldom when rows arrive.
_PARTITIONING = frozenset(
    {"created", "recorded", "loaded", "logged", "occurred", "snapshot", "received", "ordered", "posted", "sold", "date",
     "measured", "started", "reported", "start", "ingested", "happened", "read", "scanned", "invoiced", "registered"}
)  # fmt: skip
_UNTIMELY = 0.3  # how much less likely other tables are partitioned
_PARTITION_FEATURE = Feature(words=("load", "date"), kind=Kind.DATE, means="the row was loaded", technical=True)
_NEVER_NULLABLE = ("Array(", "Tuple(", "Nested(", "Map(", "JSON", "Point")
_COMPUTED = 0.03
_DATE_OF = {
    "databricks": "CAST({} AS DATE)",
    "postgres": "CAST({} AS DATE)",
    "mysql": "CAST({} AS DATE)",
    "sqlite": "DATE({})",
    "duckdb": "CAST({} AS DATE)",
}


def finish_columns(sketches: list[Sketch], blueprint: Blueprint, schema: Schema, rng: Random) -> list[Sketch]:
    """Settle what no column can settle by itself; the columns may come out in another order."""
    if not schema.everything_is_text and rng.random() < _COMPUTED:
        _compute_date(sketches, schema, rng)
    _choose_partition(sketches, blueprint, schema, rng)
    for sketch in sketches:
        _settle_nullability(sketch, schema, rng)
        _decorate(sketch, schema)
    return sketches


def _compute_date(sketches: list[Sketch], schema: Schema, rng: Random) -> None:
    """Add the day of a moment, computed by the database."""
    expression = _DATE_OF.get(schema.dialect)
    timed = [
        index
        for index, sketch in enumerate(sketches)
        if sketch.feature.kind is Kind.TIME and not sketch.unit and not has_time_zone(sketch.type) and _is_plain(sketch)
    ]
    if not expression or not timed:
        return
    index = rng.choice(timed)
    source = sketches[index]
    feature = source.feature.model_copy(update={"kind": Kind.DATE, "key": False, "short": ()})
    name = schema.style.column(moment_words((*feature.words, "date"), False, schema.style, False), Kind.DATE)
    if name.lower() in {sketch.name.lower() for sketch in sketches}:
        return
    computed = Sketch(feature, name, schema.quoting.identifier(name), schema.types.sql("date"))
    computed.generated = expression.format(source.identifier)
    sketches.insert(index + 1, computed)


def _is_plain(sketch: Sketch) -> bool:
    return sketch.feature.obscure is Obscurity.NONE and not is_kept(sketch.feature.words)


def _choose_partition(sketches: list[Sketch], blueprint: Blueprint, schema: Schema, rng: Random) -> None:
    share = _PARTITIONED.get(schema.dialect, 0.0) * (1.0 if blueprint.kind in _TIMELY else _UNTIMELY)
    if blueprint.obscure or rng.random() > share:
        return  # a partition would tell what an undocumentable table holds
    candidates = [sketch for sketch in sketches if _may_partition(sketch, sketches, schema)]
    if schema.dialect == "hive":
        _partition_outside(sketches, candidates, schema)
    elif candidates:
        chosen = next((sketch for sketch in candidates if sketch.feature.kind is Kind.DATE), candidates[0])
        chosen.partition = True
        chosen.nullable = chosen.nullable and schema.dialect != "clickhouse"


def _may_partition(sketch: Sketch, sketches: list[Sketch], schema: Schema) -> bool:
    feature = sketch.feature
    if not feature.kind.is_moment or sketch.unit or sketch.generated or not _is_plain(sketch):
        return False
    if not _PARTITIONING & set(feature.words):
        return False
    if schema.dialect == "postgres" and any(other.primary_key for other in sketches):
        return sketch.primary_key  # the key of a partitioned table has to hold the partition
    # Lakes partition by days; a moment would make a folder for each.
    folders = schema.dialect in {"spark", "databricks", "hive"}
    return not (folders and feature.kind is Kind.TIME) and (folders or not is_text(sketch.type))


def _partition_outside(sketches: list[Sketch], candidates: list[Sketch], schema: Schema) -> None:
    """Hive names partition columns outside of its list of columns, so they come last."""
    if candidates and len(sketches) > len(candidates):
        chosen = candidates[-1]
        sketches.remove(chosen)
    else:
        name = schema.style.column(_PARTITION_FEATURE.words, Kind.DATE)
        if name.lower() in {sketch.name.lower() for sketch in sketches}:
            return
        type_ = schema.types.sql("date")
        chosen = Sketch(_PARTITION_FEATURE, name, schema.quoting.identifier(name), type_)
    chosen.partition = True
    sketches.append(chosen)


def _settle_nullability(sketch: Sketch, schema: Schema, rng: Random) -> None:
    """Hive columns can always be null, keys never; ClickHouse says in the type that a column can."""
    repeated = schema.dialect == "bigquery" and sketch.type.upper().startswith("ARRAY")
    if schema.dialect == "hive" or repeated:
        sketch.nullable = True
    elif sketch.generated:
        sketch.nullable = schema.dialect != "clickhouse"
    elif sketch.primary_key:
        sketch.nullable = False
    if schema.dialect == "clickhouse" and sketch.nullable:
        _wrap_nullable(sketch, rng)


def _wrap_nullable(sketch: Sketch, rng: Random) -> None:
    type_ = sketch.type
    if type_.startswith(_NEVER_NULLABLE) or rng.random() > 0.4:
        sketch.nullable = False
    elif type_.startswith("LowCardinality("):
        inner = type_.removeprefix("LowCardinality(").removesuffix(")")
        sketch.type = f"LowCardinality(Nullable({inner}))"
    else:
        sketch.type = f"Nullable({type_})"


def _decorate(sketch: Sketch, schema: Schema) -> None:
    """Add what a team puts after types, and what the team's tool does to them."""
    habits = schema.types.habits
    if habits.collation and sketch.feature.kind is Kind.NAME and is_text(sketch.type) and not sketch.values:
        sketch.clauses = habits.collation
    if habits.encodes and schema.dialect == "redshift":
        sketch.clauses = f"{schema.types.word('ENCODE')} {_encoding(sketch, schema)}"
    elif habits.encodes and schema.dialect == "clickhouse" and not sketch.type.startswith(("Enum", "Nested")):
        moment = sketch.feature.kind.is_moment and not is_text(sketch.type)
        sketch.trailing = (
            "CODEC(DoubleDelta, ZSTD(1))" if moment and "Nullable" not in sketch.type else "CODEC(ZSTD(1))"
        )
    if schema.dialect == "mysql" and habits.spells_null and _may_default_to_null(sketch):
        sketch.default = schema.types.word("NULL")
    if schema.dialect == "tsql" and habits.brackets and schema.quoting.always:
        head, bracket, rest = sketch.type.partition("(")
        sketch.type = f"[{head}]{bracket}{rest}"


def _may_default_to_null(sketch: Sketch) -> bool:
    large = sketch.type.upper().endswith(("TEXT", "BLOB", "JSON", "GEOMETRY"))
    return sketch.nullable and sketch.default is None and not sketch.generated and not large


def _encoding(sketch: Sketch, schema: Schema) -> str:
    if is_text(sketch.type):
        return schema.types.word("ZSTD")
    raw = sketch.primary_key or sketch.type.upper().startswith(("BOOL", "SUPER", "DOUBLE", "REAL", "GEO", "VARBYTE"))
    return "raw" if raw else "az64"

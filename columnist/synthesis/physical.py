"""From a logical design to columns: names, types, keys, defaults and lists of codes."""

from random import Random

from pydantic import Field

from columnist.ddl.tables import Column, Reference
from columnist.synthesis.blueprints import Blueprint, Feature
from columnist.synthesis.column_types import (
    CHECK_DIALECTS,
    ENUM_DIALECTS,
    FOREIGN_KEY_DIALECTS,
    PRIMARY_KEY_DIALECTS,
    TypeChoice,
    enum_type,
    has_time_zone,
)
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.naming import (
    NamingStyle,
    TableKind,
    flag_words,
    key_words,
    moment_words,
    reference_words,
    table_words,
)
from columnist.synthesis.quoting import Quoting
from columnist.values import Value

_GENERIC_WORDS = """
name type status number code title category description method reason amount value date
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_RATIO_WORDS = frozenset(["ratio", "rate", "share", "margin", "yield", "average", "progress"])
_LENGTHS = {
    Kind.NUMBER: (20, 30, 32, 40),
    Kind.NAME: (80, 100, 120, 200),
    Kind.TEXT: (255, 400, 500),
    Kind.CODE: (10, 20),
}
_LOGICAL = {
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.WHETHER: "flag",
    Kind.AMOUNT: "amount",
    Kind.COUNT: "count",
    Kind.MEASURE: "decimal",
    Kind.PERCENT: "percent",
    Kind.SCORE: "decimal",
    Kind.CODE: "text",
    Kind.NUMBER: "text",
    Kind.NAME: "text",
    Kind.TEXT: "long",
    Kind.DOCUMENT: "document",
}
_NOW = {
    "postgres": "CURRENT_TIMESTAMP",
    "mysql": "CURRENT_TIMESTAMP",
    "sqlite": "CURRENT_TIMESTAMP",
    "tsql": "GETDATE()",
    "oracle": "SYSTIMESTAMP",
    "snowflake": "CURRENT_TIMESTAMP()",
    "redshift": "GETDATE()",
    "duckdb": "CURRENT_TIMESTAMP",
    "clickhouse": "now()",
}


class Draft(Value):
    """A column with what its statement needs and what a text may say of it.

    Attributes:
        check: The condition of its CHECK constraint, if any.
        unit: The unit that its name shows.
        zone: ``utc`` where the name or type says so, ``zoned`` where the type keeps a time zone.
        percent: The name shows that the figure is a percentage.
        partition: The statement partitions the table by the column.
        unique: The statement declares the column, alone, to be unique.
        fields: Names of the fields that the type shows, of a structure or of the
            structures in a list; empty where the type hides them (JSON, VARIANT).
    """

    feature: Feature
    column: Column
    check: str = ""
    unit: str = ""
    zone: str = ""
    percent: bool = False
    partition: bool = False
    unique: bool = False
    fields: tuple[str, ...] = ()


class Schema(Value):
    """The surroundings of a table: its dialect and the habits of the team that keeps it.

    Attributes:
        targets: Where references lead, by entity: the tables of the same group,
            with their keys as they are declared.
    """

    dialect: str
    style: NamingStyle
    types: TypeChoice
    quoting: Quoting
    schema_name: str
    declares_references: bool
    restricts_codes: bool
    everything_is_text: bool
    has_keys: bool
    targets: dict[str, Reference] = Field(default_factory=dict)


def draw_columns(blueprint: Blueprint, schema: Schema, rng: Random) -> tuple[Draft, ...]:
    """Give every feature of a design a column; a name that is already taken is left out."""
    drafts: dict[str, Draft] = {}
    for feature in blueprint.features:
        draft = _settle_nullability(_draw_column(feature, schema, rng), schema, rng)
        drafts.setdefault(draft.column.name.lower().replace("_", ""), draft)
    return tuple(drafts.values())


def _settle_nullability(draft: Draft, schema: Schema, rng: Random) -> Draft:
    """Hive columns can always be null; ClickHouse says in the type that a column can."""
    column = draft.column
    if schema.dialect == "hive":
        return draft.model_copy(update={"column": column.model_copy(update={"nullable": True})})
    if schema.dialect != "clickhouse" or not column.nullable:
        return draft
    inner = column.type.removeprefix("LowCardinality(").removesuffix(")") if column.type.startswith("LowC") else ""
    type_ = f"LowCardinality(Nullable({inner}))" if inner else f"Nullable({column.type})"
    wrapped = {"type": type_} if rng.random() < 0.3 else {"nullable": False}
    return draft.model_copy(update={"column": column.model_copy(update=wrapped)})


def _draw_column(feature: Feature, schema: Schema, rng: Random) -> Draft:
    if feature.target:
        return _reference_column(feature, schema, rng)
    if feature.key and feature.kind is Kind.NUMBER and not feature.means:
        return _key_column(feature, schema)
    if feature.kind.is_moment:
        return _moment_column(feature, schema, rng)
    if feature.kind is Kind.WHETHER:
        return _flag_column(feature, schema, rng)
    if feature.kind is Kind.CODE and feature.values:
        return _code_column(feature, schema, rng)
    return _plain_column(feature, schema, rng)


def _column(feature: Feature, words: tuple[str, ...], type_: str, schema: Schema, **more: object) -> Column:
    name = schema.style.column(words, feature.kind, feature.short)
    key = feature.key and schema.has_keys
    fields = {
        "name": name,
        "identifier": schema.quoting.identifier(name),
        "type": type_,
        "primary_key": key,
        "nullable": not feature.key or schema.everything_is_text,
        **more,
    }
    return Column.model_validate(fields)


def _key_column(feature: Feature, schema: Schema) -> Draft:
    type_ = schema.types.sql("text", 40) if schema.everything_is_text else schema.types.sql("key", 36)
    words = key_words(feature.words, schema.style)
    return Draft(feature=feature, column=_column(feature, words, type_, schema))


def _reference_column(feature: Feature, schema: Schema, rng: Random) -> Draft:
    type_ = schema.types.sql("text", 40) if schema.everything_is_text else schema.types.sql("key", 36)
    reference = None
    if schema.declares_references and feature.target in schema.targets:
        reference = schema.targets[feature.target]
    elif schema.declares_references and schema.dialect in FOREIGN_KEY_DIALECTS and rng.random() < 0.9:
        words = tuple(feature.target_noun.lower().split())
        table = schema.style.join(table_words(words, TableKind.ENTITY, schema.style, rng))
        column = schema.style.join(key_words(words, schema.style))
        reference = Reference(table=schema.quoting.qualified(schema.schema_name, table), column=column)
    words = reference_words(feature.words, schema.style)
    required = feature.key or rng.random() < 0.6
    column_ = _column(feature, words, type_, schema, references=reference)
    return Draft(
        feature=feature, column=column_.model_copy(update={"nullable": not required or schema.everything_is_text})
    )


def _moment_column(feature: Feature, schema: Schema, rng: Random) -> Draft:
    timed = feature.kind is Kind.TIME or (feature.kind is Kind.WHEN and rng.random() < 0.45)
    type_ = schema.types.sql("time" if timed else "date")
    if schema.everything_is_text:
        type_ = schema.types.sql("text", 30)
    zoned = timed and has_time_zone(type_)
    utc = timed and not zoned and rng.random() < 0.12
    words = moment_words(feature.words, timed, schema.style, utc)
    default = (
        _NOW.get(schema.dialect) if timed and feature.technical and _is_clock(feature) and rng.random() < 0.5 else None
    )
    if schema.everything_is_text:
        default = None
    required = feature.key or default is not None or rng.random() < 0.3
    column = _column(feature, words, type_, schema, default=default, nullable=not required)
    zone = "utc" if utc or "UTC" in type_ else "zoned" if zoned else ""
    kind = Kind.TIME if timed else Kind.DATE
    return Draft(feature=feature.model_copy(update={"kind": kind}), column=column, zone=zone)


def _is_clock(feature: Feature) -> bool:
    return feature.words[-1] in {"created", "recorded", "loaded", "logged", "ingested"}


def _flag_column(feature: Feature, schema: Schema, rng: Random) -> Draft:
    type_ = schema.types.sql("flag")
    words = flag_words(feature.words, schema.style)
    lettered = schema.style.flag_style == 3 or type_ == "CHAR(1)"
    if schema.everything_is_text or (lettered and schema.dialect not in {"clickhouse", "bigquery"}):
        type_ = schema.types.sql("text", 10) if schema.everything_is_text else schema.types.sql("fixed", 1)
    checked = lettered and not schema.everything_is_text and schema.dialect in CHECK_DIALECTS and rng.random() < 0.7
    zero_one = type_ in {"NUMBER(1)", "INTEGER"} and schema.dialect in CHECK_DIALECTS and rng.random() < 0.5
    column = _column(
        feature,
        words,
        type_,
        schema,
        default=_flag_default(type_, rng),
        values=("Y", "N") if checked else (),
        nullable=rng.random() < 0.5,
    )
    condition = "IN ('Y', 'N')" if checked else "IN (0, 1)" if zero_one else ""
    return Draft(feature=feature, column=column, check=f"{column.identifier} {condition}" if condition else "")


def _flag_default(type_: str, rng: Random) -> str | None:
    if rng.random() < 0.5:
        return None
    return {"BOOLEAN": "FALSE", "BOOL": "FALSE", "BIT": "0", "TINYINT(1)": "0", "INTEGER": "0", "NUMBER(1)": "0"}.get(
        type_
    )


def _code_column(feature: Feature, schema: Schema, rng: Random) -> Draft:
    words = _generic_prefix(feature, schema)
    values = tuple(value.upper() for value in feature.values) if rng.random() < 0.3 else feature.values
    restricted = schema.restricts_codes and not schema.everything_is_text
    enumerated = restricted and schema.dialect in ENUM_DIALECTS
    checked = restricted and schema.dialect in CHECK_DIALECTS and not enumerated
    type_ = enum_type(schema.dialect, values) if enumerated else schema.types.sql("text", rng.choice((20, 30, 50)))
    default = f"'{values[0]}'" if (enumerated or checked) and rng.random() < 0.3 else None
    column = _column(
        feature, words, type_, schema, values=values if enumerated or checked else (), default=default,
        nullable=default is None and rng.random() < 0.6,
    )  # fmt: skip
    listed = ", ".join(f"'{value}'" for value in values)
    return Draft(feature=feature, column=column, check=f"{column.identifier} IN ({listed})" if checked else "")


def _plain_column(feature: Feature, schema: Schema, rng: Random) -> Draft:
    words = _generic_prefix(feature, schema)
    unit, percent = "", False
    if feature.unit and rng.random() < (0.12 if feature.unit == ("deg",) else 0.72):
        unit = rng.choice(feature.unit)
    elif feature.kind is Kind.AMOUNT and rng.random() < 0.1:
        unit = rng.choice(("usd", "usd", "eur", "cad", "gbp"))
    elif feature.kind is Kind.PERCENT and words[-1] not in {"pct", "percent"}:
        percent = rng.random() < (0.35 if words[-1] in _RATIO_WORDS else 0.7)
    shown = (unit,) if unit else (schema.style.abbreviations.get("percent", "pct"),) if percent else ()
    column = _column(feature, (*words, *shown), _plain_type(feature, schema, rng), schema)
    nullable = column.nullable and rng.random() < 0.7
    column = column.model_copy(update={"nullable": nullable, "default": _number_default(feature, schema, rng)})
    return Draft(
        feature=feature,
        column=column,
        check=_bounds(column, feature, schema, rng),
        unit=unit,
        percent=percent or words[-1] == "percent",
    )


def _plain_type(feature: Feature, schema: Schema, rng: Random) -> str:
    if schema.everything_is_text:
        return schema.types.sql("text", 255)
    if feature.kind is Kind.CODE and feature.words[0] in {"country", "state", "region", "language", "preferred"}:
        return schema.types.sql("fixed", 2)
    if feature.kind is Kind.TEXT and rng.random() < 0.4:
        return schema.types.sql("text", rng.choice(_LENGTHS[Kind.TEXT]))
    if feature.kind is Kind.COUNT and feature.words[-1] in {"level", "order", "version", "size", "seq", "priority"}:
        return schema.types.sql("small")
    return schema.types.sql(_LOGICAL[feature.kind], rng.choice(_LENGTHS.get(feature.kind, (50,))))


def _number_default(feature: Feature, schema: Schema, rng: Random) -> str | None:
    counts = feature.kind in {Kind.COUNT, Kind.AMOUNT} and not schema.everything_is_text
    return "0" if counts and schema.dialect in _NOW and rng.random() < 0.08 else None


def _bounds(column: Column, feature: Feature, schema: Schema, rng: Random) -> str:
    if schema.everything_is_text or schema.dialect not in CHECK_DIALECTS or rng.random() > 0.12:
        return ""
    if feature.kind in {Kind.AMOUNT, Kind.COUNT}:
        return f"{column.identifier} >= 0"
    return f"{column.identifier} BETWEEN 0 AND 100" if feature.kind is Kind.PERCENT else ""


def _generic_prefix(feature: Feature, schema: Schema) -> tuple[str, ...]:
    """Words of a plain column: ``customer_number`` always, ``customer_name`` where the style wants it."""
    words = feature.words
    if len(words) > 1 or words[0] not in _GENERIC or feature.technical or not feature.subject:
        return words
    if schema.style.prefixes_generic or words[0] in {"number", "code", "value", "amount"}:
        return (*feature.subject, *words)
    return words


def declares_keys(dialect: str, rng: Random, kind: TableKind) -> bool:
    """Whether the statement declares a primary key; files that are merely loaded have none."""
    if kind is TableKind.STAGING or dialect not in PRIMARY_KEY_DIALECTS:
        return False
    return rng.random() < {"bigquery": 0.2, "databricks": 0.3, "snowflake": 0.6, "redshift": 0.6}.get(dialect, 0.95)

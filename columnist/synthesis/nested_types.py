"""Types with something inside: lists of values, structures, and lists of structures."""

from random import Random

from columnist.synthesis.blueprints import Feature
from columnist.synthesis.drafts import Schema
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.scalars import plain_type

_HIDING = {
    "postgres": ("JSONB", "JSON"),
    "mysql": ("JSON",),
    "sqlite": ("TEXT", "JSON"),
    "tsql": ("NVARCHAR(MAX)",),
    "oracle": ("CLOB", "JSON", "VARCHAR2(4000)"),
    "redshift": ("SUPER", "SUPER", "VARCHAR(65535)"),
}
_ANGLED = frozenset({"bigquery", "spark", "databricks", "hive"})
_FIGURES = frozenset({"readings", "scores", "amounts", "values", "prices", "weights", "measurements"})
_SHOWN = 0.8


def nested_type(feature: Feature, schema: Schema, rng: Random) -> tuple[str, tuple[str, ...]]:
    """The type of a list, a structure or a list of structures, and the names of the fields it shows."""
    if schema.everything_is_text:
        return schema.types.sql("text", 2000), ()
    if feature.kind is Kind.LIST:
        return _list_type(feature, schema, rng), ()
    dialect = schema.dialect
    if dialect in _ANGLED or dialect in {"duckdb", "clickhouse"}:
        hidden = rng.random() > _SHOWN and dialect not in {"hive", "spark"}
        return (schema.types.sql("document"), ()) if hidden else _shown(feature, schema, rng)
    if dialect == "snowflake":
        if rng.random() < 0.15:
            return _shown(feature, schema, rng)
        plain = "ARRAY" if feature.kind is Kind.RECORDS else "OBJECT"
        return schema.types.word(rng.choice((plain, "VARIANT"))), ()
    return schema.types.word(rng.choice(_HIDING[dialect])), ()


def _list_type(feature: Feature, schema: Schema, rng: Random) -> str:
    types, dialect = schema.types, schema.dialect
    figures = feature.words[-1] in _FIGURES or bool(feature.unit)
    element = types.sql("decimal" if figures else "text", 50)
    array = types.word("ARRAY")
    if dialect in _ANGLED:
        return f"{array}<{element}>"
    if dialect == "clickhouse":
        return f"Array({types.sql('decimal' if figures else 'short')})"
    if dialect == "duckdb" or (dialect == "postgres" and rng.random() < 0.75):
        return f"{element}[]"
    if dialect == "snowflake":
        return rng.choice((array, array, f"{array}({element})", types.word("VARIANT")))
    return types.word(rng.choice(_HIDING[dialect]))


def _shown(feature: Feature, schema: Schema, rng: Random) -> tuple[str, tuple[str, ...]]:
    """A type that lists its fields, named in the team's style."""
    parts = {schema.style.column(part.words, part.kind, part.short): part for part in feature.parts}
    inner = [(schema.quoting.identifier(name), _field_type(part, schema, rng)) for name, part in parts.items()]
    word = schema.types.word
    many = feature.kind is Kind.RECORDS
    match schema.dialect:
        case "bigquery":
            type_ = f"{word('STRUCT')}<{', '.join(f'{name} {type_}' for name, type_ in inner)}>"
        case "spark" | "databricks":
            type_ = f"{word('STRUCT')}<{', '.join(f'{name}: {type_}' for name, type_ in inner)}>"
        case "hive":
            type_ = f"{word('STRUCT')}<{','.join(f'{name}:{type_}' for name, type_ in inner)}>"
        case "clickhouse":
            opening = "Nested" if many and rng.random() < 0.5 else "Array(Tuple" if many else "Tuple"
            listed = ", ".join(f"{name} {type_}" for name, type_ in inner)
            return f"{opening}({listed}){')' if opening == 'Array(Tuple' else ''}", tuple(parts)
        case "duckdb":
            listed = ", ".join(f"{name} {type_}" for name, type_ in inner)
            return f"{word('STRUCT')}({listed}){'[]' if many else ''}", tuple(parts)
        case _:
            listed = ", ".join(f"{name} {type_}" for name, type_ in inner)
            type_ = f"{word('OBJECT')}({listed})"
            return (f"{word('ARRAY')}({type_})" if many else type_), tuple(parts)
    return (f"{word('ARRAY')}<{type_}>" if many else type_), tuple(parts)


def _field_type(part: Feature, schema: Schema, rng: Random) -> str:
    types = schema.types
    if part.kind.is_moment:
        return types.sql("date" if part.kind is Kind.DATE else "time")
    if part.kind is Kind.WHETHER:
        return types.sql("flag")
    if part.target or part.key:
        return types.sql("key")
    if part.kind in {Kind.LIST, Kind.RECORD, Kind.RECORDS}:
        return nested_type(part, schema, rng)[0]
    logical, length = plain_type(part, "", rng)
    return types.sql(logical, length or 50)

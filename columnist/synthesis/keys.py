"""Keys: how the database makes them, and where references to tables elsewhere lead."""

from random import Random

from columnist.ddl.tables import Reference
from columnist.synthesis.blueprints import Blueprint, Feature
from columnist.synthesis.drafts import Schema, Sketch
from columnist.synthesis.naming import TableKind, key_words, table_words

_COUNTING = frozenset({"postgres", "mysql", "sqlite", "tsql", "oracle", "snowflake", "redshift", "databricks"})
_NUMBERS = ("BIGINT", "INT", "NUMBER", "SMALLINT")
_RANDOM = frozenset({"UUID", "UNIQUEIDENTIFIER", "RAW(16)"})
# Here a UUID is kept in a text; whether a text is one is only certain of a key.
_RANDOM_TEXTS = frozenset({"CHAR(36)", "VARCHAR(36)", "TEXT", "STRING"})
_TEXT_UUIDS = frozenset({"mysql", "snowflake", "bigquery", "sqlite"})


def make_key(sketch: Sketch, blueprint: Blueprint, schema: Schema) -> None:
    """Let the database count a key up or draw it, where the team leaves that to it."""
    types, type_ = schema.types, sketch.type.upper()
    if not types.habits.counts_keys:
        return
    if type_.startswith(_NUMBERS) and schema.dialect in _COUNTING:
        _count_up(sketch, blueprint, schema)
    elif type_ in _RANDOM or (type_ in _RANDOM_TEXTS and schema.dialect in _TEXT_UUIDS):
        default = types.sql("uuid_default")
        sketch.default = f"({default})" if types.habits.typed_constraints and schema.dialect == "tsql" else default


def _count_up(sketch: Sketch, blueprint: Blueprint, schema: Schema) -> None:
    way = schema.types.sql("identity")
    match way.upper():
        case "SERIAL" | "BIGSERIAL":
            big = sketch.type.upper() == "BIGINT"
            sketch.type = schema.types.word("BIGSERIAL" if big else "SERIAL")
        case "NEXTVAL":
            sketch.default = _next_value(sketch, blueprint, schema)
        case "AUTOINCREMENT" if schema.dialect == "sqlite":
            sketch.identity = way if sketch.type.upper() == "INTEGER" else ""
        case _:
            sketch.identity = way


def _next_value(sketch: Sketch, blueprint: Blueprint, schema: Schema) -> str:
    table = schema.style.join(blueprint.words)
    if schema.dialect == "oracle":
        sequence = schema.style.join((*blueprint.words, "seq"))
        return f"{schema.quoting.identifier(sequence)}.{schema.types.word('NEXTVAL')}"
    within = f"{schema.schema_name}." if schema.schema_name else ""
    return f"nextval('{within}{table}_{sketch.name}_seq'::regclass)"


def reference_elsewhere(feature: Feature, schema: Schema, rng: Random) -> Reference:
    """A reference to a table outside of the group, called as this team would call it."""
    words = tuple(feature.target_noun.lower().split())
    table = schema.style.join(table_words(words, TableKind.ENTITY, schema.style, rng))
    column = schema.style.column(key_words(words, schema.style), feature.kind)
    return Reference(table=schema.quoting.qualified(schema.schema_name, table), column=column)

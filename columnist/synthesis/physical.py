"""From a logical design to columns: names, types, keys, defaults and lists of codes."""

from random import Random

from columnist.ddl.tables import Reference
from columnist.synthesis.blueprints import Blueprint, Feature, Obscurity
from columnist.synthesis.column_types import (
    CHECK_DIALECTS,
    ENUM_DIALECTS,
    FOREIGN_KEY_DIALECTS,
    PRIMARY_KEY_DIALECTS,
    UNENFORCED_DIALECTS,
    UNIQUE_DIALECTS,
    enum_type,
    quote,
)
from columnist.synthesis.column_values import bounds_check, json_check, listed_check, literal_default
from columnist.synthesis.drafts import Draft, Schema, Sketch
from columnist.synthesis.finishing import finish_columns
from columnist.synthesis.keys import make_key, reference_elsewhere
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.moments import moment_column
from columnist.synthesis.name_cases import Case
from columnist.synthesis.naming import TableKind, flag_words, is_kept, key_words, reference_words
from columnist.synthesis.nested_types import nested_type
from columnist.synthesis.remarks import name_parts
from columnist.synthesis.scalars import plain_type

__all__ = ["Draft", "Schema", "declares_keys", "draw_columns"]

_GENERIC_WORDS = """
name type status number code title category description method reason amount value date
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_LONG_UNITS = ("hours", "minutes", "days", "weeks", "months", "years", "tons", "tonnes", "miles", "percent")
_RATIO_WORDS = frozenset(["ratio", "rate", "share", "margin", "yield", "average", "progress"])
_NESTED = frozenset({Kind.LIST, Kind.RECORD, Kind.RECORDS})
_IDENTIFYING = frozenset({"number", "code", "reference", "sku", "barcode", "vin", "tag", "email", "username", "serial"})
_UNIQUE_KINDS = frozenset({TableKind.ENTITY, TableKind.LOOKUP, TableKind.CONFIG})
_ENUMERATED = 0.7
_TEXTS_REQUIRED = 0.3  # notes and remarks are left empty more often than other things
_ELSEWHERE = 0.45  # how often a reference leads to a table that is not at hand


def draw_columns(blueprint: Blueprint, schema: Schema, rng: Random) -> tuple[Draft, ...]:
    """Give every feature of a design a column; a name that is already taken is left out."""
    schema = _with_table_style(blueprint, schema)
    sketches: dict[str, Sketch] = {}
    for feature in blueprint.features:
        sketch = _draw_column(feature, blueprint, schema, rng)
        sketches.setdefault(sketch.name.lower().replace("_", ""), sketch)
    return tuple(sketch.finish() for sketch in finish_columns(list(sketches.values()), blueprint, schema, rng))


def _with_table_style(blueprint: Blueprint, schema: Schema) -> Schema:
    """Some teams begin the names of columns with letters of the table's, or call UUIDs so."""
    style = schema.style.for_table(blueprint.words)
    if schema.types.habits.names_uuids and schema.types.sql("key").upper() in {"UUID", "UNIQUEIDENTIFIER"}:
        style = style.with_uuid_keys()
    return schema if style is schema.style else schema.model_copy(update={"style": style})


def _draw_column(feature: Feature, blueprint: Blueprint, schema: Schema, rng: Random) -> Sketch:
    if feature.obscure is not Obscurity.NONE:
        return _obscure_column(feature, schema, rng)
    if feature.target:
        return _reference_column(feature, blueprint, schema, rng)
    if feature.key and feature.kind is Kind.NUMBER and not feature.means:
        return _key_column(feature, blueprint, schema)
    if feature.kind.is_moment:
        return moment_column(feature, blueprint, schema, rng, as_text=_is_text(feature, schema))
    if feature.kind is Kind.WHETHER:
        return _flag_column(feature, schema, rng)
    if feature.kind is Kind.CODE and feature.values:
        return _code_column(feature, schema, rng)
    if feature.kind in _NESTED:
        return _nested_column(feature, schema, rng)
    return _plain_column(feature, blueprint, schema, rng)


def _sketch(feature: Feature, words: tuple[str, ...], type_: str, schema: Schema, rng: Random | None = None) -> Sketch:
    name = schema.style.column(words, feature.kind, feature.short)
    share = schema.types.habits.required * (_TEXTS_REQUIRED if feature.kind is Kind.TEXT else 1)
    required = feature.key or (rng is not None and rng.random() < share)
    return Sketch(
        feature=feature,
        name=name,
        identifier=schema.quoting.identifier(name),
        type=type_,
        primary_key=feature.key and schema.has_keys,
        nullable=not required or schema.everything_is_text,
    )


def _is_text(feature: Feature, schema: Schema) -> bool:
    """Whether a raw table keeps a value as text; often only its bookkeeping has types."""
    typed = feature.technical and schema.types.habits.types_metadata
    return schema.everything_is_text and not typed


def _obscure_column(feature: Feature, schema: Schema, rng: Random) -> Sketch:
    """A column of which nothing may show more than its name does."""
    if feature.kind.is_moment:
        type_ = schema.types.sql("time" if feature.kind is Kind.TIME else "date")
    elif feature.kind is Kind.WHETHER:
        type_ = schema.types.sql("flag")
    else:
        logical, length = plain_type(feature, "", rng)
        type_ = schema.types.sql(logical, length or 50)
    if schema.everything_is_text:
        type_ = schema.types.sql("text", 255)
    return _sketch(feature, feature.words, type_, schema)


def _key_column(feature: Feature, blueprint: Blueprint, schema: Schema) -> Sketch:
    type_ = schema.types.sql("text", 40) if schema.everything_is_text else schema.types.sql("key", 36)
    sketch = _sketch(feature, key_words(feature.words, schema.style), type_, schema)
    alone = sum(other.key for other in blueprint.features) == 1
    if alone and sketch.primary_key and not feature.delivered and not schema.everything_is_text:
        make_key(sketch, blueprint, schema)
    return sketch


def _reference_column(feature: Feature, blueprint: Blueprint, schema: Schema, rng: Random) -> Sketch:
    type_ = schema.types.sql("text", 40) if schema.everything_is_text else schema.types.sql("key", 36)
    sketch = _sketch(feature, reference_words(feature.words, schema.style), type_, schema)
    sketch.references = _reference(feature, blueprint, schema, rng)
    required = feature.key or rng.random() < 0.3 + 0.6 * schema.types.habits.required
    sketch.nullable = not required or schema.everything_is_text
    return sketch


def _reference(feature: Feature, blueprint: Blueprint, schema: Schema, rng: Random) -> Reference | None:
    if not schema.declares_references or schema.dialect not in FOREIGN_KEY_DIALECTS | UNENFORCED_DIALECTS:
        return None
    if feature.target in schema.targets:
        return schema.targets[feature.target] if schema.has_keys or schema.dialect in FOREIGN_KEY_DIALECTS else None
    own = blueprint.kind is TableKind.ENTITY and feature.target == blueprint.entity
    if own or feature.target in schema.planned or schema.dialect in UNENFORCED_DIALECTS or rng.random() > _ELSEWHERE:
        return None
    return reference_elsewhere(feature, schema, rng)


def _flag_column(feature: Feature, schema: Schema, rng: Random) -> Sketch:
    habits, dialect = schema.types.habits, schema.dialect
    type_ = schema.types.sql("flag")
    as_text = _is_text(feature, schema)
    wanted = schema.style.flag_style == 3 or type_.upper() == "CHAR(1)"
    # Dialects with a boolean that everybody uses: ``paid_yn BOOL`` it is there.
    lettered = wanted and dialect not in {"clickhouse", "bigquery"}
    if as_text or lettered:
        type_ = schema.types.sql("text", 10) if as_text else schema.types.sql("fixed", 1)
    sketch = _sketch(feature, flag_words(feature.words, schema.style), type_, schema, rng)
    if as_text:
        return sketch
    checks = dialect in CHECK_DIALECTS and not feature.key
    if lettered and checks and rng.random() < 0.7:
        sketch.values = ("Y", "N")
        sketch.check = listed_check(sketch.identifier, sketch.values, schema)
    elif type_.upper() in {"NUMBER(1)", "NUMBER(1,0)", "INTEGER"} and checks and rng.random() < 0.3 + habits.checks:
        sketch.check = f"{sketch.identifier} {schema.types.word('IN')} (0, 1)"
    if rng.random() < 0.1 + habits.defaults:
        literal_default(sketch, schema, "'N'" if lettered else "FALSE", rng)
    return sketch


def _code_column(feature: Feature, schema: Schema, rng: Random) -> Sketch:
    habits = schema.types.habits
    values = tuple(_cased_code(value, habits.code_case) for value in feature.values)
    restricted = schema.restricts_codes and not _is_text(feature, schema) and not feature.key
    enumerated = restricted and schema.dialect in ENUM_DIALECTS and rng.random() < _ENUMERATED
    checked = restricted and schema.dialect in CHECK_DIALECTS and not enumerated
    room = max(habits.length or rng.choice((20, 30, 50)), *map(len, values))
    type_ = schema.types.sql("text" if _is_text(feature, schema) else "short", room)
    if enumerated:
        type_ = enum_type(schema.dialect, values)
        type_ = type_.replace("ENUM", "enum", 1) if schema.types.lower else type_
    sketch = _sketch(feature, generic_words(feature, schema), type_, schema, rng)
    if enumerated or checked:
        sketch.values = values
        if rng.random() < 0.1 + habits.defaults * 0.6:
            literal_default(sketch, schema, quote(values[0]), rng)
    if checked:
        sketch.check = listed_check(sketch.identifier, values, schema)
    return sketch


def _cased_code(value: str, case: str) -> str:
    if case == "title" and len(value) > 3:
        return value.replace("_", " ").capitalize()
    return value.upper() if case else value


def _nested_column(feature: Feature, schema: Schema, rng: Random) -> Sketch:
    type_, fields = nested_type(feature, schema, rng)
    sketch = _sketch(feature, feature.words, type_, schema)
    sketch.fields = fields
    sketch.check = json_check(sketch, schema, rng)
    return sketch


def _plain_column(feature: Feature, blueprint: Blueprint, schema: Schema, rng: Random) -> Sketch:
    if feature.family:
        # One draw for the whole family: its columns were added by one statement of one person.
        rng = Random(" ".join((schema.schema_name, *blueprint.words, feature.family)))
    words = generic_words(feature, schema)
    unit, percent = _shown_unit(feature, words, rng)
    shown = (unit,) if unit else (schema.style.abbreviations.get("percent", "pct"),) if percent else ()
    sketch = _sketch(feature, (*words, *shown), _plain_sql(feature, unit, schema, rng), schema, rng)
    sketch.unit = _told_unit(unit, sketch, schema)
    sketch.percent = percent or words[-1] == "percent"
    if sketch.type.upper() == "ROWVERSION":
        sketch.nullable = False  # the server sets it
    elif not _is_text(feature, schema):
        sketch.unique = _is_unique(sketch, blueprint, schema, rng)
        sketch.check = bounds_check(sketch, schema, rng)
        if feature.kind in {Kind.COUNT, Kind.AMOUNT} and rng.random() < habits_share(schema):
            literal_default(sketch, schema, "0", rng)
    return sketch


def _told_unit(unit: str, sketch: Sketch, schema: Schema) -> str:
    """The unit that a reader sees in the name: a code hides it, and a team's own short form may bring it."""
    if schema.style.case is Case.CODED:
        return ""
    last = name_parts(sketch.name)[-1:]
    return unit or next((known for known in sketch.feature.unit if len(known) > 1 and last == (known,)), "")


def habits_share(schema: Schema) -> float:
    """How likely a figure starts at zero by default."""
    return 0.3 * schema.types.habits.defaults


def _shown_unit(feature: Feature, words: tuple[str, ...], rng: Random) -> tuple[str, bool]:
    """The unit that the name shows, and whether it shows that the figure is a percentage."""
    if is_kept(words):
        return "", False
    if any(unit in words for unit in (*feature.unit, *_LONG_UNITS)):
        return "", False  # ``hours_this_month`` says so already
    if feature.unit and rng.random() < (0.12 if feature.unit == ("deg",) else 0.72):
        return rng.choice(feature.unit), False
    if feature.kind is Kind.AMOUNT and rng.random() < 0.1:
        return rng.choice(("usd", "usd", "eur", "cad", "gbp")), False
    if feature.kind is Kind.PERCENT and words[-1] not in {"pct", "percent"}:
        return "", rng.random() < (0.35 if words[-1] in _RATIO_WORDS else 0.7)
    return "", False


def _plain_sql(feature: Feature, unit: str, schema: Schema, rng: Random) -> str:
    if _is_text(feature, schema):
        # What a source delivers as a document stays one, even where all else is text.
        return schema.types.sql("document") if feature.kind is Kind.DOCUMENT else schema.types.sql("text", 255)
    logical, length = plain_type(feature, unit, rng)
    if logical in {"text", "short"} and schema.types.habits.length:
        length = schema.types.habits.length
    return schema.types.sql(logical, length or 50)


def _is_unique(sketch: Sketch, blueprint: Blueprint, schema: Schema, rng: Random) -> bool:
    """Whether a business identifier is declared unique, in the table of what it identifies."""
    words = sketch.feature.words
    if sketch.primary_key or blueprint.kind not in _UNIQUE_KINDS or schema.dialect not in UNIQUE_DIALECTS:
        return False
    if sketch.feature.technical or sketch.feature.kind not in {Kind.NUMBER, Kind.NAME}:
        return False
    own = len(words) == 1 or words[0] in blueprint.words
    return schema.types.habits.declares_unique and own and words[-1] in _IDENTIFYING and rng.random() < 0.8


def generic_words(feature: Feature, schema: Schema) -> tuple[str, ...]:
    """Words of a plain column: ``customer_number`` always, ``customer_name`` where the style wants it."""
    words = feature.words
    if len(words) > 1 or words[0] not in _GENERIC or feature.technical or not feature.subject:
        return words
    if schema.style.prefixes_generic or words[0] in {"number", "code", "value", "amount"}:
        return (*feature.subject, *words)
    return words


def declares_keys(dialect: str, rng: Random, kind: TableKind) -> bool:
    """Whether the statement declares a primary key; files that are merely loaded have none."""
    if kind in {TableKind.STAGING, TableKind.RAW} or dialect not in PRIMARY_KEY_DIALECTS:
        return False
    return rng.random() < {"bigquery": 0.2, "databricks": 0.3, "snowflake": 0.6, "redshift": 0.6}.get(dialect, 0.95)

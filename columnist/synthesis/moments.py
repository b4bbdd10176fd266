"""Columns of dates and times: with and without zone, as numbers, and with the clock as their default."""

from random import Random

from columnist.synthesis.blueprints import Blueprint, Feature
from columnist.synthesis.column_types import has_time_zone
from columnist.synthesis.drafts import Schema, Sketch
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.naming import TableKind, is_kept, moment_words

_CLOCKED = frozenset({"created", "recorded", "loaded", "logged", "ingested", "updated", "inserted"})
_CHANGED = frozenset({"updated", "modified", "changed"})
# What may not have happened yet.
_OUTSTANDING = frozenset(
    {"ended", "closed", "until", "finished", "resolved", "completed", "terminated", "returned", "cancelled", "to",
     "end", "updated", "modified", "restored", "released", "settled", "paid", "replaced", "departed", "expired"}
)  # fmt: skip
_FIGURES = frozenset({TableKind.FACT, TableKind.SNAPSHOT, TableKind.METRIC})
_LOGGED = frozenset({TableKind.EVENT, TableKind.LOG, TableKind.RAW, TableKind.STAGING})
# Where a default may be a function; the lakes' tables seldom have any.
_DEFAULTED = frozenset(
    {"postgres", "mysql", "sqlite", "tsql", "oracle", "snowflake", "redshift", "duckdb", "clickhouse"}
)
_EPOCH_ENDINGS = {"s": (("epoch",), ("unix",), ("epoch", "s"), ("ts",)), "ms": (("ts", "ms"), ("epoch", "ms"), ("ms",))}
_WITHOUT_ENDING = frozenset({"at", "on", "date", "time", "ts"})


def moment_column(feature: Feature, blueprint: Blueprint, schema: Schema, rng: Random, *, as_text: bool) -> Sketch:
    """Draw the column of a moment; whether it has a time is decided here unless the vocabulary knows."""
    timed = feature.kind is Kind.TIME or (feature.kind is Kind.WHEN and rng.random() < 0.45)
    feature = feature if feature.kind.value in {"date", "time"} else _settled(feature, timed)
    if not as_text:
        if timed and _is_number(blueprint, schema, rng):
            return _epoch_column(feature, schema, rng)
        if not timed and schema.types.habits.date_keys and blueprint.kind in _FIGURES and not is_kept(feature.words):
            return _date_key_column(feature, schema)
    return _clock_column(feature, schema, rng, timed=timed, as_text=as_text)


def _settled(feature: Feature, timed: bool) -> Feature:
    return feature.model_copy(update={"kind": Kind.TIME if timed else Kind.DATE})


def _is_number(blueprint: Blueprint, schema: Schema, rng: Random) -> bool:
    epochs = schema.types.habits.epochs
    return bool(epochs) and rng.random() < (0.9 if blueprint.kind in _LOGGED else 0.3)


def _sketch(feature: Feature, words: tuple[str, ...], type_: str, schema: Schema, required: bool) -> Sketch:
    name = schema.style.column(words, feature.kind, feature.short)
    return Sketch(
        feature=feature,
        name=name,
        identifier=schema.quoting.identifier(name),
        type=type_,
        nullable=not (feature.key or required) or schema.everything_is_text,
        primary_key=feature.key and schema.has_keys,
    )


def _epoch_column(feature: Feature, schema: Schema, rng: Random) -> Sketch:
    unit = schema.types.habits.epochs
    words = feature.words
    if not is_kept(words):
        words = words[:-1] if len(words) > 1 and words[-1] in _WITHOUT_ENDING else words
        # The team says it alike everywhere, so the ending follows from a habit and not from chance.
        endings = _EPOCH_ENDINGS[unit]
        words = (*words, *endings[schema.style.moment_style % len(endings)])
    sketch = _sketch(feature, words, schema.types.sql("big"), schema, rng.random() < schema.types.habits.required)
    sketch.unit = unit
    return sketch


def _date_key_column(feature: Feature, schema: Schema) -> Sketch:
    words = moment_words(feature.words, False, schema.style, False)
    words = (*words, "key") if words[-1] == "date" else (*words, "date", "key")
    sketch = _sketch(feature, words, schema.types.sql("count"), schema, True)
    sketch.unit = "yyyymmdd"
    return sketch


def _clock_column(feature: Feature, schema: Schema, rng: Random, *, timed: bool, as_text: bool) -> Sketch:
    types = schema.types
    type_ = types.sql("text", 30) if as_text else types.sql("time" if timed else "date")
    zoned = timed and has_time_zone(type_)
    utc = timed and not zoned and not is_kept(feature.words) and rng.random() < 0.12
    default = None if as_text else _now(feature, type_, schema, timed, rng)
    share = (0.1 + 0.6 * types.habits.required) * (0.2 if feature.words[-1] in _OUTSTANDING else 1)
    required = default is not None or rng.random() < share
    sketch = _sketch(feature, moment_words(feature.words, timed, schema.style, utc), type_, schema, required)
    sketch.zone = "utc" if utc or "'UTC'" in type_ else "zoned" if zoned else ""
    sketch.default = default
    if default and timed and schema.dialect == "mysql" and feature.words[-1] in _CHANGED:
        sketch.trailing = types.word("ON UPDATE ") + default
    return sketch


def _now(feature: Feature, type_: str, schema: Schema, timed: bool, rng: Random) -> str | None:
    """The clock as the default of what the database itself records."""
    if not feature.technical or feature.words[-1] not in _CLOCKED or rng.random() > 0.2 + schema.types.habits.defaults:
        return None
    types, dialect = schema.types, schema.dialect
    if dialect == "bigquery":
        return types.word(f"CURRENT_{type_.upper()}()")
    if dialect not in _DEFAULTED or (not timed and not types.has("today")):
        return None
    default = types.sql("now" if timed else "today")
    if dialect == "mysql" and "(" in type_:  # the precisions of column and default have to agree
        default += type_[type_.index("(") :]
    if dialect == "tsql" and types.habits.typed_constraints and not default.startswith("("):
        return f"({default})"
    return default

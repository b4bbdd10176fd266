"""What a column may hold: lists of codes, bounds of figures, and what it holds by default."""

from random import Random

from columnist.synthesis.column_types import CHECK_DIALECTS, is_text, quote
from columnist.synthesis.drafts import Schema, Sketch
from columnist.synthesis.lexicon import Kind

# Tables of lakes hardly ever have defaults.
_WITHOUT_DEFAULTS = frozenset({"hive", "spark", "databricks"})
_SIGNED = frozenset(
    {"balance", "adjustment", "difference", "change", "variance", "margin", "net", "profit", "gain", "correction"}
)
_ZEROS = ("BIT", "TINYINT", "INT", "NUMBER", "SMALLINT", "UINT8")
_JSON_TESTS = {
    "sqlite": "json_valid({})",
    "tsql": "ISJSON({}) = 1",
    "oracle": "{} IS JSON",
    "mysql": "JSON_VALID({})",
}


def listed_check(identifier: str, values: tuple[str, ...], schema: Schema) -> str:
    """The condition that a text is one of several; dumps of Postgres write it with casts."""
    listed = ", ".join(quote(value) for value in values)
    if schema.dialect == "postgres" and schema.types.habits.typed_constraints:
        cast = ", ".join(f"{quote(value)}::text" for value in values)
        return f"({identifier})::text = ANY (ARRAY[{cast}])"
    return f"{identifier} {schema.types.word('IN')} ({listed})"


def bounds_check(sketch: Sketch, schema: Schema, rng: Random) -> str:
    """The condition that a figure lies where such figures can lie; empty where the team checks nothing."""
    if schema.dialect not in CHECK_DIALECTS or rng.random() > schema.types.habits.checks:
        return ""
    feature, name, word = sketch.feature, sketch.identifier, schema.types.word
    last = feature.words[-1]
    if last == "latitude":
        return f"{name} {word('BETWEEN')} -90 {word('AND')} 90"
    if last == "longitude":
        return f"{name} {word('BETWEEN')} -180 {word('AND')} 180"
    if feature.kind is Kind.PERCENT and not _SIGNED & set(feature.words):
        return f"{name} {word('BETWEEN')} 0 {word('AND')} 100"
    if feature.kind in {Kind.AMOUNT, Kind.COUNT} and not _SIGNED & set(feature.words):
        return f"{name} {'>' if last == 'quantity' and rng.random() < 0.4 else '>='} 0"
    if feature.kind is Kind.CODE and last == "currency" and schema.dialect == "postgres":
        return f"{name} ~ '^[A-Z]{{3}}$'"
    return ""


def json_check(sketch: Sketch, schema: Schema, rng: Random) -> str:
    """The condition that a text is JSON."""
    test = _JSON_TESTS.get(schema.dialect)
    if not test or schema.everything_is_text or not is_text(sketch.type) or rng.random() > schema.types.habits.checks:
        return ""
    return test.format(sketch.identifier)


def literal_default(sketch: Sketch, schema: Schema, literal: str, rng: Random) -> None:
    """Give a column a default; most teams then no longer let it be null.

    Args:
        sketch: The column.
        schema: Its surroundings.
        literal: The value; ``FALSE`` becomes what the column's type has for it.
        rng: Decides whether the column may still be null.
    """
    if schema.dialect in _WITHOUT_DEFAULTS:
        return
    if literal == "FALSE":
        literal = _false_of(sketch.type, schema)
    sketch.default = _as_written(literal, sketch.type, schema)
    if rng.random() < 0.75:
        sketch.nullable = False


def _false_of(type_: str, schema: Schema) -> str:
    upper = type_.upper()
    if upper == "BIT(1)":
        return "b'0'"
    if upper.startswith(_ZEROS) or (schema.dialect in {"sqlite", "mysql"}):
        return "0"
    return "false" if schema.types.lower or schema.dialect == "clickhouse" else "FALSE"


def _as_written(literal: str, type_: str, schema: Schema) -> str:
    """The literal as tools write it back, where a tool wrote the statement."""
    if not schema.types.habits.typed_constraints:
        return literal
    quoted = literal.startswith("'")
    match schema.dialect:
        case "tsql":
            return f"({literal})" if quoted else f"(({literal}))"
        case "postgres" if quoted:
            return f"{literal}::{'bpchar' if type_.upper().startswith('CHAR(') else 'character varying'}"
        case "mysql" if literal.isdigit():
            return f"'{literal}'"
        case _:
            return literal

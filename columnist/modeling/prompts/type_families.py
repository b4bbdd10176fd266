"""Types in one short word: what a column holds, without the spelling of any dialect.

``VARCHAR2(255 CHAR)``, ``NVARCHAR(MAX)``, ``STRING`` and ``character varying`` mean
the same to whoever describes a column, and cost a model up to ten tokens each.
"""

import re
from functools import lru_cache

from columnist.modeling.prompts.plain import plain

_FAMILIES = {
    "int": """int integer bigint smallint tinyint mediumint hugeint uhugeint int2 int4 int8 int16 int32 int64 int128
        int256 uint8 uint16 uint32 uint64 uint128 uint256 usmallint uinteger ubigint utinyint byteint long short
        serial bigserial smallserial serial2 serial4 serial8 byte identity""",
    "decimal": """decimal numeric dec fixed bignumeric bigdecimal smalldecimal decimal32 decimal64 decimal128
        decimal256""",
    "float": """float real double float4 float8 float32 float64 bfloat16 binary_float binary_double half""",
    "money": "money smallmoney",
    "text": """text varchar varchar2 nvarchar nvarchar2 char nchar character string clob nclob dbclob bpchar citext
        ntext tinytext mediumtext longtext fixedstring alphanum shorttext sysname name national char_varying lvarchar
        graphic vargraphic""",
    "bool": "bool boolean logical",
    "date": "date date32 daydate",
    "time": "time timetz time64 secondtime",
    "timestamp": """timestamp timestamptz timestamp_ntz timestamp_ltz timestamp_tz timestampntz timestampltz
        timestamp_s timestamp_ms timestamp_ns datetime datetime2 smalldatetime datetimeoffset datetime64
        longdate seconddate""",
    "interval": "interval",
    "year": "year",
    "json": "json jsonb variant object super hstore bson",
    "binary": """binary varbinary blob tinyblob mediumblob longblob bytea bytes raw long_raw image bfile varbyte""",
    "rowversion": "rowversion",
    "uuid": "uuid uniqueidentifier",
    "enum": "enum enum8 enum16",
    "set": "set",
    "bits": "bit varbit",
    "xml": "xml xmltype",
    "geometry": """geometry geography point linestring polygon multipoint multilinestring multipolygon
        geometrycollection sdo_geometry st_geometry st_point ring box path circle lseg""",
    "ip address": "inet cidr ipv4 ipv6 ipaddress ipprefix",
    "range": "int4range int8range numrange tsrange tstzrange daterange",
    "search vector": "tsvector tsquery",
    "vector": "vector halfvec",
    "struct": "struct row tuple record nested",
    "array": "array list varray",
    "map": "map",
}
_FAMILY_OF = {word: family for family, words in _FAMILIES.items() for word in words.split()}
# A word that means something else in one dialect.
_FAMILY_IN = {("tsql", "timestamp"): "rowversion"}
_WRAPPERS = frozenset({"nullable", "lowcardinality"})
_AGGREGATES = frozenset({"simpleaggregatefunction", "aggregatefunction"})
_QUOTED = re.compile(r"\bcomment\s+'(?:[^']|'')*+'|\bcomment\s+\"[^\"]*+\"", re.IGNORECASE)
_ARRAY_SUFFIX = re.compile(r"\s*\[\d*\]\s*$")
_PARTS = re.compile(r"\s*(?P<word>[^<(\[]*+)(?P<rest>.*)", re.DOTALL)
_MAX_READ = 2000  # characters of a type; a structure of a thousand fields shows its first ones
_MAX_FIELDS = 12
_MAX_BYTES = 120
_MAX_UNKNOWN_BYTES = 24
_DEEPEST = 3


@lru_cache(maxsize=4096)
def type_family(sql_type: str, dialect: str = "") -> str:
    """Return the family of a type in a word or two; of an unknown type its own name, in lower case.

    Lists say what they hold, and structures how their fields are called.

    Args:
        sql_type: A type as SQL of a dialect; may be empty.
        dialect: One of ``columnist.ddl.dialects.DIALECTS``; empty for any.

    Example:
        >>> [type_family(type_) for type_ in ("VARCHAR2(255 CHAR)", "double precision", "NUMBER(10)")]
        ['text', 'float', 'int']
        >>> type_family("ARRAY<STRUCT<code STRING, message STRING>>"), type_family("varchar(20)[]")
        ('array of struct (code, message)', 'array of text')
        >>> type_family("TIMESTAMP", "tsql"), type_family("TINYINT(1)", "mysql"), type_family("public.mpaa_rating")
        ('rowversion', 'bool', 'mpaa_rating')
    """
    return plain(_family(_QUOTED.sub("", sql_type[:_MAX_READ]), dialect, 0), _MAX_BYTES)


def _family(sql_type: str, dialect: str, depth: int) -> str:
    text = sql_type.strip()
    if _ARRAY_SUFFIX.search(text):
        return _array(_element(text), dialect, depth)
    match = _PARTS.match(text)
    word, rest = (match["word"], match["rest"]) if match else (text, "")
    name = _last_name(word)
    if depth > _DEEPEST or not name:
        return name
    if name in _WRAPPERS:
        return _family(_inside(rest), dialect, depth + 1)
    if name in _AGGREGATES:
        return _family(_split(_inside(rest))[-1], dialect, depth + 1)
    family = _FAMILY_IN.get((dialect, name)) or _scalar(name, rest, dialect)
    if family == "array":
        return _array(_inside(rest), dialect, depth)
    if family == "struct":
        shown = _struct(_inside(rest))
        return f"array of {shown}" if name == "nested" else shown
    return family


def _scalar(name: str, rest: str, dialect: str) -> str:
    """Return the family of a type's word, as far as its figures do not say otherwise."""
    figures = [figure.strip() for figure in _inside(rest).split(",")]
    if name in ("number", "numeric", "decimal", "dec") and figures[0]:
        return "int" if figures[1:] in ([], ["0"]) else "decimal"
    if name == "number":
        return "number"
    if name == "tinyint" and figures == ["1"] and dialect in ("", "mysql"):
        return "bool"
    if name == "bit" and figures in ([""], ["1"]):
        return "bool"
    if family := _FAMILY_OF.get(name):
        return family
    return plain(name, _MAX_UNKNOWN_BYTES)


def _array(element: str, dialect: str, depth: int) -> str:
    inner = _family(element, dialect, depth + 1)
    return f"array of {inner}" if inner else "array"


def _element(text: str) -> str:
    """Return what an array with brackets holds, whatever its dimensions.

    Example:
        >>> _element("integer[3][]")
        'integer'
    """
    while suffix := _ARRAY_SUFFIX.search(text):
        text = text[: suffix.start()]
    return text


def _struct(fields: str) -> str:
    names = [_field_name(field) for field in _split(fields)]
    shown = [name for name in names if name]
    if not shown:
        return "struct"
    return f"struct ({', '.join(shown[:_MAX_FIELDS])}{', ...' if len(shown) > _MAX_FIELDS else ''})"


def _field_name(field: str) -> str:
    """Return the name of a structure's field, which stands before its type.

    Example:
        >>> _field_name(" `end` TIMESTAMP"), _field_name("city: STRING"), _field_name('"a b" INT')
        ('end', 'city', 'a b')
    """
    text = field.strip()
    if text[:1] in ("`", '"'):
        return text[1:].partition(text[0])[0]
    return re.split(r"[\s:<(]", text, maxsplit=1)[0]


def _last_name(word: str) -> str:
    """Return the word that names a type: the first of ``double precision``, the last of ``public.mpaa_rating``.

    Example:
        >>> _last_name("character varying"), _last_name('public."Year"'), _last_name("TIMESTAMP WITH TIME ZONE")
        ('character', 'year', 'timestamp')
    """
    words = word.replace('"', "").replace("`", "").rpartition(".")[2].lower().split()
    if words[:2] == ["long", "raw"] or words[:2] == ["long", "varbinary"]:
        return "long_raw"
    if words == ["long"] or words[:2] == ["long", "varchar"]:
        return "clob"
    return words[0] if words else ""


def _inside(rest: str) -> str:
    """Return what stands within the outermost brackets at the start.

    Example:
        >>> _inside("<STRING>"), _inside("(10, 2) UNSIGNED"), _inside("")
        ('STRING', '10, 2', '')
    """
    depth = 0
    for place, sign in enumerate(rest):
        depth += (sign in "<([") - (sign in ">)]")
        if depth == 0:
            return rest[1:place]
    return rest[1:]


def _split(text: str) -> list[str]:
    """Split at the commas that stand in no brackets.

    Example:
        >>> _split("a INT, b ARRAY<STRUCT<c INT, d INT>>")
        ['a INT', ' b ARRAY<STRUCT<c INT, d INT>>']
    """
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "<([") - (sign in ">)]")
        if sign == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]

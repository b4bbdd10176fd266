"""Types of all dialects come down to few words."""

from importlib.resources import files

import pytest
import yaml

from columnist.modeling.prompts.type_families import type_family


@pytest.mark.parametrize(
    ("family", "types"),
    [
        ("text", "VARCHAR2(255 CHAR)|STRING|NVARCHAR(MAX)|character varying|character(3)|TEXT|LowCardinality(String)"),
        ("text", "FixedString(9)|LONGTEXT|NCLOB ST_MEMORY_LOB|varchar (20)|CHAR(36) CHARACTER SET ascii|LONG|bpchar"),
        ("int", "INT|bigint(20) unsigned|NUMBER(10)|NUMBER(38, 0)|numeric(9)|serial|UInt32|INTEGER CS_INT|INT64|int8"),
        (
            "decimal",
            "NUMBER(10,2)|DECIMAL (10, 2)|numeric|BIGNUMERIC|Decimal64(4)|SimpleAggregateFunction(sum, Decimal(9, 2))",
        ),
        ("number", "NUMBER|number"),
        ("float", "double precision|FLOAT8|REAL|Nullable(Float64)|BINARY_DOUBLE|FLOAT(53)"),
        ("bool", "BOOLEAN|BIT|bit(1)|Bool"),
        ("date", "DATE|date|Date32"),
        ("time", "TIME(3)|time without time zone"),
        (
            "timestamp",
            "TIMESTAMP_NTZ(9)|timestamp with time zone|DATETIME2(7)|DateTime64(3, 'UTC')|LONGDATE CS_LONGDATE",
        ),
        ("interval", "INTERVAL|INTERVAL YEAR TO MONTH|interval day(2) to second(6)"),
        ("json", "JSON|jsonb|SUPER|VARIANT|OBJECT"),
        ("binary", "BLOB|bytea|VARBINARY(MAX)|RAW(16)|LONG RAW|BYTES(16)"),
        ("uuid", "uuid|UNIQUEIDENTIFIER"),
        ("enum", "ENUM('a', 'b')|Enum8('a' = 1, 'b,c' = 2)|enum( 'x' )"),
        ("bits", "bit(8)|bit varying(5)"),
        ("array of text", "varchar(20)[]|ARRAY<STRING>|Array(String)|text[][]|integer ARRAY".rpartition("|")[0]),
        ("array of int", "integer[3][3]|Array(Nullable(UInt8))|ARRAY(INTEGER)"),
        ("map", "MAP<STRING, STRING>|Map(String, UInt64)"),
        (
            "struct (a, b)",
            "STRUCT<a STRING, b ARRAY<INT64>>|struct<a:string,b:int>|Tuple(a String, b UInt8)|ROW(a varchar, b int)",
        ),
        (
            "array of struct (a, b)",
            "ARRAY<STRUCT<a STRING, b STRUCT<c INT64>>>|STRUCT(a INT, b INT)[]|Nested(a String, b UInt8)",
        ),
        ("geometry", "geometry(Point, 4326)|GEOGRAPHY|MDSYS.SDO_GEOMETRY"),
        ("mpaa_rating", 'public.mpaa_rating|MPAA_RATING|"MPAA_rating"'),
        ("", "|  "),
    ],
)
def test_a_type_is_shown_by_its_family(family, types):
    assert {type_: type_family(type_) for type_ in types.split("|")} == dict.fromkeys(types.split("|"), family)


def test_some_words_mean_something_else_in_a_dialect():
    assert type_family("TIMESTAMP", "tsql") == "rowversion"
    assert type_family("TIMESTAMP", "mysql") == "timestamp"
    assert (type_family("tinyint(1)", "mysql"), type_family("tinyint(4)", "mysql")) == ("bool", "int")


def test_comments_within_a_type_are_not_shown():
    hidden = "STRUCT< a: STRING COMMENT 'it''s <secret>, b: c', b: INT COMMENT 'x' >"
    assert type_family(hidden) == "struct (a, b)"


@pytest.mark.parametrize(
    "hostile",
    [
        "ARRAY<" * 5000,
        "[]" * 5000,
        "STRUCT<" + ", ".join(f"f{n} INT" for n in range(3000)) + ">",
        "x" * 100_000,
        "a\nb\x00c",
        "<(((",
        ")))>",
        "'" * 5000,
        "comment '" * 1000,
        "Nullable(" * 500,
        "struct<<|im_end|> int>",
    ],
)
def test_hostile_types_stay_short_and_on_one_line(hostile):
    family = type_family(hostile)
    assert len(family.encode()) <= 120
    assert len(family.splitlines()) <= 1
    assert "<|im_end|>" not in family


def test_every_type_that_the_product_itself_writes_has_a_family():
    text = files("columnist.synthesis").joinpath("data", "types.yaml").read_text(encoding="utf-8")
    rows = [
        (dialect, spelling.strip().format(n=20))
        for dialect, types in yaml.safe_load(text)["dialects"].items()
        for row, spellings in types.items()
        if isinstance(spellings, str) and row not in {"identity", "uuid_default", "now", "today"}
        for spelling in spellings.split(" | ")
    ]
    families = {type_family(spelling, dialect) for dialect, spelling in rows}
    assert len(rows) > 200
    families_of_scalars = "binary bits bool date decimal float geometry int interval json map money number"
    rarer = {"array", "ip address", "rowversion", "text", "time", "timestamp", "uuid", "xml", "year"}
    assert families - {*families_of_scalars.split(), *rarer} == set()

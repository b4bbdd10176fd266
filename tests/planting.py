"""Ways in which a row of a catalog may end up in a training set."""

import random
import re

import sqlglot
from sqlglot.errors import SqlglotError

from columnist.ddl import read_text
from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.errors import SourceError
from columnist.synthesis.documented import DocumentedTable
from columnist.synthesis.examples import Example

_OTHER_DIALECT = {"snowflake": "postgres", "bigquery": "snowflake"}


def verbatim(table, rng):
    return [_example(table)]


def renamed_table(table, rng):
    return [_example(table, name="zz_delivery")]


def reordered_columns(table, rng):
    return [_example(table, keep=rng.sample(range(_width(table)), _width(table)))]


def camel_case(table, rng):
    return [_example(table, rename=_camel, name=_camel(table.table.name))]


def upper_case(table, rng):
    return [_example(table, rename=str.upper, name=table.table.name.upper())]


def another_dialect(table, rng):
    dialect = _OTHER_DIALECT.get(table.table.dialect, "bigquery")
    try:
        ddl = sqlglot.transpile(table.ddl, read=table.table.dialect, write=dialect)[0]
        (other,) = read_text(ddl, dialect).tables
    except (SqlglotError, SourceError):
        return [_example(table)]
    # BigQuery's fields of structures have columns of their own, which other dialects have not.
    return [_example(table, ddl=ddl, columns=other.columns if len(other.columns) == _width(table) else None)]


def texts_only(table, rng):
    return [_example(table, rename=_invented(rng), name="zz_delivery")]


def schema_only(table, rng):
    return [_example(table, texts=_reworded(table, rng))]


def third_dropped(table, rng):
    kept = sorted(rng.sample(range(_width(table)), _width(table) - _width(table) // 3))
    return [_example(table, keep=kept)]


def split_over_two(table, rng):
    middle = (_width(table) + 1) // 2
    halves = range(middle), range(middle, _width(table))
    return [_example(table, keep=half, suffix=str(number)) for number, half in enumerate(halves) if half]


def renamed_and_third_dropped_in_camel_case(table, rng):
    kept = rng.sample(range(_width(table)), _width(table) - _width(table) // 3)
    return [_example(table, keep=kept, rename=_camel, name="zzDelivery")]


WAYS = (
    verbatim,
    renamed_table,
    reordered_columns,
    camel_case,
    upper_case,
    another_dialect,
    texts_only,
    schema_only,
    third_dropped,
    split_over_two,
    renamed_and_third_dropped_in_camel_case,
)


def plant(table: DocumentedTable, way, seed: int = 0) -> list[Example]:
    """Make examples of a catalog's table."""
    return way(table, random.Random(f"{seed} {table.id}"))


def _example(table, name=None, keep=None, rename=str, ddl=None, columns=None, texts=None, suffix=""):
    name, columns, texts = name or table.table.name, columns or table.table.columns, texts or table.texts
    keep = range(len(columns)) if keep is None else keep
    renamed = [Column(name=rename(columns[i].name), type=columns[i].type) for i in keep]
    untouched = ddl is None and rename is str and len(renamed) == len(columns) and name == table.table.name
    body = ", ".join(f"{column.name} {column.type}" for column in renamed)
    return Example(
        id=f"planted-{table.id}{suffix}",
        ddl=table.ddl if untouched else ddl or f"CREATE TABLE {name} ({body})",
        table=Table(name=name, columns=tuple(renamed)),
        reference=Texts(table=texts.table if not suffix else "", columns=tuple(texts.columns[i] for i in keep)),
        naics_code="",
        use_case="",
        license="MIT",
    )


def _width(table) -> int:
    return len(table.table.columns)


def _camel(name: str) -> str:
    head, *tail = re.split(r"[_\s]+", name.strip("_").lower())
    return head + "".join(word.capitalize() for word in tail)


def _invented(rng):
    return lambda name: "zz_" + "".join(rng.choices("bcdfghjklm", k=9))


def _reworded(table, rng):
    """Texts that say something else in as many words."""
    word = lambda: "".join(rng.choices("bcdfghjklmnpqrst", k=6))  # noqa: E731
    columns = tuple(" ".join(word() for _ in text.split()) for text in table.texts.columns)
    return Texts(table=" ".join(word() for _ in table.texts.table.split()), columns=columns)

"""How varied tables and their texts are, measured alike for made and for real ones."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from random import Random

import numpy as np

from columnist.abstention import is_abstention
from columnist.ddl.tables import Table
from columnist.documentation import Texts
from columnist.synthesis.record import Diversity
from columnist.synthesis.shingles import letters_of, words_of
from columnist.synthesis.validators import is_name_echo

Documented = tuple[Table, Texts]

_MOST_TEXTS = 5000
_FAMILIES = (
    ("nested", r"STRUCT|\bROW\b|TUPLE|NESTED|\bMAP\b|RECORD"),
    ("array", r"ARRAY|\[\]"),
    ("document", r"JSON|VARIANT|OBJECT|SUPER|XML|HSTORE"),
    ("enumeration", r"ENUM|^SET\b"),
    ("boolean", r"BOOL|\bBIT\b|TINYINT\(1\)"),
    ("time", r"TIMESTAMP|DATETIME|\bTIME(?:TZ|64)?\b"),
    ("date", r"DATE"),
    ("decimal", r"DECIMAL|NUMERIC|NUMBER|MONEY|DOUBLE|FLOAT|REAL"),
    ("integer", r"\bU?(?:BIG|SMALL|TINY|MEDIUM|BYTE|HUGE)?INT(?:EGER)?\d*\b|SERIAL|\bLONG$|SHORT"),
    ("identifier", r"UUID|UNIQUEIDENTIFIER|GUID"),
    ("binary", r"BLOB|BYTE|BINARY|RAW"),
    ("text", r"CHAR|TEXT|STRING|CLOB"),
)
_QUOTED = re.compile(r"'(?:[^']|'')*'")


def compare_diversity(collections: Mapping[str, Sequence[Documented]]) -> dict[str, Diversity]:
    """Measure collections of documented tables side by side.

    Repetition grows with the number of texts, so the distinct runs of words are
    counted over equally many texts of each collection, drawn with a fixed seed.

    Args:
        collections: Tables with their texts, by the name of the collection.

    Example:
        >>> from columnist.ddl.tables import Column
        >>> table = Table(name="t", dialect="duckdb", columns=(Column(name="qty", type="INT"),))
        >>> found = compare_diversity({"mine": [(table, Texts(table="", columns=("Units on the shelf.",)))]})
        >>> found["mine"].distinct_3, found["mine"].types
        (1.0, {'integer': 1.0})
    """
    texts = {name: _texts(tables) for name, tables in collections.items()}
    size = min([_MOST_TEXTS, *(len(found) for found in texts.values() if found)])
    names = {name: _names(tables) for name, tables in collections.items()}
    return {
        name: _measure(
            tables,
            texts[name],
            size,
            names[name],
            set().union(*(other for key, other in names.items() if key != name)),
        )
        for name, tables in collections.items()
    }


def type_family(type_: str) -> str:
    """Return the family of a type.

    Example:
        >>> [type_family(t) for t in ("VARCHAR(20)", "ARRAY<STRUCT<a INT64>>", "BIGINT UNSIGNED", "INET")]
        ['text', 'nested', 'integer', 'other']
    """
    # The values of an enumeration may look like types.
    upper = _QUOTED.sub("", type_).upper()
    return next((family for family, pattern in _FAMILIES if re.search(pattern, upper)), "other")


def _measure(
    tables: Sequence[Documented], texts: list[tuple[str, str]], size: int, names: Counter[str], elsewhere: Iterable[str]
) -> Diversity:
    columns = [
        (column, text) for table, found in tables for column, text in zip(table.columns, found.columns, strict=True)
    ]
    widths = [len(table.columns) for table, _ in tables] or [0]
    lengths = [len(words_of(text)) for _, text in texts] or [0]
    return Diversity(
        tables=len(tables),
        columns=len(columns),
        texts=len(texts),
        abstained=_share(sum(is_abstention(text) for _, text in columns), len(columns)),
        distinct_3=_distinct_runs([text for _, text in texts], size),
        new_names=_share(len(set(names) - set(elsewhere)), len(names)),
        single_names=_share(sum(count == 1 for count in names.values()), len(names)),
        name_echo=_share(sum(is_name_echo(name, text) for name, text in texts), len(texts)),
        words=(_percentile(lengths, 10), _percentile(lengths, 50), _percentile(lengths, 90)),
        width=(_percentile(widths, 10), _percentile(widths, 50), _percentile(widths, 90), max(widths)),
        types=_shares(type_family(column.type) for column, _ in columns),
        dialects=_shares(table.dialect or "unknown" for table, _ in tables),
    )


def _texts(tables: Sequence[Documented]) -> list[tuple[str, str]]:
    """The names and texts of all columns that are described."""
    return [
        (column.name, text)
        for table, texts in tables
        for column, text in zip(table.columns, texts.columns, strict=True)
        if text and not is_abstention(text)
    ]


def _names(tables: Sequence[Documented]) -> Counter[str]:
    """In how many tables each column name occurs."""
    return Counter(name for table, _ in tables for name in {letters_of(column.name) for column in table.columns})


def _distinct_runs(texts: list[str], size: int) -> float:
    drawn = Random(0).sample(texts, min(size, len(texts)))
    runs = [run for text in drawn for run in _runs(words_of(text))]
    return _share(len(set(runs)), len(runs))


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return list(zip(words, words[1:], words[2:], strict=False))


def _shares(values: Iterable[str]) -> dict[str, float]:
    counts = Counter(values)
    return {value: _share(count, counts.total()) for value, count in sorted(counts.items(), key=lambda item: -item[1])}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _percentile(values: Sequence[int], percent: int) -> int:
    return int(np.percentile(values, percent, method="nearest"))

"""Industries of the North American Industry Classification System, 2022 edition.

Codes and titles are the US Census Bureau's and in the public domain. The product
ships them as a CSV; whoever has the Bureau's workbooks can read those instead, the
one with descriptions among them.
"""

import csv
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from columnist.errors import TrainingSetError
from columnist.synthesis.naics_workbook import ClassificationRow, read_workbook
from columnist.values import Value

NAICS_FILE = "naics_2022.csv"
_WORKBOOKS = (".xlsx", ".xlsm")
_SECTOR_DIGITS = 2
_INDUSTRY_DIGITS = 6
_MEND = "use the file that the product ships, or the Census Bureau's workbook of 2- to 6-digit codes"


class Industry(Value):
    """A six-digit national industry.

    Attributes:
        sector: Code of its sector, as the classification prints it: two digits,
            or a range such as ``31-33``.
        description: What the Census Bureau says of it; empty unless a workbook with
            descriptions was read.
    """

    code: str
    title: str
    sector: str
    description: str = ""


@cache
def load_industries(path: Path | None = None) -> tuple[Industry, ...]:
    """Load the six-digit industries in the order of the classification.

    Args:
        path: A CSV with the columns ``code``, ``level`` and ``title``, or one of
            the Census Bureau's workbooks (``.xlsx``); the packaged CSV where none
            is given.

    Raises:
        TrainingSetError: The file cannot be read or is neither of them.

    Example:
        >>> industries = load_industries()
        >>> len(industries), industries[0].title, industries[0].sector
        (1012, 'Soybean Farming', '11')
    """
    rows = _read_rows(path)
    sectors = _sector_by_prefix(rows)
    return tuple(
        Industry(code=row.code, title=row.title, sector=sectors[row.code[:2]], description=row.description)
        for row in rows
        if row.digits == _INDUSTRY_DIGITS
    )


@cache
def load_sectors(path: Path | None = None) -> dict[str, str]:
    """Load the titles of the twenty sectors by code.

    Raises:
        TrainingSetError: The file cannot be read or is not a NAICS table.

    Example:
        >>> load_sectors()["31-33"]
        'Manufacturing'
    """
    return {row.code: row.title for row in _read_rows(path) if row.digits == _SECTOR_DIGITS}


@cache
def _read_rows(path: Path | None) -> tuple[ClassificationRow, ...]:
    source = path or files("columnist.synthesis").joinpath("data", NAICS_FILE)
    rows = read_workbook(path) if path is not None and path.suffix.lower() in _WORKBOOKS else _read_csv(source)
    prefixes = _sector_by_prefix(rows)
    orphans = [row.code for row in rows if row.code[:2] not in prefixes]
    if orphans:
        raise TrainingSetError(f"{source}: code {orphans[0]} has no sector row; {_MEND}")
    if not any(row.digits == _INDUSTRY_DIGITS for row in rows):
        raise TrainingSetError(f"{source}: expected six-digit industries, found none among {len(rows)} rows; {_MEND}")
    return rows


def _read_csv(source: Path | Traversable) -> tuple[ClassificationRow, ...]:
    expected = "expected a CSV with the columns code, level and title"
    try:
        rows = list(csv.DictReader(source.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingSetError(f"{source}: {expected}, but it cannot be read: {error}; check the path") from error
    if not rows or not {"code", "level", "title"} <= rows[0].keys():
        raise TrainingSetError(f"{source}: {expected}; {_MEND}")
    found = tuple(ClassificationRow.parse(row["code"], row["title"], row.get("description")) for row in rows)
    damaged = next((number for number, row in enumerate(found, 2) if row is None), None)
    if damaged:
        raise TrainingSetError(f"{source}, line {damaged}: {expected}, found no code of two to six digits; {_MEND}")
    return tuple(row for row in found if row is not None)


def _sector_by_prefix(rows: tuple[ClassificationRow, ...]) -> dict[str, str]:
    sectors = (row.code for row in rows if row.digits == _SECTOR_DIGITS)
    return {str(prefix): code for code in sectors for prefix in range(int(code[:2]), int(code[-2:]) + 1)}

"""Industries of the North American Industry Classification System, 2022 edition.

Codes and titles are the US Census Bureau's and in the public domain.
"""

import csv
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from columnist.errors import TrainingSetError
from columnist.values import Value

NAICS_FILE = "naics_2022.csv"
_SECTOR_LEVEL = "2"
_INDUSTRY_LEVEL = "6"


class Industry(Value):
    """A six-digit national industry.

    Attributes:
        sector: Code of its sector, as the classification prints it: two digits,
            or a range such as ``31-33``.
    """

    code: str
    title: str
    sector: str


@cache
def load_industries(path: Path | None = None) -> tuple[Industry, ...]:
    """Load the six-digit industries in the order of the classification.

    Args:
        path: A CSV with the columns ``code``, ``level`` and ``title``; the
            packaged file where none is given.

    Raises:
        TrainingSetError: The file cannot be read or is not such a CSV.

    Example:
        >>> industries = load_industries()
        >>> len(industries), industries[0].title, industries[0].sector
        (1012, 'Soybean Farming', '11')
    """
    rows = _read_rows(path or files("columnist.synthesis").joinpath("data", NAICS_FILE))
    sectors = _sector_by_prefix(rows)
    return tuple(
        Industry(code=row["code"], title=row["title"], sector=sectors[row["code"][:2]])
        for row in rows
        if row["level"] == _INDUSTRY_LEVEL
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
    rows = _read_rows(path or files("columnist.synthesis").joinpath("data", NAICS_FILE))
    return {row["code"]: row["title"] for row in rows if row["level"] == _SECTOR_LEVEL}


def _read_rows(source: Path | Traversable) -> list[dict[str, str]]:
    expected = "expected a CSV with the columns code, level and title"
    try:
        rows = list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingSetError(f"{source}: {expected}, but it cannot be read: {error}; check the path") from error
    if not rows or not {"code", "level", "title"} <= rows[0].keys():
        raise TrainingSetError(f"{source}: {expected}; use the file that the product ships")
    prefixes = _sector_by_prefix(rows)
    orphans = [row["code"] for row in rows if row["code"][:2] not in prefixes]
    if orphans:
        raise TrainingSetError(f"{source}: code {orphans[0]} has no sector row; use the file that the product ships")
    return rows


def _sector_by_prefix(rows: list[dict[str, str]]) -> dict[str, str]:
    sectors = (row["code"] for row in rows if row["level"] == _SECTOR_LEVEL)
    return {str(prefix): code for code in sectors for prefix in range(int(code[:2]), int(code[-2:]) + 1)}

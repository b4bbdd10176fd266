"""The workbooks in which the US Census Bureau publishes the industry classification.

Two of them can be used: the 2- to 6-digit codes with titles, and the descriptions.
Both begin with a heading row somewhere near the top, and write titles with a footnote
letter at their end that says in which countries an industry is comparable.
"""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Self
from zipfile import BadZipFile

from columnist.errors import TrainingSetError

_HEADING_ROWS = 20  # the heading stands within these
_MOST_ROWS = 20_000  # the classification has about 2,100
_CODE = re.compile(r"(\d{2})\s*[-–—]\s*(\d{2})|(\d{2,6})(?:\.0)?")
_FOOTNOTE = re.compile(r"(?<=[a-z)])\s*T$")
_SAME_AS = re.compile(r"See industry descriptions? for (\d{2,6})", re.IGNORECASE)
_CROSS_REFERENCES = re.compile(r"\s*Cross-References\b.*$", re.DOTALL | re.IGNORECASE)
_EXPECTED = "expected a Census Bureau workbook with a heading row that names Code and Title"


class ClassificationRow(NamedTuple):
    """A row of the classification: a sector, an industry, or something between them."""

    code: str
    title: str
    description: str = ""

    @property
    def digits(self) -> int:
        """The level: 2 for a sector, ranges of sectors included, to 6 for an industry."""
        return 2 if "-" in self.code else len(self.code)

    @classmethod
    def parse(cls, code: object, title: object, description: object = None) -> Self | None:
        """Read the cells of a row; ``None`` where the first is no code or the second is empty.

        Example:
            >>> ClassificationRow.parse("31–33", "ManufacturingT ")
            ClassificationRow(code='31-33', title='Manufacturing', description='')
            >>> ClassificationRow.parse(111110.0, "Soybean Farming").digits
            6
        """
        found = _CODE.fullmatch(str("" if code is None else code).strip())
        plain = _FOOTNOTE.sub("", " ".join(str(title or "").split()))
        if not found or not plain:
            return None
        first, last, single = found.groups()
        told = _CROSS_REFERENCES.sub("", str(description or "").strip())
        return cls(single or f"{first}-{last}", plain, " ".join(told.split()))


def read_workbook(path: Path) -> tuple[ClassificationRow, ...]:
    """Read the rows of the first sheet that has codes and titles.

    Blank rows and notes between them are passed over. A description that refers
    to another code's is replaced by that one.

    Raises:
        TrainingSetError: The file cannot be read, is no workbook, or has no such sheet.
    """
    # Here and not above: every process of a synthesis imports this file, and few read a workbook.
    from openpyxl import load_workbook

    try:
        with path.open("rb") as file, warnings.catch_warnings():
            # Of styles and extensions that openpyxl leaves out; none of them matters here.
            warnings.simplefilter("ignore", UserWarning)
            workbook = load_workbook(file, read_only=True, data_only=True)
            sheets = (sheet.iter_rows(values_only=True) for sheet in workbook.worksheets)
            rows = next((found for sheet in sheets if (found := tuple(_read_sheet(sheet)))), ())
    except OSError as error:
        raise TrainingSetError(f"{path}: {_EXPECTED}, but it cannot be read: {error}; check the path") from error
    # A damaged part is a SyntaxError of the XML parser, a missing one a KeyError of the archive.
    except (BadZipFile, KeyError, ValueError, TypeError, SyntaxError) as error:
        raise TrainingSetError(f"{path}: {_EXPECTED}, but it is no workbook: {error}; save it as .xlsx") from error
    if not rows:
        raise TrainingSetError(f"{path}: {_EXPECTED}, and found none in any sheet; download the workbook again")
    return tuple(_resolve(rows))


def _read_sheet(rows: Iterable[Sequence[Any]]) -> Iterator[ClassificationRow]:
    cells = islice(rows, _MOST_ROWS)
    columns = next((found for row in islice(cells, _HEADING_ROWS) if (found := _heading(row))), None)
    if columns is None:
        return
    for row in cells:
        values = {name: row[index] if index < len(row) else None for name, index in columns.items()}
        if parsed := ClassificationRow.parse(values["code"], values["title"], values.get("description")):
            yield parsed


def _heading(row: Sequence[Any]) -> dict[str, int] | None:
    """Return the positions of the columns a heading row names: "2022 NAICS US   Code" is as good as "Code"."""
    names = [" ".join(str(cell or "").lower().split()) for cell in row]
    found: dict[str, int] = {}
    for wanted, other in (("title", "title"), ("description", "definition"), ("code", "naics")):
        matching = [index for index, name in enumerate(names) if wanted in name and index not in found.values()]
        matching += [index for index, name in enumerate(names) if other in name and index not in found.values()]
        if matching:
            found[wanted] = matching[0]
    return found if {"code", "title"} <= found.keys() else None


def _resolve(rows: tuple[ClassificationRow, ...]) -> Iterator[ClassificationRow]:
    told = {row.code: row.description for row in rows}
    for row in rows:
        same = _SAME_AS.match(row.description)
        yield row._replace(description=told.get(same[1], "")) if same else row

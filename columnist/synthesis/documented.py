"""Tables that people have described: rows of an evaluation file, or a script with comments."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from columnist.ddl import read_file, read_text
from columnist.ddl.tables import Table
from columnist.documentation import Texts
from columnist.errors import SourceError, TrainingSetError
from columnist.values import Value

_NEEDED = ("ddl", "columns")


class DocumentedTable(Value):
    """A table, bare of comments, with the texts that people wrote; an undescribed column has an empty one."""

    id: str
    ddl: str
    table: Table
    texts: Texts
    license: str = ""


def read_documented(path: Path) -> tuple[DocumentedTable, ...]:
    """Read documented tables.

    Args:
        path: JSON lines with ``ddl`` and ``columns`` (texts by column name), and
            where known ``id``, ``dialect``, ``description`` and ``license``; or a
            CREATE TABLE script with comments.

    Raises:
        TrainingSetError: The file cannot be read as either.
        SourceError: The script cannot be read.
    """
    if path.suffix != ".jsonl":
        script = read_file(path)
        return tuple(from_comments(table, f"{path.name}:{table.line}", "") for table in script.tables)
    try:
        lines = path.read_bytes().decode().split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingSetError(
            f"{path}: expected JSON lines of documented tables, but it cannot be read: {error}; check the path"
        ) from error
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    return tuple(table for number, line in numbered for table in _read_row(line, f"{path}, line {number}"))


def from_comments(table: Table, id_: str, ddl: str, license_: str = "") -> DocumentedTable:
    """Take the comments of a table as its texts, and leave the table without them."""
    bare = [column.model_copy(update={"comment": None, "definition": None}) for column in table.columns]
    return DocumentedTable(
        id=id_,
        ddl=ddl,
        table=table.model_copy(update={"comment": None, "columns": tuple(bare)}),
        texts=Texts(
            table=_one_line(table.comment), columns=tuple(_one_line(column.comment) for column in table.columns)
        ),
        license=license_,
    )


def _read_row(line: str, where: str) -> Iterator[DocumentedTable]:
    row = _parse(line, where)
    try:
        tables = read_text(str(row["ddl"]), row.get("dialect")).tables
    except SourceError as error:
        raise TrainingSetError(f"{where}: its ddl cannot be read: {error}; mend or remove the line") from error
    for table in tables[:1]:
        bare = from_comments(table, str(row.get("id") or where), str(row["ddl"]), str(row.get("license") or ""))
        texts = Texts(
            table=_one_line(row.get("description")),
            columns=tuple(_one_line(row["columns"].get(column.name)) for column in table.columns),
        )
        yield bare.model_copy(update={"texts": texts})


def _parse(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise TrainingSetError(f"{where}: expected a JSON object, but {error}; mend or remove the line") from error
    # An example of a training set names its texts differently; both are welcome as a catalog.
    if isinstance(row, dict) and isinstance(row.get("reference"), dict) and isinstance(row.get("table"), dict):
        names = [column["name"] for column in row["table"].get("columns", ())]
        texts = dict(zip(names, row["reference"].get("columns", ()), strict=False))
        dialect = row["table"].get("dialect")
        row = {**row, "dialect": dialect, "columns": texts, "description": row["reference"].get("table")}
    if not isinstance(row, dict) or not isinstance(row.get("columns"), dict) or not row.get("ddl"):
        raise TrainingSetError(f"{where}: expected an object with {' and '.join(_NEEDED)}; mend or remove the line")
    return row


def _one_line(text: object) -> str:
    return " ".join(str(text or "").split())

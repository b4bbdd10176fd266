"""Tables that people have described: rows of an evaluation file, or a script with comments."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from pydantic import BaseModel, Field, ValidationError, model_validator

from columnist.ddl import read_file, read_text
from columnist.ddl.tables import Table
from columnist.documentation import Texts
from columnist.errors import SourceError, TrainingSetError
from columnist.synthesis.examples import Example
from columnist.values import Value

# Of drawn tables: fewer say nothing of structure, more are a task of their own.
_DRAWN_COLUMNS = range(3, 31)


class _Row(BaseModel):
    """A line of an evaluation file; what else it says does not matter here."""

    ddl: str = Field(min_length=1)
    columns: dict[str, str | None]
    id: str | int | None = None
    dialect: str | None = None
    description: str | None = None
    license: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_example(cls, row: Any) -> Any:
        """An example of a training set names its texts differently; both are welcome as a catalog."""
        if not isinstance(row, dict):
            raise ValueError(f"it is a {type(row).__name__}")
        table, reference = row.get("table"), row.get("reference")
        if not isinstance(table, dict) or not isinstance(reference, dict):
            return row
        try:
            texts = {c["name"]: text for c, text in zip(table["columns"], reference["columns"], strict=True)}
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"its columns and their references do not match ({error})") from error
        return {**row, "dialect": table.get("dialect"), "columns": texts, "description": reference.get("table")}


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


def draw_documented(file: Path, count: int, seed: int, skip: int = 0) -> list[Example]:
    """Return tables that are described in full, without the comments that their DDL may carry.

    Args:
        file: JSON lines.
        count: How many tables.
        seed: Decides on their order.
        skip: How many of that order to leave out: whoever looked at some while making
            a system measures it on the others.

    Raises:
        TrainingSetError: The file cannot be read, or holds fewer than two such tables.
    """
    whole = [_as_example(row) for row in read_documented(file) if _is_described(row)]
    if len(whole) < skip + 2:
        more = f" after the {skip} that are left out" if skip else ""
        raise TrainingSetError(
            f"{file}: expected two tables or more{more} of {_DRAWN_COLUMNS.start} to {_DRAWN_COLUMNS.stop - 1} columns "
            f"that are described in full, but {max(0, len(whole) - skip)} came; give another file"
        )
    return Random(seed).sample(whole, len(whole))[skip : skip + count]


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
        tables = read_text(row.ddl, row.dialect).tables
    except SourceError as error:
        raise TrainingSetError(f"{where}: its ddl cannot be read: {error}; mend or remove the line") from error
    # Names in SQL are seldom quoted, so a catalog may write them in another case than the statement.
    folded = {name.casefold(): text for name, text in row.columns.items()}
    for table in tables[:1]:
        bare = from_comments(table, str(row.id or where), row.ddl, row.license or "")
        told = (row.columns.get(column.name, folded.get(column.name.casefold())) for column in table.columns)
        texts = Texts(table=_one_line(row.description), columns=tuple(_one_line(text) for text in told))
        yield bare.model_copy(update={"texts": texts})


def _parse(line: str, where: str) -> _Row:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise TrainingSetError(f"{where}: expected a JSON object, but {error}; mend or remove the line") from error
    try:
        return _Row.model_validate(content)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"])) or "the line"
        raise TrainingSetError(
            f"{where}: expected an object with ddl and columns, but {place}: {problem['msg']}; mend or remove the line"
        ) from error


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _is_described(row: DocumentedTable) -> bool:
    return len(row.table.columns) in _DRAWN_COLUMNS and bool(row.texts.table) and all(row.texts.columns)


def _as_example(row: DocumentedTable) -> Example:
    return Example(
        id=row.id,
        ddl=row.ddl,
        table=row.table,
        reference=row.texts,
        naics_code="",
        use_case="real",
        license=row.license or "unknown",
    )

"""The record of a document: which model wrote which of its texts, kept beside it and in the home."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from columnist.digests import digest_bytes, digest_value
from columnist.documentation import Origin, TableDocumentation, Text
from columnist.errors import ConfigError
from columnist.files import write_whole
from columnist.home import Home
from columnist.provenance import CodeVersion
from columnist.values import Value

_NAME = re.compile(r'"[^"]*"|`[^`]*`|\[[^\]]*\]|[^.]+')
_QUOTES = '"`[]'


class Author(Value):
    """The model that wrote a document's machine texts.

    Attributes:
        name: As documents show it.
        adapter_sha256: Empty for a model without an adapter, as ``training_set_sha256`` is.
        engine: What decoded.
    """

    name: str
    prompt_sha256: str
    engine: str = ""
    adapter_sha256: str = ""
    base_model: str = ""
    base_model_sha256: str = ""
    training_set_sha256: str = ""


class WrittenText(Value):
    """One text of a document.

    Attributes:
        table: Name of the table, without quotes.
        column: Name of the column; empty for the table's own text.
        type: The column's, as declared.
        origin: Who wrote it.
    """

    table: str
    column: str
    type: str
    text: str
    origin: Origin
    acceptance: float | None = None


class DocumentRecord(Value):
    """How a document came to be.

    Attributes:
        source: Name of the script.
        document_sha256: Of the document's bytes: what is found again when somebody holds the document alone.
        code: What wrote it.
    """

    source: str
    document_sha256: str
    format: str
    author: Author
    texts: tuple[WrittenText, ...]
    code: CodeVersion

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return digest_value(self.model_dump(mode="json"))

    def find(self, place: str) -> WrittenText | None:
        """Return the text of ``TABLE.COLUMN``, or of ``TABLE``, whatever case and however far it is qualified.

        Raises:
            ConfigError: It could be any of several tables.
        """
        wanted = name_parts(place)
        found = [each for each in self.texts if _ends_with((*name_parts(each.table), *_column(each)), wanted)]
        exact = [each for each in found if (*name_parts(each.table), *_column(each)) == wanted]
        if len(exact or found) > 1:
            tables = ", ".join(sorted({each.table for each in found})[:5])
            raise ConfigError(f"{place} could be of {tables}; name the table with its schema")
        return next(iter(exact or found), None)


def make_record(
    document: str,
    format_name: str,
    source: str,
    author: Author,
    tables: Sequence[TableDocumentation],
    code: CodeVersion,
) -> DocumentRecord:
    """Return the record of a document that was just rendered."""
    return DocumentRecord(
        source=source,
        document_sha256=digest_bytes(document.encode()),
        format=format_name,
        author=author,
        texts=tuple(text for table in tables for text in _texts_of(table)),
        code=code,
    )


def keep_record(record: DocumentRecord, home: Home, file: Path) -> None:
    """Write a record to a file, and keep it in the home, where ``affected`` looks for it.

    Raises:
        ConfigError: One of the two cannot be written.
    """
    text = record.model_dump_json(indent=1) + "\n"
    write_whole(file, text)
    folder = records_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"{record.digest}.json", text)


def records_folder(home: Home) -> Path:
    """Return the folder of the records that a home keeps."""
    return home.folder / "records"


def read_record(path: Path) -> DocumentRecord:
    """Read a record.

    Raises:
        ConfigError: The file is none.
    """
    try:
        return DocumentRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}; name a document or its record") from error
    except ValidationError as error:
        raise ConfigError(
            f"{path}: expected a record that run.py describe --record wrote, but {error.errors()[0]['msg']}"
        ) from error


def list_records(home: Home) -> Iterator[DocumentRecord]:
    """Yield the records that a home keeps, by digest.

    Raises:
        ConfigError: One is not what was written.
    """
    for path in sorted(records_folder(home).glob("*.json")):
        record = read_record(path)
        if record.digest != path.stem:
            raise ConfigError(f"{path}: it was changed after it was written; restore or remove it")
        yield record


def find_record(path: Path, home: Home) -> DocumentRecord:
    """Return the record that a file is, or that tells of a document.

    Raises:
        ConfigError: The file cannot be read, or nothing tells of it.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}; name a document or its record") from error
    if b'"document_sha256"' in content:
        return read_record(path)
    sha256 = digest_bytes(content)
    found = next((record for record in list_records(home) if record.document_sha256 == sha256), None)
    if found is None:
        raise ConfigError(
            f"{path}: no record tells of a document with these bytes, so it was edited since, or described without "
            "one; describe with --record FILE, or name that file"
        )
    return found


def name_parts(text: str) -> tuple[str, ...]:
    """Return the parts of a qualified name in lower case, without quotes.

    Example:
        >>> name_parts('Sales."Order.Lines".Qty')
        ('sales', 'order.lines', 'qty')
    """
    return tuple(part.strip(_QUOTES).casefold() for part in _NAME.findall(text))


def _column(text: WrittenText) -> tuple[str, ...]:
    return (text.column.casefold(),) if text.column else ()


def _ends_with(name: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return bool(wanted) and name[-len(wanted) :] == wanted


def _texts_of(documentation: TableDocumentation) -> Iterator[WrittenText]:
    table = documentation.table
    yield _written(table.qualified_name, "", "", documentation.description)
    for column, text in zip(table.columns, documentation.columns, strict=True):
        yield _written(table.qualified_name, column.name, column.type or "", text)


def _written(table: str, column: str, type_: str, text: Text) -> WrittenText:
    return WrittenText(
        table=table, column=column, type=type_, text=text.value, origin=text.origin, acceptance=text.acceptance
    )

"""CREATE TABLE scripts, one or a folder of them, each table with the statement that creates it."""

from pathlib import Path

from columnist.catalogs.catalog import Catalog, FoundTable, SourceKind
from columnist.ddl import Script, read_bytes
from columnist.ddl.encoding import decode
from columnist.ddl.splitter import split
from columnist.digests import digest_bytes, digest_value
from columnist.errors import SourceError

_SUFFIXES = frozenset({".sql", ".ddl", ".hql"})


def read_scripts(path: Path, dialect: str | None = None) -> Catalog:
    """Read a script, or all ``.sql``, ``.ddl`` and ``.hql`` files of a folder.

    Files of a folder that create no table are passed over and named; hidden
    folders are not looked into.

    Raises:
        SourceError: The script cannot be used, or no file of the folder creates a table.
    """
    if path.is_file():
        data = _read(path)
        tables, skipped = _tables(data, dialect, path.name)
        return Catalog(
            kind=SourceKind.SCRIPT, name=path.name, digest=digest_bytes(data), tables=tables, skipped=skipped
        )
    contents = {file.relative_to(path).as_posix(): _read(file) for file in _files(path)}
    found: list[FoundTable] = []
    told: list[str] = []
    for name, data in contents.items():
        try:
            tables, skipped = _tables(data, dialect, name)
        except SourceError as error:
            told.append(str(error))
        else:
            found += tables
            told += skipped
    if not found:
        raise SourceError(
            f"{path} has no CREATE TABLE in its {len(contents)} SQL files; expected scripts or a dbt project"
        )
    digest = digest_value({name: digest_bytes(data) for name, data in contents.items()})
    name = path.resolve().name
    return Catalog(kind=SourceKind.SCRIPT, name=name, digest=digest, tables=tuple(found), skipped=tuple(told))


def _files(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in _SUFFIXES
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}); check its permissions") from None


def _tables(data: bytes, dialect: str | None, name: str) -> tuple[tuple[FoundTable, ...], tuple[str, ...]]:
    script: Script = read_bytes(data, dialect, name)
    statements = {statement.line: statement.text for statement in split(decode(data, name)[0], script.dialect)}
    # A partition has the columns of its parent, and would be the same example again.
    tables = tuple(
        FoundTable(table=table, statement=statements.get(table.line, ""))
        for table in script.tables
        if table.partition_of is None
    )
    return tables, tuple(f"{skipped.file}:{skipped.line}: {skipped.reason}" for skipped in script.skipped)

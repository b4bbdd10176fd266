"""Tell what a source is, and read it."""

from pathlib import Path

from columnist.catalogs.catalog import Catalog
from columnist.catalogs.dbt import PROJECT_FILE, read_dbt_project
from columnist.catalogs.scripts import read_scripts
from columnist.ddl.dialects import resolve
from columnist.errors import ConfigError, SourceError

_DATABASE_FILES = {".duckdb": "duckdb", ".ddb": "duckdb", ".sqlite": "sqlite", ".sqlite3": "sqlite", ".db": "sqlite"}


def open_catalog(source: str, dialect: str | None = None, schema: str | None = None) -> Catalog:
    """Read a source.

    Args:
        source: A database's SQLAlchemy URL, the folder of a dbt project, or a
            CREATE TABLE script or a folder of them.
        dialect: Its SQL dialect; told from the source if left out.
        schema: Of a database: the schema to read; its default one if left out.

    Raises:
        SourceError: The source cannot be read, or has no tables.
        ConfigError: A schema is named for a source that is no database.
    """
    known = resolve(dialect) if dialect else None
    if "://" in source:
        # SQLAlchemy takes a moment to load, and files do not need it.
        from columnist.catalogs.database import read_database

        return read_database(source, known, schema)
    if schema is not None:
        raise ConfigError(f"--schema {schema!r} is for databases; leave it out for files")
    path = Path(source)
    if not path.exists():
        raise SourceError(
            f"{source} does not exist; expected a script, a folder of scripts, a dbt project, or a database URL"
        )
    if path.is_file() and path.suffix.lower() in _DATABASE_FILES:
        scheme = _DATABASE_FILES[path.suffix.lower()]
        raise SourceError(f"{source} is a database file; expected its URL, give {scheme}:///{source}")
    if path.name == PROJECT_FILE:
        return read_dbt_project(path.parent, known)
    if (path / PROJECT_FILE).is_file():
        return read_dbt_project(path, known)
    return read_scripts(path, known)

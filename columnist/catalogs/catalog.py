"""What a source says about its tables."""

from enum import StrEnum

from columnist.ddl.tables import Table
from columnist.values import Value


class SourceKind(StrEnum):
    """What a source is."""

    SCRIPT = "script"
    DBT = "dbt"
    DATABASE = "database"


class FoundTable(Value):
    """A table of a source, with its comments.

    Attributes:
        statement: The CREATE TABLE statement as the source has it, comments included;
            empty where it has none.
    """

    table: Table
    statement: str = ""


class Catalog(Value):
    """The tables of a source.

    Attributes:
        name: What to call the source; it holds no password, user or absolute path.
        digest: SHA-256 of what was read.
        tables: In the order of the source.
        skipped: What could not be read, one line each.
    """

    kind: SourceKind
    name: str
    digest: str
    tables: tuple[FoundTable, ...]
    skipped: tuple[str, ...] = ()

"""Tables in the making: what later statements of a script still add to."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from columnist.ddl.names import Name, column_key, table_key
from columnist.ddl.tables import Column, Reference, Table


@dataclass
class Draft:
    """A table whose comments and keys may still come.

    Attributes:
        columns: The columns in order, by the key their names are compared by.
    """

    name: Name
    dialect: str
    line: int
    columns: dict[str, Column] = field(default_factory=dict)
    comment: str | None = None
    partition_of: str | None = None

    def add_column(self, column: Column, name: Name) -> bool:
        """Add a column at the end; return ``False`` if the table has it already."""
        key = column_key(name, self.dialect)
        if key in self.columns:
            return False
        self.columns[key] = column
        return True

    def find_column(self, name: Name) -> str | None:
        """Return the key of a column, found by its exact name or else ignoring case."""
        key = column_key(name, self.dialect)
        if key in self.columns:
            return key
        return next((known for known in self.columns if known.lower() == key.lower()), None)

    def update_column(self, key: str, **changes: object) -> None:
        """Change fields of one column."""
        self.columns[key] = self.columns[key].model_copy(update=changes)

    def add_primary_key(self, names: list[Name]) -> None:
        """Mark columns as the primary key; names that are no columns are expressions."""
        for key in filter(None, map(self.find_column, names)):
            self.update_column(key, primary_key=True, nullable=False)

    def add_foreign_key(self, names: list[Name], table: Name, targets: list[Name]) -> None:
        """Let columns point at the columns of another table, pair by pair."""
        for position, name in enumerate(names):
            key = self.find_column(name)
            target = targets[position].last if position < len(targets) else None
            if key is not None:
                self.update_column(key, references=Reference(table=table.identifier, column=target))

    def inherit(self, parent: "Draft", *, keys: bool, comments: bool) -> None:
        """Put the parent's columns first; a column both declare stays as this table declares it."""
        own = self.columns
        dropped: dict[str, object] = {} if keys else {"primary_key": False, "references": None}
        dropped |= {} if comments else {"comment": None}
        self.columns = {key: column.model_copy(update=dropped) for key, column in parent.columns.items()} | own

    def table(self) -> Table:
        """Return the finished table."""
        parts = [part.text for part in self.name.parts]
        return Table(
            catalog=".".join(parts[:-2]) or None,
            schema_name=parts[-2] if len(parts) > 1 else None,
            name=parts[-1],
            identifier=self.name.identifier,
            dialect=self.dialect,
            columns=tuple(self.columns.values()),
            comment=self.comment,
            partition_of=self.partition_of,
            line=self.line,
        )


class Drafts:
    """The tables of a script so far, found by any of the names a script may call them by."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self._by_key: dict[tuple[str, ...], Draft] = {}
        self._by_last: defaultdict[str, list[tuple[tuple[str, ...], Draft]]] = defaultdict(list)

    def __iter__(self) -> Iterator[Draft]:
        return iter(self._by_key.values())

    def add(self, draft: Draft) -> Draft | None:
        """Keep a table; return the one that has its name already, if there is one."""
        key = table_key(draft.name, self.dialect)
        if key in self._by_key:
            return self._by_key[key]
        self._by_key[key] = draft
        self._by_last[key[-1].lower()].append((key, draft))
        return None

    def find(self, name: Name) -> Draft | None:
        """Return the table a name means.

        The exact name comes first. Else one of the two may leave qualifiers
        out, or differ in case, as long as only one table fits.
        """
        key = table_key(name, self.dialect)
        if key in self._by_key:
            return self._by_key[key]
        fitting = [draft for known, draft in self._by_last[key[-1].lower()] if _fits(known, key)]
        return fitting[0] if len(fitting) == 1 else None


def _fits(known: tuple[str, ...], key: tuple[str, ...]) -> bool:
    shared = min(len(known), len(key))
    return [part.lower() for part in known[-shared:]] == [part.lower() for part in key[-shared:]]

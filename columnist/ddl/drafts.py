"""Tables in the making: what later statements of a script still add to."""

from collections import defaultdict
from dataclasses import dataclass, field

from columnist.ddl.names import Name, column_key, table_key
from columnist.ddl.tables import Column, Reference, Table


@dataclass
class Draft:
    """A table whose comments and keys may still come.

    Attributes:
        columns: The columns in order, by the key their names are compared by.
        parent: The table that this one is a partition of.
    """

    name: Name
    dialect: str
    line: int
    columns: dict[str, Column] = field(default_factory=dict)
    comment: str | None = None
    parent: "Draft | None" = None

    def add_column(self, column: Column, name: Name) -> bool:
        """Add a column at the end; return ``False`` if the table has it already."""
        key = column_key(name, self.dialect)
        if key in self.columns:
            return False
        self.columns[key] = column
        return True

    def find_column(self, name: Name) -> str | None:
        """Return the key of a column, ``None`` if the table has no such column."""
        key = column_key(name, self.dialect)
        return key if key in self.columns else None

    def update_column(self, key: str, **changes: object) -> None:
        """Change fields of one column."""
        self.columns[key] = self.columns[key].model_copy(update=changes)

    def replace_column(self, key: str, column: Column, name: Name) -> None:
        """Put another column in the place of one, unless the table has its name already."""
        new_key = column_key(name, self.dialect)
        if new_key == key:
            self.columns[key] = column
        elif new_key not in self.columns:
            self.columns = {(new_key if k == key else k): (column if k == key else c) for k, c in self.columns.items()}

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

    def inherit(self, parent: "Draft", *, keeping: frozenset[str] = frozenset()) -> None:
        """Put the parent's columns first; a column both declare stays as this table declares it.

        Args:
            parent: The table whose columns this one has too.
            keeping: Which of ``primary_key``, ``references`` and ``comment`` the columns keep.
        """
        own = self.columns
        unset: dict[str, object] = {"primary_key": False, "references": None, "comment": None}
        dropped = {name: value for name, value in unset.items() if name not in keeping}
        self.columns = {key: column.model_copy(update=dropped) for key, column in parent.columns.items()} | own

    def take_parent_keys(self) -> None:
        """Give a partition the keys of its parent, which hold for it wherever they are declared."""
        for key, column in self.parent.columns.items() if self.parent else ():
            own = self.columns.get(key)
            if own is not None and column.primary_key:
                self.update_column(key, primary_key=True, nullable=False)
            if own is not None and column.references and not own.references:
                self.update_column(key, references=column.references)

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
            partition_of=self.parent.name.identifier if self.parent else None,
            line=self.line,
        )


class Drafts:
    """The tables of a script so far, found by any of the names a script may call them by."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.enums: dict[str, tuple[str, ...]] = {}
        self._by_key: dict[tuple[str, ...], Draft] = {}
        self._by_suffix: defaultdict[tuple[str, ...], list[Draft]] = defaultdict(list)

    def add(self, draft: Draft) -> Draft | None:
        """Keep a table; return the one that has its name already, if there is one."""
        key = table_key(draft.name, self.dialect)
        if key in self._by_key:
            return self._by_key[key]
        self._by_key[key] = draft
        for start in range(len(key)):
            self._by_suffix[_lower(key[start:])].append(draft)
        return None

    def find(self, name: Name) -> Draft | None:
        """Return the table a name means.

        The exact name comes first. Else one of the two may leave qualifiers
        out, or differ in case, as long as only one table fits.
        """
        key = table_key(name, self.dialect)
        if key in self._by_key:
            return self._by_key[key]
        fitting = self._by_suffix.get(_lower(key), [])
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
        shorter = (self._by_key.get(key[start:]) for start in range(1, len(key)))
        return next(filter(None, shorter), None)

    def tables(self) -> tuple[Table, ...]:
        """Return the finished tables in order: partitions with their keys, enumerated types with their values."""
        for draft in self._by_key.values():
            draft.take_parent_keys()
            for key, column in draft.columns.items() if self.enums else ():
                values = self.enums.get(type_key(column.type), ())
                if values and not column.values:
                    draft.columns[key] = column.model_copy(update={"values": values})
        return tuple(draft.table() for draft in self._by_key.values())


def _lower(key: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.lower() for part in key)


def type_key(written: str) -> str:
    """Return what two names of one type have in common, whatever their quotes and qualifiers.

    Example:
        >>> type_key('public."mpaa_rating"[]')
        'mpaa_rating'
    """
    return written.rpartition(".")[2].removesuffix("[]").strip('"`[] ').lower()

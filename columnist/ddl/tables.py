"""What the product knows of a table: names, types, keys and the comments people wrote."""

from typing import Any, Self

from pydantic import Field, model_validator

from columnist.values import Value


class Reference(Value):
    """Where a foreign key points: a table as written in the script, and one of its columns."""

    table: str
    column: str | None = None


class Column(Value):
    """One column as its CREATE TABLE statement declares it.

    Attributes:
        name: The name without quotes, as it was written.
        identifier: The name as SQL of the source dialect, quotes included where
            the script had them: what a statement about this column has to say.
        type: The type as SQL of the source dialect; empty where the script
            does not say (``CREATE TABLE ... AS SELECT``).
        default: The default as SQL of the source dialect.
        values: The text values the schema allows (``ENUM`` or ``CHECK (... IN (...))``),
            without quotes, in order; empty where it does not restrict them.
        comment: The comment a person wrote, or ``None``.
        definition: All that follows the name in the CREATE TABLE, in the source
            dialect and without the comment; ``None`` where it is unknown, or
            where another statement of the script changes the column or the
            table's character set. MySQL needs it to comment a column.
    """

    name: str
    identifier: str = ""
    type: str = ""
    nullable: bool = True
    default: str | None = None
    primary_key: bool = False
    references: Reference | None = None
    values: tuple[str, ...] = ()
    comment: str | None = None
    definition: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _identifier_from_name(cls, data: Any) -> Any:
        return {**data, "identifier": data["name"]} if _lacks_identifier(data) else data


class Table(Value):
    """One table of a script.

    Attributes:
        identifier: The full name as SQL of the source dialect, quotes and
            qualifiers as written: what a statement about this table has to say.
        dialect: One of ``columnist.ddl.dialects.DIALECTS``.
        partition_of: The identifier of the parent where the table is a
            partition of another one; its columns are then the parent's.
        line: 1-based line of the CREATE TABLE in its file, 0 if there is none.
    """

    catalog: str | None = None
    schema_name: str | None = Field(default=None, alias="schema")
    name: str
    identifier: str = ""
    dialect: str = "postgres"
    columns: tuple[Column, ...]
    comment: str | None = None
    partition_of: str | None = None
    line: int = 0

    @model_validator(mode="before")
    @classmethod
    def _identifier_from_names(cls, data: Any) -> Any:
        if not _lacks_identifier(data):
            return data
        parts = (data.get("catalog"), data.get("schema", data.get("schema_name")), data["name"])
        return {**data, "identifier": ".".join(part for part in parts if part)}

    @model_validator(mode="after")
    def _column_names_are_distinct(self) -> Self:
        identifiers = [column.identifier for column in self.columns]
        if len(set(identifiers)) != len(identifiers):
            raise ValueError(f"table {self.name} declares a column twice")
        return self

    @property
    def qualified_name(self) -> str:
        """The catalog, schema and name without quotes, joined by dots."""
        return ".".join(part for part in (self.catalog, self.schema_name, self.name) if part)


def _lacks_identifier(data: Any) -> bool:
    return isinstance(data, dict) and "name" in data and not data.get("identifier")

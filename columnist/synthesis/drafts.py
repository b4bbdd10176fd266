"""Columns in the making, and the surroundings they are made in."""

from dataclasses import dataclass

from pydantic import Field

from columnist.ddl.tables import Column, Reference
from columnist.synthesis.blueprints import Feature
from columnist.synthesis.column_types import TypeChoice
from columnist.synthesis.naming import NamingStyle
from columnist.synthesis.quoting import Quoting
from columnist.values import Value


class Draft(Value):
    """A column with what its statement needs and what a text may say of it.

    Attributes:
        check: The condition of its CHECK constraint, if any.
        unit: The unit that its name shows. Of a moment that is stored as a number:
            ``s`` or ``ms`` since the start of 1970; of a date: ``yyyymmdd``.
        zone: ``utc`` where the name or type says so, ``zoned`` where the type keeps a time zone.
        percent: The name shows that the figure is a percentage.
        partition: The statement partitions the table by the column.
        unique: The statement declares the column, alone, to be unique.
        fields: Names of the fields that the type shows, of a structure or of the
            structures in a list; empty where the type hides them (JSON, VARIANT).
        identity: How the database counts the key up, as SQL.
        generated: The expression from which the database computes the column.
        clauses: What follows the type, such as a collation or an encoding.
        trailing: What ends the column, such as how updates set it.
        grounded: The meaning says in words what the name says (see ``columnist.synthesis.grounding``).
    """

    feature: Feature
    column: Column
    check: str = ""
    unit: str = ""
    zone: str = ""
    percent: bool = False
    partition: bool = False
    unique: bool = False
    fields: tuple[str, ...] = ()
    identity: str = ""
    generated: str = ""
    clauses: str = ""
    trailing: str = ""
    grounded: bool = False


class Schema(Value):
    """The surroundings of a table: its dialect and the habits of the team that keeps it.

    Attributes:
        targets: Where references lead, by entity: the tables of the same group,
            with their keys as they are declared.
        planned: Entities that the group has tables about; a reference to one of them
            is declared only once its key is known.
    """

    dialect: str
    style: NamingStyle
    types: TypeChoice
    quoting: Quoting
    schema_name: str
    declares_references: bool
    restricts_codes: bool
    everything_is_text: bool
    has_keys: bool
    targets: dict[str, Reference] = Field(default_factory=dict)
    planned: frozenset[str] = frozenset()


@dataclass(slots=True)
class Sketch:
    """A column that is still being decided on; the attributes are those of ``Draft`` and ``Column``."""

    feature: Feature
    name: str
    identifier: str
    type: str
    nullable: bool = True
    default: str | None = None
    primary_key: bool = False
    references: Reference | None = None
    values: tuple[str, ...] = ()
    check: str = ""
    unit: str = ""
    zone: str = ""
    percent: bool = False
    partition: bool = False
    unique: bool = False
    fields: tuple[str, ...] = ()
    identity: str = ""
    generated: str = ""
    clauses: str = ""
    trailing: str = ""

    def finish(self) -> Draft:
        """Make the draft; all types are certain here, so nothing is validated, which would take most of the time."""
        column = Column.model_construct(
            name=self.name,
            identifier=self.identifier,
            type=self.type,
            nullable=self.nullable,
            default=self.default,
            primary_key=self.primary_key,
            references=self.references,
            values=self.values,
            comment=None,
            definition=None,
        )
        return Draft.model_construct(
            feature=self.feature,
            column=column,
            check=self.check,
            unit=self.unit,
            zone=self.zone,
            percent=self.percent,
            partition=self.partition,
            unique=self.unique,
            fields=self.fields,
            identity=self.identity,
            generated=self.generated,
            clauses=self.clauses,
            trailing=self.trailing,
        )

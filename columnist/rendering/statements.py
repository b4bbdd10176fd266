"""The statement with which each dialect sets one comment."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from columnist.ddl.tables import Column, Table
from columnist.rendering.identifiers import identify_column, identify_table, quote
from columnist.rendering.literals import encode_literal, national_literal
from columnist.rendering.mysql_definitions import repeatable_definition


class Statements(NamedTuple):
    """How a dialect comments on a table and on a column; ``refuse`` says why it cannot for a column."""

    on_table: Callable[[Table, str], str]
    on_column: Callable[[Table, Column, str], str]
    refuse: Callable[[Column], str | None] = lambda _: None


def statements_of(dialect: str) -> Statements | None:
    """Return the statements of a dialect, or ``None`` where it has none for comments.

    Example:
        >>> table = Table(name="t", columns=(Column(name="id"),))
        >>> postgres = statements_of("postgres")
        >>> postgres.on_column(table, table.columns[0], "The key.")
        "COMMENT ON COLUMN t.id IS 'The key.';"
        >>> statements_of("sqlite") is None
        True
    """
    return _STATEMENTS.get(dialect)


def _comment_on_table(table: Table, text: str) -> str:
    return f"COMMENT ON TABLE {identify_table(table)} IS {encode_literal(text, table.dialect)};"


def _comment_on_column(table: Table, column: Column, text: str) -> str:
    path = f"{identify_table(table)}.{identify_column(table, column)}"
    return f"COMMENT ON COLUMN {path} IS {encode_literal(text, table.dialect)};"


def _alter_table(action: str) -> Callable[[Table, str], str]:
    def write(table: Table, text: str) -> str:
        filled = action.format(literal=encode_literal(text, table.dialect))
        return f"ALTER TABLE {identify_table(table)} {filled};"

    return write


def _alter_column(action: str) -> Callable[[Table, Column, str], str]:
    def write(table: Table, column: Column, text: str) -> str:
        filled = action.format(
            column=identify_column(table, column), type=column.type, literal=encode_literal(text, table.dialect)
        )
        return f"ALTER TABLE {identify_table(table)} {filled};"

    return write


def _modify_column(table: Table, column: Column, text: str) -> str:
    name, literal = identify_column(table, column), encode_literal(text, table.dialect)
    return (
        f"ALTER TABLE {identify_table(table)} MODIFY COLUMN {name} {repeatable_definition(column)} COMMENT {literal};"
    )


def _refuse_unsure_definition(column: Column) -> str | None:
    if repeatable_definition(column) is not None:
        return None
    return "MODIFY COLUMN would have to repeat its whole definition, which is not surely known"


def _refuse_unknown_type(column: Column) -> str | None:
    return None if column.type else "CHANGE COLUMN has to repeat its type, which the script does not say"


def _add_property(table: Table, text: str, column: Column | None = None) -> str:
    procedure = "sys.sp_addextendedproperty"
    if table.catalog:
        procedure = f"{quote(table.catalog, table.dialect)}.{procedure}"
    levels = [("SCHEMA", table.schema_name or "dbo"), ("TABLE", table.name)]
    if column:
        levels.append(("COLUMN", column.name))
    arguments = ", ".join(
        [
            f"@name = N'MS_Description', @value = {encode_literal(text, table.dialect)}",
            *(
                f"@level{level}type = N'{kind}', @level{level}name = {national_literal(name)}"
                for level, (kind, name) in enumerate(levels)
            ),
        ]
    )
    return f"EXEC {procedure} {arguments};"


_COMMENT_ON = Statements(_comment_on_table, _comment_on_column)
_MYSQL = Statements(_alter_table("COMMENT = {literal}"), _modify_column, _refuse_unsure_definition)
_SPARK = Statements(_comment_on_table, _alter_column("ALTER COLUMN {column} COMMENT {literal}"))

_STATEMENTS: Mapping[str, Statements] = {
    "bigquery": Statements(
        _alter_table("SET OPTIONS (description = {literal})"),
        _alter_column("ALTER COLUMN {column} SET OPTIONS (description = {literal})"),
    ),
    "clickhouse": Statements(
        _alter_table("MODIFY COMMENT {literal}"), _alter_column("COMMENT COLUMN {column} {literal}")
    ),
    "databricks": _SPARK,
    "duckdb": _COMMENT_ON,
    "hive": Statements(
        _alter_table("SET TBLPROPERTIES ('comment' = {literal})"),
        _alter_column("CHANGE COLUMN {column} {column} {type} COMMENT {literal}"),
        _refuse_unknown_type,
    ),
    "mariadb": _MYSQL,
    "mysql": _MYSQL,
    "oracle": _COMMENT_ON,
    "postgres": _COMMENT_ON,
    "redshift": _COMMENT_ON,
    "snowflake": _COMMENT_ON,
    "spark": _SPARK,
    "trino": _COMMENT_ON,
    "tsql": Statements(_add_property, lambda table, column, text: _add_property(table, text, column)),
}

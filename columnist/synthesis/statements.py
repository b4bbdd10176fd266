"""CREATE TABLE statements: columns, constraints and options put together."""

from random import Random

from columnist.synthesis.drafts import Draft, Schema
from columnist.synthesis.layouts import Layout, draw_layout
from columnist.synthesis.table_constraints import Constraints, draw_constraints
from columnist.synthesis.table_options import draw_options

__all__ = ["Layout", "draw_layout", "render_statement"]

_LONGEST_LINE = 150
_SPELLING_NULL = frozenset({"postgres", "tsql", "oracle", "snowflake", "redshift", "duckdb"})
_KEY_SAYS_NOT_NULL = frozenset({"postgres", "duckdb", "sqlite"})


def render_statement(identifier: str, drafts: tuple[Draft, ...], schema: Schema, layout: Layout, rng: Random) -> str:
    """Write the statement of a table.

    Args:
        identifier: The table's name as SQL.
        drafts: Its columns.
        schema: The surroundings; the habits of its team decide what columns say.
        layout: How the team lays statements out.
        rng: Draws what no column knows of: constraints over several columns, and options of the table.
    """
    outside = schema.dialect == "hive"
    listed = [draft for draft in drafts if not (outside and draft.partition)]
    constraints = draw_constraints(identifier, drafts, schema, layout, rng)
    columns = [_column_parts(draft, schema, layout, constraints) for draft in listed]
    items = [*_aligned(columns, layout), *constraints.lines]
    ending = draw_options(identifier, drafts, schema, layout, rng)
    return f"{layout.keyword(layout.opening)} {identifier}{_body(items, layout, len(identifier))}{ending};"


def _body(items: list[str], layout: Layout, width: int) -> str:
    short = sum(map(len, items)) + width < _LONGEST_LINE and not any("\n" in item for item in items)
    if layout.one_line and short:
        return f" ({', '.join(items)})"
    if layout.leading_commas:
        # The first column gives way to the commas of the others.
        first, *rest = items
        lines = [f"{layout.indent}  {first}", *(f"{layout.indent}, {item}" for item in rest)]
        return layout.bracket + "\n" + "\n".join(lines) + "\n)"
    return layout.bracket + "\n" + ",\n".join(layout.indent + item for item in items) + "\n)"


def _aligned(columns: list[tuple[str, str, str]], layout: Layout) -> list[str]:
    if not layout.aligned:
        return [" ".join(part for part in column if part) for column in columns]
    names = max(len(name) for name, _, _ in columns)
    # A structure written out would push what follows the types off the page.
    types = max((len(type_) for _, type_, _ in columns if len(type_) <= 30), default=0)
    return [f"{name:<{names}} {type_:<{types}} {rest}".rstrip() for name, type_, rest in columns]


def _column_parts(draft: Draft, schema: Schema, layout: Layout, constraints: Constraints) -> tuple[str, str, str]:
    """The name, the type, and all that follows."""
    column, keyword = draft.column, layout.keyword
    inline_key = column.primary_key and constraints.key_inline
    rules = [draft.clauses] if draft.clauses else []
    if draft.generated:
        stored = {"postgres": " STORED", "mysql": " STORED", "sqlite": " STORED"}.get(schema.dialect, "")
        rules.append(keyword(f"GENERATED ALWAYS AS ({{}}){stored}").format(draft.generated))
    not_null = _null_rule(draft, schema, inline_key, layout)
    default = f"{keyword('DEFAULT')} {column.default}" if column.default is not None else ""
    identity = keyword(draft.identity)
    if schema.dialect == "sqlite":  # there a key is counted up only together with PRIMARY KEY
        identity = ""
    if layout.default_first:
        rules += [identity, default, not_null]
    else:
        rules += [not_null, default, identity]
    if inline_key:
        counted = schema.dialect == "sqlite" and draft.identity
        rules.append(keyword("PRIMARY KEY AUTOINCREMENT" if counted else "PRIMARY KEY"))
    rules += constraints.inline.get(column.identifier, [])
    rules.append(draft.trailing)
    return column.identifier, column.type, " ".join(rule for rule in rules if rule)


def _null_rule(draft: Draft, schema: Schema, inline_key: bool, layout: Layout) -> str:
    column = draft.column
    if column.nullable:
        spelled = schema.types.habits.spells_null and schema.dialect in _SPELLING_NULL and not draft.generated
        return layout.keyword("NULL") if spelled else ""
    if schema.dialect == "clickhouse" or (inline_key and schema.dialect in _KEY_SAYS_NOT_NULL):
        return ""
    return layout.keyword("NOT NULL")

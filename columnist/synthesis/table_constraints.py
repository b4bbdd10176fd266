"""Keys, references and conditions: with their column or at the end of the list, named or not."""

from dataclasses import dataclass, field
from random import Random

from columnist.ddl.tables import Column
from columnist.synthesis.column_types import CHECK_DIALECTS, UNENFORCED_DIALECTS
from columnist.synthesis.drafts import Draft, Schema
from columnist.synthesis.layouts import Layout
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.quoting import plain_name

_LONGEST_NAME = 60
_PAIRS = {
    "from": ("to", "until"),
    "start": ("end", "stop"),
    "starts": ("ends",),
    "started": ("ended", "finished", "completed"),
    "opened": ("closed",),
    "since": ("until",),
    "issued": ("expiry",),
}
_NUMBERED = frozenset({"line", "sequence", "position", "seq", "ordinal"})
_INDEXED = 0.3
_PAIRED = 0.5


@dataclass
class Constraints:
    """The constraints of a table.

    Attributes:
        key_inline: The primary key stands with its column.
        inline: What stands with a column, by its identifier.
        lines: What stands at the end of the list of columns.
    """

    key_inline: bool = False
    inline: dict[str, list[str]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def add_inline(self, column: Column, text: str) -> None:
        """Let a constraint stand with a column."""
        self.inline.setdefault(column.identifier, []).append(text)


@dataclass
class _Namer:
    """Names constraints, each of them once."""

    table: str
    schema: Schema
    layout: Layout
    taken: set[str] = field(default_factory=set)

    def prefix(self, kind: int, column: str) -> str:
        """``CONSTRAINT name`` where the team names constraints, else nothing."""
        if not self.layout.constraint_names:
            return ""
        pattern = self.layout.constraint_names[kind]
        name = pattern.format(t=self.table, c=column)[:_LONGEST_NAME]
        name = name.upper() if self.table.isupper() else name
        while name.lower() in self.taken:
            name = f"{name[: _LONGEST_NAME - 3]}_{len(self.taken)}"
        self.taken.add(name.lower())
        return f"{self.layout.keyword('CONSTRAINT')} {self.schema.quoting.identifier(name)} "


def draw_constraints(
    identifier: str, drafts: tuple[Draft, ...], schema: Schema, layout: Layout, rng: Random
) -> Constraints:
    """Put every constraint of a table where its team would put it."""
    found = Constraints()
    namer = _Namer(plain_name(identifier), schema, layout)
    _place_key(found, drafts, namer)
    for draft in drafts:
        if draft.unique:
            _place_unique(found, draft, namer)
    for draft in drafts:
        if draft.column.references:
            _place_reference(found, draft, namer, rng)
    for draft in drafts:
        if draft.check:
            _place_check(found, draft, namer)
    if schema.dialect in CHECK_DIALECTS and schema.types.habits.declares_unique:
        _number_within(found, drafts, namer)
    if schema.dialect in CHECK_DIALECTS and rng.random() < _PAIRED * schema.types.habits.checks * 2:
        _compare_moments(found, drafts, namer)
    if schema.dialect == "mysql" and rng.random() < _INDEXED:
        _add_indexes(found, drafts, layout)
    return found


def _place_key(found: Constraints, drafts: tuple[Draft, ...], namer: _Namer) -> None:
    keys = [draft for draft in drafts if draft.column.primary_key]
    schema, keyword = namer.schema, namer.layout.keyword
    if not keys:
        return
    counted = schema.dialect == "sqlite" and keys[0].identity
    inline = namer.layout.keys_inline or bool(counted)
    if len(keys) == 1 and inline and schema.dialect not in UNENFORCED_DIALECTS:
        found.key_inline = True
        return
    names = [draft.column.identifier for draft in keys]
    listed = f"({', '.join(names)})"
    if schema.dialect == "tsql" and schema.types.habits.typed_constraints and namer.layout.constraint_names:
        indent = namer.layout.indent
        ordered = f",\n{indent}{indent}".join(f"{name} ASC" for name in names)
        listed = f"CLUSTERED\n{indent}(\n{indent}{indent}{ordered}\n{indent})"
    ending = ""
    if schema.dialect == "bigquery":
        ending = f" {keyword('NOT ENFORCED')}"
    elif schema.dialect == "oracle" and schema.types.habits.typed_constraints:
        ending = f" {keyword('USING INDEX')}"
    prefix = namer.prefix(0, keys[0].column.name) if schema.dialect not in {"bigquery", "mysql"} else ""
    found.lines.append(f"{prefix}{keyword('PRIMARY KEY')} {listed}{ending}")


def _place_unique(found: Constraints, draft: Draft, namer: _Namer) -> None:
    column, keyword = draft.column, namer.layout.keyword
    if namer.layout.keys_inline:
        found.add_inline(column, keyword("UNIQUE"))
    elif namer.schema.dialect == "mysql":
        name = namer.schema.quoting.identifier(f"uk_{column.name}"[:_LONGEST_NAME])
        found.lines.append(f"{keyword('UNIQUE KEY')} {name} ({column.identifier})")
    else:
        found.lines.append(
            f"{namer.prefix(1, column.name)}{keyword('UNIQUE')} {namer.layout.listed((column.identifier,))}"
        )


def _number_within(found: Constraints, drafts: tuple[Draft, ...], namer: _Namer) -> None:
    """Demand that what is numbered within something else is so only once: the lines of an order."""
    owner = next((d for d in drafts if d.feature.target and not d.feature.key), None)
    number = next((d for d in drafts if set(d.feature.words) & _NUMBERED and d.feature.kind is Kind.COUNT), None)
    if owner is None or number is None or number.column.primary_key:
        return
    names = (owner.column.identifier, number.column.identifier)
    prefix = namer.prefix(1, f"{owner.column.name}_{number.column.name}")
    found.lines.append(f"{prefix}{namer.layout.keyword('UNIQUE')} {namer.layout.listed(names)}")


def _place_reference(found: Constraints, draft: Draft, namer: _Namer, rng: Random) -> None:
    column, schema, layout = draft.column, namer.schema, namer.layout
    target = column.references
    if target is None:
        return
    keyword = layout.keyword
    key = layout.listed((schema.quoting.identifier(target.column or ""),))
    text = f"{keyword('REFERENCES')} {target.table} {key}"
    if layout.actions:
        nulls = column.nullable and rng.random() < 0.3
        text += keyword(" ON DELETE SET NULL" if nulls else f" {layout.actions}")
    if layout.deferrable:
        text += keyword(" DEFERRABLE INITIALLY DEFERRED")
    if schema.dialect in UNENFORCED_DIALECTS:
        text += keyword(" NOT ENFORCED") if schema.dialect == "bigquery" else ""
    if layout.references_inline and schema.dialect != "databricks":
        found.add_inline(column, text)
    else:
        prefix = namer.prefix(2, column.name)
        found.lines.append(f"{prefix}{keyword('FOREIGN KEY')} ({column.identifier}) {text}")


def _place_check(found: Constraints, draft: Draft, namer: _Namer) -> None:
    column, keyword = draft.column, namer.layout.keyword
    doubled = namer.schema.dialect == "postgres" and namer.schema.types.habits.typed_constraints
    condition = f"({draft.check})" if doubled else draft.check
    if namer.layout.keys_inline:
        found.add_inline(column, f"{keyword('CHECK')} ({condition})")
    else:
        found.lines.append(f"{namer.prefix(3, column.name)}{keyword('CHECK')} ({condition})")


def _compare_moments(found: Constraints, drafts: tuple[Draft, ...], namer: _Namer) -> None:
    """Demand that what ends does so after it began."""
    moments = [d for d in drafts if d.feature.kind.is_moment and not d.feature.obscure and not d.generated]
    ends = {draft.feature.words: draft for draft in moments}
    for draft in moments:
        for ending in _PAIRS.get(draft.feature.words[-1], ()):
            other = ends.get((*draft.feature.words[:-1], ending))
            if other and other.column.type == draft.column.type:
                condition = f"{other.column.identifier} >= {draft.column.identifier}"
                if other.column.nullable and namer.layout.options < 1:
                    condition = f"{other.column.identifier} {namer.layout.keyword('IS NULL OR')} {condition}"
                prefix = namer.prefix(3, f"{draft.column.name}_{other.column.name}")
                found.lines.append(f"{prefix}{namer.layout.keyword('CHECK')} ({condition})")
                return


def _add_indexes(found: Constraints, drafts: tuple[Draft, ...], layout: Layout) -> None:
    """Name the indexes that MySQL's own dumps list with the columns."""
    indexed = [d.column for d in drafts if d.feature.target or d.feature.kind is Kind.TIME][:2]
    for column in indexed:
        if not column.primary_key:
            quote = "`" if column.identifier.startswith("`") else ""
            found.lines.append(f"{layout.keyword('KEY')} {quote}idx_{column.name}{quote} ({column.identifier})")

"""One candidate from a seed, a split and a number; nothing else enters."""

from random import Random

from columnist.ddl.tables import Table
from columnist.digests import digest_value
from columnist.documentation import Texts
from columnist.synthesis.blueprints import Blueprint, Setting, design
from columnist.synthesis.column_types import draw_types
from columnist.synthesis.examples import Example, Split
from columnist.synthesis.grammar import draw_voice, write_column
from columnist.synthesis.lexicon import Entity, Lexicon
from columnist.synthesis.naming import TableKind, draw_style, table_words
from columnist.synthesis.partition import Pair, Partition
from columnist.synthesis.physical import Draft, Schema, declares_keys, draw_columns
from columnist.synthesis.quoting import Quoting, is_reserved
from columnist.synthesis.statements import draw_layout, render_statement
from columnist.synthesis.summaries import write_summary
from columnist.values import Value

_KINDS = {
    TableKind.ENTITY: 36,
    TableKind.FACT: 9,
    TableKind.SNAPSHOT: 8,
    TableKind.METRIC: 9,
    TableKind.EVENT: 8,
    TableKind.BRIDGE: 5,
    TableKind.STAGING: 9,
    TableKind.HISTORY: 7,
    TableKind.LOOKUP: 4,
    TableKind.LOG: 4,
    TableKind.CONFIG: 4,
}
# Figures are most often broken down by place or by department, whatever the trade.
_DIMENSIONS = ("site", "site", "department")
_SHARED_DIMENSION = 0.6
_ALWAYS_QUOTED = {"tsql": 0.35, "mysql": 0.35, "bigquery": 0.2, "clickhouse": 0.15, "postgres": 0.08, "oracle": 0.08}


class Source(Value):
    """Everything that candidates of one training set are drawn from."""

    seed: int
    lexicon: Lexicon
    partition: Partition
    pairs: dict[Split, dict[str, tuple[Pair, ...]]]
    dialects: tuple[str, ...]
    license: str


def generate_candidate(source: Source, split: Split, index: int) -> Example:
    """Generate the candidate with a number.

    The number seeds the draw, so a candidate does not depend on how many others
    are generated, nor on the process that does it.
    """
    rng = Random(digest_value([source.seed, split.value, index]))
    cases = source.pairs[split]
    pair = rng.choice(cases[rng.choice(sorted(cases))])
    dialect = rng.choice(source.dialects)
    setting = Setting(lexicon=source.lexicon, use_case=pair.use_case, sector=pair.industry.sector)
    kind = rng.choices(tuple(_KINDS), weights=tuple(_KINDS.values()))[0]
    blueprint = design(kind, _draw_entity(source, setting, split, kind, rng), setting, rng)
    schema = _draw_schema(source, setting, dialect, blueprint, rng)
    table, drafts, ddl = _draw_table(blueprint, schema, rng)
    return Example(
        id=f"{split.value}-{index:05d}",
        ddl=ddl,
        table=table,
        reference=_write_texts(blueprint, drafts, source.lexicon, rng),
        naics_code=pair.industry.code,
        use_case=pair.use_case.id,
        license=source.license,
    )


def _draw_entity(source: Source, setting: Setting, split: Split, kind: TableKind, rng: Random) -> Entity:
    entities = source.lexicon.entities
    if kind is TableKind.METRIC and rng.random() < _SHARED_DIMENSION:
        return entities[rng.choice(_DIMENSIONS)]
    if kind in {TableKind.LOG, TableKind.CONFIG}:
        pool = [
            e
            for e in source.lexicon.of_sort(kind.value)
            if (e.id in source.partition.reserved) == (split is Split.TEST)
        ]
    else:
        pool = [entities[name] for name in setting.use_case.entities]
        pool = [entity for entity in pool if source.partition.allows(entity, split)]
    return rng.choice(pool or [entities[setting.use_case.entities[0]]])


def _draw_schema(source: Source, setting: Setting, dialect: str, blueprint: Blueprint, rng: Random) -> Schema:
    style = draw_style(rng, dialect, source.lexicon.abbreviations)
    staged = blueprint.kind is TableKind.STAGING
    words = setting.use_case.id.split("_")
    schema_name = rng.choice((words[0], "_".join(words), "dbo" if dialect == "tsql" else "core"))
    if is_reserved(schema_name):
        schema_name = "_".join(words)
    return Schema(
        dialect=dialect,
        style=style,
        types=draw_types(rng, dialect),
        quoting=Quoting(dialect=dialect, always=rng.random() < _ALWAYS_QUOTED.get(dialect, 0.05)),
        schema_name=schema_name if rng.random() < 0.35 and dialect != "sqlite" else "",
        declares_references=not staged and rng.random() < 0.65,
        restricts_codes=rng.random() < 0.6,
        everything_is_text=staged and rng.random() < 0.6,
        has_keys=declares_keys(dialect, rng, blueprint.kind),
    )


def _draw_table(blueprint: Blueprint, schema: Schema, rng: Random) -> tuple[Table, tuple[Draft, ...], str]:
    drafts = draw_columns(blueprint, schema, rng)
    name = schema.style.join(table_words(blueprint.words, blueprint.kind, schema.style, rng))
    identifier = schema.quoting.qualified(schema.schema_name, name)
    table = Table(
        schema_name=schema.schema_name or None,
        name=name,
        identifier=identifier,
        dialect=schema.dialect,
        columns=tuple(draft.column for draft in drafts),
        line=1,
    )
    layout = draw_layout(rng, schema.dialect, table.columns[0].identifier)
    return table, drafts, render_statement(identifier, drafts, schema, layout)


def _write_texts(blueprint: Blueprint, drafts: tuple[Draft, ...], lexicon: Lexicon, rng: Random) -> Texts:
    voice = draw_voice(rng)
    columns = tuple(write_column(draft, blueprint.noun, lexicon.units, voice, rng) for draft in drafts)
    return Texts(table=write_summary(blueprint, drafts, rng), columns=columns)

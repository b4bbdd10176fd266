"""One group of candidates from a seed, a split and a number; nothing else enters."""

from random import Random

from columnist.ddl.tables import Reference, Table
from columnist.digests import digest_value
from columnist.documentation import Texts
from columnist.synthesis.blueprints import Blueprint, Obscurity, Setting
from columnist.synthesis.column_types import TypeChoice, draw_types
from columnist.synthesis.designs import WIDE_COLUMNS
from columnist.synthesis.examples import Example, HardClass, Split
from columnist.synthesis.grammar import write_columns
from columnist.synthesis.groups import plan_group
from columnist.synthesis.lexicon import Kind, Lexicon
from columnist.synthesis.naming import NamingStyle, TableKind, draw_style, table_words
from columnist.synthesis.partition import Pair, Partition
from columnist.synthesis.physical import Draft, Schema, declares_keys, draw_columns
from columnist.synthesis.quotas import Quotas, deal, schedule
from columnist.synthesis.quoting import Quoting, is_reserved
from columnist.synthesis.statements import Layout, draw_layout, render_statement
from columnist.synthesis.summaries import write_summary
from columnist.synthesis.voices import Voice, draw_voice
from columnist.values import Value

_ALWAYS_QUOTED = {"tsql": 0.35, "mysql": 0.35, "bigquery": 0.2, "clickhouse": 0.15, "postgres": 0.08, "oracle": 0.08}
OWN_SHARE = 0.25  # of the groups, where a team names packs of its own: what nobody meets is not learned
_RAW_KINDS = frozenset({TableKind.STAGING, TableKind.RAW})
# Dialects whose types show the fields of a structure.
_STRUCTURED = frozenset({"bigquery", "spark", "databricks", "hive", "duckdb", "clickhouse"})


class Source(Value):
    """Everything that candidates of one training set are drawn from.

    Attributes:
        pairs: What each split may use, by sector and use case.
        own: Use cases of a team's own packs.
        catalog_share: Share of authors who write as published catalogs mostly do.
    """

    seed: int
    lexicon: Lexicon
    partition: Partition
    pairs: dict[Split, dict[str, dict[str, tuple[Pair, ...]]]]
    dialects: tuple[str, ...]
    quotas: Quotas
    license: str
    own: frozenset[str] = frozenset()
    catalog_share: float = 0.0


class Team(Value):
    """The habits that all tables of a group share, because the same people wrote them."""

    dialect: str
    style: NamingStyle
    types: TypeChoice
    always_quotes: bool
    schema_name: str
    raw_schema_name: str
    declares_references: bool
    restricts_codes: bool
    voice: Voice


def generate_group(source: Source, split: Split, index: int) -> tuple[Example, ...]:
    """Generate the candidates of the group with a number.

    The number seeds the draw, so a group does not depend on how many others are
    generated, nor on the process that does it.
    """
    rng = Random(digest_value([source.seed, split.value, index]))
    hard = schedule(source.quotas, source.seed, split.value, index)
    pair = _draw_pair(source, split, index, rng)
    setting = Setting(lexicon=source.lexicon, use_case=pair.use_case, sector=pair.industry.sector)
    planned = plan_group(setting, lambda entity: source.partition.allows(entity, split), hard, rng)
    dialect = deal(source.dialects, source.seed, f"{split.value} dialects", index)
    team = _draw_team(source, setting, dialect, hard, rng)
    targets: dict[str, Reference] = {}
    examples = []
    for number, blueprint in enumerate(planned):
        schema = _draw_schema(team, blueprint, planned, dict(targets), rng)
        table, drafts, ddl = _draw_table(blueprint, schema, rng)
        if blueprint.kind is TableKind.ENTITY and (reference := _key_of(table)):
            targets[blueprint.entity] = reference
        examples.append(
            Example(
                id=f"{split.value}-{index:06d}-{number + 1}",
                group=f"{split.value}-{index:06d}",
                ddl=ddl,
                table=table,
                reference=_write_texts(blueprint, drafts, table.name, source.lexicon, team.voice, rng),
                naics_code=pair.industry.code,
                use_case=pair.use_case.id,
                kind=blueprint.kind.value,
                classes=_classes(blueprint, drafts, team.style),
                license=source.license,
            )
        )
    return tuple(examples)


def _draw_pair(source: Source, split: Split, index: int, rng: Random) -> Pair:
    """Deal the sector first, so that all are learned from alike, however many use cases each has."""
    sectors = source.pairs[split]
    own = [(sector, case) for sector in sorted(sectors) for case in sorted(sectors[sector]) if case in source.own]
    if own and rng.random() < OWN_SHARE:
        sector, case = rng.choice(own)
        return rng.choice(sectors[sector][case])
    cases = sectors[deal(tuple(sorted(sectors)), source.seed, f"{split.value} sectors", index)]
    return rng.choice(cases[rng.choice(sorted(cases))])


def _draw_team(source: Source, setting: Setting, dialect: str, hard: HardClass | None, rng: Random) -> Team:
    structured = [known for known in source.dialects if known in _STRUCTURED]
    if hard is HardClass.NESTED and structured and rng.random() < 0.4:
        dialect = rng.choice(structured)
    words = setting.use_case.id.split("_")
    named = rng.random() < 0.35 and dialect != "sqlite"
    schema_name = rng.choice((words[0], "_".join(words), "dbo" if dialect == "tsql" else "core"))
    return Team(
        dialect=dialect,
        style=draw_style(rng, dialect, source.lexicon.abbreviations, True if hard is HardClass.ABBREVIATED else None),
        types=draw_types(rng, dialect),
        always_quotes=rng.random() < _ALWAYS_QUOTED.get(dialect, 0.05),
        schema_name=("_".join(words) if is_reserved(schema_name) else schema_name) if named else "",
        raw_schema_name=rng.choice(("raw", "landing", "staging", "src_" + words[0])) if named else "",
        declares_references=rng.random() < 0.65,
        restricts_codes=rng.random() < 0.6,
        voice=draw_voice(rng, source.catalog_share),
    )


def _draw_schema(
    team: Team, blueprint: Blueprint, planned: tuple[Blueprint, ...], targets: dict[str, Reference], rng: Random
) -> Schema:
    raw = blueprint.kind in _RAW_KINDS
    return Schema(
        dialect=team.dialect,
        style=team.style,
        types=team.types,
        quoting=Quoting(dialect=team.dialect, always=team.always_quotes),
        schema_name=team.raw_schema_name if raw else team.schema_name,
        declares_references=team.declares_references and not raw,
        restricts_codes=team.restricts_codes,
        everything_is_text=raw and rng.random() < 0.6,
        has_keys=declares_keys(team.dialect, rng, blueprint.kind),
        targets=targets,
        planned=frozenset(other.entity for other in planned),
    )


def _draw_table(blueprint: Blueprint, schema: Schema, rng: Random) -> tuple[Table, tuple[Draft, ...], str]:
    drafts = draw_columns(blueprint, schema, rng)
    name = schema.style.join(table_words(blueprint.words, blueprint.kind, schema.style, rng, versioned=True))
    identifier = schema.quoting.qualified(schema.schema_name, name)
    table = Table(
        schema_name=schema.schema_name or None,
        name=name,
        identifier=identifier,
        dialect=schema.dialect,
        columns=tuple(draft.column for draft in drafts),
        line=1,
    )
    layout: Layout = draw_layout(rng, schema.types)
    return table, drafts, render_statement(identifier, drafts, schema, layout, rng)


def _key_of(table: Table) -> Reference | None:
    keys = [column.name for column in table.columns if column.primary_key]
    return Reference(table=table.identifier, column=keys[0]) if len(keys) == 1 else None


def _write_texts(
    blueprint: Blueprint, drafts: tuple[Draft, ...], table: str, lexicon: Lexicon, voice: Voice, rng: Random
) -> Texts:
    columns = write_columns(blueprint, drafts, table, lexicon.units, voice, rng)
    return Texts(table=write_summary(blueprint, drafts, voice, rng, table), columns=columns)


def _classes(blueprint: Blueprint, drafts: tuple[Draft, ...], style: NamingStyle) -> tuple[HardClass, ...]:
    """The classes that a table really is of, which need not be the one its group was made for."""
    obscurities = {draft.feature.obscure for draft in drafts}
    found = {
        HardClass.OPAQUE: Obscurity.OPAQUE in obscurities and not blueprint.obscure,
        HardClass.ABBREVIATED: style.abbreviates,
        HardClass.AMBIGUOUS: Obscurity.AMBIGUOUS in obscurities and not blueprint.obscure,
        HardClass.WIDE: len(drafts) >= WIDE_COLUMNS,
        HardClass.NESTED: any(draft.feature.kind in {Kind.RECORD, Kind.RECORDS, Kind.LIST} for draft in drafts),
        HardClass.UNDOCUMENTABLE: blueprint.obscure,
    }
    return tuple(hard for hard, holds in found.items() if holds)

"""What a table is about before it has names and types: the logical design of each kind of table."""

from collections.abc import Callable
from enum import StrEnum
from random import Random

from columnist.synthesis.english import spell
from columnist.synthesis.lexicon import Attribute, Entity, Kind, Lexicon, UseCase
from columnist.synthesis.naming import TableKind
from columnist.values import Value

PERIODS = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter"}
_FEWEST_NUMBERS = 2  # an entity needs this many numbers to make a fact table worth while


class Obscurity(StrEnum):
    """Why a column cannot be described from its schema."""

    NONE = ""
    OPAQUE = "opaque"  # the name tells nothing: custom_field_22
    AMBIGUOUS = "ambiguous"  # the name could mean several things: date2


class Feature(Value):
    """A column to be: its words, what it holds and what it means.

    Attributes:
        means: The phrase with ``~`` and ``^`` filled in.
        target: The entity that a reference leads to; empty for other columns.
        target_noun: What people of the sector call that entity.
        subject: Words that may precede a generic name such as "status".
        technical: The column is bookkeeping rather than a fact of the trade.
        delivered: The value came with a load from another system.
        obscure: Why nobody can tell what the column holds; the text abstains.
        short: Names in which teams abbreviate it, as words joined by underscores.
        parts: The fields of a structure.
        family: The column is one of several alike, such as a figure by month: what
            the family is called. Its columns share type, unit and nullability.
    """

    words: tuple[str, ...]
    kind: Kind
    means: str = ""
    unit: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    noun: str = ""
    key: bool = False
    target: str = ""
    target_noun: str = ""
    subject: tuple[str, ...] = ()
    technical: bool = False
    delivered: bool = False
    obscure: Obscurity = Obscurity.NONE
    short: tuple[str, ...] = ()
    parts: tuple["Feature", ...] = ()
    family: str = ""


class Blueprint(Value):
    """A table to be.

    Attributes:
        words: The words of its name, without prefixes of any style.
        noun: What one row describes: "claim".
        row: The same at length: "claim filed under a policy".
        about: What the table is about, in the plural.
        others: The plural of the second entity of a bridge.
        sort: The sort of entity: a thing, or an event.
        period: The period of a table of figures, such as ``monthly``.
        entity: Identifier of the entity it is about.
        obscure: Nobody can tell what the table is for.
    """

    kind: TableKind
    words: tuple[str, ...]
    noun: str
    nouns: str
    row: str
    about: str
    others: str = ""
    sort: str = "thing"
    period: str = ""
    entity: str = ""
    obscure: bool = False
    features: tuple[Feature, ...]


class Setting(Value):
    """The trade a table is designed for."""

    lexicon: Lexicon
    use_case: UseCase
    sector: str

    def noun(self, entity: str) -> str:
        """What people of the sector call an entity."""
        return self.lexicon.entities[entity].noun(self.sector)

    def words(self, entity: str) -> tuple[str, ...]:
        """The words under which the sector's tables know an entity."""
        return tuple(self.noun(entity).lower().split())


def design(kind: TableKind, entity: Entity, setting: Setting, rng: Random) -> Blueprint | None:
    """Design a table of a kind about an entity; nothing where the kind does not fit the entity."""
    return DESIGNS[kind](entity, setting, rng)


def _design_entity(entity: Entity, setting: Setting, rng: Random) -> Blueprint:
    sort_kinds = {"log": TableKind.LOG, "config": TableKind.CONFIG}
    width = _draw_width(rng)
    references = draw_references(entity, setting, rng, most=max(1, width // 3))
    attributes = draw_attributes(entity, setting, rng, max(1, width - len(references) - 1))
    borrowed = borrow_columns(references, setting, rng, width - len(references) - len(attributes) - 1)
    audit = technical_features("row_audit", entity, setting, rng, rng.choice((0, 0, 1, 2, 2, 3)) if width > 4 else 0)
    features = (key_feature(entity, setting), *_arranged(references, attributes, rng), *borrowed, *audit)
    return make_blueprint(sort_kinds.get(entity.sort, TableKind.ENTITY), entity, setting, features)


def _draw_width(rng: Random) -> int:
    """As wide as real tables are: a tenth has up to three columns, half up to eight, a tenth twenty and more."""
    return max(2, min(round(rng.lognormvariate(2.1, 0.62)), 60))


def _design_fact(entity: Entity, setting: Setting, rng: Random) -> Blueprint | None:
    numbers = [a for a in setting.lexicon.attributes_of(entity) if a.kind.is_numeric]
    moments = [a for a in setting.lexicon.attributes_of(entity) if a.kind.is_moment]
    if entity.sort != "event" or len(numbers) < _FEWEST_NUMBERS:
        return None
    chosen = (*rng.sample(moments, min(len(moments), rng.randint(1, 2))), *rng.sample(numbers, min(len(numbers), 5)))
    references = draw_references(entity, setting, rng, most=4)
    features = (key_feature(entity, setting), *references, *(make_feature(a, entity, setting, rng) for a in chosen))
    return make_blueprint(TableKind.FACT, entity, setting, features)


def _design_snapshot(entity: Entity, setting: Setting, rng: Random) -> Blueprint | None:
    numbers = [a for a in setting.lexicon.attributes_of(entity) if a.kind.is_numeric or a.kind is Kind.CODE]
    if entity.sort != "thing" or len(numbers) < _FEWEST_NUMBERS:
        return None
    day = setting.lexicon.sets["row_snapshot"][0]
    features = (
        make_feature(day, entity, setting, rng).model_copy(update={"key": True}),
        _self_reference(entity, setting, "whose state the row shows").model_copy(update={"key": True}),
        *draw_references(entity, setting, rng, most=2),
        *(make_feature(a, entity, setting, rng) for a in rng.sample(numbers, min(len(numbers), rng.randint(2, 6)))),
        *technical_features("row_snapshot", entity, setting, rng, rng.choice((0, 0, 1)), start=1),
    )
    period = rng.choice(tuple(PERIODS))
    words = (
        (*setting.words(entity.id), period, "snapshot") if rng.random() < 0.6 else (*setting.words(entity.id), period)
    )
    return make_blueprint(TableKind.SNAPSHOT, entity, setting, features, words=words, period=period)


def _design_metric(entity: Entity, setting: Setting, rng: Random) -> Blueprint | None:
    metrics = setting.use_case.watches
    if entity.sort != "thing" or len(metrics) < _FEWEST_NUMBERS:
        return None
    period = rng.choice(tuple(PERIODS))
    noun = PERIODS[period]
    chosen = rng.sample(metrics, rng.randint(min(3, len(metrics)), len(metrics)))
    features = (
        _period(noun, rng),
        _self_reference(entity, setting, "to which the figures apply").model_copy(update={"key": True}),
        *(make_feature(a, entity, setting, rng, period=noun) for a in chosen),
        *technical_features("row_metric", entity, setting, rng, rng.choice((0, 1, 1, 2)), period=noun),
    )
    words = rng.choice(((*setting.use_case.id.split("_"), period), (*setting.words(entity.id), period, "metrics")))
    return make_blueprint(TableKind.METRIC, entity, setting, features, words=words, period=period)


def _design_event(entity: Entity, setting: Setting, rng: Random) -> Blueprint | None:
    if entity.sort != "thing":
        return None
    suffix = rng.choice(("event", "event", "status_change", "activity", "change")).split("_")
    columns = setting.lexicon.sets["row_event"]
    chosen = _in_order(columns, rng.sample(columns[2:], rng.randint(2, 6)) + list(columns[:2]))
    noun = " ".join((setting.noun(entity.id), *suffix))
    features = (
        Feature(words=(*setting.words(entity.id), *suffix), kind=Kind.NUMBER, key=True, noun=noun),
        _self_reference(entity, setting, "that the event concerns"),
        *(make_feature(a, entity, setting, rng, technical=True) for a in chosen),
    )
    words = (*setting.words(entity.id), *suffix)
    return make_blueprint(TableKind.EVENT, entity, setting, features, words=words)


def _design_bridge(entity: Entity, setting: Setting, rng: Random) -> Blueprint | None:
    if not entity.pairs:
        return None
    other, (what, first, second) = rng.choice(sorted(entity.pairs.items()))
    left = _self_reference(entity, setting, first).model_copy(update={"key": True})
    right = _reference((), other, second, setting).model_copy(update={"key": True})
    extra = technical_features("row_bridge", entity, setting, rng, rng.randint(1, 4))
    words = (*setting.words(entity.id), *setting.words(other))
    row = f"pair of {entity.noun(setting.sector)} and {setting.noun(other)}"
    blueprint = make_blueprint(TableKind.BRIDGE, entity, setting, (left, right, *extra), words=words)
    others = setting.lexicon.entities[other].nouns(setting.sector)
    return blueprint.model_copy(update={"row": row, "about": what, "others": others})


def _design_staging(entity: Entity, setting: Setting, rng: Random) -> Blueprint:
    width = rng.randint(3, 9)
    features = (
        key_feature(entity, setting).model_copy(update={"delivered": True}),
        *draw_references(entity, setting, rng, most=2),
        *draw_attributes(entity, setting, rng, width),
        *technical_features("row_staging", entity, setting, rng, rng.randint(2, 5)),
    )
    return make_blueprint(TableKind.STAGING, entity, setting, features)


def _design_history(entity: Entity, setting: Setting, rng: Random) -> Blueprint | None:
    if entity.sort != "thing":
        return None
    columns = setting.lexicon.sets["row_history"]
    chosen = _in_order(columns, [*columns[:2], *rng.sample(columns[2:], rng.randint(1, 3))])
    features = (
        Feature(words=(*setting.words(entity.id), "version"), kind=Kind.NUMBER, key=True, noun="version"),
        _self_reference(entity, setting, "that the version describes"),
        *draw_references(entity, setting, rng, most=2),
        *draw_attributes(entity, setting, rng, rng.randint(2, 8)),
        *(make_feature(a, entity, setting, rng, technical=True) for a in chosen),
    )
    words = (*setting.words(entity.id), "history")
    return make_blueprint(TableKind.HISTORY, entity, setting, features, words=words)


def _design_lookup(entity: Entity, setting: Setting, rng: Random) -> Blueprint | None:
    codes = [a for a in setting.lexicon.attributes_of(entity) if a.kind is Kind.CODE and a.values]
    if not codes:
        return None
    code = rng.choice(codes)
    own = setting.words(entity.id)
    words = code.words if set(own) & set(code.words) else (*own, *code.words)
    noun = " ".join(words)
    columns = setting.lexicon.sets["row_lookup"]
    chosen = _in_order(columns, [*columns[:2], *rng.sample(columns[2:], rng.randint(1, 4))])
    features = tuple(
        make_feature(a, entity, setting, rng, technical=True, subject=noun).model_copy(update={"key": a is columns[0]})
        for a in chosen
    )
    blueprint = make_blueprint(TableKind.LOOKUP, entity, setting, features, words=words)
    return blueprint.model_copy(update={"noun": noun, "row": f"{noun} that can be recorded"})


DESIGNS: dict[TableKind, Callable[[Entity, Setting, Random], Blueprint | None]] = {
    TableKind.ENTITY: _design_entity,
    TableKind.LOG: _design_entity,
    TableKind.CONFIG: _design_entity,
    TableKind.EVENT: _design_event,
    TableKind.FACT: _design_fact,
    TableKind.SNAPSHOT: _design_snapshot,
    TableKind.METRIC: _design_metric,
    TableKind.BRIDGE: _design_bridge,
    TableKind.STAGING: _design_staging,
    TableKind.HISTORY: _design_history,
    TableKind.LOOKUP: _design_lookup,
}


def make_blueprint(
    kind: TableKind,
    entity: Entity,
    setting: Setting,
    features: tuple[Feature, ...],
    words: tuple[str, ...] = (),
    period: str = "",
) -> Blueprint:
    """Join a design's features with what the lexicon says about its entity."""
    return Blueprint(
        kind=kind,
        words=words or setting.words(entity.id),
        noun=entity.noun(setting.sector),
        nouns=entity.nouns(setting.sector),
        entity=entity.id,
        row=entity.row,
        about=entity.about_in(setting.sector),
        sort=entity.sort,
        period=period,
        features=features,
    )


def key_feature(entity: Entity, setting: Setting) -> Feature:
    """The key of a table about an entity."""
    noun = entity.noun(setting.sector)
    return Feature(words=setting.words(entity.id), kind=Kind.NUMBER, key=True, noun=noun)


def _period(noun: str, rng: Random) -> Feature:
    if rng.random() < 0.3:
        return Feature(words=("reporting", noun), kind=Kind.NAME, means=f"{noun} that the figures cover", key=True)
    begins = rng.choice((f"the {noun} of the figures begins", f"the {noun} to which the figures apply starts"))
    return Feature(words=(noun, "start"), kind=Kind.DATE, means=begins, key=True)


def _self_reference(entity: Entity, setting: Setting, means: str) -> Feature:
    return _reference((), entity.id, means, setting)


def _reference(role: tuple[str, ...], target: str, means: str, setting: Setting) -> Feature:
    words = role or setting.words(target)
    return Feature(words=words, kind=Kind.NUMBER, means=means, target=target, target_noun=setting.noun(target))


def draw_references(entity: Entity, setting: Setting, rng: Random, most: int) -> tuple[Feature, ...]:
    """Draw some of an entity's references; the first one is what makes its rows comprehensible."""
    roles = list(entity.belongs_to.items())
    kept = [role for index, role in enumerate(roles) if rng.random() < (0.9 if index == 0 else 0.7)][:most]
    noun = entity.noun(setting.sector)
    return tuple(
        _reference(
            () if name == to.to else tuple(name.split("_")),
            to.to,
            to.means.replace("~", f"this {noun}" if to.to == entity.id else f"the {noun}"),
            setting,
        )
        for name, to in kept
    )


def draw_attributes(entity: Entity, setting: Setting, rng: Random, most: int) -> tuple[Feature, ...]:
    """Draw some attributes of an entity, in the lexicon's order."""
    available = setting.lexicon.attributes_of(entity)
    chosen = _in_order(available, rng.sample(available, min(most, len(available))))
    return tuple(make_feature(attribute, entity, setting, rng) for attribute in chosen)


def borrow_columns(references: tuple[Feature, ...], setting: Setting, rng: Random, count: int) -> tuple[Feature, ...]:
    """Copy columns of the entities that a row leads to, each under the name of its role, as wide tables do."""
    found: list[Feature] = []
    for reference in references:
        if len(found) >= count:
            break
        target = setting.lexicon.entities[reference.target]
        for feature in draw_attributes(target, setting, rng, rng.randint(3, 12)):
            words = feature.words if reference.words[-1] in feature.words else (*reference.words, *feature.words)
            # The role is in the words already, so a generic name needs no subject before it.
            found.append(feature.model_copy(update={"words": words, "subject": (), "short": ()}))
    return tuple(found[: max(count, 0)])


def technical_features(
    set_name: str, entity: Entity, setting: Setting, rng: Random, most: int, start: int = 0, period: str = ""
) -> tuple[Feature, ...]:
    """Draw columns of a set that teams add to a kind of table, in the set's order."""
    columns = setting.lexicon.sets[set_name][start:]
    # Bookkeeping columns that lead a set are the ones nearly every team has.
    weighted = rng.sample(columns[:2], min(most, 2)) + rng.sample(columns[2:], max(0, min(most - 2, len(columns) - 2)))
    chosen = weighted if rng.random() < 0.6 else rng.sample(columns, min(most, len(columns)))
    return tuple(
        make_feature(a, entity, setting, rng, period=period, technical=True) for a in _in_order(columns, chosen)
    )


def make_feature(
    attribute: Attribute,
    entity: Entity,
    setting: Setting,
    rng: Random,
    period: str = "",
    technical: bool = False,
    subject: str = "",
) -> Feature:
    """Turn an attribute into a column to be, with one of its names and meanings."""
    names = (attribute.words, *(tuple(name.split("_")) for name in attribute.names))
    noun = subject or entity.noun(setting.sector)
    means = rng.choice(attribute.means).replace("~", f"the {noun}").replace("^", f"the {period}")
    return Feature(
        words=attribute.words if rng.random() < 0.55 else rng.choice(names),
        kind=attribute.kind,
        means=means,
        unit=attribute.unit,
        values=attribute.values,
        noun=attribute.noun or spell(" ".join(attribute.words)),
        subject=setting.words(entity.id),
        technical=technical,
        short=attribute.short,
    )


def _in_order(all_: tuple[Attribute, ...], chosen: list[Attribute]) -> list[Attribute]:
    return [attribute for attribute in all_ if attribute in chosen]


def _arranged(references: tuple[Feature, ...], attributes: tuple[Feature, ...], rng: Random) -> tuple[Feature, ...]:
    """Put references first, last, or between the attributes: tables grow in different ways."""
    if rng.random() < 0.6:
        return (*references, *attributes)
    cut = rng.randint(0, len(attributes))
    mixed = list(attributes)
    if rng.random() < 0.3:
        rng.shuffle(mixed)
    return (*mixed[:cut], *references, *mixed[cut:])

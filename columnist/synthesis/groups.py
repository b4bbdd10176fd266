"""Which tables stand together: a plan of one to six related tables of one team."""

from collections.abc import Callable
from random import Random

from columnist.synthesis.blueprints import Blueprint, Obscurity, Setting
from columnist.synthesis.designs import add_nested, design
from columnist.synthesis.examples import HardClass
from columnist.synthesis.lexicon import Entity
from columnist.synthesis.naming import TableKind
from columnist.synthesis.obscure import draw_obscure, undocumentable

_SIZES = {1: 24, 2: 20, 3: 20, 4: 16, 5: 11, 6: 9}
_DERIVED = {
    TableKind.FACT: 10,
    TableKind.SNAPSHOT: 9,
    TableKind.METRIC: 10,
    TableKind.EVENT: 9,
    TableKind.BRIDGE: 7,
    TableKind.STAGING: 11,
    TableKind.RAW: 4,
    TableKind.HISTORY: 8,
    TableKind.LOOKUP: 5,
    TableKind.LOG: 5,
    TableKind.CONFIG: 5,
}
_PLAIN_ENTITY = 0.55  # share of the tables that are simply about an entity
# Figures are most often broken down by place or by department, whatever the trade.
_DIMENSIONS = ("site", "site", "department")
_SHARED_DIMENSION = 0.6
_ATTEMPTS = 40
_HARDENED = 0.8  # share of a group's tables that become what the group is made for
_OBSCURITIES = {HardClass.OPAQUE: Obscurity.OPAQUE, HardClass.AMBIGUOUS: Obscurity.AMBIGUOUS}

Allows = Callable[[Entity], bool]


def plan_group(setting: Setting, allows: Allows, hard: HardClass | None, rng: Random) -> tuple[Blueprint, ...]:
    """Design the tables of a group, those that others refer to first.

    Args:
        setting: The trade.
        allows: Whether the split may have tables about an entity.
        hard: The class that the group is to be of; wide ones stand alone.
        rng: Draws everything.
    """
    if hard is HardClass.WIDE:
        return _plan_wide(setting, allows, rng)
    if hard is HardClass.UNDOCUMENTABLE:
        return (_undocumentable(rng),)
    size = rng.choices(tuple(_SIZES), weights=tuple(_SIZES.values()))[0]
    near = _neighbourhood(setting, allows, rng)
    planned: dict[tuple[TableKind, str], Blueprint] = {}
    for _ in range(_ATTEMPTS):
        if len(planned) == size:
            break
        kind = _draw_kind(rng)
        entity = _draw_entity(kind, near, len(planned), setting, allows, rng)
        blueprint = design(kind, entity, setting, rng)
        if blueprint is None or (blueprint.kind, blueprint.entity) in planned:
            continue
        planned[blueprint.kind, blueprint.entity] = _harden(blueprint, hard, setting, rng)
    return _in_order(list(planned.values()), setting)


def _harden(blueprint: Blueprint, hard: HardClass | None, setting: Setting, rng: Random) -> Blueprint:
    """Make most tables of a group as hard as the group is to be."""
    if hard is HardClass.NESTED:
        return add_nested(blueprint, setting, rng)
    if rng.random() >= _HARDENED or hard not in _OBSCURITIES:
        return blueprint
    obscurity = _OBSCURITIES[hard]
    count = rng.choice((1, 1, 2, 3)) if hard is HardClass.AMBIGUOUS else rng.choice((1, 2, 2, 3, 4, 5, 8, 12))
    taken = frozenset(word for feature in blueprint.features for word in feature.words)
    unknown = draw_obscure(rng, count, obscurity, taken)
    if hard is HardClass.OPAQUE:
        return blueprint.model_copy(update={"features": (*blueprint.features, *unknown)})
    features = list(blueprint.features)
    for feature in unknown:
        features.insert(rng.randint(1, len(features)), feature)
    return blueprint.model_copy(update={"features": tuple(features)})


def _undocumentable(rng: Random) -> Blueprint:
    words, features = undocumentable(rng)
    return Blueprint(
        kind=TableKind.ENTITY, words=words, noun="row", nouns="rows", row="row", about="rows", obscure=True,
        features=features,
    )  # fmt: skip


def _plan_wide(setting: Setting, allows: Allows, rng: Random) -> tuple[Blueprint, ...]:
    for entity in _neighbourhood(setting, allows, rng):
        if blueprint := design(TableKind.WIDE, entity, setting, rng):
            return (blueprint,)
    return plan_group(setting, allows, None, rng)  # the trade has too little to say of one thing


def _draw_kind(rng: Random) -> TableKind:
    if rng.random() < _PLAIN_ENTITY:
        return TableKind.ENTITY
    return rng.choices(tuple(_DERIVED), weights=tuple(_DERIVED.values()))[0]


def _neighbourhood(setting: Setting, allows: Allows, rng: Random) -> list[Entity]:
    """The entities of a group: one of the use case first, then those related to it, then the rest of the use case."""
    entities = setting.lexicon.entities
    own = [entities[name] for name in setting.use_case.entities if allows(entities[name])]
    if not own:
        own = [entities[name] for name in setting.use_case.entities[:1]]
    rng.shuffle(own)
    first = own[0]
    related = [relation.to for relation in first.belongs_to.values()]
    related += [name for name in setting.lexicon.children.get(first.id, ()) if name in setting.use_case.entities]
    near = [first, *(entities[name] for name in related if allows(entities[name])), *own[1:]]
    near += _records_of(near, setting, allows)
    return list({entity.id: entity for entity in near}.values())


def _records_of(near: list[Entity], setting: Setting, allows: Allows) -> list[Entity]:
    """The logs and configurations of a trade that refer to what a group is about."""
    telling = [entity.id for entity in near if entity.id not in setting.lexicon.common]
    names = [name for parent in telling for name in setting.lexicon.children.get(parent, ())]
    found = (setting.lexicon.entities[name] for name in names)
    return [entity for entity in found if entity.sort in {"log", "config"} and allows(entity)]


def _draw_entity(
    kind: TableKind, near: list[Entity], made: int, setting: Setting, allows: Allows, rng: Random
) -> Entity:
    if kind is TableKind.METRIC and rng.random() < _SHARED_DIMENSION:
        return setting.lexicon.entities[rng.choice(_DIMENSIONS)]
    if kind is TableKind.BRIDGE:
        near = [entity for entity in near if entity.pairs] or near
    if kind in {TableKind.LOG, TableKind.CONFIG}:
        own = [entity for entity in near if entity.sort == kind.value]
        anywhere = [entity for entity in setting.lexicon.everywhere[kind.value] if allows(entity)]
        return rng.choice(own or anywhere or near)
    near = [entity for entity in near if entity.sort not in {"log", "config"}] or near
    # The first table is about the entity at the centre; later ones stay close to it.
    return near[min(made and int(rng.expovariate(0.6)), len(near) - 1)]


def _in_order(planned: list[Blueprint], setting: Setting) -> tuple[Blueprint, ...]:
    """Put entity tables before what refers to them, as far as references run in one direction."""
    plain = {b.entity: b for b in planned if b.kind is TableKind.ENTITY}
    ordered: dict[str, Blueprint] = {}

    def place(entity: str, path: tuple[str, ...]) -> None:
        if entity in ordered or entity not in plain or entity in path:
            return
        for relation in setting.lexicon.entities[entity].belongs_to.values():
            place(relation.to, (*path, entity))
        ordered[entity] = plain[entity]

    for entity in plain:
        place(entity, ())
    return (*ordered.values(), *(b for b in planned if b.kind is not TableKind.ENTITY))

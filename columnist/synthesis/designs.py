"""Designs made of several entities: wide marts, raw landing tables, columns with fields of their own."""

import re
from random import Random

from columnist.synthesis import blueprints
from columnist.synthesis.blueprints import (
    Blueprint,
    Feature,
    Setting,
    borrow_columns,
    draw_attributes,
    draw_references,
    key_feature,
    make_blueprint,
    make_feature,
    technical_features,
)
from columnist.synthesis.lexicon import Attribute, Entity, Kind
from columnist.synthesis.naming import TableKind

WIDE_COLUMNS = 100
_WIDEST = 190
_WINDOWS = (
    ("7d", "the last 7 days"),
    ("14d", "the last 14 days"),
    ("30d", "the last 30 days"),
    ("60d", "the last 60 days"),
    ("90d", "the last 90 days"),
    ("6m", "the last 6 months"),
    ("12m", "the last 12 months"),
    ("mtd", "the current month to date"),
    ("qtd", "the current quarter to date"),
    ("ytd", "the current year to date"),
    ("py", "the previous year"),
)
_STATE = re.compile(r"(?:end|start|beginning|close) of \^")
_ARTICLE = re.compile(r"\b(?:the |each |every |any |a )\^")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_NESTABLE = {TableKind.ENTITY, TableKind.FACT, TableKind.STAGING, TableKind.EVENT}
_FIELDS = (2, 5)
_DATE_LIKE = frozenset({"date", "on", "at", "from", "to", "until", "since", "time"})


def design(kind: TableKind, entity: Entity, setting: Setting, rng: Random) -> Blueprint | None:
    """Design a table of a kind about an entity; nothing where the kind does not fit the entity."""
    match kind:
        case TableKind.WIDE:
            return _design_wide(entity, setting, rng)
        case TableKind.RAW:
            return _design_raw(entity, setting, rng)
        case _:
            return blueprints.design(kind, entity, setting, rng)


def add_nested(blueprint: Blueprint, setting: Setting, rng: Random) -> Blueprint:
    """Give a table one to three columns with fields of their own, or lists; the same table where none fits."""
    entity = setting.lexicon.entities.get(blueprint.entity)
    if entity is None or blueprint.kind not in _NESTABLE:
        return blueprint
    nested = [*_records(entity, setting, rng), *_children(entity, setting, rng), *_lists(entity, setting, rng)]
    taken = {feature.words for feature in blueprint.features}
    fitting = [feature for feature in nested if feature.words not in taken]
    chosen = rng.sample(fitting, min(len(fitting), rng.choice((1, 1, 2, 3))))
    # A structure about another entity stands in the place of a plain reference to it.
    replaced = {feature.noun for feature in chosen if feature.kind is Kind.RECORD}
    kept = tuple(f for f in blueprint.features if not (f.target and f.target_noun in replaced and not f.key))
    cut = rng.randint(1, len(kept))
    return blueprint.model_copy(update={"features": (*kept[:cut], *chosen, *kept[cut:])})


def _records(entity: Entity, setting: Setting, rng: Random) -> list[Feature]:
    """Structures that say more about an entity that the row refers to."""
    found = []
    for reference in draw_references(entity, setting, rng, most=3):
        target = setting.lexicon.entities[reference.target]
        key = key_feature(target, setting)
        parts = (key.model_copy(update={"words": (*key.words, "id")}), *_fields(target, setting, rng))
        means = f"the {reference.target_noun} {reference.means}"
        found.append(
            Feature(words=reference.words, kind=Kind.RECORD, means=means, noun=reference.target_noun, parts=parts)
        )
    return found


def _children(entity: Entity, setting: Setting, rng: Random) -> list[Feature]:
    """Lists of structures for what refers to the row, such as the lines of an order."""
    found = []
    names = setting.lexicon.children.get(entity.id, ())
    if entity.id in setting.lexicon.common:  # what refers to a customer may be of any trade
        names = tuple(name for name in names if name in setting.use_case.entities)
    for name in names[:4]:
        child = setting.lexicon.entities[name]
        nouns = child.nouns(setting.sector)
        parts = _fields(child, setting, rng)
        means = f"{nouns} of the {entity.noun(setting.sector)}"
        found.append(
            Feature(words=tuple(nouns.lower().split()), kind=Kind.RECORDS, means=means, noun=nouns, parts=parts)
        )
    return [feature for feature in found if len(feature.parts) > 1]


def _fields(entity: Entity, setting: Setting, rng: Random) -> tuple[Feature, ...]:
    """Draw the fields of a structure; a date says that it is one, because no column's type stands beside it."""
    drawn = draw_attributes(entity, setting, rng, rng.randint(*_FIELDS))
    return tuple(
        feature.model_copy(update={"words": (*feature.words, "date"), "kind": Kind.DATE, "short": ()})
        if feature.kind in {Kind.WHEN, Kind.DATE} and feature.words[-1] not in _DATE_LIKE
        else feature
        for feature in drawn
        if feature.kind not in {Kind.LIST, Kind.DOCUMENT}
    )


def _lists(entity: Entity, setting: Setting, rng: Random) -> list[Feature]:
    return list(technical_features("row_lists", entity, setting, rng, 2))


def _design_raw(entity: Entity, setting: Setting, rng: Random) -> Blueprint:
    """What a queue or a file delivers, before anyone has taken it apart: a document and how it came in."""
    payload = next(a for a in setting.lexicon.sets["row_staging"] if a.kind is Kind.DOCUMENT)
    metadata = [f for f in technical_features("row_staging", entity, setting, rng, 5) if f.kind is not Kind.DOCUMENT]
    head = key_feature(entity, setting).model_copy(update={"delivered": True, "key": True})
    document = make_feature(payload, entity, setting, rng, technical=True)
    middle = [document, *metadata]
    if rng.random() < 0.5:
        middle = [*metadata[:1], document, *metadata[1:]]
    features = ((head, *middle) if rng.random() < 0.6 else tuple(middle)) if len(middle) > 2 else (head, *middle)
    return make_blueprint(TableKind.RAW, entity, setting, features)


def _design_wide(entity: Entity, setting: Setting, rng: Random) -> Blueprint | None:
    """One row with everything about a thing: its own columns, those of its relations, and figures by period."""
    if entity.sort != "thing":
        return None
    width = rng.randint(WIDE_COLUMNS + 4, _WIDEST)
    references = draw_references(entity, setting, rng, most=4)
    features = [
        key_feature(entity, setting),
        *draw_attributes(entity, setting, rng, 16),
        *references,
        *borrow_columns(references, setting, rng, 40),
    ]
    features += _figures(setting, rng, width - len(features))
    if len(features) < WIDE_COLUMNS:
        return None
    audit = technical_features("row_metric", entity, setting, rng, 1, period="row")
    words = (*setting.words(entity.id), *rng.choice((("360",), ("wide",), ("profile",), ("feature",), ("summary",))))
    return make_blueprint(TableKind.WIDE, entity, setting, (*features, *audit), words=words)


def _figures(setting: Setting, rng: Random, count: int) -> list[Feature]:
    """The use case's own metrics, by window and by month: nobody joins figures of another business to its marts."""
    found: list[Feature] = []
    monthly = [(name[:3].lower(), name) for name in _MONTHS]
    metrics = list(setting.use_case.watches)
    for columns in (list(_WINDOWS), monthly):
        for metric in rng.sample(metrics, len(metrics)):
            means = _ARTICLE.sub("^", rng.choice(metric.means))
            # A state has an end of March, but no end of the last 30 days.
            if len(found) < count and (columns is monthly or not _STATE.search(means)):
                found += [_figure(metric, means, suffix, period) for suffix, period in columns]
    return found


def _figure(metric: Attribute, means: str, suffix: str, period: str) -> Feature:
    return Feature(
        words=(*metric.words, suffix),
        kind=metric.kind,
        means=means.replace("^", period),
        unit=metric.unit,
        noun=metric.noun or " ".join(metric.words),
        family=" ".join(metric.words),
    )

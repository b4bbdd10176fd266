"""Sentences about tables: what one row is, what it carries and what it leads to."""

import re
from random import Random

from columnist.synthesis.blueprints import PERIODS, Blueprint
from columnist.synthesis.catalog_wording import word_table
from columnist.synthesis.drafts import Draft
from columnist.synthesis.english import definite, enumerate_words, singularize, with_article
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.naming import TableKind
from columnist.synthesis.phrasing import TABLE_FRAMES, Page, capitalize, finish, frames_for, plain_name
from columnist.synthesis.questions import ask_about_table
from columnist.synthesis.voices import Manner, Voice

# How many sentences follow the opening: none, one, two, three.
_SENTENCES: dict[Manner, tuple[int, int, int, int]] = {
    Manner.TERSE: (86, 12, 2, 0),
    Manner.PLAIN: (56, 32, 12, 0),
    Manner.CAREFUL: (10, 32, 34, 24),
    Manner.DBT: (60, 26, 12, 2),
    Manner.GLOSSARY: (52, 34, 12, 2),
    Manner.ENGINEER: (32, 34, 22, 12),
    Manner.NARRATOR: (58, 30, 12, 0),
    Manner.CATALOG: (100, 0, 0, 0),
}
_FEWEST_WORDS, _MOST_WORDS = 4, 60
_OWN_OPENINGS = frozenset(kind.value for kind in TableKind) - {TableKind.ENTITY.value}
_GRAINS = re.compile(r"\b(rows?|record|grain|entry|event by event|version)\b")
_MADE_OF = re.compile(r"\{(\w+)\}")
_FIRST_COLUMNS = 30  # of a very wide table, only these are worth a mention
# Kinds whose reference to the entity itself is what their rows are about, not a relation.
_ABOUT_ENTITY = frozenset({TableKind.HISTORY, TableKind.EVENT, TableKind.METRIC, TableKind.SNAPSHOT})
_TEXTUAL = re.compile(r"(n?varchar|n?char|character|text|string|clob)", re.IGNORECASE)
_LETTER = re.compile(r"[a-z]")


def write_summary(blueprint: Blueprint, drafts: tuple[Draft, ...], voice: Voice, rng: Random, table: str = "") -> str:
    """Write the text of a table: an opening that fits its kind, and what the author cares to add.

    Args:
        blueprint: What the table is about.
        drafts: Its columns.
        voice: The author.
        rng: Draws the wording.
        table: The table's name as printed, for the question where nobody can tell what it is for.
    """
    if blueprint.obscure:
        return ask_about_table(table or "_".join(blueprint.words), rng)
    page = Page(voice, rng)
    if voice.manner is Manner.CATALOG:
        return finish(word_table(blueprint, drafts, page), voice)
    parts = _parts(blueprint, drafts, page)
    frame = _opening(blueprint, parts, page)
    sentences = [capitalize(frame.format_map(parts), frame)]
    wanted = rng.choices(range(4), weights=_SENTENCES[voice.manner])[0]
    for situation in _followups(frame, blueprint, page):
        if wanted == 0 or sum(len(sentence.split()) for sentence in sentences) > _MOST_WORDS - 15:
            break
        if added := _added(situation, parts, drafts, blueprint, page):
            sentences.append(added)
            wanted -= 1
    if sum(len(sentence.split()) for sentence in sentences) < _FEWEST_WORDS:
        sentences.append(capitalize(page.pick("grain", TABLE_FRAMES).format_map(parts)))
    return finish(". ".join(_capitalized_parts(sentence) for sentence in sentences), voice)


def _capitalized_parts(sentence: str) -> str:
    """Capitalise what follows a period within a frame."""
    return ". ".join(capitalize(piece) for piece in sentence.split(". "))


def _opening(blueprint: Blueprint, parts: dict[str, str], page: Page) -> str:
    situation: str = blueprint.kind.value if blueprint.kind.value in _OWN_OPENINGS else "thing"
    if situation == "thing" and blueprint.sort == "event":
        situation = "happening"
    frames = list(frames_for(TABLE_FRAMES, situation, page.voice.manner))
    page.rng.shuffle(frames)
    return next((frame for frame in frames if _fits(frame, parts)), "one row per {noun}")


def _fits(frame: str, parts: dict[str, str]) -> bool:
    """Whether all that a frame speaks of is there, and is not said twice."""
    named = _MADE_OF.findall(frame)
    if not all(parts.get(name) for name in named):
        return False
    about = parts["about"]
    if "about" in named and "with {highlights}" in frame and " with " in about:
        return False  # "meters with their make, with ..." would say "with" twice
    if "about" in named and ("row" in named or "a_row" in named):
        return not _says_the_same(about, parts["row"])
    return not (", one row" in frame and "about" in named and "," in about)


def _says_the_same(about: str, row: str) -> bool:
    """Whether the long form of a row has hardly a word that the subject of the table does not have."""
    words = {word.rstrip("s") for word in row.split() if len(word) > 3}
    known = {word.rstrip("s").rstrip(",") for word in about.split()}
    return len(words - known) < 2


def _followups(frame: str, blueprint: Blueprint, page: Page) -> list[str]:
    """What could follow an opening, in the order of the author's interest; nothing that it says already."""
    situations = ["contents", "relations", "join", "key", "partition", "utc", "text", "open_version", "self"]
    weights = {"contents": 1.0, "relations": 1.3, "join": 0.8, "key": 0.5}
    situations.sort(key=lambda situation: page.rng.random() ** (1 / weights.get(situation, 1.0)), reverse=True)
    if "{highlights}" in frame:
        situations.remove("contents")
    if "{links}" in frame or page.rng.random() < 0.5:
        situations.remove("relations")
    else:
        situations.remove("join")
    if blueprint.kind is TableKind.BRIDGE and "relations" in situations:
        situations.remove("relations")  # the opening names both sides already
    grain_is_told = _GRAINS.search(frame) or blueprint.kind in {*_ABOUT_ENTITY, TableKind.BRIDGE, TableKind.LOOKUP}
    return situations if grain_is_told else ["grain", *situations]


def _added(situation: str, parts: dict[str, str], drafts: tuple[Draft, ...], blueprint: Blueprint, page: Page) -> str:
    """The sentence for a situation; empty where the table gives no occasion for it."""
    words = {**parts, **_occasion(situation, drafts, blueprint, page)}
    if situation in _OCCASIONS and "column" not in words and "columns" not in words and "true" not in words:
        return ""
    frame = page.pick(situation, TABLE_FRAMES)
    if not all(words.get(name) for name in _MADE_OF.findall(frame)):
        return ""
    if (
        situation == "grain"
        and "row" in "".join(_MADE_OF.findall(frame))
        and _says_the_same(parts["about"], parts["row"])
    ):
        frame = "one row per {noun}"
    return capitalize(frame.format_map(words), frame)


_OCCASIONS = frozenset({"join", "key", "partition", "utc", "text", "open_version", "self"})


def _occasion(situation: str, drafts: tuple[Draft, ...], blueprint: Blueprint, page: Page) -> dict[str, str]:
    """The names that a sentence of a situation is about; nothing where the table has no occasion for it."""
    quoted = page.voice.quoted
    match situation:
        case "join":
            return _join(drafts, blueprint, page)
        case "key":
            keys = tuple(quoted(draft.column.name) for draft in drafts if draft.column.primary_key)
            return {"columns": enumerate_words(keys)} if len(keys) > 1 else {}
        case "partition":
            found = [draft.column.name for draft in drafts if draft.partition]
        case "utc":
            zones = [draft.zone for draft in drafts if draft.feature.kind is Kind.TIME]
            return {"true": "yes"} if len(zones) > 1 and set(zones) == {"utc"} else {}
        case "text":
            holds = blueprint.kind is TableKind.STAGING and all(_TEXTUAL.match(d.column.type) for d in drafts)
            return {"true": "yes"} if holds and any(d.feature.kind.is_moment for d in drafts) else {}
        case "open_version":
            found = [d.column.name for d in drafts if d.column.nullable and _ends_version(d, blueprint)]
        case "self":
            plain = blueprint.kind is TableKind.ENTITY
            found = [d.column.name for d in drafts if plain and d.feature.target == blueprint.entity]
        case _:
            found = []
    return {"column": quoted(found[0])} if found else {}


def _ends_version(draft: Draft, blueprint: Blueprint) -> bool:
    ends = "replaced" in draft.feature.means or "ceased" in draft.feature.means
    return blueprint.kind is TableKind.HISTORY and draft.feature.kind.is_moment and ends


def _join(drafts: tuple[Draft, ...], blueprint: Blueprint, page: Page) -> dict[str, str]:
    declared = [d for d in drafts if d.column.references and d.feature.target != blueprint.entity]
    if not declared:
        return {}
    draft = page.rng.choice(declared)
    table = draft.column.references.table if draft.column.references else ""
    return {
        "column": page.voice.quoted(draft.column.name),
        "table": page.voice.quoted(plain_name(table)),
        "target": draft.feature.target_noun,
    }


def _parts(blueprint: Blueprint, drafts: tuple[Draft, ...], page: Page) -> dict[str, str]:
    keys = [draft.column.name for draft in drafts if draft.column.primary_key]
    other = singularize(blueprint.others)
    return {
        "about": blueprint.about,
        "noun": blueprint.noun,
        "nouns": blueprint.nouns,
        "a_noun": with_article(blueprint.noun),
        "A_noun": capitalize(with_article(blueprint.noun)),
        "others": blueprint.others,
        "other": other,
        "an_other": with_article(other) if other else "",
        "row": blueprint.row,
        "a_row": with_article(blueprint.row),
        "highlights": enumerate_words(tuple(_highlights(_telling(blueprint, drafts), page.rng))),
        "links": _links(blueprint, drafts),
        "key": page.voice.quoted(keys[0]) if len(keys) == 1 else "",
        "period": blueprint.period,
        "span": PERIODS.get(blueprint.period, ""),
    }


def _links(blueprint: Blueprint, drafts: tuple[Draft, ...]) -> str:
    references = [draft.feature for draft in drafts if draft.feature.target]
    links = [_link(feature.words, feature.target_noun) for feature in references]
    links = links[1:] if blueprint.kind in _ABOUT_ENTITY else links
    return enumerate_words(tuple(definite(link) for link in dict.fromkeys(links[:3])))


def _link(words: tuple[str, ...], noun: str) -> str:
    return noun if words[-1] in {"by", "to", "from", "at"} else " ".join(words)


def _telling(blueprint: Blueprint, drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """Leave out the bookkeeping, except in tables of events, which hold little else."""
    if blueprint.kind is TableKind.EVENT:
        return drafts
    return tuple(draft for draft in drafts[:_FIRST_COLUMNS] if not draft.feature.technical)


def _highlights(drafts: tuple[Draft, ...], rng: Random) -> list[str]:
    """Name two or three of the columns that a reader would look for first."""
    names = [
        draft.feature.noun
        for draft in drafts
        if not draft.feature.target
        and not draft.feature.obscure
        and _LETTER.search(draft.feature.noun)
        and (draft.feature.kind.is_numeric or (draft.feature.kind is Kind.CODE and len(draft.feature.noun) > 4))
    ]
    distinct = list(dict.fromkeys(names))
    chosen = set(rng.sample(distinct, min(len(distinct), rng.choice((2, 2, 3, 3, 4)))))
    return [name for name in distinct if name in chosen] if len(chosen) > 1 else []

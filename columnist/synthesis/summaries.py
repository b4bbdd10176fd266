"""Sentences about tables: what one row is, what it carries and what it leads to."""

from random import Random

from columnist.synthesis.blueprints import PERIODS, Blueprint
from columnist.synthesis.english import definite, enumerate_words, sentence, with_article
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.naming import TableKind
from columnist.synthesis.physical import Draft

_THING = (
    "{about}, one row per {noun}",
    "{about}. Each row is one {row}",
    "one row for each {row}, with {highlights}",
    "each row describes {a_row}, including {highlights}",
    "holds {about}; one row per {noun}, with {highlights}",
    "list of {about}; every row stands for {a_row}",
    "one row per {noun}: {a_row}, with {highlights}",
    "register of {about}, with {highlights}",
    "stores {about}, linked to {links}",
    "{about}. One row per {noun}, linked to {links}",
    "each record is {a_row}; it leads to {links} and gives {highlights}",
    "keeps {highlights} for every {row}",
)
_HAPPENING = (
    "{about}, one row per {noun}",
    "{about}. Each row is one {row}",
    "one row for each {row}, with {highlights}",
    "each row records {a_row}, with {highlights}",
    "records every {row}, together with {links}",
    "{about}, with {highlights} for each",
    "log of {about}; one entry per {noun}, with {highlights}",
    "keeps track of {about}; each row is tied to {links}",
    "every row is {a_row}, recorded with {highlights}",
)
_TEMPLATES: dict[TableKind, tuple[str, ...]] = {
    TableKind.LOG: (
        "{about}, one row per {noun}",
        "one row for each {row}, with {highlights}",
        "log of {about}; every entry is {a_row}",
        "records every {row}, with {highlights}",
    ),
    TableKind.CONFIG: (
        "{about}; one row per {noun}",
        "settings in force: each row is {a_row}",
        "one row for each {row}, with {highlights}",
        "defines {about}, one {noun} to a row",
    ),
    TableKind.FACT: (
        "facts at the grain of one {noun}: {highlights} for {about}",
        "one row per {noun}, measured by {highlights} and keyed to {links}",
        "fact table of {about}; each row is {a_row}",
        "measures of every {row}, among them {highlights}",
    ),
    TableKind.SNAPSHOT: (
        "{period} snapshot of {nouns}: one row per {noun} and snapshot date, with {highlights}",
        "state of every {noun} as captured on each snapshot date, with {highlights}",
        "{highlights} of each {noun}, captured {period}; one row per {noun} and date",
        "how {nouns} stood on each snapshot date, one row per {noun} and day of capture",
    ),
    TableKind.METRIC: (
        "{period} figures by {noun}: {highlights}. One row per {noun} and {span}",
        "one row per {noun} and {span}, with {highlights}",
        "aggregates {highlights} by {noun} and {span}",
        "{period} summary of {highlights} for each {noun}",
    ),
    TableKind.EVENT: (
        "everything that happened to {nouns}, one row per event",
        "one row for each event in the life of {a_noun}, with {highlights}",
        "trail of events by {noun}: what happened and when, one row at a time",
        "events that concern {nouns}; each row is one event and names the {noun} it belongs to",
    ),
    TableKind.BRIDGE: (
        "{about}; each row is one {row}",
        "links {nouns} with {others}: {about}, one pairing per row",
        "resolves which {nouns} and {others} belong together, one row per pairing",
        "one row for each {row}; together they list {about}",
    ),
    TableKind.STAGING: (
        "{about}, as delivered by the source and not yet cleaned; one row per delivered record",
        "landing table for {about}; each row is a record just as it was loaded",
        "unprocessed {noun} records as they were loaded, with {highlights}",
        "raw {noun} data before transformation, one row per record that was delivered",
    ),
    TableKind.HISTORY: (
        "history of {nouns}: one row per version, valid for the period the row states",
        "every version of each {noun}, with the dates between which its values applied",
        "past and present values of {nouns}; a new row is added with each change to {a_noun}",
        "tracks how {nouns} changed over time, one row for each version of {a_noun}",
    ),
    TableKind.LOOKUP: (
        "lookup table that explains each {noun}; one row per code",
        "list of the codes that may be recorded as {noun}, with their names",
        "one row for each {noun} that can be chosen, with its code and name",
        "reference list of the values that {a_noun} can take, one row per value",
    ),
}
_MIN_WORDS, _MAX_WORDS = 10, 40


def write_summary(blueprint: Blueprint, drafts: tuple[Draft, ...], rng: Random) -> str:
    """Write the text of a table: a template that fits its kind and of which all parts are there."""
    parts = _parts(blueprint, drafts, rng)
    default = _HAPPENING if blueprint.about and _happens(blueprint) else _THING
    templates = list(_TEMPLATES.get(blueprint.kind, default))
    rng.shuffle(templates)
    texts = [text for template in templates if (text := _fill(template, parts))]
    fitting = [text for text in texts if _MIN_WORDS <= len(text.split()) <= _MAX_WORDS]
    return (fitting or texts)[0]


def _happens(blueprint: Blueprint) -> bool:
    return blueprint.sort == "event"


def _fill(template: str, parts: dict[str, str]) -> str:
    if any(f"{{{name}}}" in template and not value for name, value in parts.items()):
        return ""
    if "{about}" in template and "with {highlights}" in template and " with " in parts["about"]:
        return ""  # "meters with their make, with ..." would say "with" twice
    if "{about}" in template and "row}" in template and _says_the_same(parts["about"], parts["row"]):
        return ""
    return sentence(". ".join(_capital(piece) for piece in template.format(**parts).split(". ")))


def _says_the_same(about: str, row: str) -> bool:
    """Whether the long form of a row has hardly a word that the subject of the table does not have."""
    words = {word.rstrip("s") for word in row.split() if len(word) > 3}
    known = {word.rstrip("s").rstrip(",") for word in about.split()}
    return len(words - known) < 2


def _parts(blueprint: Blueprint, drafts: tuple[Draft, ...], rng: Random) -> dict[str, str]:
    references = [draft.feature for draft in drafts if draft.feature.target]
    links = [_link(words=feature.words, noun=feature.target_noun) for feature in references]
    if blueprint.kind in {TableKind.HISTORY, TableKind.EVENT, TableKind.METRIC, TableKind.SNAPSHOT}:
        links = links[1:]
    return {
        "about": blueprint.about,
        "noun": blueprint.noun,
        "nouns": blueprint.nouns,
        "others": blueprint.others,
        "a_noun": with_article(blueprint.noun),
        "row": blueprint.row,
        "a_row": with_article(blueprint.row),
        "highlights": enumerate_words(tuple(_highlights(_telling(blueprint, drafts), rng))),
        "links": enumerate_words(tuple(definite(link) for link in dict.fromkeys(links[:3]))),
        "period": blueprint.period,
        "span": PERIODS.get(blueprint.period, ""),
    }


def _telling(blueprint: Blueprint, drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """Leave out the bookkeeping, except in tables of events, which hold little else."""
    if blueprint.kind is TableKind.EVENT:
        return drafts
    return tuple(draft for draft in drafts if not draft.feature.technical)


def _link(words: tuple[str, ...], noun: str) -> str:
    return noun if words[-1] == "by" else " ".join(words)


def _highlights(drafts: tuple[Draft, ...], rng: Random) -> list[str]:
    """Name two or three of the columns that a reader would look for first."""
    names = [
        draft.feature.noun
        for draft in drafts
        if not draft.feature.target
        and draft.feature.noun
        and (draft.feature.kind.is_numeric or (draft.feature.kind is Kind.CODE and len(draft.feature.noun) > 4))
    ]
    distinct = list(dict.fromkeys(names))
    chosen = set(rng.sample(distinct, min(len(distinct), rng.choice((2, 3, 3)))))
    return [name for name in distinct if name in chosen] if len(chosen) > 1 else []


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

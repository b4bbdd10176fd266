"""Sentences about columns: what a careful person would write, and no more than the schema shows.

Units appear only where the name shows them, time zones only where name or type
does, codes only where the statement lists them. The wording comes from frames
(``data/frames.yaml``) that an author prefers, so that one table sounds like one
person, and two tables like two.
"""

import re
from random import Random

from columnist.synthesis.blueprints import Blueprint, Feature, Obscurity
from columnist.synthesis.catalog_wording import word_column
from columnist.synthesis.drafts import Draft
from columnist.synthesis.english import bare, definite, pluralize, with_article
from columnist.synthesis.grounding import ground
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.naming import TableKind
from columnist.synthesis.phrasing import Page, capitalize, finish, plain_name
from columnist.synthesis.questions import ask_about_column
from columnist.synthesis.remarks import choose_remarks, join_remark, name_parts, remarks_on
from columnist.synthesis.validators import is_name_echo
from columnist.synthesis.voices import Manner, Voice

_ATTEMPTS = 5
_QUESTION_WORDS = frozenset({"whether", "who", "what", "how", "where", "why", "which", "when"})
_DOUBLED = re.compile(r"\b(\w+) \1\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_DURATION = re.compile(
    r"^time (?=(?:that|until|from|to|for which|after which|between|during|since|spent|taken|needed)\b)"
)
_COUNTED_TIME = frozenset({"minutes", "hours", "days", "weeks", "months", "years", "seconds", "milliseconds"})
_OPENERS = ("date ", "day ", "time ", "timestamp ", "moment ", "identifier ", "key ", "calendar ", "exact ")
_YES = frozenset({"Y", "YES", "T", "TRUE", "1", "J", "S", "O", "X"})
_IF_NULL = re.compile(r"[;,] (?:null|empty|blank|unset|left empty)\b.*$")
_TWICE = re.compile(r"^(?:the )?(day|date|time)\b.{0,24}\b\1\b", re.IGNORECASE)
_BRANCHED = re.compile(r",|;|\b(?:otherwise|instead|unless|but|rather)\b")
_LISTING = re.compile(r"array|list|json|\[\]|variant|super", re.IGNORECASE)
_PLURAL = re.compile(r"(?:\w+ ){0,2}\w{2,}(?<!s)s\b")
_BOOLEAN = re.compile(r"(nullable\()?bool", re.IGNORECASE)
_DIGIT = frozenset({"BIT", "TINYINT(1)", "NUMBER(1)", "UINT8", "NULLABLE(UINT8)"})
# Bookkeeping columns that the frames have words for, by the words of their names.
_BOOKKEEPING = {
    "created": "created", "created_by": "created_by", "loaded": "loaded", "ingested": "loaded", "load": "loaded",
    **dict.fromkeys(("updated", "last_updated", "modified", "last_modified"), "updated"),
    **dict.fromkeys(("updated_by", "modified_by", "last_updated_by"), "updated_by"),
}  # fmt: skip
_OWN_WORDS = 0.6
_OPEN_WITHOUT_ARTICLE = ("whether ", "indicates ")
# How often an author leaves out what the table is about.
_BREVITY = {
    Manner.TERSE: 0.85, Manner.PLAIN: 0.35, Manner.CAREFUL: 0.2, Manner.DBT: 0.1, Manner.GLOSSARY: 0.1,
    Manner.ENGINEER: 0.6, Manner.NARRATOR: 0.4, Manner.CATALOG: 0.0,
}  # fmt: skip


def write_columns(
    blueprint: Blueprint, drafts: tuple[Draft, ...], table: str, units: dict[str, str], voice: Voice, rng: Random
) -> tuple[str, ...]:
    """Write the texts of a table's columns, no two of them the same.

    Args:
        blueprint: What the table is about.
        drafts: Its columns with their meaning and with what the schema shows of them.
        table: The table's name as printed.
        units: What the suffixes of units stand for.
        voice: The author.
        rng: Draws the wording.
    """
    page = Page(voice, rng)
    texts: dict[str, str] = {}
    for draft in drafts:
        text = _write(draft, blueprint, drafts, table, units, page)
        for _ in range(_ATTEMPTS):
            if _is_sound(text, draft) and text.casefold() not in texts:
                break
            text = _write(draft, blueprint, drafts, table, units, page)
        texts.setdefault(text.casefold() if text.casefold() not in texts else f"{text}{len(texts)}", text)
    return tuple(texts.values())


def _write(
    draft: Draft, blueprint: Blueprint, drafts: tuple[Draft, ...], table: str, units: dict[str, str], page: Page
) -> str:
    if draft.feature.obscure is not Obscurity.NONE:
        return ask_about_column(draft, table, page.rng)
    if page.voice.manner is Manner.CATALOG:
        worded, tail = word_column(draft, blueprint, page), ""
        worded = definite(worded) if page.voice.articles and not worded.startswith(_OPEN_WITHOUT_ARTICLE) else worded
    else:
        draft, tail = _without_tail(ground(draft, blueprint.noun, page))
        worded = _meaning(draft, blueprint, page)
    text = _with_zone(_with_unit(worded, draft, units, page), draft, page)
    if tail:
        text = f"{text}. {capitalize(tail)}" if ". " in text else f"{text}; {tail}"
    for remark in choose_remarks(remarks_on(draft, blueprint, drafts, page), page):
        text = join_remark(text, remark, page)
    return finish(text, page.voice)


def _without_tail(draft: Draft) -> tuple[Draft, str]:
    """Cut off what follows a semicolon in the meaning: units and time zones belong before it.

    Of a column that is never null, what would be said about its being null is dropped.
    """
    means, tail = draft.feature.means, ""
    if not draft.column.nullable and draft.feature.kind is not Kind.WHETHER:
        means = _IF_NULL.sub("", means)
    if ";" in means:
        means, _, rest = means.partition(";")
        tail = rest.strip()
    if means == draft.feature.means:
        return draft, tail
    return draft.model_copy(update={"feature": draft.feature.model_copy(update={"means": means})}), tail


def _is_sound(text: str, draft: Draft) -> bool:
    if draft.feature.obscure is not Obscurity.NONE:
        return True
    starts = text[:1].isupper() or text[:1].isdigit()
    return (
        starts and not _DOUBLED.search(text) and not _TWICE.search(text) and not is_name_echo(draft.column.name, text)
    )


def _meaning(draft: Draft, blueprint: Blueprint, page: Page) -> str:
    feature = draft.feature
    if feature.target:
        return _reference(draft, page)
    if feature.key and feature.kind is Kind.NUMBER and not feature.means:
        return _key(draft, blueprint, page)
    if feature.technical and (worn := _worn(draft, page)):
        return worn.format(noun=blueprint.noun)
    if feature.kind.is_moment:
        return _moment(draft, page)
    if feature.kind is Kind.WHETHER:
        return _flag(draft, page)
    return _phrase(draft, blueprint.noun, page)


def _key(draft: Draft, blueprint: Blueprint, page: Page) -> str:
    feature, column = draft.feature, draft.column
    own = feature.noun or blueprint.noun
    if own == "version" or (blueprint.kind is TableKind.HISTORY and "version" in own):
        situation, own = "key_version", blueprint.noun
    elif column.primary_key:
        situation = "key_declared"
    else:
        situation = "key_delivered" if feature.delivered else "key_plain"
    frame = page.pick(situation)
    if "surrogate" in frame and name_parts(column.name)[-1:] not in (("id",), ("key",), ("sk",)):
        frame = frame.replace("surrogate ", "")
    return frame.format(noun=own, nouns=pluralize(own), a_noun=with_article(own))


def _reference(draft: Draft, page: Page) -> str:
    feature, reference = draft.feature, draft.column.references
    frame = page.pick("reference_declared" if reference else "reference_plain")
    target = feature.target_noun
    words = {"target": target, "a_target": with_article(target), "means": feature.means or "of the row"}
    if reference:
        table = plain_name(reference.table)
        column = plain_name(reference.column or "id")
        words |= {"table": page.voice.quoted(table), "column": page.voice.quoted(column)}
        words["path"] = page.voice.quoted(f"{table}.{column}")
    pieces = frame.split(". ")
    text = ". ".join([pieces[0].format_map(words), *(capitalize(p.format_map(words), p) for p in pieces[1:])])
    return definite(text) if page.voice.articles and frame.startswith(("{target}", "identifier", "key")) else text


def _worn(draft: Draft, page: Page) -> str:
    """A frame for bookkeeping that nearly every table has; empty where the vocabulary's own words are to be used."""
    fits = draft.feature.kind in {Kind.TIME, Kind.NAME}
    situation = _BOOKKEEPING.get("_".join(draft.feature.words)) if fits else None
    return page.pick(situation) if situation and page.rng.random() < _OWN_WORDS else ""


def _moment(draft: Draft, page: Page) -> str:
    kind = draft.feature.kind
    situation = {Kind.DATE: "date", Kind.TIME: "time"}.get(kind, "moment")
    text = page.pick(situation, like="bookkeeping" if draft.feature.technical else "").format(
        clause=draft.feature.means
    )
    return definite(text) if page.voice.articles and text.startswith(_OPENERS) else text


def _flag(draft: Draft, page: Page) -> str:
    clause = draft.feature.means
    words = {"clause": clause}
    type_ = draft.column.type.upper()
    values = draft.column.values
    if len(values) == 2 and not values[0].isdigit():
        yes, no = values if values[0].upper() in _YES else values[::-1]
        words |= {"yes": yes, "no": no}
        frame = page.pick("flag_letter")
    elif _BOOLEAN.match(type_):
        frame = page.pick("flag_boolean")
    else:
        frame = page.pick("flag_digit" if type_ in _DIGIT or "IN (0, 1)" in draft.check.upper() else "flag_plain")
    if _BRANCHED.search(clause):
        frame = frame[: frame.index("{clause}") + len("{clause}")]  # "; false otherwise" would be read with the branch
    return frame.format_map(words)


def _phrase(draft: Draft, noun: str, page: Page) -> str:
    whole = draft.grounded or draft.feature.kind is Kind.RECORDS
    phrase = draft.feature.means if whole else _shortened(draft.feature.means, noun, page)
    if phrase.split()[0] in _QUESTION_WORDS:
        return page.pick("question", like=draft.feature.noun).format(phrase=phrase)
    own = definite(phrase) if page.voice.articles else bare(phrase)
    listed = draft.feature.kind is Kind.LIST and _LISTING.search(draft.column.type) and _PLURAL.match(phrase)
    frame = page.pick("list" if listed else "phrase", like=draft.feature.noun)
    return frame.format(phrase=own, the_phrase=definite(phrase), bare_phrase=bare(phrase))


def _shortened(phrase: str, noun: str, page: Page) -> str:
    """Leave out "of the claim" where the author trusts the reader to know which table this is."""
    for ending in (f" of the {noun}", f" for the {noun}"):
        rest = phrase.removesuffix(ending)
        if rest != phrase and len(rest.split()) > 1 and page.rng.random() < _BREVITY[page.voice.manner]:
            return rest
    return phrase


def _with_unit(text: str, draft: Draft, units: dict[str, str], page: Page) -> str:
    feature: Feature = draft.feature
    if draft.unit in units and not feature.kind.is_moment:
        unit = units[draft.unit]
        if unit in _COUNTED_TIME and _DURATION.match(text) and page.rng.random() < 0.6:
            return _DURATION.sub(f"{unit} ", text)
        if _says(text, unit):
            return text
        frame = page.pick("unit", like=feature.noun)
        if feature.kind is Kind.AMOUNT and "easured" in frame:
            frame = "{text}, in {unit}"  # money is not measured
        return frame.format(text=text, unit=unit)
    if draft.percent and not _says(text, "percent") and not _says(text, "percentage"):
        return page.pick("percent", like=feature.noun).format(text=text)
    return text


def _says(text: str, unit: str) -> bool:
    """Whether a text speaks of a unit already: "hours estimated at the start"."""
    words = {word.lower() for word in _WORD.findall(text)}
    return any(word.lower() in words for word in _WORD.findall(unit.replace("per", "")))


def _with_zone(text: str, draft: Draft, page: Page) -> str:
    if draft.zone == "utc":
        return page.pick("utc").format(text=text)
    if draft.zone == "zoned" and page.rng.random() < 0.2 + page.voice.detail * 0.4 * 0.6 ** page.remarks["zoned"]:
        page.remarks["zoned"] += 1
        return page.pick("zoned").format(text=text)
    return text

"""What a schema shows of a column besides its meaning: keys, bounds, defaults, codes, encodings.

Each remark names a situation of the frames and how much a reader gains from it;
nothing is remarked on that the statement does not show.
"""

import re
from collections.abc import Iterator

from pydantic import Field

from columnist.synthesis.blueprints import Blueprint, Feature
from columnist.synthesis.drafts import Draft
from columnist.synthesis.english import enumerate_words, with_article
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.naming import TableKind
from columnist.synthesis.phrasing import Page, capitalize
from columnist.synthesis.voices import Manner
from columnist.values import Value

ALWAYS = 1.0
_MOST_REMARKS = 3  # besides those that are always made
_REPEATED = 0.6  # how much of a remark's worth is left each time it was made on the page
_LISTED_CODES = 12

_ENDING_LIST = """
approved billed cancelled canceled certified charged cleared closed collected completed concluded confirmed converted
decided decommissioned delivered departed disposed dispatched emptied ended finalized finished fixed fulfilled granted
issued left paid picked posted processed published reached received reconciled redeemed refunded rejected released
removed repaid replied resolved retired returned reviewed scrapped sent settled shipped signed sold stopped submitted
terminated unloaded verified withdrawn
"""
_ENDINGS = frozenset(_ENDING_LIST.split())
_NOT_ENDINGS = re.compile(r"\b(last|latest|first|is|are|may|can|has to|should|due|planned|expected|scheduled)\b")
_ABSENT = re.compile(r"\b(null|empty|blank|unset|none|zero|nothing)\b")
_ENTERED = frozenset(
    {Kind.NAME, Kind.TEXT, Kind.NUMBER, Kind.CODE}
)  # what people may leave out when they fill in a form
_COUNTED = frozenset({Kind.WHETHER, Kind.COUNT, Kind.AMOUNT})
_LITERAL = re.compile(r"\(*\s*(?:[bN]?'(?P<quoted>[^']*)'|(?P<plain>[\w.-]+))")
_NOW = re.compile(r"current_timestamp|getdate|getutcdate|sysdatetime|sysutcdatetime|systimestamp|sysdate|\bnow\b", re.I)
_INTEGER = re.compile(r"(?:nullable\()?(?:u?int|bigint|integer|number|long|numeric|decimal)", re.I)
_TEXTUAL = re.compile(r"(?:low\w*\()?(?:nullable\()?(?:n?varchar|n?char|character|text|string|clob|n?text)", re.I)
_BETWEEN = re.compile(r" BETWEEN (-?[\d.]+) AND (-?[\d.]+)$", re.I)
_FROM_TO = re.compile(r" >= (-?[\d.]+) AND \S+ <= (-?[\d.]+)$", re.I)
_NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_EPOCHS = {
    "ms": "epoch_ms", "millis": "epoch_ms", "us": "epoch_us", "micros": "epoch_us", "epoch": "epoch_s",
    "unix": "epoch_s", "s": "epoch_s", "sec": "epoch_s", "secs": "epoch_s",
}  # fmt: skip
# Kinds of tables in which a reference to the entity itself leads to a row of the same table.
_OWN_KINDS = frozenset({TableKind.ENTITY, TableKind.LOG, TableKind.CONFIG, TableKind.FACT})


class Remark(Value):
    """Something to add to the text of a column.

    Attributes:
        situation: The situation of the frames that word it.
        worth: How much a reader gains, up to ``ALWAYS``.
        words: What the frames' braces are filled with.
    """

    situation: str
    worth: float
    words: dict[str, str] = Field(default_factory=dict)


def remarks_on(draft: Draft, blueprint: Blueprint, drafts: tuple[Draft, ...], page: Page) -> list[Remark]:
    """List what can be remarked on, the most telling first."""
    return [
        *_encoding(draft),
        *_contents(draft),
        *_codes(draft, page),
        *_keys(draft, blueprint, drafts, page),
        *_constraints(draft),
        *_defaults(draft, page),
        *_emptiness(draft, blueprint),
    ]


def choose_remarks(remarks: list[Remark], page: Page) -> list[Remark]:
    """Choose as many remarks as the author cares to make, fewer of a sort that the page has already."""
    chosen: list[Remark] = []
    optional = 0
    for remark in remarks:
        if remark.worth < ALWAYS:
            if page.voice.manner is Manner.CATALOG:
                continue
            appeal = remark.worth * (0.3 + page.voice.detail) * _REPEATED ** page.remarks[remark.situation]
            if optional == _MOST_REMARKS or page.rng.random() > appeal * 0.7**optional:
                continue
            optional += 1
        page.remarks[remark.situation] += 1
        chosen.append(remark)
    return chosen


def join_remark(text: str, remark: Remark, page: Page) -> str:
    """Add a remark to a text, within its sentence or as a sentence of its own."""
    frame = page.pick(remark.situation)
    words = frame.format_map(remark.words)
    if frame.startswith("{values"):
        joiner = _first_fitting(text, page, ": ", " (", ": ")
    elif frame.startswith(("as ", "in ", "written as", "counted in")):
        joiner = _first_fitting(text, page, ", ")
    elif frame.startswith(("one of", "either")):
        joiner = _first_fitting(text, page, ", ", "; ", ", ")
    elif page.voice.detail < 0.45 and len(words) < 26 and page.rng.random() < 0.3:
        joiner = _first_fitting(text, page, " (", "; ", " (")
    else:
        joiner = _first_fitting(text, page, ". ", "; ", ". ")
    if joiner == ". " and frame.startswith("{") and not page.voice.quote:
        joiner = "; "  # a sentence does not open with a bare code or name
    if joiner == ". ":
        words = capitalize(words, frame)
    return f"{text}{joiner}{words}{')' if joiner == ' (' else ''}"


def _first_fitting(text: str, page: Page, *joiners: str) -> str:
    joiner = page.rng.choice(joiners)
    if joiner == " (" and ("(" in text or ". " in text):
        return "; " if ";" not in text else ". "
    if joiner == ": " and ":" in text:
        return " (" if "(" not in text else "; "
    if joiner in {"; ", ", "} and any(sign in text for sign in (joiner.strip(), ";", ":", ". ")):
        return ". "
    return joiner


def name_parts(name: str) -> tuple[str, ...]:
    """The parts of a column's name in lower case.

    Example:
        >>> name_parts("createdAtMs"), name_parts("LOAD_DT")
        (('created', 'at', 'ms'), ('load', 'dt'))
    """
    return tuple(part.lower() for part in _NAME_PART.findall(name))


def _encoding(draft: Draft) -> Iterator[Remark]:
    feature, type_ = draft.feature, draft.column.type
    if feature.kind.is_moment and _INTEGER.match(type_):
        epoch = _epoch(draft)
        if epoch:
            yield Remark(situation=epoch, worth=ALWAYS)
        elif feature.kind is Kind.DATE and draft.unit in {"", "yyyymmdd"}:
            yield Remark(situation="yyyymmdd", worth=ALWAYS)
    elif _TEXTUAL.match(type_) and (feature.kind.is_numeric or (feature.kind.is_moment and type_.upper() != "TEXT")):
        yield Remark(situation="as_text", worth=0.35)


def _epoch(draft: Draft) -> str | None:
    parts = (draft.unit, *name_parts(draft.column.name)[-2:])
    return next((epoch for part in parts if (epoch := _EPOCHS.get(part))), None)


def _contents(draft: Draft) -> Iterator[Remark]:
    feature, type_ = draft.feature, draft.column.type.upper()
    if draft.fields and feature.kind in {Kind.RECORD, Kind.RECORDS}:
        fields = enumerate_words(_field_words(draft))
        repeated = "with_repeated_fields" if feature.kind is Kind.RECORDS else "with_fields"
        yield Remark(situation=repeated, worth=ALWAYS, words={"fields": fields})
    elif type_.startswith("JSON") or "json" in draft.check.lower():
        yield Remark(situation="as_json", worth=0.4)
    elif type_.startswith(("VARIANT", "OBJECT", "SUPER")):
        yield Remark(situation="as_variant", worth=0.35)


def _field_words(draft: Draft) -> tuple[str, ...]:
    """What the fields hold, in words: those of their meaning, or the name taken apart where that is all there is."""
    parts = draft.feature.parts
    if len(parts) != len(draft.fields):
        return tuple(" ".join(name_parts(field)) for field in draft.fields)
    return tuple(dict.fromkeys(_part_words(part) for part in parts))


def _part_words(part: Feature) -> str:
    words = " ".join(part.words)
    if part.key:
        return "identifier"
    if part.kind.is_moment:
        return words if words.endswith(("date", "time")) else f"{'time' if part.kind is Kind.TIME else 'date'} {words}"
    return f"{words} flag" if part.kind is Kind.WHETHER else part.noun or words


def _codes(draft: Draft, page: Page) -> Iterator[Remark]:
    if draft.feature.kind is Kind.WHETHER or not draft.column.values:
        return
    values = tuple(page.voice.quoted(value) for value in draft.column.values[:_LISTED_CODES])
    words = {
        "values_or": enumerate_words(values, "or"),
        "values_and": enumerate_words(values, "and"),
        "values": ", ".join(values),
    }
    yield Remark(situation="codes", worth=ALWAYS, words=words)


def _keys(draft: Draft, blueprint: Blueprint, drafts: tuple[Draft, ...], page: Page) -> Iterator[Remark]:
    feature, column = draft.feature, draft.column
    others = tuple(page.voice.quoted(d.column.name) for d in drafts if d.column.primary_key and d is not draft)
    words = {"noun": blueprint.noun, "a_noun": with_article(blueprint.noun)}
    if column.primary_key and others:
        yield Remark(situation="composite", worth=0.75, words={"columns": enumerate_words(others)})
    elif feature.target == blueprint.entity and blueprint.kind is TableKind.HISTORY:
        yield Remark(situation="same_in_versions", worth=0.6, words=words)
    elif feature.target == blueprint.entity and blueprint.kind is TableKind.EVENT:
        yield Remark(situation="many_events", worth=0.5, words=words)
    elif feature.target == blueprint.entity and blueprint.kind in _OWN_KINDS and not feature.key:
        yield Remark(situation="self_reference", worth=0.7, words=words)
    if draft.unique and not column.primary_key:
        yield Remark(situation="unique", worth=0.9)
    if draft.partition:
        yield Remark(situation="partition", worth=0.9)
    if column.primary_key and column.type.upper() in {"UUID", "UNIQUEIDENTIFIER"} and not feature.target:
        yield Remark(situation="guid", worth=0.3, words={"value": "UUID" if column.type.upper() == "UUID" else "GUID"})
    currency = _currency_column(draft, drafts)
    if currency:
        yield Remark(situation="currency", worth=0.7, words={"column": page.voice.quoted(currency)})


def _currency_column(draft: Draft, drafts: tuple[Draft, ...]) -> str:
    if draft.feature.kind is not Kind.AMOUNT or draft.unit:
        return ""
    found = (d.column.name for d in drafts if d.feature.kind is Kind.CODE and "currency" in d.feature.words)
    return next(found, "")


def _constraints(draft: Draft) -> Iterator[Remark]:
    check = draft.check
    if bounds := _BETWEEN.search(check) or _FROM_TO.search(check):
        yield Remark(situation="between", worth=0.8, words={"low": bounds[1], "high": bounds[2]})
    elif check.endswith(" >= 0"):
        yield Remark(situation="not_negative", worth=0.5)
    elif check.endswith(" > 0"):
        yield Remark(situation="positive", worth=0.6)


def _defaults(draft: Draft, page: Page) -> Iterator[Remark]:
    feature = draft.feature
    if draft.generated:
        yield Remark(situation="generated", worth=0.9)
    if draft.identity:
        yield Remark(situation="identity", worth=0.25)
    if "ON UPDATE" in draft.trailing.upper():
        yield Remark(situation="on_update", worth=0.5)
    default = draft.column.default
    if default is None:
        return
    value = _literal(default)
    if feature.kind.is_moment and _NOW.search(default) and "insert" not in feature.means:
        yield Remark(situation="default_now", worth=0.35)
    elif feature.kind is Kind.CODE and value in draft.column.values:
        yield Remark(situation="default_value", worth=0.6, words={"value": page.voice.quoted(value)})
    elif feature.kind in _COUNTED and re.fullmatch(r"true|false|\d+", value, re.I):
        yield Remark(situation="default_value", worth=0.4, words={"value": value.lower()})


def _literal(default: str) -> str:
    """The value of a default, without what dialects and tools put around it.

    Example:
        >>> [_literal(default) for default in ("'open'::character varying", "((0))", "FALSE", "b'0'")]
        ['open', '0', 'FALSE', '0']
    """
    found = _LITERAL.match(default)
    return (found["quoted"] or found["plain"] or "") if found else ""


def _emptiness(draft: Draft, blueprint: Blueprint) -> Iterator[Remark]:
    feature = draft.feature
    if feature.key or _ABSENT.search(feature.means):
        return
    if not draft.column.nullable:
        if feature.kind in _ENTERED and not feature.technical:
            yield Remark(situation="required", worth=0.08)
    elif feature.kind.is_moment:
        if blueprint.kind is TableKind.HISTORY and feature.technical and _ends_a_version(feature):
            yield Remark(situation="null_current", worth=0.9)
        elif _may_be_outstanding(feature):
            yield Remark(situation="null_until", worth=0.6)
    elif feature.target:
        yield Remark(situation="null_reference", worth=0.3, words={"target": feature.target_noun})
    elif feature.kind in _ENTERED and not feature.technical:
        yield Remark(situation="null_plain", worth=0.1)


def _ends_a_version(feature: Feature) -> bool:
    return "replaced" in feature.means or "ceased" in feature.means


def _may_be_outstanding(feature: Feature) -> bool:
    """Whether the clause tells of the end of something, which may not have come yet."""
    ends = any(word in _ENDINGS for word in feature.words)
    return ends and (" was " in feature.means or " were " in feature.means) and not _NOT_ENDINGS.search(feature.means)

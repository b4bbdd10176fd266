"""How published catalogs mostly word things: the name in full words, and what it belongs to.

Whoever reads a catalog looks for the words of the name, so these texts begin with
them and add the table's noun: "the sample volume associated with the assay". What
is familiar from many trades is explained as well, if briefly ("the grade of the
lot: quality class of the lot"). What one trade alone knows is not: from it a small
model would learn to explain what it cannot know.
"""

from collections import Counter
from functools import cache

from columnist.synthesis.blueprints import PERIODS, Blueprint, Feature
from columnist.synthesis.drafts import Draft
from columnist.synthesis.english import enumerate_words, pluralize
from columnist.synthesis.grounding import DATE_WORDS, SPOKEN, covers, says_state
from columnist.synthesis.lexicon import Kind, load_lexicon
from columnist.synthesis.naming import TableKind, is_kept
from columnist.synthesis.phrasing import TABLE_FRAMES, Page

_HIGHLIGHTS = 3
_FAMILIAR = 2  # sets of attributes that have a name
_BRIEF = 8  # words of an explanation; longer ones tell of one trade
_TOLD = 0.5  # how often the vocabulary's words are taken where they have all that the name says
_BOOKKEEPING = {
    "created": "catalog_created",
    "updated": "catalog_updated",
    "last updated": "catalog_updated",
    "modified": "catalog_updated",
    "last modified": "catalog_updated",
    "created by": "catalog_created_by",
    "updated by": "catalog_updated_by",
    "modified by": "catalog_updated_by",
    "last updated by": "catalog_updated_by",
}
_HAVING = ("has ", "have ", "can ", "may ", "requires ", "needs ", "accepts ", "allows ", "uses ")
_NO_NOUNS = frozenset({"by", "to", "from", "at", "for", "of", "in"})
_SPOKEN = SPOKEN | {"url": "URL", "urls": "URLs", "ip": "IP"}
_RELATIONS = {"that the row belongs to", "of the row", ""}


def word_column(draft: Draft, blueprint: Blueprint, page: Page) -> str:
    """Word what a column holds, by its name and by what the table is about.

    Args:
        draft: A column whose name tells what it holds.
        blueprint: The table.
        page: The author, who draws the frames.
    """
    feature, noun = draft.feature, blueprint.noun
    if feature.target:
        return _reference(feature, noun, page)
    if feature.key and feature.kind is Kind.NUMBER and not feature.means:
        version = feature.noun == "version" or (blueprint.kind is TableKind.HISTORY and "version" in feature.noun)
        own = f"{noun} version" if version else feature.noun or noun
        return page.pick("catalog_key").format(noun=own)
    own = _in_full(feature)
    if (situation := _BOOKKEEPING.get(own)) and (feature.kind.is_moment or own.endswith(" by")):
        said = page.pick(situation).format(noun=noun)
        return f"{_opening(feature, page)} {said}" if feature.kind.is_moment else said
    if feature.means and covers(own, feature.means) and page.rng.random() < _TOLD:
        return _told(feature, page)
    if feature.kind.is_moment:
        return _moment(feature, own, noun, page)
    if feature.kind is Kind.WHETHER:
        return _flag(feature, own, noun, page)
    if feature.kind is Kind.COUNT and own.endswith("s") and not own.startswith("number"):
        own = f"number of {own}"
    return _belonging(own, feature, noun, page)


def word_table(blueprint: Blueprint, drafts: tuple[Draft, ...], page: Page) -> str:
    """Word what a table holds: what its name says in full, and some of its columns."""
    named = " ".join(blueprint.words)
    kind = blueprint.kind.value
    frame = page.pick(f"catalog_{kind}" if kind in _OWN_OPENINGS else "catalog_entity", TABLE_FRAMES)
    text = frame.format(
        named=named if named.endswith("s") else pluralize(named),
        noun=blueprint.noun,
        nouns=blueprint.nouns,
        others=blueprint.others,
        period=blueprint.period,
        span=PERIODS.get(blueprint.period, ""),
    )
    if highlights := _highlights(drafts, blueprint.noun):
        return page.pick("catalog_highlights", TABLE_FRAMES).format(text=text, highlights=enumerate_words(highlights))
    return text


_OWN_OPENINGS = frozenset(
    kind.value
    for kind in (
        TableKind.EVENT, TableKind.SNAPSHOT, TableKind.METRIC, TableKind.BRIDGE, TableKind.HISTORY, TableKind.LOOKUP,
        TableKind.LOG, TableKind.CONFIG,
    )
)  # fmt: skip


def _highlights(drafts: tuple[Draft, ...], noun: str) -> tuple[str, ...]:
    found = (
        _rest(_in_full(draft.feature), noun)
        for draft in drafts
        if not (draft.feature.target or draft.feature.key or draft.feature.obscure or draft.feature.technical)
        and not (is_kept(draft.feature.words) or draft.feature.kind.is_moment or draft.feature.kind is Kind.WHETHER)
    )
    return tuple(dict.fromkeys(words for words in found if words))[:_HIGHLIGHTS]


def _reference(feature: Feature, noun: str, page: Page) -> str:
    # The name says "assessor" where the meaning says which employee that is; "approved by" is no noun.
    role = feature.target_noun if feature.words[-1] in _NO_NOUNS else _in_full(feature)
    if role == noun or feature.target_noun == noun:
        means = feature.means if feature.means not in _RELATIONS else "that the row refers to"
        return page.pick("catalog_reference_self").format(target=feature.target_noun, means=means)
    return page.pick("catalog_reference").format(target=role, noun=noun)


def _in_full(feature: Feature) -> str:
    return " ".join(_SPOKEN.get(word, word) for word in feature.words)


def _told(feature: Feature, page: Page) -> str:
    if feature.kind.is_moment:
        return f"{_opening(feature, page)} {feature.means}"
    return page.pick("catalog_flag").format(clause=feature.means) if feature.kind is Kind.WHETHER else feature.means


def _opening(feature: Feature, page: Page) -> str:
    return page.pick("catalog_date" if feature.kind is Kind.DATE else "catalog_time")


def _moment(feature: Feature, own: str, noun: str, page: Page) -> str:
    state = " ".join(word for word in own.split() if word not in DATE_WORDS)
    if state and says_state(state, noun, is_="was"):
        return f"{_opening(feature, page)} the {noun} was {state}"
    if own.split()[-1] not in DATE_WORDS:
        own = f"{own} {'time' if feature.kind is Kind.TIME else 'date'}"
    return _belonging(own, feature, noun, page)


def _flag(feature: Feature, own: str, noun: str, page: Page) -> str:
    bare = own.removeprefix("is ").removesuffix(" flag")
    if says_state(bare, noun, is_="is"):
        return page.pick("catalog_flag").format(clause=f"the {noun} is {bare}")
    if bare.startswith(_HAVING):
        return page.pick("catalog_flag").format(clause=f"the {noun} {bare}")
    if _is_familiar(feature):
        return page.pick("catalog_flag").format(clause=f"{feature.means} ({bare})")
    return _belonging(f"{bare} flag", feature, noun, page)


def _belonging(own: str, feature: Feature, noun: str, page: Page) -> str:
    """Say what something belongs to, without saying the table's noun twice, and explain what is familiar."""
    rest = _rest(own, noun)
    if not rest or _is_familiar(feature):
        means = f"when {feature.means}" if feature.kind.is_moment else feature.means
        return page.pick("catalog_familiar").format(words=rest or own, noun=noun if rest else "row", means=means)
    return page.pick("catalog_phrase").format(words=rest, noun=noun)


def _is_familiar(feature: Feature) -> bool:
    return " ".join(feature.words) in familiar_names() and 1 < len(feature.means.split()) <= _BRIEF


@cache
def familiar_names() -> frozenset[str]:
    """The names of attributes that several sets of the shipped vocabulary have.

    Example:
        >>> [name in familiar_names() for name in ("status", "valid from", "mismatch cause")]
        [True, True, False]
    """
    named = Counter(
        name.replace("_", " ")
        for attributes in load_lexicon().sets.values()
        for attribute in attributes
        for name in {" ".join(attribute.words), *attribute.names}
    )
    return frozenset(name for name, count in named.items() if count >= _FAMILIAR)


def _rest(own: str, noun: str) -> str:
    """The words of a name without the noun that it opens with.

    Example:
        >>> _rest("customer birth date", "customer"), _rest("customer", "customer")
        ('birth date', '')
    """
    return "" if own == noun else own.removeprefix(f"{noun} ")

"""How a team names its tables and columns: the habits that are drawn, and the words that names are made of."""

from enum import StrEnum
from random import Random

from columnist.synthesis.english import pluralize
from columnist.synthesis.name_cases import Case
from columnist.synthesis.name_styles import KeyStyle, NamingStyle, Shortening, is_kept, keep
from columnist.synthesis.name_words import LANGUAGES, load_foreign_words, load_habits, table_code

__all__ = [
    "KeyStyle",
    "NamingStyle",
    "TableKind",
    "draw_style",
    "flag_words",
    "is_kept",
    "keep",
    "key_words",
    "moment_words",
    "reference_words",
    "table_words",
]


class TableKind(StrEnum):
    """What sort of table it is; the prefixes and endings of names depend on it."""

    ENTITY = "entity"
    EVENT = "event"
    FACT = "fact"
    SNAPSHOT = "snapshot"
    METRIC = "metric"
    BRIDGE = "bridge"
    STAGING = "staging"
    HISTORY = "history"
    LOOKUP = "lookup"
    LOG = "log"
    CONFIG = "config"
    RAW = "raw"  # what another system delivered, with a few columns and a document
    WIDE = "wide"  # everything about a thing in one row, for reports


_LAYERS = {
    TableKind.ENTITY: ("dim", "dim", "d", "mart"),
    TableKind.FACT: ("fct", "fact", "f", "fct"),
    TableKind.EVENT: ("fct", "evt", "int"),
    TableKind.SNAPSHOT: ("fct", "fact", "snap", "int"),
    TableKind.METRIC: ("agg", "fct", "rpt", "mart", "kpi"),
    TableKind.STAGING: ("stg", "raw", "src", "landing", "stage", "base", "ods", "ext"),
    TableKind.BRIDGE: ("brg", "bridge", "map"),
    TableKind.HISTORY: ("dim", "hist", "scd"),
    TableKind.LOOKUP: ("lkp", "ref", "lu", "cd"),
    TableKind.LOG: ("log", "sys"),
    TableKind.CONFIG: ("cfg", "adm"),
    TableKind.RAW: ("raw", "landing", "ingest", "bronze", "src"),
    TableKind.WIDE: ("mart", "obt", "rpt", "wide", "flat"),
}
# Only the name of a raw or a fact table shows that it is one.
_ALWAYS_LAYERED = {TableKind.STAGING, TableKind.FACT, TableKind.RAW}
_MOSTLY_LAYERED = {TableKind.METRIC, TableKind.LOOKUP, TableKind.WIDE}
# Weights of snake, upper, camel and Pascal: what the schemas of each dialect look like.
_COMMON_CASES = (Case.SNAKE, Case.UPPER, Case.CAMEL, Case.PASCAL)
_CASES = {
    "tsql": (4, 2, 1, 9),
    "oracle": (5, 8, 0, 1),
    "snowflake": (9, 5, 0, 0.5),
    "bigquery": (14, 0.5, 1, 0.5),
    "mysql": (11, 1, 1.5, 1),
    "sqlite": (10, 0.5, 1.5, 1.5),
    "postgres": (13, 0.5, 1, 1.5),
}
_DEFAULT_CASES = (13, 1.5, 0.5, 0.5)
_RARE_CASES = {Case.FLAT: 4, Case.FLAT_UPPER: 2, Case.TITLE: 3, Case.CUSTOM: 1.5, Case.CODED: 2}
_RARE = 0.09
_VERSIONED = 0.12
_MARKED_CASES = (Case.SNAKE, Case.UPPER, Case.CAMEL, Case.TITLE)
_KEYS = {
    KeyStyle.ID: 4,
    KeyStyle.ENTITY_ID: 8,
    KeyStyle.ENTITY_KEY: 1,
    KeyStyle.ENTITY_NUMBER: 0.7,
    KeyStyle.ENTITY_CODE: 0.4,
    KeyStyle.ID_ENTITY: 0.5,
    KeyStyle.PK_ENTITY: 0.4,
    KeyStyle.ENTITY_SK: 0.5,
}
_KEY_ENDINGS = {
    KeyStyle.ENTITY_ID: "id",
    KeyStyle.ENTITY_KEY: "key",
    KeyStyle.ENTITY_NUMBER: "no",
    KeyStyle.ENTITY_CODE: "code",
    KeyStyle.ENTITY_SK: "sk",
    KeyStyle.UUID: "uuid",
}
_PLAIN_KEYS = (KeyStyle.ID, KeyStyle.ENTITY_ID)
_FOREIGN_KEYS = (KeyStyle.ID, KeyStyle.ENTITY_ID, KeyStyle.ENTITY_NUMBER, KeyStyle.ENTITY_CODE, KeyStyle.ID_ENTITY)


def draw_style(
    rng: Random, dialect: str, abbreviations: dict[str, tuple[str, ...]], abbreviated: bool | None = None
) -> NamingStyle:
    """Draw the habits of one schema; some go with a dialect, such as capitals with Oracle.

    Args:
        rng: Where the draw comes from.
        dialect: The dialect of the schema.
        abbreviations: The short forms known for each word.
        abbreviated: Whether names have to be spelled out by their reader; ``None`` leaves it to chance.
    """
    case = _draw_case(rng, dialect, abbreviated)
    if abbreviated is None:
        abbreviated = case is Case.CODED or rng.random() < (0.42 if case in {Case.UPPER, Case.FLAT_UPPER} else 0.2)
    style = NamingStyle(
        case=case,
        abbreviations={},
        plural_tables=rng.random() < (0.25 if abbreviated or case is Case.UPPER else 0.5),
        layered=rng.random() < 0.25,
        prefix=rng.choice(("tbl", "t", "tb", "tab")) if rng.random() < 0.06 else "",
        key=rng.choices(tuple(_KEYS), weights=tuple(_KEYS.values()))[0],
        moment_style=rng.choices((0, 1, 2, 3), weights=(7, 2, 3, 1))[0],
        flag_style=rng.choices((0, 1, 2, 3, 4), weights=(6, 3, 2, 1, 2))[0],
        prefixes_generic=rng.random() < 0.45,
        capital_id=rng.random() < 0.4,
        short_choice=rng.randrange(12),
        **_draw_origin(rng, dialect),
    )
    habits = _draw_shortening(rng, case, abbreviations) if abbreviated else _draw_oddity(rng, case)
    platform = {"flag_style": 4, "key": KeyStyle.ID, "plural_tables": False} if case is Case.CUSTOM else {}
    return style.model_copy(update={**habits, **platform})


def _draw_case(rng: Random, dialect: str, abbreviated: bool | None) -> Case:
    if rng.random() < _RARE:
        weights = [0 if case is Case.CODED and abbreviated is False else w for case, w in _RARE_CASES.items()]
        return rng.choices(tuple(_RARE_CASES), weights=weights)[0]
    return rng.choices(_COMMON_CASES, weights=_CASES.get(dialect, _DEFAULT_CASES))[0]


def _draw_origin(rng: Random, dialect: str) -> dict[str, str]:
    """Where tables come from, as far as names show it: a system's prefix, a loading tool's, a version."""
    habits = load_habits()
    vendor = rng.choice(habits.vendors)
    loader = rng.choice(habits.bookkeeping_prefixes).format(v=vendor)
    if dialect == "oracle":  # its identifiers begin with a letter
        loader = loader.lstrip("_")
    return {
        "vendor": vendor if rng.random() < 0.12 else "",
        "bookkeeping_prefix": loader if rng.random() < 0.3 else "",
        "suffix": rng.choice(("tbl", "v1", "v2", "t", "tab", "data", "30")) if rng.random() < 0.04 else "",
    }


def _draw_shortening(rng: Random, case: Case, abbreviations: dict[str, tuple[str, ...]]) -> dict[str, object]:
    """How a team abbreviates: by its list, by parts of it, or also words that no list has."""
    if case is Case.CODED:
        heads = {word: rng.choice(forms) for word, forms in load_habits().coded_heads.items()}
        return {"abbreviations": heads, "key": KeyStyle.ENTITY_NUMBER, "moment_style": 2, "flag_style": 1}
    # Words that are neither parted nor spelled out could not be read at all.
    parted = case not in {Case.FLAT, Case.FLAT_UPPER}
    rest = rng.choices(tuple(Shortening), weights=(8, 2, 1))[0] if parted else Shortening.NONE
    share = 1.0 if rest is Shortening.CUT else rng.choices((1.0, 0.6, 0.35), weights=(5, 2, 2))[0]
    return {"abbreviations": _choose_forms(rng, abbreviations, share), "shortening": rest}


def _choose_forms(rng: Random, abbreviations: dict[str, tuple[str, ...]], share: float) -> dict[str, str]:
    """Choose a short form for words so that no two words share one, and none looks like a word of its own."""
    chosen: dict[str, str] = {}
    for word in sorted(abbreviations, key=lambda _: rng.random()):
        free = [form for form in abbreviations[word] if form not in abbreviations and form not in chosen.values()]
        if free and rng.random() < share:
            chosen[word] = rng.choice(free)
    return chosen


def _draw_oddity(rng: Random, case: Case) -> dict[str, object]:
    """What sets a few teams apart: their language, their spelling, or what they put before names."""
    kind = rng.choices(("none", "language", "spelling", "marks", "letters"), weights=(83, 6, 4, 4, 3))[0]
    if kind == "language" and case is not Case.CUSTOM:
        return _draw_language(rng)
    if kind == "spelling":
        forms = load_habits().misspellings
        return {"misspellings": {word: rng.choice(wrong) for word, wrong in forms.items() if rng.random() < 0.3}}
    if kind == "marks":
        return _draw_notation(rng, case)
    if kind == "letters" and case in {Case.SNAKE, Case.UPPER, Case.TITLE}:
        return {"prefix_letters": rng.choices((1, 3), weights=(1, 4))[0]}
    return {}


def _draw_language(rng: Random) -> dict[str, object]:
    language = rng.choice(LANGUAGES)
    share = rng.choice((0.5, 0.8, 1.0, 1.0))
    words = load_foreign_words().words
    return {
        "language": language,
        "translations": {word: forms[language] for word, forms in words.items() if rng.random() < share},
        "moment_style": 2,
        "flag_style": rng.choice((1, 2)),
        "plural_tables": False,
        "key": rng.choice(_FOREIGN_KEYS),
    }


def _draw_notation(rng: Random, case: Case) -> dict[str, object]:
    notation = rng.choice(load_habits().notations)
    return {
        "case": Case.CAMEL if case is Case.PASCAL else case if case in _MARKED_CASES else Case.SNAKE,
        "marks": notation.marks,
        "marks_lead": notation.leading,
        "flag_style": 4,
        "moment_style": rng.choice((0, 2)),
        "key": rng.choice(_PLAIN_KEYS),
    }


def table_words(
    words: tuple[str, ...], kind: TableKind, style: NamingStyle, rng: Random, versioned: bool = False
) -> tuple[str, ...]:
    """The words of a table's name: number, prefixes and endings as the style wants them.

    Args:
        words: The words of the name alone.
        kind: What sort of table it is.
        style: The habits of the team.
        rng: Which of the prefixes for a kind is taken.
        versioned: The table may be a copy, a version or a year's part: ``orders_2021``, ``tmp_orders``.
    """
    if is_kept(words):
        return words
    if style.plural_tables and kind not in {TableKind.HISTORY, TableKind.METRIC, TableKind.SNAPSHOT}:
        words = tuple(pluralize(" ".join(words)).split())
    layered = kind in _LAYERS and (
        style.layered or kind in _ALWAYS_LAYERED or (kind in _MOSTLY_LAYERED and rng.random() < 0.7)
    )
    if style.vendor:
        # Two underscores part the source from the table where a layer comes before both: stg_crm__orders.
        words = (f"{style.vendor}_" if layered else style.vendor, *words)
    if layered:
        words = (*keep(rng.choice(_LAYERS[kind])), *words)
    elif style.prefix:
        words = (*keep(style.prefix), *words)
    if style.suffix:
        words = (*words, *keep(style.suffix))
    return _versioned(words, rng) if versioned and rng.random() < _VERSIONED else words


def _versioned(words: tuple[str, ...], rng: Random) -> tuple[str, ...]:
    """Mark a table as a version, a year's part or a copy."""
    year = str(rng.randint(2009, 2025))
    endings = (
        "v2",
        "v3",
        "v1",
        year,
        year,
        "new",
        "old",
        "bak",
        "copy",
        "archive",
        "final",
        f"{year}_{rng.randint(1, 4)}",
    )
    if rng.random() < 0.25:
        return (*keep(rng.choice(("tmp", "bak", "old", "zz", "new", "arch", "test"))), *words)
    return (*words, *keep(rng.choice(endings)))


def key_words(entity: tuple[str, ...], style: NamingStyle) -> tuple[str, ...]:
    """The words of the name of a table's own key.

    Example:
        >>> style = NamingStyle(case="snake", abbreviations={}, plural_tables=True, layered=False, prefix="",
        ...                     key="entity_id", moment_style=0, flag_style=0, prefixes_generic=False)
        >>> key_words(("sales", "order"), style)
        ('sales', 'order', 'id')
    """
    if style.prefix_letters:
        # Kept, so that another table's letters are not put before those of the one referred to.
        return (*keep(_letters_of(entity, style)), "id")
    match style.key:
        case KeyStyle.ID:
            return ("id",)
        case KeyStyle.PK_ENTITY:
            return ("pk", *entity)
        case KeyStyle.ID_ENTITY:
            return ("id", *entity)
        case KeyStyle.UUID:
            return ("uuid",)
        case _:
            return (*entity, _KEY_ENDINGS[style.key])


def reference_words(role: tuple[str, ...], style: NamingStyle) -> tuple[str, ...]:
    """The words of the name of a column that refers to another table.

    Example:
        >>> style = NamingStyle(case="snake", abbreviations={}, plural_tables=True, layered=False, prefix="",
        ...                     key="pk_entity", moment_style=0, flag_style=0, prefixes_generic=False)
        >>> reference_words(("customer",), style), reference_words(("approved", "by"), style)
        (('fk', 'customer'), ('approved', 'by', 'id'))
    """
    ending = _KEY_ENDINGS.get(style.key, "id")
    if len(role) > 1 and role[-1] == "by":
        return role if ending == "id" and style.moment_style == 1 else (*role, ending)
    if style.key is KeyStyle.PK_ENTITY:
        return ("fk", *role)
    return ("id", *role) if style.key is KeyStyle.ID_ENTITY else (*role, ending)


def _letters_of(entity: tuple[str, ...], style: NamingStyle) -> str:
    """The letters before the key of an entity: the table's own where it is the entity's table."""
    of_table = entity == style.own or (bool(style.own) and entity[-1] == "version")
    return style.column_prefix if of_table else table_code(entity, style.prefix_letters)


_IRREGULAR_PARTICIPLES = """
begun sent paid sold held built born met seen taken given drawn left won lost made known read run sown drilled set
filled
"""
_PARTICIPLES = frozenset(_IRREGULAR_PARTICIPLES.split())
_DATE_LIKE = frozenset(
    {"date", "time", "on", "at", "from", "to", "of", "since", "start", "until", "etr", "birth", "expiry"}
)


def moment_words(words: tuple[str, ...], timed: bool, style: NamingStyle, utc: bool) -> tuple[str, ...]:
    """The words of the name of a date or time: ``filed_at``, ``filed_date``, ``date_filed``, ``filed_on``.

    Example:
        >>> style = NamingStyle(case="snake", abbreviations={}, plural_tables=True, layered=False, prefix="",
        ...                     key="id", moment_style=0, flag_style=0, prefixes_generic=False)
        >>> moment_words(("filed",), True, style, True), moment_words(("expiry",), False, style, False)
        (('filed', 'at', 'utc'), ('expiry', 'date'))
    """
    if is_kept(words):
        return words
    participle = words[-1].endswith("ed") or words[-1] in _PARTICIPLES
    if words[-1] in _DATE_LIKE - {"birth", "expiry"}:
        named = words
    elif timed:
        ending = {0: "at" if participle else "time", 1: "ts", 2: "datetime" if not participle else "time", 3: "at"}
        named = (*words, ending[style.moment_style] if participle or style.moment_style != 3 else "time")
    elif participle:
        named = {0: (*words, "on"), 1: (*words, "date"), 2: (*words, "date"), 3: ("date", *words)}[style.moment_style]
    else:
        named = (*words, "date")
    return (*named, "utc") if utc else named


def flag_words(words: tuple[str, ...], style: NamingStyle) -> tuple[str, ...]:
    """The words of the name of a yes/no column."""
    if is_kept(words):
        return words
    match style.flag_style:
        case 0:
            return ("is", *words)
        case 1:
            return (*words, "flag")
        case 2:
            return (*words, "ind")
        case 3:
            return (*words, "yn")
        case _:
            return words

"""How a team names its tables and columns: case, abbreviations, prefixes, plurals and keys."""

from enum import StrEnum
from random import Random

from columnist.synthesis.english import pluralize
from columnist.synthesis.lexicon import Kind
from columnist.values import Value


class Case(StrEnum):
    """How words are joined to a name."""

    SNAKE = "snake"
    UPPER = "upper"
    CAMEL = "camel"
    PASCAL = "pascal"


class KeyStyle(StrEnum):
    """What a table's own key is called."""

    ID = "id"
    ENTITY_ID = "entity_id"
    ENTITY_KEY = "entity_key"
    ENTITY_NUMBER = "entity_no"


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
    WIDE = "wide"
    RAW = "raw"


class NamingStyle(Value):
    """The habits of one schema; every name of a table follows the same.

    Attributes:
        abbreviations: The short form chosen for each word; empty where the team
            writes words out.
        layered: Names tell the layer of a warehouse: ``dim_``, ``fct_``, ``stg_``.
        prefix: A prefix that every table has whatever its kind, such as ``tbl_``.
        moment_style: 0 ``filed_at``, 1 ``filed_ts``, 2 ``filed_date``-like long forms, 3 ``date_filed``.
        flag_style: 0 ``is_paid``, 1 ``paid_flag``, 2 ``paid_ind``, 3 ``paid_yn``, 4 ``paid``.
        prefixes_generic: Words such as "name" or "status" are preceded by the entity's.
    """

    case: Case
    abbreviations: dict[str, str]
    plural_tables: bool
    layered: bool
    prefix: str
    key: KeyStyle
    moment_style: int
    flag_style: int
    prefixes_generic: bool

    def join(self, words: tuple[str, ...]) -> str:
        """Make a name of words.

        Example:
            >>> style = NamingStyle(case="camel", abbreviations={"amount": "amt"}, plural_tables=True, layered=False,
            ...                     prefix="", key="id", moment_style=0, flag_style=0, prefixes_generic=False)
            >>> style.join(("paid", "amount"))
            'paidAmt'
        """
        parts = [part for word in words if (part := self.abbreviations.get(word, word))]
        match self.case:
            case Case.SNAKE:
                return "_".join(parts)
            case Case.UPPER:
                return "_".join(parts).upper()
            case Case.PASCAL:
                return "".join(_capital(part) for part in parts)
            case Case.CAMEL:
                return parts[0] + "".join(_capital(part) for part in parts[1:])

    def column(self, words: tuple[str, ...], kind: Kind, short: tuple[str, ...] = ()) -> str:
        """Make the name of a column; some styles show its kind, and abbreviating ones may know a short form."""
        return self.join(words)


_LAYERS = {
    TableKind.ENTITY: ("dim",),
    TableKind.FACT: ("fct", "fact", "f"),
    TableKind.SNAPSHOT: ("fct", "fact", "snap"),
    TableKind.METRIC: ("agg", "fct", "rpt", "mart"),
    TableKind.STAGING: ("stg", "raw", "src", "landing", "stage"),
    TableKind.BRIDGE: ("brg", "bridge"),
    TableKind.HISTORY: ("dim", "hist"),
    TableKind.LOOKUP: ("lkp", "ref"),
}
# Only the name of a raw or a fact table shows that it is one.
_ALWAYS_LAYERED = {TableKind.STAGING, TableKind.FACT}
_MOSTLY_LAYERED = {TableKind.METRIC, TableKind.LOOKUP}
_CASES = {
    "tsql": (1, 1, 1, 6),
    "oracle": (2, 8, 0, 1),
    "snowflake": (5, 6, 0, 1),
    "bigquery": (8, 1, 2, 1),
    "mysql": (8, 1, 3, 1),
    "sqlite": (7, 1, 3, 2),
    "postgres": (9, 1, 2, 1),
}
_DEFAULT_CASES = (9, 2, 1, 1)


def draw_style(rng: Random, dialect: str, abbreviations: dict[str, tuple[str, ...]]) -> NamingStyle:
    """Draw the habits of one schema; some go with a dialect, such as capitals with Oracle."""
    case = rng.choices(tuple(Case), weights=_CASES.get(dialect, _DEFAULT_CASES))[0]
    abbreviated = rng.random() < (0.5 if case is Case.UPPER else 0.22)
    return NamingStyle(
        case=case,
        abbreviations={word: rng.choice(forms) for word, forms in abbreviations.items()} if abbreviated else {},
        plural_tables=rng.random() < (0.25 if abbreviated or case is Case.UPPER else 0.5),
        layered=rng.random() < 0.25,
        prefix=rng.choice(("tbl", "t", "tb")) if rng.random() < 0.06 else "",
        key=rng.choices(tuple(KeyStyle), weights=(3, 6, 1, 1))[0],
        moment_style=rng.choices((0, 1, 2, 3), weights=(7, 2, 3, 1))[0],
        flag_style=rng.choices((0, 1, 2, 3, 4), weights=(6, 3, 2, 1, 2))[0],
        prefixes_generic=rng.random() < 0.45,
    )


def table_words(words: tuple[str, ...], kind: TableKind, style: NamingStyle, rng: Random) -> tuple[str, ...]:
    """The words of a table's name: number and prefixes as the style wants them."""
    if style.plural_tables and kind not in {TableKind.HISTORY, TableKind.METRIC, TableKind.SNAPSHOT}:
        words = tuple(pluralize(" ".join(words)).split())
    if kind in _LAYERS and (
        style.layered or kind in _ALWAYS_LAYERED or (kind in _MOSTLY_LAYERED and rng.random() < 0.7)
    ):
        return (rng.choice(_LAYERS[kind]), *words)
    return (style.prefix, *words) if style.prefix else words


def key_words(entity: tuple[str, ...], style: NamingStyle) -> tuple[str, ...]:
    """The words of the name of a table's own key.

    Example:
        >>> style = NamingStyle(case="snake", abbreviations={}, plural_tables=True, layered=False, prefix="",
        ...                     key="entity_id", moment_style=0, flag_style=0, prefixes_generic=False)
        >>> key_words(("sales", "order"), style)
        ('sales', 'order', 'id')
    """
    match style.key:
        case KeyStyle.ID:
            return ("id",)
        case KeyStyle.ENTITY_ID:
            return (*entity, "id")
        case KeyStyle.ENTITY_KEY:
            return (*entity, "key")
        case KeyStyle.ENTITY_NUMBER:
            return (*entity, "no")


def reference_words(role: tuple[str, ...], style: NamingStyle) -> tuple[str, ...]:
    """The words of the name of a column that refers to another table."""
    ending = {KeyStyle.ENTITY_KEY: "key", KeyStyle.ENTITY_NUMBER: "no"}.get(style.key, "id")
    if len(role) > 1 and role[-1] == "by":
        return role if ending == "id" and style.moment_style == 1 else (*role, ending)
    return (*role, ending)


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


def _capital(part: str) -> str:
    return part[:1].upper() + part[1:]

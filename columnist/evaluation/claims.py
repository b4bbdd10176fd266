"""Claims a text makes that the schema does not support, found by rules.

A rule looks for a claim of one kind (a number, a unit, a listed value, a time zone,
a key, personal data) and for anything in names, types and values that supports it.
Rules are made to be right where they blame: what they cannot tell they let pass.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, Self

from columnist.ddl.tables import Column, Table
from columnist.evaluation.hints import PERSONAL, STANDARDS, TIME_ZONES, UNITS, Claimed, word_set
from columnist.evaluation.words import content_words, stands_for
from columnist.identifiers import split_name

_BOOLEANS = re.compile(r"\b(?:bool|boolean|bit|tinyint)\b", re.IGNORECASE)
_ID_WORDS = word_set(
    """
    barcode code ean gtin guid handle hash hk id identifier ids imei isbn key login no nr num number oid pk ref
    rowid serial sk sku slug token uid upc username uuid vin
    """
)
_UNIQUE_WORDS = word_set("distinct uniq unique uq")


class Claim(NamedTuple):
    """A claim without support.

    Attributes:
        kind: Which rule found it.
        words: The words of the text that make it.
    """

    kind: str
    words: str


class Subject(NamedTuple):
    """What a text is about, as far as the schema tells.

    Attributes:
        names: Words of its own name and type, its table's name, and what it references.
        around: Words of all columns' names and values too.
        written: Names and types as they are written, in lower case.
        values: The values the schema allows, in lower case.
        numbers: The numbers in names and values, and for a column in its type.
        is_boolean: Whether its type has two values.
        may_be_key: Whether the schema declares it to be the key, or leaves it open and its name says so.
        may_be_unique: The same for being unique.
        is_table: Whether it is the table itself.
    """

    names: frozenset[str]
    around: frozenset[str]
    written: str
    values: frozenset[str]
    numbers: frozenset[str]
    is_boolean: bool
    may_be_key: bool
    may_be_unique: bool
    is_table: bool

    @classmethod
    def of_table(cls, table: Table) -> Self:
        """Gather what supports a text about a table: all of it."""
        facts = _Facts.of(table.columns)
        written = " ".join([table.qualified_name, *facts.written])
        return cls(
            names=_words(written),
            around=_words(written) | _words(" ".join(facts.values)),
            written=written.lower(),
            values=frozenset(value.casefold() for value in facts.values),
            numbers=_numbers(" ".join([table.qualified_name, *(c.name for c in table.columns), *facts.values])),
            is_boolean=bool(_BOOLEANS.search(written)),
            may_be_key=True,
            may_be_unique=True,
            is_table=True,
        )

    @classmethod
    def of_column(cls, table: Table, column: Column) -> Self:
        """Gather what supports a text about a column."""
        facts = _Facts.of([column])
        written = " ".join([table.qualified_name, *facts.written])
        siblings = " ".join(sibling.name for sibling in table.columns)
        own = set(split_name(column.name))
        open_key = not any(sibling.primary_key for sibling in table.columns) and bool(own & _ID_WORDS)
        return cls(
            names=_words(written),
            around=_words(written) | _words(siblings) | _words(" ".join(column.values)),
            written=written.lower(),
            values=frozenset(value.casefold() for value in column.values),
            numbers=_numbers(f"{written} {' '.join(column.values)}"),
            is_boolean=bool(_BOOLEANS.search(column.type)),
            may_be_key=column.primary_key or open_key,
            may_be_unique=column.primary_key
            or bool(own & (_ID_WORDS | _UNIQUE_WORDS))
            or "unique" in (column.definition or "").lower(),
            is_table=False,
        )

    def has(self, hints: Iterable[str]) -> bool:
        """Whether any of these words is in the names, by itself, inside a longer word or, if short, at its end."""
        return any(
            hint in self.names
            or (len(hint) >= 4 and hint in self.written)
            or (len(hint) == 3 and any(name.endswith(hint) for name in self.names))
            for hint in hints
        )

    def speaks_of(self, word: str) -> bool:
        """Whether a word is in the names, spelled out or not, or a sibling's name or value says or begins it."""
        return any(len(part) > 2 and stands_for(part, word) for part in self.names) or any(
            stands_for(part, word) if len(part) > 3 else len(part) == 3 and word.startswith(part)
            for part in self.around
        )

    def names_all(self, text: str) -> bool:
        """Whether all that a text says is in the names or values of the table."""
        # In two letters one can read too many words: "dt" is no sign of "dormant".
        parts = [part for part in self.around if len(part) > 2]
        return all(word in self.around or any(stands_for(p, word) for p in parts) for word in content_words(text))


class _Facts(NamedTuple):
    """What columns are called, are made of and refer to."""

    written: list[str]
    values: list[str]

    @classmethod
    def of(cls, columns: Iterable[Column]) -> Self:
        written: list[str] = []
        values: list[str] = []
        for column in columns:
            target = column.references
            written += [column.name, column.type, *([target.table, target.column or ""] if target else [])]
            values += column.values
        return cls(written, values)


def unsupported_claims(text: str, subject: Subject) -> tuple[Claim, ...]:
    """Return the claims of a text that nothing in the schema supports.

    Example:
        >>> table = Table(name="parcel", columns=(Column(name="weight", type="DECIMAL(8, 2)"),))
        >>> subject = Subject.of_column(table, table.columns[0])
        >>> unsupported_claims("Weight of the parcel.", subject)
        ()
        >>> unsupported_claims("Weight in kilograms, at most 30.", subject)
        (Claim(kind='unit', words='kilograms'), Claim(kind='number', words='30'))
    """
    return tuple(dict.fromkeys(claim for rule in _RULES for claim in rule(text, subject)))


def _hinted(kind: str, claims: tuple[Claimed, ...]) -> Callable[[str, Subject], Iterator[Claim]]:
    """Make the rule that each of these claims needs one of its hints."""

    def rule(text: str, subject: Subject) -> Iterator[Claim]:
        for claimed in claims:
            found = claimed.pattern.search(text)
            if found and not subject.has(claimed.hints):
                yield Claim(kind, found[0].strip(" (,"))

    return rule


_NO_ZONE = re.compile(r"\bwith(?:out| no) (?:a )?time ?zone\b", re.IGNORECASE)
_check_zones = _hinted("time zone", TIME_ZONES)


def _zones(text: str, subject: Subject) -> Iterator[Claim]:
    yield from _check_zones(_NO_ZONE.sub("", text), subject)


_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?:st|nd|rd|th)?(?![\dA-Za-z])")
_SPELLED_LIST = """
three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
twenty
"""
_SPELLED = {word: str(number) for number, word in enumerate(_SPELLED_LIST.split(), 3)} | {"two": "2"}
_TENS = ("thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SPELLED |= {word: str(10 * number) for number, word in enumerate(_TENS, 3)}
_SPELLED |= {"dozen": "12", "dozens": "12", "hundred": "100", "thousand": "1000", "million": "1000000"}
_COUNTED = re.compile(
    # Of two things, prose speaks all the time; that something has two letters is a claim.
    r"\b(two)[- ](?:letter|digit|character|char|decimal|place|level|day|hour|minute|second|week|month|year|percent)s?\b"
    rf"|\b({'|'.join(word for word in _SPELLED if word != 'two')})\b",
    re.IGNORECASE,
)
# Not counts: how times are counted on Unix, and units of their own.
_NO_COUNT = re.compile(r"\bsince 1970\b|\bper million\b|\bmillion British\b", re.IGNORECASE)


def _quantities(text: str, subject: Subject) -> Iterator[Claim]:
    for claimed in STANDARDS:
        text = claimed.pattern.sub("", text)  # told by a rule of its own
    text = _NO_COUNT.sub("", text)
    known = subject.numbers | {"0"} | ({"1"} if subject.is_boolean else set())
    known |= {"100"} if subject.has({"pct", "percent", "percentage", "perc"}) else set()
    for found in _NUMBER.finditer(text):
        number = found[0].rstrip("stndrh").replace(",", "")
        if number not in known and number.lstrip("0") not in known:
            yield Claim("number", found[0])
    for found in _COUNTED.finditer(text):
        word = (found[1] or found[2]).lower()
        if _SPELLED[word] not in subject.numbers and word not in subject.names:
            yield Claim("number", found[0])


_QUOTED = re.compile(r"(?<!\w)(?:'([^']{1,30})'|\"([^\"]{1,30})\"|‘([^’]{1,30})’|“([^”]{1,30})”)(?!\w)")
_LISTED = re.compile(
    r"""(?x)
    (?: \b(?:such\ as|e\.g\.|for\ example|for\ instance|one\ of|namely|either)
      | \b(?:possible|valid|allowed|permitted|typical)
        \ (?:values|states|statuses|types|codes|options|entries|choices|settings|kinds|levels)
        (?:\ (?:are|include|may\ be))?
      | \bvalues\ (?:are|include|can\ be|may\ be) | \b(?:takes?|has|have|with|of)\ the\ values?
    ) [:,]? \s+ ([^.;()]+)
    """,
    re.IGNORECASE,
)
# Words that open a list only where several short items and nothing else follow: "is open, closed or lost".
_SERIES = re.compile(
    r"\b(?:is|are|(?:can|may|might|must) be|usually|typically|mostly|commonly|normally|like|as|distinguish(?:es)?)"
    r" ((?:[\w-]+(?: [\w-]+)?, )*[\w-]+(?: [\w-]+)?,? (?:or|and) [\w-]+(?: [\w-]+)?)(?= ?[.;)]| ?$)",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\((?:e\.g\.,?|i\.e\.,?|such as|for example,?|or|like)?\s*([^()]+)\)")
_MOST_WORDS = 4  # of a value; what is longer is prose
_AFTER_COLON = re.compile(r":\s+([^.;:()]+?)\.?$")
_ASSIGNED = re.compile(r"\b([A-Za-z0-9]{1,12})\s*=\s*[A-Za-z]\w*|\b([A-Z])\s+(?:for|means)\s+[a-z]\w*")
_SEPARATOR = re.compile(r"\s*(?:,|/|;|\bor\b|\band\b|\bto\b)\s*")
_VAGUE = word_set("etc so on other others more one any all both none null empty it them those")
_BOOLEAN_WORDS = word_set("true false yes no 0 1 y n t f")


def _listed_values(text: str, subject: Subject) -> Iterator[Claim]:
    for item in _items(text):
        if not _is_known_value(item, subject):
            yield Claim("value", item)


def _items(text: str) -> Iterator[str]:
    for found in _QUOTED.finditer(text):
        yield next(filter(None, found.groups()))
    for found in _ASSIGNED.finditer(text):
        yield found[1] or found[2]
    for found in _LISTED.finditer(text):
        yield from _split_items(found[1])
    for pattern in (_BRACKETED, _AFTER_COLON, _SERIES):
        for found in pattern.finditer(text):
            items = list(_split_items(found[1]))
            # A remark in brackets is prose; several short items are a list.
            if len(items) >= 2 and all(len(item.split()) <= 2 for item in items):
                yield from items


def _split_items(listed: str) -> Iterator[str]:
    for piece in _SEPARATOR.split(listed.strip()):
        item = piece.strip(" '\"‘’“”:")
        if item and len(item.split()) <= _MOST_WORDS and not set(item.casefold().split()) <= _VAGUE:
            yield item


def _is_known_value(item: str, subject: Subject) -> bool:
    spoken = item.casefold()
    if {spoken, spoken.replace(" ", "_")} & (subject.values | subject.around):
        return True
    if subject.is_boolean and set(spoken.split()) <= _BOOLEAN_WORDS:
        return True
    if spoken.isdigit():
        return True  # told by the rule for numbers
    # A code of a letter or two has no content words that could be in a name.
    return bool(content_words(item)) and subject.names_all(item)


_PRIMARY = re.compile(r"\bprimary key\b", re.IGNORECASE)
_OF_ANOTHER = re.compile(r"\b(?:references?|referencing|refers? to|points? to|matches|foreign key)\b", re.IGNORECASE)
_UNIQUE = re.compile(r"(?<!not )(?<!non-)(?<!non)\bunique(?:ly)?\b", re.IGNORECASE)


def _keys(text: str, subject: Subject) -> Iterator[Claim]:
    if _PRIMARY.search(text) and not subject.may_be_key and not _OF_ANOTHER.search(text):
        yield Claim("key", "primary key")
    if _UNIQUE.search(text) and not subject.may_be_unique:
        yield Claim("key", "unique")


_ARTICLE = r"(?:the |a |an |its |their )?"
_TARGETS = (
    # "the invoice table", "table invoice", whatever is said of it
    re.compile(r"\bthe ((?:[\w.]+ ){0,2}?[\w.]+) table\b|\btable ([\w.]*\w)(?=[,.;)]|$)", re.IGNORECASE),
    # what looks like a name in SQL, where it is said to come from or to lead to something
    re.compile(
        r"\b(?:to|in|into|of|with|from|on|against|via|joins?|references?|referencing) (?:the )?"
        r"[`'\"]?([A-Za-z]\w*(?:[._]\w+)+)",
        re.IGNORECASE,
    ),
    # words with which people who know databases name the other side
    re.compile(
        r"\b(?:foreign key (?:to|into|of|on|for|from|referencing)|(?:look(?:ed|s)? ?up|looked-up) (?:in|from|against)"
        r"|join(?:s|ed|ing)? (?:to|with|against|on)|(?:id|key) column (?:of|in)|key (?:in)?to|must exist in"
        r"|(?:row|record|entry|entries) (?:in|of)|related to|references?(?: to)?|points? (?:in)?to"
        r"|links? (?:back )?to|linked (?:to|with))"
        rf" {_ARTICLE}((?:[\w.]+ ){{0,2}}?[\w.]+)"
        r"(?= (?:table|record|row|entity|via|by|via|through|that|which|in|this|of|on|for)\b|[,.;()]|$)",
        re.IGNORECASE,
    ),
)
_SQL_NAME = re.compile(r"[A-Za-z]\w*(?:[._]\w+)+")
_NO_TARGET = word_set(
    """
    the id ids key keys this that these those it its same own other another each any every parent child fact dimension
    lookup source target base main related whole current table tables row rows record records column columns entry of
    in a an is primary foreign data database system dim fact tbl stg
    """
)


def _relations(text: str, subject: Subject) -> Iterator[Claim]:
    for pattern in _TARGETS[subject.is_table :]:  # "the invoice table" is what the text about it speaks of
        for found in pattern.finditer(text):
            target = next(filter(None, found.groups()), "")
            words = _target_words(target)
            spoken_of = sum(map(subject.speaks_of, words))
            # Of a phrase, one word in common is enough: how a text names a table is not how the schema spells it.
            # A name in SQL is the name of one table, and half of it is the name of another.
            enough = spoken_of * 2 > len(words) if _SQL_NAME.fullmatch(target) else spoken_of
            if words and not enough:
                yield Claim("relation", found[0].strip())


def _target_words(target: str) -> list[str]:
    return [word for part in target.split() for word in split_name(part) if word not in _NO_TARGET]


_RULES: tuple[Callable[[str, Subject], Iterator[Claim]], ...] = (
    _hinted("unit", UNITS),
    _hinted("standard", STANDARDS),
    _zones,
    _quantities,
    _listed_values,
    _keys,
    _relations,
    _hinted("personal data", PERSONAL),
)


@lru_cache(maxsize=4096)  # what stands around a column is the same for all columns of its table
def _words(text: str) -> frozenset[str]:
    parts = split_name(text)
    # A name such as "md5" is known by its halves and as a whole.
    return frozenset(parts) | frozenset(re.findall(r"[a-z]+\d+", text.lower()))


def _numbers(text: str) -> frozenset[str]:
    return frozenset(number.lstrip("0") or "0" for number in re.findall(r"\d+", text))

"""One team's habits in naming: from the words of a name to the name."""

from enum import StrEnum
from typing import Self

from pydantic import Field

from columnist.synthesis.lexicon import Kind
from columnist.synthesis.name_cases import LONGEST_NAME, Case, join_parts
from columnist.synthesis.name_words import (
    code_words,
    cut_word,
    drop_vowels,
    load_foreign_words,
    load_habits,
    table_code,
)
from columnist.synthesis.quoting import is_reserved
from columnist.values import Value

_KEPT = "="  # leads a word that no style may change
_CUSTOM_SUFFIX = "__c"
# What such platforms themselves bring has no suffix.
_STANDARD_NAMES = {
    ("id",): "Id",
    ("name",): "Name",
    ("description",): "Description",
    ("created", "time"): "CreatedDate",
    ("updated", "time"): "LastModifiedDate",
    ("modified", "time"): "LastModifiedDate",
    ("last", "updated", "time"): "LastModifiedDate",
    ("last", "modified", "time"): "LastModifiedDate",
    ("is", "deleted"): "IsDeleted",
}
# What a short form of a name leaves out, though the text of the column may rest on it.
_TAIL_WORDS = """
km mi m cm mm ft kg lb g tonnes t l gal m3 ml bbl mcf kwh mwh kw mw kva v kv a c f ms s sec min minutes hrs hours
days weeks months years kph mph bar psi rpm hz ppm gpt mg mmhg bpm ha acres sqft sqm gb mb kb bytes deg usd eur cad
gbp pct percent utc boe bps bu bushels cfm cst cy dbm fathoms gpm gsm inches lf mbf mbps mgd mgl mhz mmbtu mva nmi ntu
ozt ppg psig scfm therms tons yd
"""
_TAILS = frozenset(_TAIL_WORDS.split())
_KEY_ENDINGS = frozenset({"id", "key", "sk", "no", "uuid", "pk", "fk", "by"})
_SHOWS_ITS_KIND = frozenset(
    {"amount", "date", "time", "ts", "datetime", "count", "flag", "percent", "code", "reference", "text", "utc"}
)


class KeyStyle(StrEnum):
    """What a table's own key is called."""

    ID = "id"
    ENTITY_ID = "entity_id"
    ENTITY_KEY = "entity_key"
    ENTITY_NUMBER = "entity_no"
    ENTITY_CODE = "entity_code"
    ID_ENTITY = "id_entity"
    PK_ENTITY = "pk_entity"
    ENTITY_SK = "entity_sk"
    UUID = "uuid"  # only where the type of keys is one; see NamingStyle.with_uuid_keys


class Shortening(StrEnum):
    """What becomes of words that the team has no abbreviation for."""

    NONE = "none"
    VOWELS = "vowels"  # shpmnt
    CUT = "cut"  # ship


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
        short_choice: Which of an attribute's short names the team uses.
        translations: Words that the team writes in its own language.
        language: Which language that is, such as ``de``.
        misspellings: Words that the team spells wrong, everywhere alike.
        marks: What names show of a column's kind, ``str`` or ``dt``.
        marks_lead: Such marks precede the name.
        capital_id: ``customerID`` instead of ``customerId``.
        prefix_letters: Columns are preceded by so many letters of their table's name.
        own: The words of the table being named; see ``for_table``.
        column_prefix: The letters that precede its columns.
        bookkeeping_prefix: What precedes the columns of a loading tool.
        vendor: The system that the schema's tables come from, shown as a prefix.
        suffix: What every table's name ends with, such as ``v1``.
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
    shortening: Shortening = Shortening.NONE
    short_choice: int = 0
    translations: dict[str, str] = Field(default_factory=dict)
    language: str = ""
    misspellings: dict[str, str] = Field(default_factory=dict)
    marks: dict[Kind, str] = Field(default_factory=dict)
    marks_lead: bool = True
    capital_id: bool = False
    prefix_letters: int = 0
    own: tuple[str, ...] = ()
    column_prefix: str = ""
    bookkeeping_prefix: str = ""
    vendor: str = ""
    suffix: str = ""

    @property
    def abbreviates(self) -> bool:
        """Whether a reader has to spell names out."""
        return bool(self.abbreviations) or self.shortening is not Shortening.NONE or self.case is Case.CODED

    def shortens(self, words: tuple[str, ...]) -> bool:
        """Whether a reader has to spell a name of these words out."""
        return self.abbreviates and (self.case is Case.CODED or any(self._shortened(word) != word for word in words))

    def for_table(self, words: tuple[str, ...]) -> Self:
        """The style for the columns of one table: some teams begin them with letters of its name.

        Example:
            >>> style = NamingStyle(case="snake", abbreviations={}, plural_tables=True, layered=False, prefix="",
            ...                     key="id", moment_style=0, flag_style=0, prefixes_generic=False, prefix_letters=3)
            >>> style.for_table(("customer",)).column(("customer", "name"), Kind.NAME)
            'cus_name'
        """
        if not self.prefix_letters:
            return self
        return self.model_copy(update={"own": words, "column_prefix": table_code(words, self.prefix_letters)})

    def with_uuid_keys(self) -> Self:
        """The style of a team whose keys are UUIDs and called so."""
        return self.model_copy(update={"key": KeyStyle.UUID})

    def join(self, words: tuple[str, ...]) -> str:
        """Make a name of words.

        Example:
            >>> style = NamingStyle(case="camel", abbreviations={"amount": "amt"}, plural_tables=True, layered=False,
            ...                     prefix="", key="id", moment_style=0, flag_style=0, prefixes_generic=False)
            >>> style.join(("paid", "amount")), style.join(keep("custom", "field", "22"))
            ('paidAmt', 'customField22')
        """
        if self.case is Case.CODED and not is_kept(words):
            return join_parts((code_words(words, self.abbreviations),), self.case)
        return self._cased(self._spelled(words), words)

    def column(self, words: tuple[str, ...], kind: Kind, short: tuple[str, ...] = ()) -> str:
        """Make the name of a column; some styles show its kind, and abbreviating ones may know a short form.

        Example:
            >>> style = NamingStyle(case="camel", abbreviations={"quantity": "qty"}, plural_tables=True, layered=False,
            ...                     prefix="", key="id", moment_style=0, flag_style=0, prefixes_generic=False,
            ...                     marks={"text": "str", "time": "dtm"})
            >>> style.column(("remarks",), Kind.TEXT), style.column(("paid", "at"), Kind.TIME)
            ('strRemarks', 'dtmPaid')
            >>> style.column(("stock", "on", "hand"), Kind.COUNT, short=("qty_oh",))
            'qtyOh'
        """
        if is_kept(words) or self.case is Case.CODED:
            return self.join(words)
        if self.case is Case.CUSTOM and len(words) > 1 and words[-1] == "id":
            words = words[:-1]
        parts = self._short_form(words, short) or self._marked(self._within_table(words), kind)
        return self._cased(self._introduced(parts, words), words)

    def _within_table(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The words without those of the table, where its letters stand for them."""
        own = len(self.own)
        return words[own:] if self.column_prefix and words[:own] == self.own and len(words) > own else words

    def _introduced(self, parts: tuple[str, ...], words: tuple[str, ...]) -> tuple[str, ...]:
        """Put the letters of the table or the mark of a loading tool before a column's name."""
        if self.bookkeeping_prefix and any(words[: len(b)] == b for b in load_habits().bookkeeping):
            return (self.bookkeeping_prefix, *parts)
        return (self.column_prefix, *parts) if self.column_prefix else parts

    def _short_form(self, words: tuple[str, ...], short: tuple[str, ...]) -> tuple[str, ...]:
        if not short or not self.abbreviates or self.language:
            return ()
        form = tuple(short[self.short_choice % len(short)].split("_"))
        return (*form, words[-1]) if words[-1] in _TAILS and words[-1] not in form else form

    def _marked(self, words: tuple[str, ...], kind: Kind) -> tuple[str, ...]:
        mark = self.marks.get(kind, "")
        if not mark or words[-1] in _KEY_ENDINGS or (not self.marks_lead and words[-1] in _SHOWS_ITS_KIND):
            return self._spelled(words)
        if len(words) > 1 and kind.is_moment and words[-1] in {"at", "on", "date", "time", "ts"}:
            words = words[:-1]
        parts = self._spelled(words)
        return (mark, *parts) if self.marks_lead else (*parts, mark)

    def _spelled(self, words: tuple[str, ...]) -> tuple[str, ...]:
        if self.language:
            words = self._foreign_order(words)
        return tuple(self._shortened(word) for word in words)

    def _foreign_order(self, words: tuple[str, ...]) -> tuple[str, ...]:
        foreign = load_foreign_words()
        if self.language in foreign.head_first and words[-1] in foreign.heads and words[-1] in self.translations:
            return (words[-1], *words[:-1])
        return words

    def _shortened(self, word: str) -> str:
        """One word as the team writes it."""
        if word.startswith(_KEPT):
            return word.removeprefix(_KEPT)
        if word in self.translations:
            return self.translations[word]
        if word in self.misspellings:
            return self.misspellings[word]
        if word in self.abbreviations:
            return self.abbreviations[word]
        match self.shortening:
            case Shortening.VOWELS:
                return drop_vowels(word)
            case Shortening.CUT:
                return cut_word(word)
            case Shortening.NONE:
                return word

    def _cased(self, parts: tuple[str, ...], words: tuple[str, ...]) -> str:
        if self.case is Case.CUSTOM:
            room = LONGEST_NAME - len(_CUSTOM_SUFFIX)
            return _STANDARD_NAMES.get(words) or join_parts(parts, self.case, room=room) + _CUSTOM_SUFFIX
        name = join_parts(parts, self.case, self.capital_id)
        written_out = join_parts(_plain(words), self.case, self.capital_id)
        # An abbreviation should not turn a harmless word into one that has to be quoted.
        return written_out if is_reserved(name) and not is_reserved(written_out) else name


def keep(*words: str) -> tuple[str, ...]:
    """Mark words that every style has to leave as they are, but for their case.

    Example:
        >>> is_kept(keep("custom", "field", "22")), is_kept(("custom", "field"))
        (True, False)
    """
    return tuple(f"{_KEPT}{word}" for word in words)


def is_kept(words: tuple[str, ...]) -> bool:
    """Whether words are marked to be left as they are."""
    return words[0].startswith(_KEPT)


def _plain(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.removeprefix(_KEPT) for word in words)

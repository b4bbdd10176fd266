"""What costs nothing to know of a text and of the column it describes, as numbers.

They come from names, types, keys, the text itself and the probabilities of its tokens: no
second model is asked. Their order is part of every fitted model, which keeps their names.
"""

import math
import re
from collections.abc import Sequence

from columnist.ddl.tables import Column, Table
from columnist.evaluation.words import content_words, stands_for
from columnist.identifiers import split_name
from columnist.modeling.engines.protocol import Filled
from columnist.modeling.prompts import TABLE_SLOT
from columnist.modeling.prompts.type_families import type_family
from columnist.modeling.spelling import known_share

# Words that software puts into the names of columns it leaves for its customers, or that tell a column's
# form rather than its fact. One of them beside a word of the trade ("order_text") is an ordinary name.
_LISTED = """
    a aa amt ana any arr attr attribute attributes attrs aux b blob bool boolean c cd cell cf char chr character cl
    class code coef col column columns cst d dat data date datum def default dim dimension dt e elem element entry ext
    extended extension extra f fact field fields flag flags float fld flx free freeform g gen general generic h i ind
    indicator info input int integer j k kf kpi l m meta metric n num number numeric o obj object opt option optional
    other p param parameter prm prop properties property q r raw s score seg segment slot special str string sub
    subfield sw t tag text txt u user usr v val value values var varchar variable w x y z
"""
# These are left over for a later use, whether a number follows or not.
_SPARE = """
    custom customfield customizable dummy filler flex flexfield flexible misc miscellaneous reserve reserved rfu spare
    temp tmp udf uf unk unknown unnamed unused userchar userfield userdef userdefined defined xtra xx xxx yy zz zzz
"""
_IS_SPARE = frozenset(_SPARE.split())
_SAYS_NOTHING = frozenset(_LISTED.split()) | _IS_SPARE
_PIECE = re.compile(r"[^\W\d_]+|\d+")
_KINDS = {
    "text": {"text", "xml", "enum", "set"},
    "number": {"int", "decimal", "float", "money", "number"},
    "moment": {"date", "time", "timestamp", "interval", "year"},
    "flag": {"bool", "bits"},
    "nested": {"json", "struct", "array", "map"},
}

_OF_COLUMN = (
    "numbered",
    "share_empty_words",
    "share_known_words",
    "name_words",
    "name_letters",
    "is_table",
    "is_key",
    "is_reference",
    "has_values",
    *(f"type_{kind}" for kind in _KINDS),
    "table_columns",
    "share_placeholder_columns",
)
_OF_TEXT = ("text_words", "echo", "share_new_words", "repeats_a_word")
_OF_PROBABILITIES = ("logprob_mean", "logprob_least", "logprob_first", "logprob_sum", "tokens")
WITHOUT_LOGPROBS = (*_OF_COLUMN, *_OF_TEXT)
WITH_LOGPROBS = (*WITHOUT_LOGPROBS, *_OF_PROBABILITIES)


def measure_features(table: Table, index: int, filled: Filled) -> tuple[float, ...]:
    """Return the features of a slot and what was written into it.

    Args:
        table: The table.
        index: Position of the column, or ``TABLE_SLOT``.
        filled: What the model wrote.

    Returns:
        Values in the order of ``WITH_LOGPROBS``, or of ``WITHOUT_LOGPROBS`` where the engine told none.

    Example:
        >>> table = Table(name="stock", columns=(Column(name="attr7", type="TEXT"),))
        >>> features = measure_features(table, 0, Filled("Name of the bin.", (-0.1, -0.7)))
        >>> found = dict(zip(WITH_LOGPROBS, features, strict=True))
        >>> found["numbered"], found["logprob_least"], found["type_text"]
        (1.0, -0.7, 1.0)
    """
    column = None if index == TABLE_SLOT else table.columns[index]
    name = column.name if column else table.name
    own = (*_of_name(name), *_of_column(column, table.dialect), *_of_table(table))
    return (*own, *_of_text(filled.text, name), *_of_probabilities(filled.logprobs))


def is_placeholder(name: str) -> bool:
    """Tell whether a name keeps a place and no more: ``custom_field_22``, ``attr7``, ``x1``, ``reserved``.

    None of its words says anything, and it is numbered or calls itself spare. Of 6,473 columns of
    documented open-source tables 4 have such a name; of 2,757 synthetic ones 163, and all of their
    references ask.

    Example:
        >>> [is_placeholder(name) for name in ("custom_field_22", "FLEX_01", "udfText4", "col3", "reserved")]
        [True, True, True, True, True]
        >>> [is_placeholder(name) for name in ("address_line_2", "value", "code", "order_text", "phone2")]
        [False, False, False, False, False]
    """
    pieces = _pieces(name)
    kept = any(piece.isdigit() or piece in _IS_SPARE for piece in pieces)
    return kept and _empty_share(pieces) == 1.0


def _of_name(name: str) -> tuple[float, ...]:
    pieces = _pieces(name)
    letters = [piece for piece in pieces if not piece.isdigit()]
    return (
        float(any(piece.isdigit() for piece in pieces)),
        _empty_share(pieces),
        known_share(name),
        math.log1p(len(letters)),
        math.log1p(sum(map(len, letters))),
    )


def _pieces(name: str) -> list[str]:
    """Return the words and numbers of a name; letters and digits that touch are parted.

    Example:
        >>> _pieces("udfText4")
        ['udf', 'text', '4']
    """
    return [piece for word in split_name(name) for piece in _PIECE.findall(word)]


def _empty_share(pieces: Sequence[str]) -> float:
    words = [piece for piece in pieces if not piece.isdigit()]
    return sum(word in _SAYS_NOTHING for word in words) / len(words) if words else 1.0


def _of_column(column: Column | None, dialect: str) -> tuple[float, ...]:
    if column is None:
        return (1.0, *(0.0,) * (3 + len(_KINDS)))
    family = type_family(column.type, dialect).partition(" ")[0]
    facts = (False, column.primary_key, column.references is not None, bool(column.values))
    return (*map(float, facts), *(float(family in families) for families in _KINDS.values()))


def _of_table(table: Table) -> tuple[float, ...]:
    placeholders = sum(is_placeholder(column.name) for column in table.columns)
    return (math.log1p(len(table.columns)), placeholders / max(1, len(table.columns)))


def _of_text(text: str, name: str) -> tuple[float, ...]:
    said, parts = content_words(text), split_name(name)
    new = [word for word in said if not any(stands_for(part, word) for part in parts)]
    return (
        math.log1p(len(text.split())),
        float(not new),
        len(new) / max(1, len(said)),
        float(len(set(said)) < len(said)),
    )


def _of_probabilities(logprobs: Sequence[float]) -> tuple[float, ...]:
    if not logprobs:
        return ()
    total = math.fsum(logprobs)
    return (total / len(logprobs), min(logprobs), logprobs[0], total, math.log1p(len(logprobs)))

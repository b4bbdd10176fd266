"""Whether a steward would accept a text: what stands for that answer until stewards have given theirs.

No ballots exist yet, so a proxy judges texts against the reference of their column:

- where the reference abstains, no description is acceptable: nobody could know what it says;
- where the reference describes, a description is acceptable if it is close enough to it in meaning
  (cosine of sentence embeddings), or in letters (chrF) where the sentence encoder is not installed;
- where nobody wrote a reference, nothing is judged.

What the proxy cannot see: a true text that says something else than the reference counts as refused;
a text in the reference's words with one wrong fact ("starts" for "ends") counts as accepted; a
reference may be poor itself; and a steward edits, which is neither. The fit takes features and
labels, wherever the labels come from, so ballots can take the proxy's place.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from columnist.abstention import is_abstention
from columnist.ddl.tables import Table
from columnist.documentation import Texts
from columnist.evaluation.described import is_described
from columnist.modeling.acceptance.closeness import Close
from columnist.modeling.acceptance.features import is_placeholder, measure_features
from columnist.modeling.cleaning import clean
from columnist.modeling.describing import ground_text
from columnist.modeling.engines.protocol import Filled
from columnist.modeling.prompts import TABLE_SLOT


class Referenced(NamedTuple):
    """A table with the texts it should have.

    Attributes:
        id: What texts of one table have in common; they are never parted between fitting and measuring.
    """

    id: str
    table: Table
    reference: Texts


class Outcome(NamedTuple):
    """What became of one slot.

    Attributes:
        group: The table it belongs to.
        slot: Position of the column, or ``TABLE_SLOT``.
        filled: What the model wrote.
        features: In the order of ``features.WITH_LOGPROBS``, or shorter where no log-probabilities are known.
        describes: Whether it is a description at all, neither empty nor a question.
        describable: Whether the reference describes; where it abstains, no description is accepted.
        accepted: Whether a steward would accept it as a description.
    """

    group: str
    table: Table
    slot: int
    filled: Filled
    features: tuple[float, ...]
    describes: bool
    describable: bool
    accepted: bool

    @property
    def is_placeholder(self) -> bool:
        """Whether the name of the column keeps a place and no more."""
        return self.slot != TABLE_SLOT and is_placeholder(self.table.columns[self.slot].name)


def judge(referenced: Sequence[Referenced], filled: Iterable[Mapping[int, Filled]], close: Close) -> list[Outcome]:
    """Return the outcome of every slot that has a reference.

    Args:
        referenced: Tables with their references.
        filled: What a model wrote, by slot, for each table; it is judged as it would be shown.
        close: Compares texts with references that describe.
    """
    slots = [
        (known, index, reference, texts[index]._replace(text=clean(texts[index].text)))
        for known, texts in zip(referenced, filled, strict=True)
        for index, reference in _references(known.reference)
        if reference.strip()
    ]
    compared = [_describes(written) and is_described(reference) for _, _, reference, written in slots]
    pairs = [
        (ground_text(known.table, index, written.text), reference)
        for (known, index, reference, written), both in zip(slots, compared, strict=True)
        if both
    ]
    verdicts = iter(close([text for text, _ in pairs], [reference for _, reference in pairs]))
    return [
        Outcome(
            group=known.id,
            table=known.table,
            slot=index,
            filled=written,
            features=measure_features(known.table, index, written),
            describes=_describes(written),
            describable=is_described(reference),
            accepted=both and next(verdicts),
        )
        for (known, index, reference, written), both in zip(slots, compared, strict=True)
    ]


def _references(texts: Texts) -> Iterable[tuple[int, str]]:
    return ((TABLE_SLOT, texts.table), *enumerate(texts.columns))


def _describes(written: Filled) -> bool:
    return bool(written.text.strip()) and not is_abstention(written.text)

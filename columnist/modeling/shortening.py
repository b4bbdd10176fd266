"""Texts that are longer than a comment may be: written anew and shorter, never cut."""

import re
from collections.abc import Iterator, Mapping, Sequence

from columnist.abstention import abstain, is_abstention
from columnist.ddl.tables import Table
from columnist.modeling.cleaning import clean
from columnist.modeling.engines.protocol import Engine, Filled
from columnist.modeling.filling import fill_prompts
from columnist.modeling.journal import Journal
from columnist.modeling.prompts import TABLE_SLOT, Prompt, PromptKind, Slot, render_prompts
from columnist.questions import ask_for_brevity
from columnist.rendering.limits import Allowance, allowances

# After a word of three letters at least, and before a capital: "e.g. the code" and "No. 7" are no ends.
_SENTENCE_END = re.compile(r"(?<=[^\W_]{3}[.!?])\s+(?=[^\W\d_a-z])")
_LETTERS_A_WORD = 8  # with its space; a little more than English has, so that the answer fits
_FEWEST_WORDS = 2


class Shortener:
    """Makes the texts of a table fit the comments of its dialect, and of a catalog with a limit of its own.

    The whole sentences that fit are kept; where not even the first does, the model is
    asked again for a short text. Where that is too long as well, a person is asked.
    """

    def __init__(self, engine: Engine, kind: PromptKind, journal: Journal | None, max_length: int | None):
        self._engine, self._kind, self._journal, self._max_length = engine, kind, journal, max_length

    def shorten(self, table: Table, written: Mapping[int, Filled]) -> dict[int, Filled]:
        """Return the texts by index, each short enough or an abstention; questions are no comments and may be long."""
        kept = {index: self._keep(table, index, filled) for index, filled in written.items()}
        too_long = [index for index, filled in written.items() if filled.text and not kept[index].text]
        anew = self._write_anew(table, too_long)
        return {**kept, **{index: self._settle(table, index, anew[index]) for index in too_long}}

    def fits(self, table: Table, index: int, text: str) -> bool:
        """Tell whether a text is short enough for its place."""
        return all(each.takes(text) for each in self._allowed(table, index))

    def _keep(self, table: Table, index: int, filled: Filled) -> Filled:
        if is_abstention(filled.text):
            return filled
        return filled._replace(text=whole_sentences(filled.text, self._allowed(table, index)))

    def _settle(self, table: Table, index: int, filled: Filled) -> Filled:
        kept = self._keep(table, index, filled)
        name = table.name if index == TABLE_SLOT else table.columns[index].name
        limit = self._allowed(table, index)[-1]
        return kept if kept.text else kept._replace(text=abstain(ask_for_brevity(name, limit.longest, limit.unit)))

    def _write_anew(self, table: Table, places: Sequence[int]) -> dict[int, Filled]:
        prompts = [
            ask_briefly(prompt.model_copy(update={"slots": slots}), words)
            for prompt in (render_prompts(table, self._kind) if places else ())
            for words, slots in self._by_words(table, [slot for slot in prompt.slots if slot.index in places])
        ]
        found = fill_prompts(self._engine, prompts, self._journal)
        return {index: each._replace(text=clean(each.text)) for texts in found for index, each in texts.items()}

    def _by_words(self, table: Table, slots: Sequence[Slot]) -> Iterator[tuple[int, tuple[Slot, ...]]]:
        """Yield the slots that may have so many words: a table's text often may be longer than a column's."""
        most = {slot: min(each.longest for each in self._allowed(table, slot.index)) for slot in slots}
        for longest in sorted(set(most.values())):
            words = max(longest // _LETTERS_A_WORD, _FEWEST_WORDS)
            yield words, tuple(slot for slot in slots if most[slot] == longest)

    def _allowed(self, table: Table, index: int) -> tuple[Allowance, ...]:
        return allowances(table.dialect, of_table=index == TABLE_SLOT, max_length=self._max_length)


def ask_briefly(prompt: Prompt, words: int) -> Prompt:
    """Return a prompt of one kind that asks for short texts, in the way in which that kind asks.

    Example:
        >>> from columnist.modeling.prompts import Slot
        >>> slot = Slot(index=0, lead="qty_oh:")
        >>> ask_briefly(Prompt(instructions="", schema_text="table stock", slots=(slot,)), 5).slots[0].lead
        'qty_oh (5 words at most):'
    """
    if prompt.instructions:
        return prompt.model_copy(
            update={"schema_text": f"{prompt.schema_text}\n\nWrite at most {words} words for each description."}
        )
    briefly = (
        slot.model_copy(update={"lead": f"{slot.lead.removesuffix(':')} ({words} words at most):"})
        for slot in prompt.slots
    )
    return prompt.model_copy(update={"slots": tuple(briefly)})


def whole_sentences(text: str, allowed: Sequence[Allowance]) -> str:
    """Return as many whole sentences of a text as may be kept, from its first; nothing if that is too long.

    Example:
        >>> ten = (Allowance(10, "characters", "the catalog"),)
        >>> whole_sentences("The key. Of it all.", ten), whole_sentences("The key of it.", ten)
        ('The key.', '')
    """
    sentences = _SENTENCE_END.split(text)
    for count in range(len(sentences), 0, -1):
        kept = " ".join(sentences[:count])
        if all(each.takes(kept) for each in allowed):
            return kept
    return ""

"""Describe tables with a model: render prompts, fill the slots, clean the texts."""

import re
from collections.abc import Callable, Sequence

from columnist.abstention import MARKER, abstain, is_abstention
from columnist.ddl.tables import Table
from columnist.documentation import Texts
from columnist.modeling.engines import Engine, Filled
from columnist.modeling.prompts import TABLE_SLOT, Prompt, PromptKind, render_prompts

_MARKUP = re.compile(r"[*_]{2,}")
_AROUND = " \"'*#-•"


def describe_tables(
    engine: Engine,
    tables: Sequence[Table],
    kind: PromptKind,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Texts]:
    """Write texts for tables; the structure is the tables', whatever the model says.

    What a person has described already is not asked for.

    Args:
        engine: Fills the slots.
        tables: What to describe.
        kind: The prompts the engine's model knows.
        on_progress: Called with prompts done and prompts in all.

    Returns:
        One ``Texts`` per table, one text per column; empty where nothing usable
        came, and an abstention where the model asks rather than tells.
    """
    prompts = [
        (number, open_prompt)
        for number, table in enumerate(tables)
        for prompt in render_prompts(table, kind)
        if (open_prompt := _without_human(prompt, table)).slots
    ]
    done = 0

    def advance(_place: int, _filled: tuple[Filled, ...]) -> None:
        nonlocal done
        done += 1
        if on_progress:
            on_progress(done, len(prompts))

    filled = engine.fill([prompt for _, prompt in prompts], advance)
    table_texts = [""] * len(tables)
    column_texts = [[""] * len(table.columns) for table in tables]
    for (number, prompt), texts in zip(prompts, filled, strict=True):
        for slot, written in zip(prompt.slots, texts, strict=True):
            if slot.index == TABLE_SLOT:
                table_texts[number] = clean(written.text)
            else:
                column_texts[number][slot.index] = clean(written.text)
    return [Texts(table=text, columns=tuple(columns)) for text, columns in zip(table_texts, column_texts, strict=True)]


def _without_human(prompt: Prompt, table: Table) -> Prompt:
    """Return the prompt with the slots that no human comment fills."""
    comments = {TABLE_SLOT: table.comment, **{number: column.comment for number, column in enumerate(table.columns)}}
    slots = tuple(slot for slot in prompt.slots if not (comments[slot.index] or "").strip())
    return prompt.model_copy(update={"slots": slots})


def clean(text: str) -> str:
    r"""Return a model's text as one line of plain text, or nothing if it is not prose.

    Control characters, quotes and markdown around the text go; a text without
    letters is no description. An abstention keeps its marker and asks one
    question; without words there is nothing to ask.

    Example:
        >>> clean('  "**Date** on which the\nclaim was filed."')
        'Date on which the claim was filed.'
        >>> clean("?  **What** is flex_01 for.")
        '? What is flex_01 for?'
        >>> clean("----"), clean("?")
        ('', '')
    """
    line = _MARKUP.sub("", "".join(c if c.isprintable() else " " for c in text).replace("`", ""))
    line = " ".join(line.split()).strip(_AROUND)
    if not re.search(r"[^\W\d_]{2}", line):
        return ""
    if is_abstention(line):
        return abstain(f"{line.lstrip(_AROUND + MARKER).rstrip(_AROUND + '?.!,;:…')}?")
    return line

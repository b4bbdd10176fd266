"""Fill the slots of many tables, group by group: what is asked of a model, and what came back.

Prompts are rendered and handed to the engine in groups of about a thousand slots, so
that neither their number nor the width of a table decides how much memory is needed.
The groups depend on the tables alone and not on what a journal holds already: the
groups after an interruption are those of a run that was never interrupted.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from columnist.ddl.tables import Table
from columnist.modeling.engines.protocol import Engine, Filled
from columnist.modeling.journal import Journal
from columnist.modeling.prompts import TABLE_SLOT, Prompt, PromptKind, render_prompts

GROUP_SLOTS = 1024  # enough that no engine waits at the end of a group for long


class Progress(NamedTuple):
    """How far the work is; a table is done when its last text is.

    Attributes:
        reused: How many of the texts came from the journal.
    """

    tables: int
    all_tables: int
    texts: int
    all_texts: int
    reused: int


OnProgress = Callable[[Progress], None]


class _Asked(NamedTuple):
    """A prompt, and the number of the table it is about."""

    table: int
    prompt: Prompt


def fill_tables(
    engine: Engine,
    tables: Sequence[Table],
    kind: PromptKind,
    journal: Journal | None = None,
    on_progress: OnProgress | None = None,
) -> Iterator[Mapping[int, Filled]]:
    """Yield for each table in order what was written into its slots.

    What a person has described already is not asked for, nor is what the journal holds.

    Args:
        engine: Fills the slots.
        tables: What to describe.
        kind: The prompts the engine's model knows.
        journal: Keeps what is finished, prompt by prompt.
        on_progress: Called whenever a prompt is finished.

    Yields:
        Raw texts by the position of their column; the table's own is at ``TABLE_SLOT``.
    """
    tally = _Tally(tables, on_progress)
    groups = _cut(tables, kind)
    filled: dict[int, dict[int, Filled]] = defaultdict(dict)
    for number, table in enumerate(tables):
        while len(filled[number]) < count_open(table):
            owners, prompts = zip(*next(groups), strict=True)
            advance = partial(tally.add, owners)
            for owner, written in zip(owners, fill_prompts(engine, prompts, journal, advance), strict=True):
                filled[owner].update(written)
        yield filled.pop(number)


def count_open(table: Table) -> int:
    """Return how many texts a table lacks, its own included.

    Example:
        >>> from columnist.ddl.tables import Column
        >>> count_open(Table(name="t", columns=(Column(name="a", comment="A person's."), Column(name="b"))))
        2
    """
    return sum(not (comment or "").strip() for comment in _comments(table).values())


def count_kept(tables: Sequence[Table], kind: PromptKind, journal: Journal) -> int:
    """Return how many tables need no model any more: a journal holds all of their open texts."""
    kept = [bool(count_open(table)) for table in tables]
    for asked in _ask(tables, kind):
        if kept[asked.table]:
            kept[asked.table] = len(journal.read(asked.prompt)) == len(asked.prompt.slots)
    return sum(kept)


def fill_prompts(
    engine: Engine,
    prompts: Sequence[Prompt],
    journal: Journal | None = None,
    on_filled: Callable[[int, int, bool], None] | None = None,
) -> list[dict[int, Filled]]:
    """Fill prompts, but for the slots that a journal knows; the engine sees all others at once.

    Args:
        engine: Fills the slots.
        prompts: What to fill.
        journal: Keeps what is finished.
        on_filled: Called with the place of a prompt, how many of its slots were filled, and whether the
            journal knew them.

    Returns:
        Raw texts of each prompt by the index of the slot.
    """
    filled = [journal.read(prompt) if journal else {} for prompt in prompts]
    missing = []
    for place, prompt in enumerate(prompts):
        if filled[place] and on_filled:
            on_filled(place, len(filled[place]), True)
        if slots := tuple(slot for slot in prompt.slots if slot.index not in filled[place]):
            missing.append((place, prompt.model_copy(update={"slots": slots})))

    def keep(number: int, texts: tuple[Filled, ...]) -> None:
        place, prompt = missing[number]
        if journal:
            journal.keep(prompt, texts)
        if on_filled:
            on_filled(place, len(texts), False)

    written = engine.fill([prompt for _, prompt in missing], keep) if missing else []
    for (place, prompt), texts in zip(missing, written, strict=True):
        filled[place].update(zip((slot.index for slot in prompt.slots), texts, strict=True))
    return filled


def _cut(tables: Sequence[Table], kind: PromptKind) -> Iterator[list[_Asked]]:
    group: list[_Asked] = []
    slots = 0
    for asked in _ask(tables, kind):
        if group and slots + len(asked.prompt.slots) > GROUP_SLOTS:
            yield group
            group, slots = [], 0
        group.append(asked)
        slots += len(asked.prompt.slots)
    yield group


def _ask(tables: Sequence[Table], kind: PromptKind) -> Iterator[_Asked]:
    for number, table in enumerate(tables):
        if count_open(table):
            for prompt in render_prompts(table, kind):
                if (open_prompt := _without_human(prompt, table)).slots:
                    yield _Asked(number, open_prompt)


def _without_human(prompt: Prompt, table: Table) -> Prompt:
    """Return the prompt with the slots that no human comment fills."""
    comments = _comments(table)
    slots = tuple(slot for slot in prompt.slots if not (comments[slot.index] or "").strip())
    return prompt.model_copy(update={"slots": slots})


def _comments(table: Table) -> Mapping[int, str | None]:
    return {TABLE_SLOT: table.comment, **{number: column.comment for number, column in enumerate(table.columns)}}


class _Tally:
    """Counts what is done and says so."""

    def __init__(self, tables: Sequence[Table], on_progress: OnProgress | None):
        self._left = [count_open(table) for table in tables]
        self._on_progress = on_progress
        self._done = Progress(self._left.count(0), len(tables), 0, sum(self._left), 0)

    def add(self, owners: Sequence[int], place: int, texts: int, reused: bool) -> None:
        """Count texts of one of several prompts, whose tables are given."""
        table = owners[place]
        self._left[table] -= texts
        self._done = self._done._replace(
            tables=self._done.tables + (self._left[table] == 0),
            texts=self._done.texts + texts,
            reused=self._done.reused + (texts if reused else 0),
        )
        if self._on_progress:
            self._on_progress(self._done)

"""Candidates in ranges of groups, made in this process or in several, always in the same order."""

import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from columnist.digests import canonical_json, digest_value
from columnist.synthesis.config import SynthesisConfig
from columnist.synthesis.examples import Example, Split
from columnist.synthesis.generator import Source, generate_group
from columnist.synthesis.lexicon import load_lexicon
from columnist.synthesis.naics import load_industries
from columnist.synthesis.near_duplicates import sign_table
from columnist.synthesis.partition import draw_partition, pairs_by_split
from columnist.synthesis.shingles import letters_of
from columnist.synthesis.tally import Labels, label
from columnist.synthesis.validators import find_fault

GROUPS_PER_TASK = 32
_TASKS_AHEAD = 3  # per process: enough that none waits, few enough that memory stays small


class Candidate(NamedTuple):
    """An example as it will be written, with what decides whether it is.

    A plain tuple: millions of them travel between processes.

    Attributes:
        line: The example as canonical JSON.
        labels: What it counts as, by axis.
        columns: The number of its columns.
        signature: Its MinHash values, as bytes.
        structure: Number that tables with the same columns share, whatever their style.
        fault: Why it may not be used; empty if it may.
    """

    id: str
    line: str
    labels: Labels
    columns: int
    signature: bytes
    structure: int
    fault: str


def open_source(config: SynthesisConfig) -> Source:
    """Gather all that candidates are drawn from: vocabulary, industries and their division into splits."""
    lexicon = load_lexicon(config.vocabulary)
    own = frozenset(own_use_cases(config))
    partition = draw_partition(config.seed, lexicon, own)
    return Source(
        seed=config.seed,
        lexicon=lexicon,
        partition=partition,
        pairs=pairs_by_split(partition, load_industries(config.naics), lexicon),
        dialects=config.dialects,
        quotas=config.quotas,
        catalog_share=config.catalog_share,
        own=own,
        license=config.teacher.license,
    )


def own_use_cases(config: SynthesisConfig) -> tuple[str, ...]:
    """The use cases that a team's own packs add to the shipped ones."""
    if not config.vocabulary:
        return ()
    shipped = {case.id for case in load_lexicon().use_cases}
    return tuple(case.id for case in load_lexicon(config.vocabulary).use_cases if case.id not in shipped)


def judge(example: Example) -> Candidate:
    """Validate an example and take down what it will be compared by."""
    return Candidate(
        id=example.id,
        labels=label(example),
        columns=len(example.table.columns),
        line=canonical_json(example.model_dump(mode="json")),
        signature=sign_table(example.table, example.reference).tobytes(),
        structure=structure_number(example),
        fault=find_fault(example) or "",
    )


def structure_number(example: Example) -> int:
    """Return a 63-bit number for what a table consists of, whatever its naming style, dialect or order of columns."""
    columns = sorted(letters_of(column.name) for column in example.table.columns)
    return int(digest_value([letters_of(example.table.name), columns])[:15], 16)


class CandidateStream:
    """Makes candidates of ranges of groups, ahead of their use, in one or several processes.

    Used as a context manager, because processes have to be sent home.
    """

    def __init__(self, config: SynthesisConfig, processes: int) -> None:
        self._config_json = config.model_dump_json()
        # Spawned, not forked: the caller may have threads and open databases.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(processes, mp_context=context) if processes > 1 else None
        self._ahead = processes * _TASKS_AHEAD

    def __enter__(self) -> "CandidateStream":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def groups(
        self, split: Split, start: int, per_task: int = GROUPS_PER_TASK
    ) -> Iterator[tuple[int, list[Candidate]]]:
        """Yield candidates of one range of groups after the other, each with the number of the next group."""
        starts = count(start, per_task)
        if self._pool is None:
            for first in starts:
                yield first + per_task, _make(self._config_json, split, first, per_task)
        else:
            yield from self._parallel(self._pool, split, starts, per_task)

    def _parallel(
        self, pool: ProcessPoolExecutor, split: Split, starts: "count[int]", per_task: int
    ) -> Iterator[tuple[int, list[Candidate]]]:
        waiting: deque[tuple[int, Future[list[Candidate]]]] = deque()
        try:
            while True:
                while len(waiting) < self._ahead:
                    first = next(starts)
                    waiting.append((first, pool.submit(_make, self._config_json, split, first, per_task)))
                first, future = waiting.popleft()
                yield first + per_task, future.result()
        finally:
            for _, future in waiting:
                future.cancel()


def _make(config_json: str, split: Split, first: int, number: int) -> list[Candidate]:
    source = _source(config_json)
    groups = (generate_group(source, split, index) for index in range(first, first + number))
    return [judge(example) for group in groups for example in group]


@lru_cache(maxsize=2)  # a process serves one configuration; tests serve several
def _source(config_json: str) -> Source:
    return open_source(SynthesisConfig.model_validate_json(config_json))

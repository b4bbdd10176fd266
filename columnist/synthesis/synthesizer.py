"""Synthesize a training set: generate, write, validate, remove duplicates, split, and say what came of it."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from columnist.digests import canonical_json, digest_file, digest_folder
from columnist.documentation import Texts
from columnist.errors import TrainingSetError
from columnist.files import write_whole
from columnist.synthesis.candidates import GROUPS_PER_TASK, Candidate, CandidateStream, judge, own_use_cases
from columnist.synthesis.card import make_card
from columnist.synthesis.config import SynthesisConfig
from columnist.synthesis.diversity import Documented, compare_diversity
from columnist.synthesis.documented import read_documented
from columnist.synthesis.examples import Example, Split, TrainingSet, combine_digests
from columnist.synthesis.files import ANSWERS_FILE, RECORD_FILE, file_name, read_training_set, write_card
from columnist.synthesis.generator import OWN_SHARE
from columnist.synthesis.leakage import LeakageGuard
from columnist.synthesis.lexicon import input_digests
from columnist.synthesis.naics import load_sectors
from columnist.synthesis.quotas import measure_quotas
from columnist.synthesis.record import Diversity, QuotaResult, SynthesisRecord
from columnist.synthesis.teachers import Refusal, Teacher
from columnist.synthesis.teachers.grammar import GrammarTeacher
from columnist.synthesis.teachers.opening import open_teacher
from columnist.synthesis.workshop import NEAR_DUPLICATE, REPEATED_STRUCTURE, Workshop

GENERATOR = "grammar"
GENERATOR_VERSION = "4"
_GROUPS_PER_EXAMPLE = 12
_SPARE_GROUPS = 400
_WORTH_A_PROCESS = 800  # examples: fewer are made before a second process has started
_MEASURED_EXAMPLES = 1500
_SAMPLED_EXAMPLES = 400
_BATCH = 64

Progress = Callable[[int, int], None]


def synthesize(
    config: SynthesisConfig, progress: Progress | None = None, folder: Path | None = None, processes: int = 1
) -> TrainingSet:
    """Synthesize a training set and return it as a value.

    The same configuration gives the same bytes in any process. Test tables are
    of use cases that no training or validation example had, and nearly all are
    about entities that no other split has a table about; training and
    validation share no pair of industry and use case. All tables of a group are
    in one split.

    Args:
        config: Seed, sizes, dialects, quotas, and files of one's own.
        progress: Called with the number of examples made so far and the total.
        folder: Where to make it; what a killed run left there is used. A
            temporary folder where none is given.
        processes: How many to use, as for ``synthesize_to``.

    Raises:
        TrainingSetError: So many different examples cannot be made, a data file
            of the generator is damaged, or an example overlaps with an
            evaluation file.

    Example:
        >>> config = SynthesisConfig(seed=1, train_examples=3, validation_examples=1, test_examples=1)
        >>> training_set = synthesize(config)
        >>> [len(training_set.split(split)) for split in Split], training_set.record.generator
        ([3, 1, 1], 'grammar')
    """
    with nullcontext(folder) if folder else tempfile.TemporaryDirectory() as place:
        synthesize_to(config, Path(place), progress, processes)
        return read_training_set(Path(place))


def synthesize_to(config: SynthesisConfig, folder: Path, progress: Progress | None = None, processes: int = 1) -> str:
    """Synthesize a training set into a folder, in bounded memory at any size.

    An interrupted run is gone on with by the same call. The bytes depend on the
    configuration alone, not on the number of processes or interruptions.

    Args:
        config: What to make.
        folder: Where to: one file a split, the record, and the data card.
        progress: Called with the number of examples made so far and the total.
        processes: How many to use. More than one import the caller's main module
            anew, so a script has to guard what it does with ``__name__``.

    Returns:
        The digest of the training set.

    Raises:
        TrainingSetError: As for ``synthesize``; or the folder cannot be written,
            is in use, or holds another training set.
    """
    guard = LeakageGuard.open(config.evaluation_files)
    inputs = digest_inputs(config)
    with (
        Workshop(folder, identity_of(config, inputs)) as workshop,
        CandidateStream(config, processes) as stream,
        open_teacher(config.teacher, folder / ANSWERS_FILE) as teacher,
    ):
        tools = _Tools(workshop, stream, guard, teacher)
        # The test split comes first: it stays the same while the training split grows.
        for split in (Split.TEST, Split.VALIDATION, Split.TRAIN):
            if split is Split.TRAIN and workshop.harvested is None:
                _take_harvests(config, tools)
            _fill(split, config, tools, progress or (lambda _done, _total: None))
        return _finish(config, folder, inputs, tools)


def identity_of(config: SynthesisConfig, inputs: dict[str, str]) -> str:
    """Say on one line all that decides which bytes are made."""
    return canonical_json([config.model_dump(mode="json"), inputs, GENERATOR_VERSION])


def usual_processes(config: SynthesisConfig) -> int:
    """One process for each core that may be used, and one alone for a small set."""
    return (os.cpu_count() or 1) if config.total >= _WORTH_A_PROCESS else 1


def _fill(split: Split, config: SynthesisConfig, tools: "_Tools", progress: Progress) -> None:
    """Take candidates until a split has its size."""
    workshop = tools.workshop
    size, group = config.size_of(split), workshop.place(split)
    if split is Split.TRAIN:
        size += workshop.harvested or 0
    # Depends on the configuration alone: a resumed run finds the same ranges.
    per_task = max(1, min(GROUPS_PER_TASK, size // 8))
    most = size * _GROUPS_PER_EXAMPLE + _SPARE_GROUPS
    ranges = tools.stream.groups(split, group, per_task)
    while workshop.made(split) < size and group < most:
        group, candidates = next(ranges)
        _take(split, size, candidates, tools)
        workshop.commit(split, group)
        progress(workshop.made_in_all, config.total)
    if workshop.made(split) < size:
        raise TrainingSetError(
            f"{size} {split.value} examples were asked for, but only {workshop.made(split)} different ones could be "
            "made; ask for fewer"
        )


def _take_harvests(config: SynthesisConfig, tools: "_Tools") -> None:
    """Take the examples of harvests as they are: people wrote them, and they were checked when they were harvested."""
    # Imported here: reading catalogs needs database drivers, which workers that only generate do not.
    from columnist.synthesis.harvest import read_harvest

    workshop, before = tools.workshop, tools.workshop.made(Split.TRAIN)
    for folder in config.harvested:
        _, examples = read_harvest(folder)
        for candidate in map(judge, examples):
            tools.guard.check(candidate.id, candidate.signature)
            if not workshop.is_new_structure(candidate.structure) or not workshop.write(Split.TRAIN, candidate):
                workshop.rejected[NEAR_DUPLICATE] += 1
    workshop.commit_harvest(workshop.made(Split.TRAIN) - before)


def _take(split: Split, size: int, candidates: list[Candidate], tools: "_Tools") -> None:
    """Use the candidates of a range, as far as they are needed: a teacher is not paid for more."""
    workshop = tools.workshop
    fresh = (candidate for candidate in candidates if _is_fresh(candidate, workshop))
    while (wanted := min(size - workshop.made(split), _BATCH)) and (batch := list(islice(fresh, wanted))):
        for written in tools.teach(batch):
            if written.fault:
                workshop.rejected[written.fault] += 1
                continue
            tools.guard.check(written.id, written.signature)
            if not workshop.write(split, written):
                workshop.rejected[NEAR_DUPLICATE] += 1


def _is_fresh(candidate: Candidate, workshop: Workshop) -> bool:
    if candidate.fault:
        workshop.rejected[candidate.fault] += 1
    elif not workshop.is_new_structure(candidate.structure):
        workshop.rejected[REPEATED_STRUCTURE] += 1
    else:
        return True
    return False


@dataclass(frozen=True)
class _Tools:
    workshop: Workshop
    stream: CandidateStream
    guard: LeakageGuard
    teacher: Teacher

    def teach(self, batch: list[Candidate]) -> list[Candidate]:
        """Let the teacher write the texts of candidates, and judge what it wrote."""
        if isinstance(self.teacher, GrammarTeacher):
            return batch  # it has written them already, in whichever process made them
        examples = [Example.model_validate_json(candidate.line) for candidate in batch]
        before = _usage(self.teacher)
        written = zip(batch, examples, self.teacher.write(examples), strict=True)
        self.workshop.usage.update(_usage(self.teacher))
        self.workshop.usage.subtract(before)
        return [self._judge(candidate, example, answer) for candidate, example, answer in written]

    def _judge(self, candidate: Candidate, example: Example, answer: Texts | Refusal) -> Candidate:
        if isinstance(answer, Refusal):
            return candidate._replace(fault=answer.reason)
        told = {"reference": answer, "teacher": self.teacher.name, "license": self.teacher.license}
        return judge(Example.model_validate({**dict(example), **told}))


def _usage(teacher: Teacher) -> dict[str, float]:
    """What does not depend on how often a run was interrupted."""
    report = teacher.report()
    counted = ("examples", "requests", "input_tokens", "output_tokens", "usd")
    return {name: getattr(report, name) for name in counted}


def _finish(config: SynthesisConfig, folder: Path, inputs: dict[str, str], tools: _Tools) -> str:
    workshop = tools.workshop
    counts = {axis: workshop.tally.counts(Split.TRAIN, axis) for axis in ("class", "dialect", "sector")}
    record = SynthesisRecord(
        generator=GENERATOR,
        generator_version=GENERATOR_VERSION,
        seed=config.seed,
        config=config.model_dump(mode="json"),
        inputs=inputs,
        rejected=dict(sorted(workshop.rejected.items())),
        teacher=tools.teacher.name,
        usage={key: round(number, 6) for key, number in sorted(workshop.usage.items())},
        quotas=(
            *measure_quotas(
                config.quotas, counts, workshop.made(Split.TRAIN), config.dialects, tuple(load_sectors(config.naics))
            ),
            *_measure_own(config, tools),
        ),
        diversity=_measure_diversity(config, folder),
    )
    digest = combine_digests({split.value: digest_file(folder / file_name(split)) for split in Split}, record)
    samples = tuple(islice(_read_examples(folder / file_name(Split.TRAIN)), _SAMPLED_EXAMPLES))
    write_card(make_card(record, workshop.tally, digest, samples), folder)
    # The record comes last, and whole: with it, the training set is finished.
    write_whole(folder / RECORD_FILE, canonical_json(record.model_dump(mode="json")) + "\n")
    workshop.finish()
    return digest


def _measure_own(config: SynthesisConfig, tools: _Tools) -> tuple[QuotaResult, ...]:
    """Say how much of the training set a team's own packs gave rise to: at least half of what was aimed at."""
    own = own_use_cases(config)
    made = tools.workshop.tally.counts(Split.TRAIN, "use case")
    found = sum(made[case] for case in own) / tools.workshop.made(Split.TRAIN)
    return (QuotaResult(name="use cases of your own", wanted=OWN_SHARE / 2, found=found),) if own else ()


def _measure_diversity(config: SynthesisConfig, folder: Path) -> dict[str, Diversity]:
    examples = islice(_read_examples(folder / file_name(Split.TRAIN)), _MEASURED_EXAMPLES)
    collections: dict[str, list[Documented]] = {"training": [(each.table, each.reference) for each in examples]}
    for path in config.evaluation_files:
        collections[path.name] = [(each.table, each.texts) for each in read_documented(path)]
    return compare_diversity(collections)


def _read_examples(path: Path) -> Iterator[Example]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield Example.model_validate_json(line)


def digest_inputs(config: SynthesisConfig) -> dict[str, str]:
    """SHA-256 of all that a training set is made from, by file name.

    Raises:
        TrainingSetError: A file cannot be read.
    """
    try:
        named = {path.name: digest_file(path) for path in config.evaluation_files}
        named |= {f"harvest {folder.name}": digest_folder(folder) for folder in config.harvested}
    except OSError as error:
        raise TrainingSetError(f"an evaluation file or a harvest cannot be read: {error}; check the path") from error
    return {**input_digests(config.vocabulary, config.naics), **named}

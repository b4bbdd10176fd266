"""Examples to look at: drawn from a training set of any size, or made on the spot."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from random import Random
from typing import NamedTuple, Self

from pydantic import ValidationError

from columnist.ddl.dialects import resolve
from columnist.digests import canonical_json, digest_value
from columnist.errors import ConfigError, TrainingSetError
from columnist.synthesis.candidates import CandidateStream
from columnist.synthesis.column_types import DIALECTS
from columnist.synthesis.config import SynthesisConfig
from columnist.synthesis.examples import Example, HardClass, Split
from columnist.synthesis.files import file_name, require_finished
from columnist.synthesis.lexicon import load_lexicon
from columnist.synthesis.naics import load_industries, load_sectors
from columnist.values import Value

HARVESTED_FILE = "examples.jsonl"
_GROUPS_PER_TASK = 8
_MOST_GROUPS = 2_000  # made in search of rare examples: about a minute


class Wanted(Value):
    """Which examples to look at; all where nothing is said.

    Attributes:
        sector_prefixes: The first two digits of the industries of a sector.
    """

    hard: HardClass | None = None
    dialect: str | None = None
    sector_prefixes: tuple[str, ...] = ()

    @classmethod
    def parse(cls, hard: str | None, dialect: str | None, sector: str | None) -> Self:
        """Read what a person asks for.

        Raises:
            ConfigError: There is no such class or sector.
            SourceError: There is no such dialect.

        Example:
            >>> Wanted.parse("opaque", "pg", "32").sector_prefixes
            ('31', '32', '33')
        """
        if hard is not None and hard not in set(HardClass):
            raise ConfigError(f"there is no class {hard!r}; expected one of {', '.join(HardClass)}")
        return cls(
            hard=HardClass(hard) if hard else None,
            dialect=resolve(dialect) if dialect else None,
            sector_prefixes=_prefixes(sector) if sector is not None else (),
        )

    def accepts(self, example: Example) -> bool:
        """Whether an example is one of those."""
        return (
            (self.hard is None or self.hard in example.classes)
            and self.dialect in {None, example.table.dialect}
            and (not self.sector_prefixes or example.naics_code[:2] in self.sector_prefixes)
        )

    def may_accept(self, line: str) -> bool:
        """Whether a line of canonical JSON could be such an example: a quick look, without parsing it."""
        told = [f'"{self.hard.value}"'] if self.hard else []
        told += [f'"dialect":{canonical_json(self.dialect)}'] if self.dialect else []
        return all(piece in line for piece in told) and (
            not self.sector_prefixes or any(f'"naics_code":"{prefix}' in line for prefix in self.sector_prefixes)
        )


class Titles(NamedTuple):
    """What use cases and industries are called, by identifier and by code."""

    use_cases: dict[str, str]
    industries: dict[str, str]

    @classmethod
    def load(cls) -> Self:
        """Load the titles that the product ships."""
        return cls(
            use_cases={case.id: case.title for case in load_lexicon().use_cases},
            industries={industry.code: industry.title for industry in load_industries()},
        )


def read_lines(folder: Path, split: Split) -> Iterator[str]:
    """Yield the lines of a split of a training set, or of a harvest, which has no splits.

    Raises:
        TrainingSetError: The folder holds neither, or cannot be read.
    """
    require_finished(folder)
    harvested = folder / HARVESTED_FILE
    path = harvested if harvested.exists() else folder / file_name(split)
    try:
        with path.open(encoding="utf-8", newline="\n") as lines:
            yield from lines
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingSetError(
            f"{path}: expected examples as JSON lines, but it cannot be read: {error}; name another folder"
        ) from error


def draw_examples(lines: Iterable[str], wanted: Wanted, number: int, seed: int) -> tuple[Example, ...]:
    """Draw examples, each line as likely as any other; only those drawn are kept in memory.

    Args:
        lines: Examples as canonical JSON.
        wanted: Which to draw from.
        number: How many to draw; all there are if that is fewer.
        seed: Decides which.

    Raises:
        TrainingSetError: A line that was drawn is no example.
    """
    rng = Random(digest_value([seed, "browse"]))
    kept: list[tuple[int, str]] = []
    seen = 0
    for place, line in enumerate(lines, 1):
        if not line.strip() or not (wanted.may_accept(line) and _is_wanted(line, wanted, place)):
            continue
        seen += 1
        # Algorithm R of reservoir sampling: the n-th line takes a place with the chance number/n.
        target = rng.randrange(seen)
        if len(kept) < number:
            kept.append((place, line))
        elif target < number:
            kept[target] = (place, line)
    rng.shuffle(kept)
    return tuple(_parse(line, place) for place, line in kept)


def make_examples(wanted: Wanted, split: Split, number: int, seed: int) -> tuple[Example, ...]:
    """Make examples with the grammar, no two of the same group; fewer where the wanted ones are too rare.

    Raises:
        ConfigError: The grammar does not write the dialect.
    """
    if wanted.dialect not in {None, *DIALECTS}:
        raise ConfigError(f"no examples are made for {wanted.dialect}; expected one of {', '.join(DIALECTS)}")
    dialects = (wanted.dialect,) if wanted.dialect else DIALECTS
    config = SynthesisConfig(
        seed=seed, train_examples=number, validation_examples=0, test_examples=0, dialects=dialects
    )
    rng = Random(digest_value([seed, "browse"]))
    made: list[Example] = []
    with CandidateStream(config, processes=1) as stream:
        ranges = islice(stream.groups(split, 0, _GROUPS_PER_TASK), _MOST_GROUPS // _GROUPS_PER_TASK)
        for _, candidates in ranges:
            sound = (Example.model_validate_json(candidate.line) for candidate in candidates if not candidate.fault)
            for _, group in groupby(filter(wanted.accepts, sound), key=lambda example: example.group):
                made.append(rng.choice(list(group)))
            if len(made) >= number:
                break
    return tuple(made[:number])


def _is_wanted(line: str, wanted: Wanted, place: int) -> bool:
    """Look closer where anything is asked for: what a quick look took for a class may be a column's name."""
    return wanted == Wanted() or wanted.accepts(_parse(line, place))


def _parse(line: str, place: int) -> Example:
    try:
        return Example.model_validate_json(line)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"])) or "the line"
        raise TrainingSetError(
            f"line {place}: expected an example as JSON, but {where}: {problem['msg']}; name another training set"
        ) from error


def _prefixes(sector: str) -> tuple[str, ...]:
    for code in load_sectors():
        covered = tuple(str(number) for number in range(int(code[:2]), int(code[-2:]) + 1))
        if sector == code or sector in covered:
            return covered
    raise ConfigError(f"there is no sector {sector!r}; expected one of {', '.join(load_sectors())}")

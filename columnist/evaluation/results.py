"""What an evaluation finds: every system on every set of tables, whole, by slice and side by side.

Importing this module loads what the acceptance model is made of, so it is not part of
what ``columnist.evaluation`` imports.
"""

from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field

from columnist.digests import digest_value
from columnist.documentation import Texts
from columnist.evaluation.comparison import Comparison, EvaluationConfig
from columnist.evaluation.costs import Cost
from columnist.evaluation.identity import SystemIdentity
from columnist.evaluation.intervals import Interval
from columnist.evaluation.retrieval import Retrieval
from columnist.evaluation.samples_page import TableSample
from columnist.modeling.acceptance.calibration import Calibration
from columnist.values import Value


class Role(StrEnum):
    """What a system is to an evaluation: the one in question, or something to compare it with."""

    CANDIDATE = "candidate"
    CHAMPION = "champion"
    BASE = "base"
    BASELINE = "baseline"


class TableSet(Value):
    """The tables that were measured on.

    Attributes:
        origin: Where they come from, in words.
        sha256: Digest of the tables with their references.
        planned: How many the configuration asked for; fewer may have been there.
        n_texts: Texts asked for: one per table and one per column.
    """

    name: str
    origin: str
    sha256: str
    n_tables: int
    planned: int
    n_texts: int


class SystemResult(Value):
    """One system's means over tables, by measure, and what a table costs."""

    identity: SystemIdentity
    role: Role
    means: dict[str, Interval]
    cost: Cost | None = None


class Slice(Value):
    """The comparisons on the tables that have one thing in common, such as a dialect."""

    dimension: str
    value: str
    n_tables: int
    comparisons: tuple[Comparison, ...]


class Sample(Value):
    """One table with all texts about it, abstentions among them, for a person to read.

    Attributes:
        texts: By the system's name.
    """

    table: str
    columns: tuple[str, ...]
    ddl: str
    reference: Texts
    texts: dict[str, Texts]

    def before_and_after(self, candidate: str, baseline: str) -> TableSample:
        """Return the texts of two systems alone."""
        return TableSample(
            table=self.table,
            columns=self.columns,
            ddl=self.ddl,
            reference=self.reference,
            candidate=self.texts[candidate],
            baseline=self.texts[baseline],
        )


class SetResult(Value):
    """What was found on one set of tables.

    Attributes:
        systems: The candidate first.
        comparisons: The candidate with each other system, in their order.
        hosted: What hosted models would cost that say as much in answer to the long prompt.
        retrieval: Whether the descriptions help to find data; only where people wrote the references.
        calibration: How far the candidate's probabilities can be trusted, where it gives any.
    """

    tables: TableSet
    systems: tuple[SystemResult, ...]
    comparisons: tuple[Comparison, ...]
    slices: tuple[Slice, ...]
    samples: tuple[Sample, ...]
    hosted: dict[str, Cost] = Field(default_factory=dict)
    calibration: Calibration | None = None
    retrieval: Retrieval | None = None

    @property
    def candidate(self) -> SystemResult:
        """The system in question."""
        return self.systems[0]

    def comparison(self, baseline: str) -> Comparison:
        """Return the comparison with the system of that name.

        Raises:
            KeyError: There is no such system.
        """
        return {each.baseline: each for each in self.comparisons}[baseline]


class Evaluation(Value):
    """What was measured of one candidate, on one set of tables or more."""

    config: EvaluationConfig
    sets: tuple[SetResult, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of all that was found."""
        return digest_value(self.model_dump(mode="json"))

    @property
    def candidate(self) -> SystemIdentity:
        """Which model is in question; the same on all sets."""
        return self.sets[0].candidate.identity

    def result_of(self, name: str) -> SetResult:
        """Return what was found on the set of that name.

        Raises:
            KeyError: There is no such set.
        """
        return {each.tables.name: each for each in self.sets}[name]

    def numbers(self) -> dict[str, float]:
        """Return every estimate and bound as flat names, for an experiment tracker."""
        return dict(self._numbered())

    def _numbered(self) -> Iterator[tuple[str, float]]:
        for found in self.sets:
            for system in found.systems:
                for measure, interval in system.means.items():
                    yield from _bounds(f"{found.tables.name}.{system.identity.name}.{measure}", interval)
            for comparison in found.comparisons:
                for result in comparison.metrics:
                    name = f"{found.tables.name}.minus_{comparison.baseline}.{result.name}"
                    yield from _bounds(name, result.difference)


def _bounds(name: str, interval: Interval) -> Iterator[tuple[str, float]]:
    for which in ("estimate", "low", "high"):
        yield f"{name}.{which}", getattr(interval, which)

"""Counts of what a training set consists of, kept while it is made."""

from collections import Counter
from functools import cache
from typing import Any, Self

from columnist.synthesis.examples import Example, Split
from columnist.synthesis.naics import load_industries

WIDTHS = ((1, 3), (4, 6), (7, 10), (11, 15), (16, 24), (25, 49), (50, 99), (100, 10_000))
OTHER_SECTOR = "none"
_NO_CLASS = "none of them"

Labels = dict[str, tuple[str, ...]]


def label(example: Example) -> Labels:
    """Say what an example counts as, by axis.

    Example:
        >>> from columnist.ddl.tables import Column, Table
        >>> from columnist.documentation import Texts
        >>> table = Table(name="t", dialect="duckdb", columns=(Column(name="a"),))
        >>> texts = Texts(table="", columns=("",))
        >>> example = Example(id="1", ddl="", table=table, reference=texts, naics_code="111110", use_case="crops",
        ...                   license="MIT")
        >>> labels = label(example)
        >>> labels["sector"], labels["dialect"], labels["width"]
        (('11',), ('duckdb',), ('1 to 3',))
    """
    return {
        "class": tuple(hard.value for hard in example.classes) or (_NO_CLASS,),
        "dialect": (example.table.dialect or "unknown",),
        "sector": (_sectors().get(example.naics_code, OTHER_SECTOR),),
        "kind": (example.kind or "unknown",),
        "width": (_width(len(example.table.columns)),),
        "license": (example.license,),
        "teacher": (example.teacher,),
        "use case": (example.use_case,),
        "industry": (example.naics_code,),
    }


class Tally:
    """Examples and columns by split, and examples by split, axis and value."""

    def __init__(self) -> None:
        self.examples: Counter[str] = Counter()
        self.columns: Counter[str] = Counter()
        self._axes: dict[str, dict[str, Counter[str]]] = {split.value: {} for split in Split}

    def add(self, split: Split, labels: Labels, columns: int) -> None:
        """Count an example."""
        self.examples[split.value] += 1
        self.columns[split.value] += columns
        axes = self._axes[split.value]
        for axis, values in labels.items():
            axes.setdefault(axis, Counter()).update(values)

    def counts(self, split: Split, axis: str) -> Counter[str]:
        """The examples of a split by the values of an axis."""
        return self._axes[split.value].get(axis, Counter())

    def dump(self) -> dict[str, Any]:
        """Return the counts as a JSON value."""
        return {"examples": self.examples, "columns": self.columns, "axes": self._axes}

    @classmethod
    def load(cls, dumped: dict[str, Any]) -> Self:
        """Return the tally that ``dump`` made a JSON value of."""
        tally = cls()
        tally.examples.update(dumped["examples"])
        tally.columns.update(dumped["columns"])
        for split, axes in dumped["axes"].items():
            tally._axes[split] = {axis: Counter(values) for axis, values in axes.items()}
        return tally


def _width(columns: int) -> str:
    low, high = next(bounds for bounds in WIDTHS if columns <= bounds[1])
    return f"{low} to {high}" if high < 1000 else f"{low} or more"


@cache
def _sectors() -> dict[str, str]:
    return {industry.code: industry.sector for industry in load_industries()}

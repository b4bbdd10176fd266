"""The quality table: every measure of every system, and how the first compares with the others."""

from collections.abc import Mapping, Sequence

from pydantic import Field
from rich.markup import escape
from rich.table import Table as Grid

from columnist.documentation import Texts
from columnist.evaluation import (
    MEASURES,
    EvaluationConfig,
    Interval,
    MetricResult,
    Similarity,
    bootstrap_mean,
    compare_values,
    measure_texts,
)
from columnist.evaluation.measures import measure_named
from columnist.synthesis.examples import Example
from columnist.systems import Piece
from columnist.terminal import out
from columnist.values import Value

PEOPLE = "people"
_AGAINST_REFERENCE = frozenset({"semantic", "overlap", "abstention", "filled", "structure"})
_HEADER = ("measure", "good", "difference", "finding")


class Report(Value):
    """What was measured.

    Attributes:
        candidate: The system that is compared with the others.
        means: Per measure, then per system, the mean over tables with its interval.
        differences: Per other system, candidate minus that one, measure by measure.
        seconds_per_table: Of each system, on the machine and under the load of when it wrote.
        systems: What each system is; only in what is saved, as are the two below.
        ids: The tables, in order.
        texts: What each system wrote, in the same order.
    """

    n_tables: int
    n_texts: int
    level: float
    candidate: str
    means: dict[str, dict[str, Interval]]
    differences: dict[str, tuple[MetricResult, ...]]
    seconds_per_table: dict[str, float]
    systems: dict[str, str] = Field(default_factory=dict)
    ids: tuple[str, ...] = ()
    texts: dict[str, tuple[Texts, ...]] = Field(default_factory=dict)


def measure_systems(
    examples: Sequence[Example],
    written: Mapping[str, Piece],
    config: EvaluationConfig,
    similarity: Similarity | None,
) -> Report:
    """Measure all systems on the same tables, and the first against each of the others."""
    measured = {name: measure_texts(examples, piece.texts, similarity, piece.faults) for name, piece in written.items()}
    people = measure_texts(examples, [example.reference for example in examples])
    shown = {each.name: people[each.name] for each in MEASURES if each.metric not in _AGAINST_REFERENCE}
    candidate, *others = written
    return Report(
        n_tables=len(examples),
        n_texts=sum(1 + len(example.table.columns) for example in examples),
        level=config.level,
        candidate=candidate,
        means=_means({**measured, PEOPLE: shown}, config),
        differences={name: compare_values(measured[candidate], measured[name], config) for name in others},
        seconds_per_table={name: round(piece.seconds / len(examples), 4) for name, piece in written.items()},
    )


def print_report(report: Report) -> None:
    """Print the table of means, then one of differences for each other system."""
    header, rows = tabulate_means(report)
    grid = Grid(*header, title=_title(report), title_justify="left")
    for row in rows:
        grid.add_row(*map(escape, row))
    out.print(grid, soft_wrap=True)
    for name, rows in tabulate_differences(report).items():
        grid = Grid(*_HEADER, title=escape(f"{report.candidate} minus {name}"), title_justify="left")
        for row in rows:
            grid.add_row(*map(escape, row))
        out.print(grid)


def render_report(report: Report) -> str:
    """Return the same tables as Markdown."""
    parts = [f"# {_title(report)}", _as_markdown(*tabulate_means(report))]
    for name, rows in tabulate_differences(report).items():
        parts += [f"## {report.candidate} minus {name}", _as_markdown(_HEADER, rows)]
    return "\n\n".join(parts) + "\n"


def tabulate_means(report: Report) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return a header and a row of texts for each measure, and one for the time."""
    names = (*report.seconds_per_table, PEOPLE)
    rows = [
        (measure_named(name).label, measure_named(name).direction.value, *(_shown(means.get(each)) for each in names))
        for name, means in report.means.items()
    ]
    seconds = (f"{report.seconds_per_table[name]:.2f}" for name in names[:-1])
    return ("measure", "good", *names), [*rows, ("Seconds a table", "lower", *seconds, "")]


def tabulate_differences(report: Report) -> dict[str, list[tuple[str, ...]]]:
    """Return for each other system a row of texts for each measure."""
    return {
        name: [
            (
                measure_named(result.name).label,
                result.direction.value,
                _shown(result.difference, sign="+"),
                result.finding.value,
            )
            for result in results
        ]
        for name, results in report.differences.items()
    }


def _means(
    measured: Mapping[str, Mapping[str, Sequence[float | None]]], config: EvaluationConfig
) -> dict[str, dict[str, Interval]]:
    means: dict[str, dict[str, Interval]] = {}
    for name, values in measured.items():
        for measure, own in values.items():
            known = [value for value in own if value is not None]
            if len(known) >= 2:
                interval = bootstrap_mean(known, config.seed, config.level, resamples=config.resamples)
                means.setdefault(measure, {})[name] = interval
    return means


def _title(report: Report) -> str:
    return f"Quality on {report.n_tables} real tables, {report.n_texts} texts; {report.level:.0%} intervals over tables"


def _shown(interval: Interval | None, sign: str = "") -> str:
    if interval is None:
        return ""
    estimate, low, high = (format(end, f"{sign}.3f") for end in (interval.estimate, interval.low, interval.high))
    return f"{estimate} [{low}, {high}]"


def _as_markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)

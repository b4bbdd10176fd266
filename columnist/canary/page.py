"""The result of a check as a page in Markdown."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from columnist.evaluation.measures import MEASURES

if TYPE_CHECKING:
    from columnist.canary.checking import CanaryResult
    from columnist.evaluation import Interval, MetricResult

_LABELS = {measure.name: measure.label for measure in MEASURES}
HEADS = ("pinned", "now", "difference", "finding")


def render_result(result: "CanaryResult") -> str:
    """Return what changed, the measures then and now, and some of the texts."""
    parts = ["# Canaries", result.summary, _grid(("measure", "good", *HEADS), map(row_of, result.metrics))]
    if result.samples:
        texts = ((each.table, each.column or "(table)", each.before, each.after) for each in result.samples)
        parts += ["## Some of the texts that changed", _grid(("table", "column", "before", "after"), texts)]
    return "\n\n".join(parts) + "\n"


def row_of(metric: "MetricResult") -> tuple[str, ...]:
    """Return the cells of a measure: its name, its good direction, then, now, the difference and what it says."""
    return (
        _LABELS.get(metric.name, metric.name),
        metric.direction.value,
        f"{metric.baseline.estimate:.3f}",
        f"{metric.candidate.estimate:.3f}",
        _signed(metric.difference),
        metric.finding.value,
    )


def _signed(interval: "Interval") -> str:
    return f"{interval.estimate:+.3f} [{interval.low:+.3f}, {interval.high:+.3f}]"


def _grid(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    """Return a text that ends no cell and no line: what a model writes is nobody's Markdown.

    Example:
        >>> print(_cell("a | b <i>"))
        a &#124; b &lt;i&gt;
    """
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "&#124;"), ("[", "&#91;"), ("!", "&#33;")):
        text = text.replace(sign, entity)
    return " ".join(text.split())

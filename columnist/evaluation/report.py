"""What a person sees of an evaluation: a sentence, a table, a page and a picture."""

from io import BytesIO

from columnist.evaluation.comparison import Evaluation, Finding, MetricResult
from columnist.evaluation.intervals import Interval
from columnist.evaluation.measures import MEASURES, Direction, measure_named
from columnist.evaluation.pages import open_page

HEADER = ("measure", "good", "tables", "tuned", "base", "difference", "finding")

_COLORS = {Finding.BETTER: "#1a7f5a", Finding.WORSE: "#b4452c", Finding.UNDECIDED: "#6b7280"}


def summarize(evaluation: Evaluation) -> str:
    """Return the evaluation in one sentence: how much was measured, and what the intervals decide."""
    labels = {
        finding: [measure_named(result.name).label for result in evaluation.metrics if result.finding is finding]
        for finding in Finding
    }
    parts = (
        f"better than the base model in {_listed(labels[Finding.BETTER])}",
        f"worse in {_listed(labels[Finding.WORSE])}",
        f"not told apart from it in {_listed(labels[Finding.UNDECIDED])}",
    )
    return f"On {evaluation.n_tables} unseen tables ({evaluation.n_texts} texts) the tuned model is {'; '.join(parts)}."


def tabulate(evaluation: Evaluation) -> tuple[tuple[str, ...], ...]:
    """Return one row of texts per measure, under ``HEADER``."""
    return tuple(
        (
            measure_named(result.name).label,
            result.direction.value,
            str(result.n_tables),
            _shown(result.candidate),
            _shown(result.baseline),
            _shown(result.difference, sign="+"),
            result.finding.value,
        )
        for result in evaluation.metrics
    )


def render_markdown(evaluation: Evaluation) -> str:
    """Return the report as Markdown: summary, measures, and the samples with all their texts."""
    return _render("report.md.j2", evaluation)


def render_html(evaluation: Evaluation) -> str:
    """Return the report as one HTML page without scripts and without anything to load."""
    return _render("report.html.j2", evaluation)


def render_picture(evaluation: Evaluation) -> bytes:
    """Return a PNG of the differences with their intervals, a point per measure.

    Differences are turned so that right of the zero line the tuned model is
    better, whatever the direction of the measure; the finding stands beside
    each, so that nobody has to guess what a color means. Equal evaluations give equal
    bytes: the picture carries no time and no version.
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    results = evaluation.metrics[::-1]
    figure = Figure(
        figsize=(8, 1.4 + 0.45 * len(results)), dpi=120, layout=ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.15)
    )
    axes = figure.add_subplot()
    for height, result in enumerate(results):
        estimate, low, high = _improvement(result)
        color = _COLORS[result.finding]
        axes.plot([low, high], [height, height], color=color, linewidth=2.5, solid_capstyle="round")
        axes.plot([estimate], [height], "o", color=color, markersize=7)
        axes.text(1.02, height, result.finding, color=color, va="center", transform=axes.get_yaxis_transform())
    axes.axvline(0, color="#111827", linewidth=1, zorder=0)
    axes.set_yticks(range(len(results)), [measure_named(result.name).label for result in results])
    axes.set_ylim(-0.6, len(results) - 0.4)
    axes.set_xlabel(f"base model better  ←  {_measured(evaluation)}  →  tuned model better")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#e5e7eb")
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _render(template: str, evaluation: Evaluation) -> str:
    page: str = open_page(template).render(
        evaluation=evaluation,
        summary=summarize(evaluation),
        header=HEADER,
        rows=tabulate(evaluation),
        measures=[measure for measure in MEASURES if measure.name in {result.name for result in evaluation.metrics}],
        level=_level(evaluation),
    )
    return page


def _measured(evaluation: Evaluation) -> str:
    interval = f", {_level(evaluation)} interval" if evaluation.metrics else ""
    return f"difference on {evaluation.n_tables} tables{interval}"


def _level(evaluation: Evaluation) -> str:
    return f"{evaluation.metrics[0].difference.level:.0%}" if evaluation.metrics else ""


def _improvement(result: MetricResult) -> tuple[float, float, float]:
    interval = result.difference
    if result.direction is Direction.HIGHER:
        return interval.estimate, interval.low, interval.high
    return -interval.estimate, -interval.high, -interval.low


def _shown(interval: Interval, sign: str = "") -> str:
    estimate, low, high = (format(end, f"{sign}.3f") for end in (interval.estimate, interval.low, interval.high))
    return f"{estimate} [{low}, {high}]"


def _listed(labels: list[str]) -> str:
    """Join labels as a person would.

    Example:
        >>> _listed(["chrF", "Filled", "Loops"]), _listed([])
        ('3 measures (chrF, Filled, Loops)', 'no measure')
    """
    if not labels:
        return "no measure"
    return f"{len(labels)} measure{'s' if len(labels) > 1 else ''} ({', '.join(labels)})"

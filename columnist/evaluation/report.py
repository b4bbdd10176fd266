"""What a person sees of an evaluation: answers in sentences, tables, pictures, and one page with all of it."""

import base64
from io import BytesIO
from typing import Any

from columnist.evaluation.comparison import Comparison, Finding, MetricResult
from columnist.evaluation.intervals import Interval
from columnist.evaluation.measures import MEASURES, Direction, measure_named
from columnist.evaluation.pages import open_page
from columnist.evaluation.results import Evaluation, SetResult, Slice

HEADER = ("measure", "good", "tables", "tuned", "other", "difference", "won/tied/lost", "p", "finding")
# What the page shows of each slice; the JSON has every measure.
SLICED = ("semantic_similarity", "chrf", "name_echo", "unsupported")

_COLORS = {Finding.BETTER: "#1a7f5a", Finding.WORSE: "#b4452c", Finding.UNDECIDED: "#6b7280"}


def summarize(found: SetResult, comparison: Comparison) -> str:
    """Return a comparison in one sentence: on how much it was made, and what is found."""
    labels = {
        finding: [measure_named(result.name).label for result in comparison.metrics if result.finding is finding]
        for finding in Finding
    }
    parts = (
        f"better than {comparison.baseline} in {_listed(labels[Finding.BETTER])}",
        f"worse in {_listed(labels[Finding.WORSE])}",
        f"not told apart from it in {_listed(labels[Finding.UNDECIDED])}",
    )
    tables = found.tables
    missing = "" if tables.n_tables == tables.planned else f" of {tables.planned} planned"
    return (
        f"On {tables.n_tables}{missing} {tables.name} tables ({tables.n_texts} texts) "
        f"{found.candidate.identity.name} is {'; '.join(parts)}."
    )


def tabulate(comparison: Comparison) -> tuple[tuple[str, ...], ...]:
    """Return one row of texts per measure, under ``HEADER``."""
    return tuple(
        (
            measure_named(result.name).label,
            result.direction.value,
            str(result.n_tables),
            show(result.candidate),
            show(result.baseline),
            show(result.difference, sign="+"),
            f"{result.wins}/{result.ties}/{result.losses}",
            show_p(result.p_value),
            result.finding.value,
        )
        for result in comparison.metrics
    )


def tabulate_slices(found: SetResult, baseline: str) -> tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...]:
    """Return per slice its dimension, value and tables, and per measure of ``SLICED`` a difference with its finding."""
    names = sliced(found)
    return tuple(
        (each.dimension, each.value, str(each.n_tables), tuple(_slice_cells(each, baseline, names)))
        for each in found.slices
    )


def sliced(found: SetResult) -> tuple[str, ...]:
    """Return the measures that are shown by slice, of those that were measured."""
    return tuple(name for name in SLICED if name in found.candidate.means)


def tell_price(found: SetResult) -> str:
    """Return what the candidate costs beside hosted models, in one sentence; nothing where it was not counted."""
    own = found.candidate.cost
    if own is None or own.seconds is None or own.usd_per_1000_tables is None:
        return ""
    hosted = ", ".join(
        f"{name} ${cost.usd_per_1000_tables:,.2f}"
        for name, cost in found.hosted.items()
        if cost.usd_per_1000_tables is not None
    )
    beside = f"; to answer the long prompt at the same length would cost, estimated: {hosted}" if hosted else ""
    return (
        f"1,000 {found.tables.name} tables cost ${own.usd_per_1000_tables:,.3f} of machine time "
        f"({own.seconds:.2f} s a table, {own.input_tokens.estimate:.0f} tokens read and "
        f"{own.output_tokens.estimate:.0f} written){beside}."
    )


def tabulate_costs(found: SetResult) -> tuple[tuple[str, str, str, str, str], ...]:
    """Return per system, then per hosted model, tokens read and written, seconds and US dollars per 1,000 tables."""
    costs = [(system.identity.name, system.cost) for system in found.systems if system.cost]
    costs += [(f"{name}, estimated", cost) for name, cost in found.hosted.items()]
    return tuple(
        (
            name,
            f"{cost.input_tokens.estimate:,.0f}",
            f"{cost.output_tokens.estimate:,.0f}",
            "" if cost.seconds is None else f"{cost.seconds:.2f}",
            "" if cost.usd_per_1000_tables is None else f"{cost.usd_per_1000_tables:,.3f}",
        )
        for name, cost in costs
    )


def render_markdown(evaluation: Evaluation) -> str:
    """Return the report as Markdown: answers, measures, slices, and the samples with all their texts."""
    return _render("report.md.j2", evaluation)


def render_html(evaluation: Evaluation) -> str:
    """Return the report as one HTML page without scripts and without anything to load: its pictures are inside."""
    return _render("report.html.j2", evaluation)


def render_picture(found: SetResult) -> bytes:
    """Return a PNG of the differences with their intervals: a row per measure, a panel per other system.

    Differences are turned so that right of the zero line the candidate is better,
    whatever the direction of the measure; filled points are decided, hollow ones are
    not, so that nobody has to guess what a color means. Equal results give equal
    bytes: the picture carries no time and no version.
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    names = [measure.name for measure in MEASURES if measure.name in found.candidate.means][::-1]
    panels = max(1, len(found.comparisons))
    figure = Figure(
        figsize=(3 + 3.4 * panels, 1.4 + 0.36 * len(names)),
        dpi=110,
        layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12),
    )
    axes = figure.subplots(1, panels, sharey=True, sharex=True, squeeze=False)[0]
    for panel, comparison in zip(axes, found.comparisons, strict=False):
        _draw_comparison(panel, comparison, names)
    axes[0].set_yticks(range(len(names)), [measure_named(name).label for name in names])
    figure.supxlabel(f"other better  ←  difference on {found.tables.n_tables} tables  →  candidate better", fontsize=9)
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def show(interval: Interval | None, sign: str = "") -> str:
    """Return an estimate with its interval.

    Example:
        >>> show(Interval(low=-0.1, high=0.3, estimate=0.1, level=0.95), sign="+")
        '+0.100 [-0.100, +0.300]'
    """
    if interval is None:
        return ""
    estimate, low, high = (format(end, f"{sign}.3f") for end in (interval.estimate, interval.low, interval.high))
    return f"{estimate} [{low}, {high}]"


def show_p(p_value: float) -> str:
    """Return a p-value as a person reads it.

    Example:
        >>> show_p(0.0312), show_p(1e-9)
        ('0.031', '<0.001')
    """
    return "<0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _draw_comparison(panel: Any, comparison: Comparison, names: list[str]) -> None:
    results = {result.name: result for result in comparison.metrics}
    for height, name in enumerate(names):
        if name not in results:
            continue
        estimate, low, high = _improvement(results[name])
        finding = results[name].finding
        color = _COLORS[finding]
        panel.plot([low, high], [height, height], color=color, linewidth=2, solid_capstyle="round")
        face = "white" if finding is Finding.UNDECIDED else color
        panel.plot([estimate], [height], "o", color=color, markerfacecolor=face, markersize=5.5)
    panel.axvline(0, color="#111827", linewidth=1, zorder=0)
    panel.set_ylim(-0.6, len(names) - 0.4)
    panel.set_title(f"minus {comparison.baseline}", fontsize=10)
    panel.tick_params(axis="y", length=0)
    panel.grid(axis="x", color="#e5e7eb")
    panel.set_axisbelow(True)
    panel.spines[["top", "right", "left"]].set_visible(False)


def _render(template: str, evaluation: Evaluation) -> str:
    measured = {name for found in evaluation.sets for system in found.systems for name in system.means}
    page: str = open_page(template).render(
        evaluation=evaluation,
        digest=evaluation.digest,
        header=HEADER,
        sliced=lambda found: [measure_named(name).label for name in sliced(found)],
        summarize=summarize,
        tabulate=tabulate,
        tell_price=tell_price,
        tabulate_costs=tabulate_costs,
        tabulate_slices=tabulate_slices,
        show=show,
        picture=_inline_picture,
        calibration_picture=_inline_calibration,
        measures=[measure for measure in MEASURES if measure.name in measured],
        level=f"{evaluation.config.level:.0%}",
        largest_p=f"{1 - evaluation.config.level:.3g}",
    )
    return page


def _inline_picture(found: SetResult) -> str:
    return _as_data(render_picture(found))


def _inline_calibration(found: SetResult) -> str:
    from columnist.modeling.acceptance.pictures import render_calibration

    if found.calibration is None:
        raise ValueError(f"{found.tables.name}: no calibration was measured")
    return _as_data(render_calibration(found.calibration))


def _as_data(picture: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


def _slice_cells(each: Slice, baseline: str, names: tuple[str, ...]) -> list[tuple[str, str]]:
    comparison = next(found for found in each.comparisons if found.baseline == baseline)
    results = {result.name: result for result in comparison.metrics}
    return [
        (show(results[name].difference, sign="+"), results[name].finding.value) if name in results else ("", "")
        for name in names
    ]


def _improvement(result: MetricResult) -> tuple[float, float, float]:
    interval = result.difference
    if result.direction is Direction.HIGHER:
        return interval.estimate, interval.low, interval.high
    return -interval.estimate, -interval.high, -interval.low


def _listed(labels: list[str]) -> str:
    """Join labels as a person would.

    Example:
        >>> _listed(["chrF", "Filled", "Loops"]), _listed([])
        ('3 measures (chrF, Filled, Loops)', 'no measure')
    """
    if not labels:
        return "no measure"
    return f"{len(labels)} measure{'s' if len(labels) > 1 else ''} ({', '.join(labels)})"

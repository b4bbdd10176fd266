"""What a person sees of a selection: a sentence, the ladder, a page and a picture."""

from io import BytesIO

from columnist.evaluation.intervals import Interval
from columnist.evaluation.measures import measure_named
from columnist.evaluation.pages import open_page
from columnist.selection.choosing import Choice, Decision, Standing
from columnist.selection.rungs import Measurement

HEADER = (
    "rung",
    "licence",
    "size",
    "memory",
    "s/table",
    "USD/1,000",
    "quality",
    "against the best",
    "against its rival",
    "decision",
)
_COLORS = {Decision.CHOSEN: "#1a7f5a", Decision.DEARER: "#2563eb", Decision.NOT_SHOWN: "#b4452c"}
_CHEAPEST_SHOWN = 1e-6  # USD for 1,000 tables: a logarithm needs something above nothing


def summarize(choice: Choice) -> str:
    """Return the outcome in a sentence: what was chosen, from how many, by which rule."""
    label, margin = measure_named(choice.rule.measure).label, f"{choice.rule.margin:g}"
    if choice.best is None:
        return "No rung is chosen: none has a licence that is on the list of allowed ones."
    n_tables = next(len(each.rung.measurement.values) for each in choice.ladder if each.rung.measurement)
    if choice.chosen is None:
        return (
            f"No rung is chosen: on {n_tables} tables, none is shown to be within {margin} of all others in {label}. "
            f"{choice.best} scored highest. Measure on more tables, or widen the margin if that is meant."
        )
    return (
        f"{choice.chosen} is chosen: on {n_tables} tables, the cheapest rung that is shown to be within {margin} of "
        f"all others in {label}; {choice.best} scored highest."
    )


def explain_level(choice: Choice) -> str:
    """Say what the intervals are, and what they are together."""
    return (
        f"Differences are paired by table and turned so that more is better. The lower end of each holds at a "
        f"one-sided level of {choice.comparison_level:.4g}, so that a rung that is truly worse than the truly best by "
        f"{choice.rule.margin:g} or more is chosen in at most {1 - choice.rule.level:.2g} of such selections. "
        "Quality stands with its own 95% interval."
    )


def tabulate(choice: Choice) -> tuple[tuple[str, ...], ...]:
    """Return one row of texts per rung, under ``HEADER``."""
    return tuple(_row(standing, choice.rule.measure) for standing in choice.ladder)


def render_markdown(choice: Choice) -> str:
    """Return the ladder as Markdown, with why each rung was taken or not."""
    return _render("selection.md.j2", choice)


def render_html(choice: Choice) -> str:
    """Return the ladder as one HTML page without scripts and without anything to load."""
    return _render("selection.html.j2", choice)


def render_picture(choice: Choice) -> bytes:
    """Return a PNG of quality with its interval against cost, on a logarithmic axis; the chosen rung is ringed.

    Equal choices give equal bytes: the picture carries no time and no version.
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=(8, 4.5), dpi=120, layout=ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.15))
    axes = figure.add_subplot()
    for standing in choice.ladder:
        measurement = standing.rung.measurement
        if measurement is None:
            continue
        mean, cost = measurement.means[choice.rule.measure], _shown_cost(measurement)
        color = _COLORS[standing.decision]
        axes.plot([cost, cost], [mean.low, mean.high], color=color, linewidth=2.5, solid_capstyle="round")
        axes.plot([cost], [mean.estimate], "o", color=color, markersize=7)
        if standing.decision is Decision.CHOSEN:
            axes.plot([cost], [mean.estimate], "o", color=color, markersize=15, fillstyle="none", markeredgewidth=2)
        name = f"{standing.rung.name}\n{standing.decision.value}"
        axes.annotate(name, (cost, mean.estimate), (10, 0), textcoords="offset points", va="center", color=color)
    axes.set_xscale("log")
    axes.margins(x=0.2, y=0.15)
    axes.set_xlabel("US dollars per 1,000 tables, cheaper to the left")
    measure = measure_named(choice.rule.measure)
    axes.set_ylabel(f"{measure.label}, {measure.direction.value} is better")
    axes.grid(color="#e5e7eb")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def numbers(choice: Choice) -> dict[str, float]:
    """Return what was measured as flat names, for an experiment tracker."""
    found = {}
    for standing in choice.ladder:
        name, measurement = standing.rung.name, standing.rung.measurement
        if measurement is None:
            continue
        for measure, mean in measurement.means.items():
            found[f"{name}.{measure}.estimate"] = mean.estimate
        found[f"{name}.seconds_per_table"] = measurement.timing.seconds_per_table
        found[f"{name}.peak_bytes"] = float(measurement.timing.peak_bytes)
        found[f"{name}.usd_per_1000_tables"] = measurement.usd_per_1000_tables
        found[f"{name}.chosen"] = float(standing.decision is Decision.CHOSEN)
    return found


def _render(template: str, choice: Choice) -> str:
    page: str = open_page(template).render(
        choice=choice,
        summary=summarize(choice),
        explanation=explain_level(choice),
        header=HEADER,
        rows=tabulate(choice),
        measure=measure_named(choice.rule.measure),
    )
    return page


def _row(standing: Standing, measure: str) -> tuple[str, ...]:
    rung, measurement = standing.rung, standing.rung.measurement
    size = f"{rung.parameters / 1e6:,.0f} M, {rung.bytes / 1e6:,.0f} MB" if rung.parameters else "no model"
    told = (rung.name, rung.license or "none needed", size)
    if measurement is None:
        return (*told, *["not measured"] + [""] * 5, standing.decision.value)
    against = _shown(standing.worst, "+")
    return (
        *told,
        f"{measurement.timing.peak_bytes / 1e6:,.0f} MB",
        f"{measurement.timing.seconds_per_table:.2g}",
        _dollars(measurement.usd_per_1000_tables),
        _shown(measurement.means[measure]),
        _shown(standing.gain, "+") or "is the best",
        f"{standing.rival}: {against}" if standing.rival else "",
        standing.decision.value,
    )


def _dollars(usd: float) -> str:
    """Return dollars with two significant digits, and without a long tail of zeros.

    Example:
        >>> _dollars(0.0123), _dollars(4.26), _dollars(1e-7)
        ('0.012', '4.3', '< 0.0001')
    """
    return f"{usd:.2g}" if usd >= 1e-4 else "< 0.0001"


def _shown_cost(measurement: Measurement) -> float:
    return max(measurement.usd_per_1000_tables, _CHEAPEST_SHOWN)


def _shown(interval: Interval | None, sign: str = "") -> str:
    if interval is None:
        return ""
    estimate, low, high = (format(end, f"{sign}.3f") for end in (interval.estimate, interval.low, interval.high))
    return f"{estimate} [{low}, {high}]"

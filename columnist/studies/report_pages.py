"""The report of a study as one page: HTML that loads nothing, Markdown, and JSON."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from columnist.evaluation.intervals import Interval
from columnist.evaluation.pages import open_page
from columnist.evaluation.report import show
from columnist.studies.analysis import StudyAnalysis
from columnist.studies.rater_quality import RaterReport
from columnist.studies.registration import Hypothesis, Registration
from columnist.studies.report import StudyReport


class Section(NamedTuple):
    """A table of the page, with what has to be known to read it."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Bar(NamedTuple):
    """An interval in the picture, cut to where win rates can be."""

    label: str
    low: float
    estimate: float
    high: float


def render_json(report: StudyReport) -> str:
    """Return all of a report as JSON."""
    return report.model_dump_json(indent=1) + "\n"


def render_markdown(report: StudyReport) -> str:
    """Return the report as Markdown, in which the texts of models and raters are inert."""
    return _render("study.md.j2", report)


def render_html(report: StudyReport) -> str:
    """Return the report as one HTML page without scripts and without anything to load."""
    return _render("study.html.j2", report)


RENDERERS: Mapping[str, Callable[[StudyReport], str]] = {
    ".html": render_html,
    ".md": render_markdown,
    ".json": render_json,
}


def summarize(report: StudyReport) -> str:
    """Return the verdict in one sentence, with what it rests on."""
    analysis, registration = report.result.analysis, report.result.registration
    asked = (
        "no worse than the baseline by the registered margin"
        if registration.hypothesis is Hypothesis.NON_INFERIOR
        else "better than the baseline"
    )
    counted = sum(not rater.excluded for rater in analysis.raters)
    side = "for" if analysis.win_rate.estimate > analysis.threshold else "against"
    more = (
        f" About {analysis.more_tables} more tables would decide it, {side} the candidate if the true rate is the one "
        "observed."
        if analysis.more_tables
        else ""
    )
    return (
        f"{analysis.verdict.value.capitalize()}: asked was whether the candidate is {asked}, with a win rate above "
        f"{analysis.threshold:.3f}. It is {show(analysis.win_rate)} on {analysis.n_tables} tables, from "
        f"{analysis.n_ballots} ballots of {counted} raters.{more}"
    )


def list_sections(report: StudyReport) -> tuple[Section, ...]:
    """Return the tables of the page, in its order."""
    analysis = report.result.analysis
    return (*_list_statistics(analysis), *_list_agreements(report), *_list_raters(analysis), _list_slices(analysis))


def _list_statistics(analysis: StudyAnalysis) -> Iterator[Section]:
    yield Section(
        "Win rates",
        f"Of the candidate, with {analysis.win_rate.level:.0%} intervals over tables: a tie or two bad texts count one "
        "half.",
        ("measured", "win rate", "what it is"),
        tuple(_list_rates(analysis)),
    )
    yield Section(
        "Looks",
        "Registered before the first ballot. The last one that was reached decides; its interval keeps the error over "
        "all looks together at what was registered.",
        ("tables", "reached", "standard errors", "win rate", "says"),
        tuple(
            (str(each.tables), _yes(each.reached), f"{each.bound:.3f}", show(each.interval), each.verdict.value)
            for each in analysis.looks
        ),
    )
    yield Section(
        "What a promotion needs beside it",
        "All of these have to hold.",
        ("condition", "holds", "how"),
        tuple((each.name, _yes(each.holds), each.reason) for each in analysis.conditions),
    )


def _list_agreements(report: StudyReport) -> Iterator[Section]:
    analysis = report.result.analysis
    yield Section(
        "Agreement",
        f"Of raters on the same table: candidate better, worse, a tie, both bad. {report.n_ties} ballots are ties, "
        f"{report.n_both_bad} find both bad, and raters prefer different texts on {report.n_disputed} tables.",
        ("coefficient", "value", "what it is"),
        tuple(_list_agreement(analysis)),
    )
    yield Section(
        "Two raters at a time",
        "Cohen's kappa, and the share of tables with the same answer.",
        ("raters", "tables", "same answer", "kappa"),
        tuple(
            (f"{each.first} and {each.second}", str(each.n_tables), show(each.percent), show(each.kappa))
            for each in (analysis.agreement.cohen if analysis.agreement else ())
        ),
    )


def _list_raters(analysis: StudyAnalysis) -> Iterator[Section]:
    yield Section(
        "Raters",
        "Ids are random. Rules that exclude were registered before; the other flags exclude nobody.",
        ("rater", "ballots", "seconds", "attention", "repeats", "chose A", "win rate", "counts", "flags"),
        tuple(_list_rater(each) for each in analysis.raters),
    )
    yield Section(
        "Without one rater",
        "The look that decides, were a rater's ballots not there.",
        ("left out", "win rate", "says"),
        tuple((each.rater, show(each.interval), each.verdict.value) for each in analysis.leave_one_out),
    )


def _list_slices(analysis: StudyAnalysis) -> Section:
    return Section(
        "By kind of table",
        "For reading: there are too few tables of a kind to decide anything.",
        ("dimension", "kind", "tables", "win rate"),
        tuple((e.dimension, e.value, str(e.n_tables), show(e.win_rate)) for e in analysis.slices),
    )


def list_facts(report: StudyReport) -> tuple[tuple[str, str], ...]:
    """Return what was registered and what it all rests on, as names and values."""
    result, registration = report.result, report.result.registration
    rules = registration.exclusions
    return (
        ("study", registration.study_id),
        ("question", f"{registration.hypothesis.value}, margin {registration.margin:g}"),
        ("error", f"{registration.alpha:g}, one-sided, over all looks"),
        ("opened", registration.opened_at),
        ("earlier studies of the two", _tell_earlier(registration)),
        ("closed", result.closed_at),
        ("candidate", f"SHA-256 {registration.candidate_sha256}"),
        ("baseline", f"SHA-256 {registration.baseline_sha256}"),
        ("test set", f"SHA-256 {registration.test_set_sha256}"),
        (
            "raters are left out",
            f"with a median below {rules.min_seconds_per_item:g} s, more than {rules.max_attention_failures} attention "
            f"items wrong, or fewer than {rules.min_repeat_consistency:.0%} of hidden repeats answered as before",
        ),
        ("registration", f"SHA-256 {registration.digest}"),
        ("commitments of the sealed keys", f"SHA-256 {', '.join(registration.commitments)}"),
        ("ballots", f"SHA-256 {result.ballots_sha256}"),
        ("result", f"SHA-256 {report.result_sha256}"),
        ("signed with the key", report.fingerprint),
    )


def _tell_earlier(registration: Registration) -> str:
    told = f"{len(registration.earlier)}: {', '.join(registration.earlier)}" if registration.earlier else "none"
    return f"{told}; opened again because: {registration.again}" if registration.again else told


def list_bars(analysis: StudyAnalysis) -> tuple[Bar, ...]:
    """Return the intervals of the picture, in its order."""
    named = [
        ("all tables that count", analysis.win_rate),
        ("by bootstrap", analysis.win_rate_bootstrap),
        ("at equal length", analysis.length_controlled),
        *((f"look at {each.tables}", each.interval) for each in analysis.looks),
        *((f"without {each.rater[:12]}", each.interval) for each in analysis.leave_one_out),
    ]
    return tuple(
        Bar(label, max(0.0, found.low), min(1.0, max(0.0, found.estimate)), min(1.0, found.high))
        for label, found in named
        if found
    )


def _list_rates(analysis: StudyAnalysis) -> Iterator[tuple[str, str, str]]:
    yield "by t", show(analysis.win_rate), "the mean over tables with Student's interval: the primary statistic"
    yield "by bootstrap", show(analysis.win_rate_bootstrap), "the same mean, with whole tables drawn again"
    controlled = show(analysis.length_controlled) or "not measured"
    yield "at equal length", controlled, "what is left of it for texts of equal length; no part of the verdict"


def _list_agreement(analysis: StudyAnalysis) -> Iterator[tuple[str, str, str]]:
    found = analysis.agreement
    if found is None:
        return
    named: tuple[tuple[str, Interval, str], ...] = (
        ("same answer", found.percent, "share of pairs of raters; chance alone makes some"),
        ("Krippendorff's alpha, ordinal", found.alpha_ordinal, "worse, tie, better as ranks; has to lie above 0"),
        ("Krippendorff's alpha, nominal", found.alpha_nominal, "four answers as names"),
        ("Krippendorff's alpha, interval", found.alpha_interval, "0, one half, 1"),
        ("Fleiss' kappa", found.fleiss, "for more than two raters"),
        ("mean of Cohen's kappas", found.cohen_mean, "over all pairs of raters"),
        ("Gwet's AC1", found.ac1, "high where nearly all answers are alike, whatever raters can tell apart"),
        ("reliability of the mean", found.reliability, f"of {found.n_raters:.1f} raters together (Spearman-Brown)"),
    )
    for name, interval, meaning in named:
        yield name, show(interval), meaning


def _list_rater(report: RaterReport) -> tuple[str, ...]:
    return (
        report.rater,
        str(report.n_ballots),
        "" if report.median_seconds is None else f"{report.median_seconds:.1f}",
        f"{report.n_attention - report.attention_failures} of {report.n_attention}",
        f"{report.repeats_kept} of {report.n_repeats}",
        show(report.a_share),
        "" if report.win_rate is None else f"{report.win_rate:.3f}",
        _yes(not report.excluded),
        "; ".join(f"{each.flag.value}: {each.reason}" for each in report.flags),
    )


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _render(template: str, report: StudyReport) -> str:
    page: str = open_page(template).render(
        report=report,
        analysis=report.result.analysis,
        summary=summarize(report),
        sections=[section for section in list_sections(report) if section.rows],
        facts=list_facts(report),
        bars=list_bars(report.result.analysis),
    )
    return page

"""Evidence in the words and figures of a page; pure, so that equal evidence reads the same."""

from collections.abc import Iterator

from columnist.abstention import is_abstention, question_of
from columnist.evaluation.costs import Cost
from columnist.evaluation.report import show
from columnist.evaluation.results import Evaluation, Role, Sample, SetResult
from columnist.gates import GateResult
from columnist.promotion.audit import REFUSAL, Entry
from columnist.registry.links import Lineage, Link
from columnist.reviewers.dossiers import (
    Bar,
    CardView,
    CriterionView,
    GateView,
    Grid,
    LineageView,
    SampleRow,
    Samples,
    SampleTable,
    Saying,
    Station,
    StudyView,
)
from columnist.studies.report import StudyReport
from columnist.studies.report_pages import list_bars, list_facts, list_sections, summarize
from columnist.synthesis.card import DataCard

_MOST_TABLES = 6
# What a training run takes in stands before it; what follows comes in the order of the walk.
_ORDER = ("synthesis run", "training set", "base model", "code", "training run")
_TITLES = {
    "alias": "Alias",
    "promotion": "Promotion",
    "approval": "Reviewer's approval",
    "study": "Blind study",
    "ballots": "Ballots",
    "gate": "Automatic gate",
    "evaluation": "Evaluation",
    "evaluation of the gate": "Evaluation of the gate",
    "version": "Registered version",
    "adapter": "Adapter",
    "training run": "Training run",
    "training set": "Training set",
    "synthesis run": "Synthesis run",
    "code": "Code",
    "base model": "Base model",
}


def view_gate(result: GateResult) -> GateView:
    """Show a decision of the automatic gate."""
    tables = ((f"{name} tables", f"SHA-256 {sha256}") for name, sha256 in sorted(result.table_digests.items()))
    return GateView(
        verdict=result.verdict.value,
        decided=show_time(result.decided_at.isoformat()),
        criteria=tuple(
            CriterionView(verdict=each.verdict.value, hard=each.hard, reason=each.reason) for each in result.criteria
        ),
        facts=(
            ("stated false pass rate", f"{result.stated_false_pass_rate:.1%}"),
            ("evaluation", f"SHA-256 {result.evaluation_sha256}"),
            ("attacks", f"SHA-256 {result.redteam_sha256}"),
            *tables,
            ("thresholds", f"SHA-256 {result.config_sha256}"),
            ("code", f"commit {result.code.commit or 'unknown'}"),
            ("decision", f"SHA-256 {result.digest}"),
        ),
    )


def view_study(report: StudyReport) -> StudyView:
    """Show the report of a concluded study."""
    analysis, registration = report.result.analysis, report.result.registration
    return StudyView(
        study_id=registration.study_id,
        closed=show_time(report.result.closed_at),
        verdict=analysis.verdict.value,
        summary=summarize(report),
        reasons=analysis.reasons,
        threshold=analysis.threshold,
        bars=tuple(Bar(**bar._asdict()) for bar in list_bars(analysis)[:_MOST_TABLES]),
        sections=tuple(
            Grid(title=each.title, note=each.note, header=each.header, rows=each.rows)
            for each in list_sections(report)
            if each.rows
        ),
        limits=report.limits,
        facts=tuple(list_facts(report)),
    )


def view_costs(evaluation: Evaluation) -> tuple[Grid, ...]:
    """Show what a table costs each system, for every set of tables on which it was counted."""
    return tuple(_view_costs(found) for found in evaluation.sets if any(each.cost for each in found.systems))


def view_samples(evaluation: Evaluation) -> Samples | None:
    """Show the texts of the candidate beside those of the champion of then, or of the base model."""
    found = next((each for each in reversed(evaluation.sets) if each.samples), None)
    if found is None or len(found.systems) < 2:
        return None
    roles = {each.role: each.identity.name for each in reversed(found.systems[1:])}
    before = roles.get(Role.CHAMPION) or roles.get(Role.BASE) or found.systems[1].identity.name
    after = found.candidate.identity.name
    return Samples(
        tables_from=f"{found.tables.name}: {found.tables.origin}",
        before=f"{before} (champion then)" if Role.CHAMPION in roles else before,
        after=after,
        tables=tuple(_view_sample(each, before, after) for each in found.samples[:_MOST_TABLES]),
    )


def view_card(card: DataCard) -> CardView:
    """Show what a version was trained on."""
    record = card.record
    licenses = sorted({name for counts in card.splits.values() for name in counts.by.get("license", {})})
    splits = [
        (name, f"{counts.tables:,}", f"{counts.columns:,}", f"{counts.use_cases:,}", f"{counts.industries:,}")
        for name, counts in card.splits.items()
    ]
    quotas = [(each.name, f"{each.wanted:.1%}", f"{each.found:.1%}", _met(each.met)) for each in record.quotas]
    grids = [
        Grid(title="Splits", header=("split", "tables", "columns", "use cases", "industries"), rows=tuple(splits)),
        Grid(title="Quotas", header=("quota", "at least", "found", ""), rows=tuple(quotas)),
        *(_view_axis(card, axis, title) for axis, title in (("dialect", "Dialects"), ("kind", "Kinds of tables"))),
        Grid(title="Inputs", header=("file", "SHA-256"), rows=tuple(sorted(record.inputs.items()))),
    ]
    return CardView(
        facts=(
            ("training set", f"SHA-256 {card.digest}"),
            ("made by", f"{record.generator} {record.generator_version}, seed {record.seed}"),
            ("texts by", record.teacher),
            ("license", ", ".join(licenses) or "none, the set is empty"),
        ),
        grids=tuple(grid for grid in grids if grid.rows),
    )


def view_lineage(lineage: Lineage) -> LineageView:
    """Show a lineage from its beginning, the data files, to its end, the alias.

    The files that synthesis read, the NAICS file among them, become stations of their own.
    """
    stations: list[Station] = []
    links = list(reversed(lineage.links))
    links.sort(key=lambda link: _ORDER.index(link.name) if link.name in _ORDER else len(_ORDER))
    for link in links:
        if link.name == "synthesis run":
            stations += _view_inputs(link)
        facts = {name: fact for name, fact in link.facts.items() if fact is not None and not _is_input(link, name)}
        shown = tuple((name.replace("_", " "), str(fact)) for name, fact in facts.items())
        stations.append(Station(name=link.name, title=_TITLES.get(link.name, link.name.capitalize()), facts=shown))
    return LineageView(stations=tuple(stations), notes=lineage.notes)


def view_entry(entry: Entry) -> Saying:
    """Show an entry of the audit log."""
    event = entry.event
    return Saying(
        sequence=entry.sequence,
        at=show_time(event.at.isoformat()),
        action=event.action.value,
        version=f"{event.model}/{event.version}".rstrip("/"),
        by=" and ".join(event.by),
        why=event.told,
        seen=tuple((name.replace("_", " "), value) for name, value in event.seen.items() if value and name != REFUSAL),
    )


def show_time(iso: str) -> str:
    """Return a time of a record for people.

    Example:
        >>> show_time("2026-03-01T09:05:07.000000+00:00")
        '2026-03-01 09:05 UTC'
    """
    return f"{iso[:10]} {iso[11:16]} UTC"


def _view_costs(found: SetResult) -> Grid:
    systems = [(each.identity.name, each.cost) for each in found.systems]
    rows = [*systems, *((f"{name} (hosted, estimated)", cost) for name, cost in found.hosted.items())]
    return Grid(
        title=f"On {found.tables.name} tables",
        note="Per table, and US dollars for 1,000 tables at the prices of the evaluation.",
        header=("system", "US dollars", "seconds", "tokens read", "tokens written"),
        rows=tuple(_view_cost(name, cost) for name, cost in rows if cost is not None),
    )


def _view_cost(name: str, cost: Cost) -> tuple[str, ...]:
    return (
        name,
        "no price" if cost.usd_per_1000_tables is None else f"{cost.usd_per_1000_tables:.4g}",
        "not run" if cost.seconds is None else f"{cost.seconds:.3g}",
        show(cost.input_tokens),
        show(cost.output_tokens),
    )


def _view_sample(sample: Sample, before: str, after: str) -> SampleTable:
    both = sample.before_and_after(after, before)
    rows = [SampleRow(name="", before=_said(both.baseline.table), after=_said(both.candidate.table))]
    for name, old, new in zip(both.columns, both.baseline.columns, both.candidate.columns, strict=True):
        rows.append(SampleRow(name=name, before=_said(old), after=_said(new)))
    return SampleTable(table=sample.table, ddl=sample.ddl, rows=tuple(rows))


def _said(text: str) -> str | None:
    if is_abstention(text):
        return f"Asks: {question_of(text)}"
    return text if text.strip() else None


def _view_axis(card: DataCard, axis: str, title: str) -> Grid:
    values = dict.fromkeys(value for counts in card.splits.values() for value in counts.by.get(axis, {}))
    rows = [
        (value, *(f"{counts.by.get(axis, {}).get(value, 0):,}" for counts in card.splits.values())) for value in values
    ]
    return Grid(title=title, header=(axis, *card.splits), rows=tuple(rows))


def _view_inputs(synthesis: Link) -> Iterator[Station]:
    named = [
        (name.removesuffix(" sha256"), str(fact))
        for name, fact in synthesis.facts.items()
        if _is_input(synthesis, name)
    ]
    industries = [each for each in named if "naics" in each[0].lower()]
    others = [each for each in named if each not in industries]
    if industries:
        yield Station(name="naics", title="NAICS file", facts=tuple(industries))
    if others:
        yield Station(name="inputs", title="Other data files", facts=tuple(others))


def _is_input(link: Link, name: str) -> bool:
    return link.name == "synthesis run" and name.endswith(" sha256")


def _met(met: bool) -> str:
    return "met" if met else "missed"

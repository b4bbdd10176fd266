"""The report of a closed study: its signed result, where raters disagreed, and what it can not show.

It is made anew from the ballots each time. A result that the ballots do not give is refused, and equal
ballots give equal bytes: nothing in a report depends on when or where it is made.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import pvariance

from columnist.errors import StudyError
from columnist.studies.analysis import StudyAnalysis, StudyVerdict, analyse
from columnist.studies.ballots import Preference
from columnist.studies.closing import read_study_ballots
from columnist.studies.items import ItemKind, StudyBallot, StudyItem, StudyText
from columnist.studies.registration import Hypothesis, Registration
from columnist.studies.result import StudyResult, read_result, read_unblinded
from columnist.studies.sealing import Role
from columnist.studies.storage import Storage
from columnist.studies.unblinded import UnblindedBallot
from columnist.studies.unblinding import unblind
from columnist.values import Value

_MOST_SHOWN = 6  # tables that raters disagree about


class RaterAnswer(Value):
    """What a rater said of a table, now that it is known who wrote what.

    Attributes:
        answer: ``candidate`` or ``baseline``, whichever was better, or ``tie`` or ``both bad``.
        reason: In the rater's words.
    """

    rater: str
    answer: str
    reason: str


class Disagreement(Value):
    """A table on which some raters prefer the candidate's text, and some the other."""

    table_id: str
    ddl: str
    candidate: StudyText
    baseline: StudyText
    answers: tuple[RaterAnswer, ...]


class StudyReport(Value):
    """All that a page about a study shows.

    Attributes:
        result_sha256: Digest of the result: what an approval names.
        fingerprint: Of the key that signed the result.
        n_ties: Ballots that count and find both texts as good; ``n_both_bad`` alike.
        n_disputed: Tables on which raters who count prefer different texts.
        disagreements: Some of these, those with the most even sides first.
        limits: What the study can not show.
    """

    result: StudyResult
    result_sha256: str
    fingerprint: str
    n_ties: int
    n_both_bad: int
    n_disputed: int
    disagreements: tuple[Disagreement, ...]
    limits: tuple[str, ...]


def report_study(folder: Path, storage: Storage) -> StudyReport:
    """Make the report of a closed study from its ballots.

    Args:
        folder: Of the study.
        storage: Has the items that raters were shown.

    Raises:
        StudyError: The study is open, something of it was changed, or its ballots give another result.
    """
    signed = read_result(folder)
    registration = signed.result.registration
    ballots = read_unblinded(folder, storage)
    if _without_words(analyse(registration, ballots)) != _without_words(signed.result.analysis):
        raise StudyError(
            f"study {registration.study_id}: its ballots do not give the result that is stored, so the analysis has "
            f"changed since; make it again: run.py study close {registration.study_id}"
        )
    counted = count_main(ballots, signed.result.analysis)
    disputed = find_disputed(counted)
    answers = {(each.rater, each.item_id): each for each in read_study_ballots(folder, registration)}
    shown = {item.table_id: item for item in storage.items(registration.study_id) if item.kind is ItemKind.MAIN}
    roles = unblind(folder, registration)
    return StudyReport(
        result=signed.result,
        result_sha256=signed.result.digest,
        fingerprint=signed.signature.fingerprint,
        n_ties=sum(ballot.preference is Preference.TIE for ballot in counted),
        n_both_bad=sum(ballot.both_bad for ballot in counted),
        n_disputed=len(disputed),
        disagreements=tuple(
            _show(shown[table_id], roles, [ballot for ballot in counted if ballot.table_id == table_id], answers)
            for table_id in disputed[:_MOST_SHOWN]
        ),
        limits=tuple(list_limits(registration, signed.result.analysis)),
    )


def _without_words(analysis: StudyAnalysis) -> StudyAnalysis:
    """Return what an analysis found; another version may say the same in other words."""
    return analysis.model_copy(update={"reasons": ()})


def count_main(ballots: Sequence[UnblindedBallot], analysis: StudyAnalysis) -> list[UnblindedBallot]:
    """Return the main ballots of raters who count, or of all where nobody does, by table and rater."""
    left_out = {report.rater for report in analysis.raters if report.excluded}
    if all(report.excluded or not report.n_ballots for report in analysis.raters):
        left_out = set()
    kept = (ballot for ballot in ballots if ballot.kind is ItemKind.MAIN and ballot.rater not in left_out)
    return sorted(kept, key=lambda ballot: (ballot.table_id, ballot.rater))


def find_disputed(ballots: Sequence[UnblindedBallot]) -> list[str]:
    """Return the tables on which raters prefer different texts, those with the most even sides first.

    Example:
        >>> def ballot(rater, table, score):
        ...     return UnblindedBallot(rater=rater, table_id=table, item_id=table, kind="main", score=score, seconds=9,
        ...                            both_bad=False, candidate_was_a=True, candidate_length=1, baseline_length=1)
        >>> given = {"t1": (1, 1, 0), "t2": (1, 1, 0.5), "t3": (1, 0, 0.5), "t4": (1, 0, 1, 0)}
        >>> find_disputed([ballot(f"r{n}", t, s) for t, scores in given.items() for n, s in enumerate(scores)])
        ['t4', 't1', 't3']
    """
    scores: dict[str, list[float]] = {}
    for ballot in ballots:
        scores.setdefault(ballot.table_id, []).append(ballot.score)
    spreads = {table: pvariance(own) for table, own in scores.items() if {0.0, 1.0} <= set(own)}
    return sorted(spreads, key=lambda table: (-spreads[table], table))


def list_limits(registration: Registration, analysis: StudyAnalysis) -> Iterator[str]:
    """Yield what a study can not show, with its own numbers."""
    rate, raters = analysis.win_rate, [report for report in analysis.raters if not report.excluded]
    yield (
        f"That other raters would agree: the result is of these {len(raters)} and of no others, because a t-test over "
        "tables knows nothing of how raters differ in taste."
    )
    yield (
        "That the raters were people, or strangers to the models: who invited them vouches for it. Texts are shown "
        "in one form, but nobody can keep a rater from recognising a style."
    )
    yield "That either text is right: raters were asked which one is better, and could see the schema and no data."
    yield (
        f"Anything about tables unlike those it was drawn from (SHA-256 {registration.test_set_sha256[:16]}), or about "
        "other versions of the two models."
    )
    yield (
        f"A difference smaller than its interval: with {analysis.n_tables} tables, win rates of {rate.low:.3f} to "
        f"{rate.high:.3f} all fit what was answered."
    )
    yield from _list_own_limits(registration, analysis)
    widest = max((each.n_tables for each in analysis.slices), default=0)
    yield (
        f"Anything about one dialect, width, sector or difficulty: {len(analysis.slices)} kinds are looked at, the "
        f"largest with {widest} tables. Some lie apart by chance, and none decides."
    )


def _list_own_limits(registration: Registration, analysis: StudyAnalysis) -> Iterator[str]:
    """Yield the limits that not every study has."""
    if registration.earlier:
        yield (
            f"That an error is as rare as registered over all that was asked: studies of the same two systems that "
            f"were opened before this one: {len(registration.earlier)}. The best of several promises less than one."
        )
    if registration.hypothesis is Hypothesis.NON_INFERIOR:
        yield (
            f"That the candidate is as good: a win rate of as little as {analysis.threshold:.3f} would be called no "
            "worse, because that margin was registered."
        )
    if analysis.verdict is StudyVerdict.INCONCLUSIVE:
        yield "That the two are equal: what is not shown is not shown to be absent."
    if 0 < analysis.n_tables < registration.looks[-1]:
        yield (
            f"How large the difference is: {registration.looks[-1]} tables were registered and {analysis.n_tables} "
            "count, and a study that ends early tends to overstate what it found."
        )
    if analysis.length_controlled and analysis.length_controlled.low <= analysis.threshold < analysis.win_rate.low:
        yield (
            f"That merit alone decided: at equal length the win rate would be "
            f"{analysis.length_controlled.estimate:.3f}, and its interval does not lie above {analysis.threshold:.3f}."
        )


def _show(
    item: StudyItem,
    roles: Mapping[str, Role],
    ballots: Sequence[UnblindedBallot],
    answers: Mapping[tuple[str, str], StudyBallot],
) -> Disagreement:
    texts = {roles[text.text_id]: text for text in item.texts}
    return Disagreement(
        table_id=item.table_id,
        ddl=item.ddl,
        candidate=texts[Role.CANDIDATE],
        baseline=texts[Role.BASELINE],
        answers=tuple(
            RaterAnswer(rater=each.rater, answer=name_answer(each), reason=answers[each.rater, each.item_id].reason)
            for each in ballots
        ),
    )


def name_answer(ballot: UnblindedBallot) -> str:
    """Return which text a rater preferred.

    Example:
        >>> ballot = UnblindedBallot(rater="r", table_id="t", item_id="i", kind="main", score=0, both_bad=False,
        ...                          candidate_was_a=False, seconds=20, candidate_length=1, baseline_length=1)
        >>> name_answer(ballot)
        'baseline'
    """
    if ballot.both_bad:
        return "both bad"
    return {1.0: "candidate", 0.5: "tie"}.get(ballot.score, "baseline")

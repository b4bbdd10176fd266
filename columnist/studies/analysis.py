"""The analysis of a study: from unblinded ballots to a verdict, by the rules that were registered."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from columnist.errors import StudyError
from columnist.evaluation.intervals import Interval
from columnist.studies.agreement_report import AgreementReport, report_agreement
from columnist.studies.clusters import Resampling, draw_clusters
from columnist.studies.conditions import ALIKE, position_biased, raters_agree, repeats_hold, survives_each_removal
from columnist.studies.items import ItemKind
from columnist.studies.length_control import control_length
from columnist.studies.rater_quality import RaterReport, report_raters
from columnist.studies.ratings import Ratings
from columnist.studies.registration import LEAST_TABLES, Registration
from columnist.studies.sequential import obrien_fleming_bounds, t_bounds
from columnist.studies.unblinded import UnblindedBallot, unblind_ballots
from columnist.studies.verdict import LookResult, StudyVerdict, count_more_tables, judge_means, look_at, name_verdict
from columnist.studies.winrate import (
    TOLERANCE,
    WinRate,
    average_raters,
    find_threshold,
    measure_win_rate,
    t_interval,
)
from columnist.values import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

__all__ = [
    "AgreementReport",
    "Condition",
    "LookResult",
    "RaterReport",
    "Slice",
    "StudyAnalysis",
    "StudyVerdict",
    "UnblindedBallot",
    "WithoutRater",
    "analyse",
    "unblind_ballots",
]

RESAMPLES = 2_000
_RIDGE = 1.0  # on the effect of length, as the judges have it
_DIMENSIONS = ("dialect", "width", "sector", "difficulty")


class Condition(Value):
    """What has to hold before a candidate is promoted."""

    name: str
    holds: bool
    reason: str


class WithoutRater(Value):
    """The result with one rater's ballots left out."""

    rater: str
    interval: Interval
    verdict: StudyVerdict


class Slice(Value):
    """The win rate on tables of one kind; too few to decide anything, and no part of the verdict.

    Attributes:
        win_rate: ``None`` with fewer than two tables.
    """

    dimension: str
    value: str
    n_tables: int
    win_rate: Interval | None


class StudyAnalysis(Value):
    """What a study says of its candidate.

    Attributes:
        threshold: What the win rate has to lie above.
        n_tables: Tables that count: those of the last look that was reached.
        n_ballots: Main ballots that count.
        win_rate: Over these tables, by t, two-sided at twice the registered error.
        win_rate_bootstrap: The same by the bootstrap over tables.
        looks: All that were registered. The last one that was reached decides.
        conditions: All have to hold for a candidate to be promoted.
        more_tables: 0 where the study decided, ``None`` where no number of tables is the answer.
        length_controlled: The win rate of texts of equal length; for reading, and no part of the verdict.
        leave_one_out: Without each of the raters who count, at the look that decides.
        reasons: The verdict in words.
    """

    threshold: float
    n_tables: int
    n_ballots: int
    win_rate: Interval
    win_rate_bootstrap: Interval
    looks: tuple[LookResult, ...]
    conditions: tuple[Condition, ...]
    verdict: StudyVerdict
    more_tables: int | None
    length_controlled: Interval | None
    agreement: AgreementReport | None
    raters: tuple[RaterReport, ...]
    leave_one_out: tuple[WithoutRater, ...]
    slices: tuple[Slice, ...]
    reasons: tuple[str, ...]


def analyse(registration: Registration, ballots: Sequence[UnblindedBallot]) -> StudyAnalysis:
    """Analyse a closed study; the same ballots in any order give the same result.

    The last look that was reached decides, so that ballots cast after a look count as soon as
    the next one is complete, and nobody chooses between looks. Raters who break a registered
    rule do not count. Every interval is two-sided at twice the registered one-sided error.

    Args:
        registration: Of the study.
        ballots: Of every kind, without those that were undone.

    Raises:
        StudyError: A ballot is not of this study, a rater has two on one item, or fewer than two tables have any.

    Example:
        >>> from columnist.studies.simulated_ballots import simulate_ballots
        >>> from columnist.studies.simulation import SimulatedStudy
        >>> study = SimulatedStudy(hypothesis="superior", margin=0, alpha=0.025, looks=(21, 42, 62), raters=4,
        ...                        icc=0.5, win_rate=0.8)
        >>> found = analyse(study.register(), simulate_ballots(study, seed=1))
        >>> found.verdict.value, found.n_tables, found.more_tables
        ('promote', 62, 0)
    """
    return _Analysis(registration, ballots).conclude()


class _Analysis:
    """A study on its way to a verdict: what counts, and at which look."""

    def __init__(self, registration: Registration, ballots: Sequence[UnblindedBallot]):
        self.registration = registration
        self.threshold = find_threshold(registration.hypothesis, registration.margin)
        self.bounds = t_bounds(registration.looks, registration.alpha)
        self.resampling = Resampling(seed=registration.seed, level=1 - 2 * registration.alpha, resamples=RESAMPLES)
        everybody = Ratings.of(registration, ballots)
        self.raters = report_raters(everybody, ballots, registration.exclusions)
        counted = {report.rater for report in self.raters if report.n_ballots and not report.excluded}
        rated = everybody.of_raters(counted)
        self.anybody_left, self.nobody_counts = bool(counted), len(_find_rated(rated)) < LEAST_TABLES
        # Without anybody who counts, there is nothing to conclude, and everybody's ballots are shown for what they are.
        rated = everybody if self.nobody_counts else rated
        self.looks = tuple(self._look(rated, place) for place in range(len(registration.looks)))
        self.decided_by = max((place for place, look in enumerate(self.looks) if look.reached), default=None)
        self.ratings = rated.of_tables(self._tables_that_count(rated))
        self.means = average_raters(self.ratings.scores)
        self.ballots = [b for b in ballots if b.kind is ItemKind.MAIN and self._counts(b)]

    def conclude(self) -> StudyAnalysis:
        rate = measure_win_rate(self.means, self.resampling)
        agreement = report_agreement(self.ratings.categories, self.ratings.raters, self.resampling)
        conditions = tuple(self._check(rate, agreement))
        verdict = self._decide(conditions)
        more = self._count_more(verdict)
        return StudyAnalysis(
            threshold=self.threshold,
            n_tables=len(self.means),
            n_ballots=len(self.ballots),
            win_rate=rate.by_t,
            win_rate_bootstrap=rate.by_bootstrap,
            looks=self.looks,
            conditions=conditions,
            verdict=verdict,
            more_tables=more,
            length_controlled=self._control_length(),
            agreement=agreement,
            raters=self.raters,
            leave_one_out=tuple(self._leave_one_out()),
            slices=tuple(self._slice()),
            reasons=tuple(self._explain(verdict, conditions, more)),
        )

    def _look(self, rated: Ratings, place: int) -> LookResult:
        tables, bound = self.registration.looks[place], self.bounds[place]
        least = math.ceil(len(self.registration.raters) / 2)
        return look_at(rated.scores, tables, bound, self.threshold, self.resampling.level, least)

    def _tables_that_count(self, rated: Ratings) -> "Array":
        """Return the places of the tables of the look that decides; without any look, of all with a ballot."""
        import numpy

        if self.decided_by is not None:
            return numpy.arange(self.registration.looks[self.decided_by])
        places = _find_rated(rated)
        if len(places) < LEAST_TABLES:
            raise StudyError(
                f"study {self.registration.study_id}: {len(places)} of {len(rated.tables)} tables have a ballot, but "
                f"an analysis needs {LEAST_TABLES}; let raters go on before the study is closed, or open another"
            )
        return places

    def _counts(self, ballot: UnblindedBallot) -> bool:
        return ballot.rater in self.ratings.raters and ballot.table_id in self.ratings.tables

    @property
    def _bound(self) -> float:
        """Of the look that decides; without one, of the last, which is the least that has to be shown."""
        return self.bounds[-1 if self.decided_by is None else self.decided_by]

    def _check(self, rate: WinRate, agreement: AgreementReport | None) -> Iterator[Condition]:
        """Yield whether each condition holds, by the same functions that are simulated."""
        categories = self.ratings.categories[None]
        drawn = draw_clusters(len(self.means), self.resampling)
        agrees = agreement is not None and bool(raters_agree(categories, drawn, self.resampling.level)[0])
        said = "nobody can say" if agreement is None else f"its interval begins at {agreement.alpha_ordinal.low:.3f}"
        reason = f"ordinal alpha has to be above 0, or {ALIKE:.0%} of pairs of answers alike; {said}"
        yield Condition(name="raters agree", holds=agrees, reason=reason)
        survives = bool(survives_each_removal(categories, self.threshold)[0])
        flips = [each.rater for each in self._leave_one_out() if each.interval.estimate <= self.threshold]
        said = f"without {', '.join(flips)} it is not" if flips else "" if survives else "fewer than two raters count"
        reason = f"the win rate is above {self.threshold:.3f} without any one rater; {said or 'it is'}"
        yield Condition(name="no rater decides alone", holds=survives, reason=reason)
        biased = position_biased(self.ratings.categories, self.ratings.candidate_was_a)
        names = [rater for rater, bad in zip(self.ratings.raters, biased, strict=True) if bad]
        said = f"it does not for {', '.join(names)}" if names else "it does"
        reason = f"one half lies within each rater's interval of the share of A; {said}"
        yield Condition(name="no side is preferred", holds=not names, reason=reason)
        yield self._check_repeats()
        reason = f"the intervals by t and by bootstrap end within {TOLERANCE:g} of each other"
        yield Condition(name="intervals agree", holds=rate.intervals_agree, reason=reason)

    def _check_repeats(self) -> Condition:
        import numpy

        own = [report for report in self.raters if report.rater in self.ratings.raters]
        kept, shown = sum(report.repeats_kept for report in own), sum(report.n_repeats for report in own)
        least = self.registration.exclusions.min_repeat_consistency
        holds = bool(repeats_hold(numpy.array(kept), numpy.array(shown), least))
        reason = f"a share of at least {least:g} of the hidden repeats answered as before; {kept} of {shown} were"
        return Condition(name="repeats are consistent", holds=holds, reason=reason)

    def _decide(self, conditions: Sequence[Condition]) -> StudyVerdict:
        if self.decided_by is None or self.nobody_counts:
            return StudyVerdict.INCONCLUSIVE
        verdict = self.looks[self.decided_by].verdict
        if verdict is StudyVerdict.PROMOTE and not all(condition.holds for condition in conditions):
            return StudyVerdict.INCONCLUSIVE
        return verdict

    def _count_more(self, verdict: StudyVerdict) -> int | None:
        """Return how many tables more are needed; none where it is not tables that are missing."""
        from scipy import stats

        if verdict is not StudyVerdict.INCONCLUSIVE:
            return 0
        if self.nobody_counts or (
            self.decided_by is not None and self.looks[self.decided_by].verdict is StudyVerdict.PROMOTE
        ):
            return None
        last = obrien_fleming_bounds(self.registration.looks, self.registration.alpha)[-1]
        return count_more_tables(self.means, self.threshold, float(stats.norm.sf(last)))

    def _control_length(self) -> Interval | None:
        ordered = sorted(self.ballots, key=lambda ballot: (ballot.table_id, ballot.rater))
        return control_length(
            [ballot.score for ballot in ordered],
            [ballot.candidate_length - ballot.baseline_length for ballot in ordered],
            [ballot.table_id for ballot in ordered],
            _RIDGE,
            self.resampling,
        )

    def _leave_one_out(self) -> Iterator[WithoutRater]:
        import numpy

        for rater in self.ratings.raters:
            others = self.ratings.of_raters(set(self.ratings.raters) - {rater})
            means = average_raters(others.scores)
            means = means[~numpy.isnan(means)]
            if len(means) < 2:
                continue
            complete = len(means) == len(self.means)
            judged = int(judge_means(means, self.threshold, self._bound)) if complete else 0
            interval = t_interval(means, self.resampling.level, self._bound)
            yield WithoutRater(rater=rater, interval=interval, verdict=name_verdict(judged))

    def _slice(self) -> Iterator[Slice]:
        registered = {table.table_id: table for table in self.registration.tables}
        kinds = [registered[table] for table in self.ratings.tables]
        for dimension in _DIMENSIONS:
            values = [getattr(kind, dimension) for kind in kinds]
            for value in sorted(set(values)):
                own = self.means[[each == value for each in values]]
                rate = t_interval(own, self.resampling.level) if len(own) > 1 else None
                yield Slice(dimension=dimension, value=value, n_tables=len(own), win_rate=rate)

    def _explain(self, verdict: StudyVerdict, conditions: Sequence[Condition], more: int | None) -> Iterator[str]:
        if self.nobody_counts and self.anybody_left:
            yield f"no result counts: raters who break no registered rule rated fewer than {LEAST_TABLES} tables"
        elif self.nobody_counts:
            yield "no rater counts: all break a registered rule, or have no ballots"
        look = None if self.decided_by is None else self.looks[self.decided_by]
        if look is None or look.interval is None:
            yield f"no look was reached: the first needs {self.registration.looks[0]} tables rated by half the raters"
        else:
            side = {StudyVerdict.PROMOTE: "above", StudyVerdict.REJECT: "below"}.get(look.verdict, "on both sides of")
            yield (
                f"after {look.tables} tables the win rate is {look.interval.estimate:.3f} [{look.interval.low:.3f}, "
                f"{look.interval.high:.3f}], {side} {self.threshold:.3f}: this interval decides, and is wider the "
                "earlier a look is"
            )
        for report in self.raters:
            if report.excluded:
                yield f"rater {report.rater} does not count: {'; '.join(flag.reason for flag in report.flags)}"
        if look and look.verdict is StudyVerdict.PROMOTE and verdict is not StudyVerdict.PROMOTE:
            yield from (f"not met: {each.name}: {each.reason}" for each in conditions if not each.holds)
        if more:
            total = len(self.means) + more
            side = "above" if float(self.means.mean()) > self.threshold else "below"
            yield (
                f"about {more} more tables, {total} in all, put it {side} {self.threshold:.3f} with power 0.8 if the "
                "true rate is the one observed"
            )


def _find_rated(ratings: Ratings) -> "Array":
    """Return the places of the tables of which anybody says something."""
    import numpy

    return numpy.flatnonzero((ratings.categories >= 0).any(axis=1))

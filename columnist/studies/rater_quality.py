"""What a rater's ballots say of the rater: speed, attention, hidden repeats, sides, and the company of the others."""

import statistics
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from columnist.evaluation.intervals import Interval
from columnist.evaluation.shares import exact_share
from columnist.studies.ballots import Preference
from columnist.studies.conditions import POSITION_LEVEL, is_lopsided
from columnist.studies.items import ItemKind
from columnist.studies.ratings import Ratings
from columnist.studies.registration import Exclusions
from columnist.studies.unblinded import UnblindedBallot
from columnist.values import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

_FEWEST = 10  # answers of which one can say that they are all the same
_TAIL = 0.05  # one-sided, for a rater who agrees less than the others do


class Flag(StrEnum):
    """What is wrong with a rater. The first three are registered before the study, and exclude."""

    TOO_FAST = "too fast"
    INATTENTIVE = "inattentive"
    INCONSISTENT = "inconsistent"
    POSITION_BIASED = "position-biased"
    ONE_ANSWER = "one answer"
    APART = "apart from the others"


_EXCLUDING = (Flag.TOO_FAST, Flag.INATTENTIVE, Flag.INCONSISTENT)


class RaterFlag(Value):
    """A flag and what it is raised for."""

    flag: Flag
    reason: str


class RaterReport(Value):
    """How one rater rated.

    Attributes:
        n_ballots: On main items.
        median_seconds: On an item of any kind; ``None`` without ballots.
        attention_failures: Attention items on which the text of the table itself was not chosen.
        repeats_kept: Hidden repeats with the same answer for the same text as before.
        consistency: Their share, with its exact interval; ``None`` without repeats.
        a_share: How often option A was chosen, where A or B was; with its exact interval.
        win_rate: Of the candidate, by this rater.
        excluded: Whether the registered rules leave this rater's ballots out.
    """

    rater: str
    n_ballots: int
    median_seconds: float | None
    attention_failures: int
    n_attention: int
    repeats_kept: int
    n_repeats: int
    consistency: Interval | None
    a_share: Interval | None
    win_rate: float | None
    excluded: bool
    flags: tuple[RaterFlag, ...]


def report_raters(
    ratings: Ratings, ballots: Sequence[UnblindedBallot], exclusions: Exclusions
) -> tuple[RaterReport, ...]:
    """Report on every rater, in registered order.

    Args:
        ratings: The main ballots of all raters.
        ballots: All ballots, of every kind.
        exclusions: What was registered.
    """
    apart = dict(zip(ratings.raters, stands_apart(ratings.scores), strict=True))
    return tuple(
        _report(rater, [ballot for ballot in ballots if ballot.rater == rater], exclusions, bool(apart[rater]))
        for rater in ratings.raters
    )


def stands_apart(scores: "Array") -> "Array":
    """Tell of each rater whether the others agree with each other, but not with this one.

    The products of two raters' scores, less their means, average to their covariance. A rater is apart whose
    covariance with the others could be 0, and is smaller than theirs among themselves: both by one-sided
    t-tests over the tables. Where nobody agrees with anybody, nobody is apart.

    Args:
        scores: Of shape (tables, raters), with NaN for no answer; tables that somebody left out do not count.

    Example:
        >>> import numpy
        >>> same = [0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0]
        >>> stands_apart(numpy.array([same, same, same, [1.0, 1.0, 0.0, 0.0] * 2]).T).tolist()
        [False, False, False, True]
    """
    import numpy

    raters = scores.shape[1]
    whole = scores[~numpy.isnan(scores).any(axis=1)]
    if raters < 3 or len(whole) < _FEWEST - 2:
        return numpy.zeros(raters, dtype=bool)
    centred = whole - whole.mean(axis=0)
    products = centred[:, :, None] * centred[:, None, :]
    squares = products.diagonal(axis1=1, axis2=2)
    with_rater = (products.sum(axis=2) - squares) / (raters - 1)
    all_pairs = (products.sum(axis=(1, 2)) - squares.sum(axis=1))[:, None] / 2
    among_others = (all_pairs - with_rater * (raters - 1)) / ((raters - 1) * (raters - 2) / 2)
    return ~_is_positive(with_rater) & _is_positive(among_others - with_rater)


def find_repeats(ballots: Sequence[UnblindedBallot]) -> tuple[int, int]:
    """Return how many hidden repeats one rater answered as before, and how many there were with an original.

    Example:
        >>> find_repeats([])
        (0, 0)
    """
    before = {ballot.table_id: ballot.score for ballot in ballots if ballot.kind is ItemKind.MAIN}
    again = [b for b in ballots if b.kind is ItemKind.REPEAT and b.table_id in before]
    return sum(before[ballot.table_id] == ballot.score for ballot in again), len(again)


def _report(rater: str, own: Sequence[UnblindedBallot], exclusions: Exclusions, apart: bool) -> RaterReport:
    main = [ballot for ballot in own if ballot.kind is ItemKind.MAIN]
    attention = [ballot for ballot in own if ballot.kind is ItemKind.ATTENTION]
    kept, repeats = find_repeats(own)
    decided = [b.preference for b in main if b.preference in (Preference.A, Preference.B)]
    report = RaterReport(
        rater=rater,
        n_ballots=len(main),
        median_seconds=statistics.median(ballot.seconds for ballot in own) if own else None,
        attention_failures=sum(ballot.score != 1 for ballot in attention),
        n_attention=len(attention),
        repeats_kept=kept,
        n_repeats=repeats,
        consistency=_share(kept, repeats),
        a_share=_share(decided.count(Preference.A), len(decided)),
        win_rate=statistics.fmean(ballot.score for ballot in main) if main else None,
        excluded=False,
        flags=(),
    )
    flags = (*_find_broken_rules(report, exclusions), *_find_habits(report, main, apart))
    excluded = any(flag.flag in _EXCLUDING for flag in flags)
    return report.model_copy(update={"flags": flags, "excluded": excluded})


def _find_broken_rules(report: RaterReport, rules: Exclusions) -> Iterator[RaterFlag]:
    """Yield the registered rules that a rater does not keep."""
    if report.median_seconds is not None and report.median_seconds < rules.min_seconds_per_item:
        reason = (
            f"median {report.median_seconds:.1f} s on an item, at least {rules.min_seconds_per_item:g} s registered"
        )
        yield RaterFlag(flag=Flag.TOO_FAST, reason=reason)
    if report.attention_failures > rules.max_attention_failures:
        reason = (
            f"{report.attention_failures} of {report.n_attention} attention items wrong, at most "
            f"{rules.max_attention_failures} registered"
        )
        yield RaterFlag(flag=Flag.INATTENTIVE, reason=reason)
    if report.consistency and report.consistency.estimate < rules.min_repeat_consistency:
        reason = (
            f"{report.repeats_kept} of {report.n_repeats} hidden repeats answered as before, a share of at least "
            f"{rules.min_repeat_consistency:g} registered"
        )
        yield RaterFlag(flag=Flag.INCONSISTENT, reason=reason)


def _find_habits(report: RaterReport, main: Sequence[UnblindedBallot], apart: bool) -> Iterator[RaterFlag]:
    """Yield what no rule was registered for; it excludes nobody, because one could choose whom to exclude."""
    side = report.a_share
    if side and is_lopsided(*_as_counts(main)):
        reason = (
            f"option A in {side.estimate:.0%} of decided answers; one half is outside [{side.low:.2f}, {side.high:.2f}]"
        )
        yield RaterFlag(flag=Flag.POSITION_BIASED, reason=reason)
    answers = {ballot.preference for ballot in main}
    if len(answers) == 1 and len(main) >= _FEWEST:
        yield RaterFlag(flag=Flag.ONE_ANSWER, reason=f"{min(answers).value} on all {len(main)} items")
    if apart:
        yield RaterFlag(flag=Flag.APART, reason="the others agree with each other, but not with this rater")


def _as_counts(main: Sequence[UnblindedBallot]) -> tuple["Array", "Array"]:
    import numpy

    given = [ballot.preference for ballot in main]
    chosen = given.count(Preference.A)
    return numpy.array(chosen), numpy.array(chosen + given.count(Preference.B))


def _is_positive(values: "Array") -> "Array":
    """Tell of each column whether its mean lies above 0 by a one-sided t-test."""
    import numpy
    from scipy import stats

    error = values.std(axis=0, ddof=1) / numpy.sqrt(len(values))
    positive: Array = values.mean(axis=0) - float(stats.t.isf(_TAIL, len(values) - 1)) * error > 0
    return positive


def _share(hits: int, cases: int) -> Interval | None:
    return exact_share(hits, cases, POSITION_LEVEL) if cases else None

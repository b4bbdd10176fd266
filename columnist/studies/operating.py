"""How often a registered procedure errs, and what it finds, beside what its plan said: one row for each truth."""

import math
from bisect import bisect_left
from collections.abc import Sequence

from columnist.evaluation.shares import bound_share, exact_share
from columnist.studies.design import PROCEDURES, Plan, Question, Say, plan_study
from columnist.studies.simulation import Outcome, SimulatedStudy, simulate
from columnist.values import Value

_APART = 3.29  # standard errors that two simulations of the same differ by one time in a thousand
_MOST = 1_000_000  # simulated studies; nobody waits for more
_PLAN_REPLICATIONS = 4_000  # as ``study plan`` has them


class Row(Value):
    """One truth, and what thousands of studies made of it.

    Attributes:
        error: Whether promoting would be an error: the true win rate is the threshold itself.
        planned_once: What the plan says of one t-test over all tables; ``planned_by_looks`` of the looks.
        planned: What it says of the whole procedure.
    """

    outcome: Outcome
    error: bool
    planned_once: float | None = None
    planned_by_looks: float | None = None
    planned: float | None = None

    @property
    def promoted(self) -> float:
        """Share of studies that promote."""
        return self.outcome.promoted / self.outcome.replications

    @property
    def promoted_at_most(self) -> float:
        """The one-sided 95 % bound of that share (Clopper & Pearson 1934)."""
        return bound_share(self.outcome.promoted, self.outcome.replications)

    @property
    def within_alpha(self) -> bool:
        """Whether an error of the whole procedure is shown to be no more frequent than registered."""
        return self.promoted_at_most <= self.outcome.study.alpha

    @property
    def above_alpha(self) -> bool:
        """Whether an error is shown to be more frequent than registered."""
        return exact_share(self.outcome.promoted, self.outcome.replications, 0.9).low > self.outcome.study.alpha

    @property
    def as_planned(self) -> bool:
        """Whether plan and simulation differ by no more than simulations do."""
        outcome, total = self.outcome, self.outcome.replications
        return all(
            plan is None or alike(plan, times, shown / total, total)
            for plan, times, shown in (
                (self.planned_once, _PLAN_REPLICATIONS, outcome.shown_once),
                (self.planned_by_looks, _PLAN_REPLICATIONS, outcome.shown_by_looks),
                (self.planned, PROCEDURES, outcome.promoted),
            )
        )


class Characteristics(Value):
    """What is known of a procedure before anybody rates anything.

    Attributes:
        nulls: True win rates at the threshold, where to promote is an error.
        powers: True win rates above it.
        careless: A null again, with one rater who answers by chance: a warning, and no part of ``holds``.
    """

    nulls: tuple[Row, ...]
    powers: tuple[Row, ...]
    careless: Row
    seed: int

    @property
    def holds(self) -> bool:
        """Whether no error is more frequent than registered, and all powers are as planned."""
        return all(row.within_alpha for row in self.nulls) and all(row.as_planned for row in self.powers)


def find_characteristics(question: Question, replications: int, seed: int, say: Say) -> Characteristics:
    """Simulate a procedure where it may err and where it should find something.

    Args:
        question: What the study is to show, as its plan asks, with its rules of exclusion.
        replications: Simulated studies for each null; a power is simulated 4,000 times at most, as it is planned.
        seed: Of the simulation; the plan is simulated with another one, so that both can be compared.
        say: Called with what is being simulated, and how far it is.
    """
    say("planning", 0, 1)
    plan = plan_study(question, _PLAN_REPLICATIONS, seed + 1, lambda *_progress: None)
    middle = plan.expected_icc
    nulls = [(icc, question.bound, 0) for icc in question.iccs]
    powers = [(icc, rate, 0) for icc in question.iccs for rate in _rates(question, icc, middle)]
    truths = [*nulls, *powers, (middle, question.bound, 1)]
    rows = []
    for done, (icc, rate, careless) in enumerate(truths):
        say("simulating", done, len(truths))
        study = SimulatedStudy.of(question, icc, rate, careless)
        times = replications if rate == question.bound else min(replications, _PLAN_REPLICATIONS)
        rows.append(_row(simulate(study, times, seed), plan))
    say("simulating", len(truths), len(truths))
    return Characteristics(
        nulls=tuple(rows[: len(nulls)]), powers=tuple(rows[len(nulls) : -1]), careless=rows[-1], seed=seed
    )


def count_replications(share: float, alpha: float) -> int | None:
    """Return how many simulated studies would show an error of this share to be within alpha, were it the true one.

    Returns:
        ``None`` where the share is not below alpha, or so close to it that a million studies are too few.

    Example:
        >>> count_replications(0, 0.05), count_replications(0, 0.01), count_replications(0.06, 0.05)
        (59, 299, None)
    """
    if share >= alpha or bound_share(round(share * _MOST), _MOST) > alpha:
        return None
    return bisect_left(
        range(_MOST), True, lo=1, key=lambda count: bound_share(math.ceil(share * count), count) <= alpha
    )


def alike(first: float, n_first: int, second: float, n_second: int) -> bool:
    """Tell whether two simulated shares differ by no more than simulations of one and the same do.

    Example:
        >>> alike(0.76, 4000, 0.77, 10_000), alike(0.72, 4000, 0.77, 10_000)
        (True, False)
    """
    pooled = (first * n_first + second * n_second) / (n_first + n_second)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n_first + 1 / n_second))
    return abs(first - second) <= _APART * error + 1e-12


def _rates(question: Question, icc: float, middle: float) -> Sequence[float]:
    """Return the win rates to simulate: all where the plan has looked at looks, else the first."""
    return question.win_rates if icc == middle else question.win_rates[:1]


def _row(outcome: Outcome, plan: Plan) -> Row:
    study = outcome.study
    if study.win_rate == plan.question.bound:
        return Row(outcome=outcome, error=True)
    place = plan.question.win_rates.index(study.win_rate)
    row = next(row for row in plan.rows if row.icc == study.icc)
    looks = plan.expected[place] if study.icc == plan.expected_icc else None
    return Row(
        outcome=outcome,
        error=False,
        planned_once=row.powers[place],
        planned_by_looks=None if looks is None else looks.shown,
        planned=row.promoted if looks is None else looks.promoted,
    )

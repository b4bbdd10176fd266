"""Choose the cheapest rung that is not worse than the best, and say how sure that is.

Which rung is the best is not known; the one that scored highest may have been lucky, and a
comparison with the winner of the same tables is biased. So a rung is held against **every**
other one, whichever that is: the truly best is among them, and being the winner matters to no
comparison. A rung that is truly worse than the truly best by the margin or more has to pass the
comparison with it, which happens in a share alpha / (k - 1) at most, the level of each one-sided
comparison; at most k - 1 of the k rungs are worse, so by Bonferroni's inequality one of them is
chosen in a share alpha at most (an intersection of tests for each rung, a union over rungs: the
idea of Hsu's multiple comparisons with the best, 1984). The highest score gets no exception: where
not even that rung is shown to be within the margin of all others, none is chosen.
"""

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import permutations

from pydantic import Field

from columnist.evaluation.intervals import Interval, bootstrap_difference
from columnist.evaluation.measures import Direction, measure_named
from columnist.selection.config import Rule
from columnist.selection.rungs import Measurement, Rung
from columnist.values import Value


class Decision(StrEnum):
    """What became of a rung."""

    CHOSEN = "chosen"
    DEARER = "dearer"  # good enough, and something else that is good enough costs no more
    NOT_SHOWN = "not shown"  # it may be worse than another by the margin or more
    EXCLUDED = "excluded"  # by its licence


class Standing(Value):
    """A rung with what the rule says of it.

    Attributes:
        gain: Against the best by estimate: how much better, in the measure's good direction, with the
            interval of the comparison; ``None`` for the best itself and where nothing was measured.
        rival: The name of the rung that this one comes off worst against, and ``worst`` the comparison with it.
        reason: Why it was taken or not, in a sentence.
    """

    rung: Rung
    decision: Decision
    gain: Interval | None = None
    rival: str | None = None
    worst: Interval | None = None
    reason: str


class Choice(Value):
    """The outcome of a selection.

    Attributes:
        best: Name of the rung with the highest estimate; ``None`` where every rung is excluded.
        chosen: Name of the cheapest one that is shown to be within the margin; ``None`` where none is.
        comparison_level: One-sided level of each comparison, so that all together have the rule's.
        ladder: All rungs, the cheapest first, those that are excluded last.
    """

    rule: Rule
    best: str | None
    chosen: str | None
    comparison_level: float = Field(gt=0, lt=1)
    ladder: tuple[Standing, ...]

    def standing(self, name: str) -> Standing:
        """Return what became of the rung of that name.

        Raises:
            KeyError: There is none.
        """
        return {each.rung.name: each for each in self.ladder}[name]


def choose(rungs: Sequence[Rung], rule: Rule) -> Choice:
    """Choose the cheapest rung that is shown to be within the margin of all others.

    Args:
        rungs: Measured on the same tables, except those whose licence is not allowed.
        rule: Measure, margin, level and licences.

    Raises:
        ValueError: There is no rung, two have the same name, or one that is allowed was not measured on the
            tables of the others.
    """
    _require_comparable(rungs, rule)
    measured = {rung.name: (rung, rung.measurement) for rung in rungs if rule.allows(rung.license) and rung.measurement}
    level = _comparison_level(len(measured), rule.level)
    excluded = [_exclude(rung) for rung in sorted(rungs, key=lambda rung: rung.name) if not rule.allows(rung.license)]
    if not measured:
        return Choice(rule=rule, best=None, chosen=None, comparison_level=level, ladder=tuple(excluded))
    gains = _gains({name: measurement for name, (_, measurement) in measured.items()}, rule, level)
    best = min(measured, key=lambda name: (-_estimate(measured[name][1], rule), *_expense(*measured[name], rule)))
    within = [
        name for name in measured if all(gains[name, other].low > -rule.margin for other in measured if other != name)
    ]
    by_cost = sorted(measured, key=lambda name: _expense(*measured[name], rule))
    chosen = next((name for name in by_cost if name in within), None)
    ladder = [_stand(measured[name][0], gains, best, chosen, name in within, rule) for name in by_cost]
    return Choice(rule=rule, best=best, chosen=chosen, comparison_level=level, ladder=(*ladder, *excluded))


def _comparison_level(k: int, level: float) -> float:
    """Return the one-sided level of each comparison of k rungs.

    Example:
        >>> _comparison_level(6, 0.95)
        0.99
    """
    return round(1 - (1 - level) / max(k - 1, 1), 12)


def _require_comparable(rungs: Sequence[Rung], rule: Rule) -> None:
    names = [rung.name for rung in rungs]
    if not rungs or len(set(names)) < len(names):
        raise ValueError(f"a ladder needs rungs with names of their own, got {names}")
    allowed = [rung for rung in rungs if rule.allows(rung.license)]
    sizes = {rung.name: len(rung.measurement.values) if rung.measurement else 0 for rung in allowed}
    if allowed and (0 in sizes.values() or len(set(sizes.values())) > 1):
        raise ValueError(f"rungs are compared on the same tables, but of these there are {sizes}")


def _gains(measured: Mapping[str, Measurement], rule: Rule, level: float) -> dict[tuple[str, str], Interval]:
    """Compare every rung with every other one: how much better it is, whatever the measure's direction."""
    sign = 1 if measure_named(rule.measure).direction is Direction.HIGHER else -1
    values = {name: [sign * value for value in measurement.values] for name, measurement in measured.items()}
    return {
        (one, other): _difference(values[one], values[other], rule, level) for one, other in permutations(values, 2)
    }


def _difference(ours: Sequence[float], theirs: Sequence[float], rule: Rule, level: float) -> Interval:
    """Return the paired difference with an interval whose lower end holds at a one-sided level.

    Its level is that of both ends together.
    """
    widened = 2 * _expanded(level, len(ours)) - 1
    found = bootstrap_difference(ours, theirs, rule.seed, widened, resamples=rule.resamples)
    return found.model_copy(update={"level": round(2 * level - 1, 12)})


def _expanded(level: float, n_tables: int) -> float:
    """Return the level at which a percentile interval of few values covers as often as it should.

    The percentile bootstrap is narrower than Student's interval: it divides by n
    where n - 1 is meant, and knows no heavier tails. Hesterberg (2015,
    "expanded percentile") asks it for the level that makes up for both.

    Example:
        >>> round(_expanded(0.975, 10), 4), round(_expanded(0.975, 1000), 4)
        (0.9914, 0.9752)
    """
    from scipy.stats import norm, t  # takes half a second to import

    return float(norm.cdf(math.sqrt(n_tables / (n_tables - 1)) * t.ppf(level, n_tables - 1)))


def _estimate(measurement: Measurement, rule: Rule) -> float:
    """Return the mean of the deciding measure, turned so that more is better."""
    sign = 1 if measure_named(rule.measure).direction is Direction.HIGHER else -1
    return sign * measurement.means[rule.measure].estimate


def _expense(rung: Rung, measurement: Measurement, rule: Rule) -> tuple[float, float, int, str]:
    """Return what rungs are ordered by: cost, then quality, then size, then name.

    Time is measured, and another run measures other digits: costs that agree in
    two significant ones count as equal.
    """
    cost = float(f"{measurement.usd_per_1000_tables:.1e}")
    return cost, -_estimate(measurement, rule), rung.bytes, rung.name


def _stand(
    rung: Rung,
    gains: Mapping[tuple[str, str], Interval],
    best: str,
    chosen: str | None,
    within: bool,
    rule: Rule,
) -> Standing:
    against = {other: gain for (one, other), gain in gains.items() if one == rung.name}
    rival = min(against, key=lambda other: (against[other].low, other), default=None)
    worst = against[rival] if rival else None
    if rung.name == chosen:
        decision, reason = Decision.CHOSEN, "the cheapest of those shown to be within the margin of all others"
    elif within:
        decision, reason = Decision.DEARER, f"good enough, but {chosen} is too and costs no more"
    else:
        decision = Decision.NOT_SHOWN
        reason = f"may be worse than {rival} by {-worst.low:.3f}, the margin is {rule.margin:g}" if worst else ""
    return Standing(rung=rung, decision=decision, gain=against.get(best), rival=rival, worst=worst, reason=reason)


def _exclude(rung: Rung) -> Standing:
    return Standing(
        rung=rung, decision=Decision.EXCLUDED, reason=f"its licence, {rung.license}, is not on the list of allowed ones"
    )

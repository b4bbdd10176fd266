"""The gate that needs no person: evidence and thresholds in, a decision with its reasons out.

A pure function. What it does *not* cover: whether the measures measure what people want (their
blind spots stand in the report), whether the tables resemble those of a user, and whether the files
were tampered with together with their digests. A person's signature is another gate.
"""

from datetime import datetime
from typing import NamedTuple

from columnist.digests import digest_value
from columnist.evaluation import Direction, Interval
from columnist.gates.config import GateConfig
from columnist.gates.criteria import (
    AtLeast,
    AttacksFail,
    Bounding,
    Comparing,
    Criterion,
    LicenseAllowed,
    NonInferior,
    Superior,
)
from columnist.gates.evidence import Evidence, attacked_system, mean_of, metric_of, require_whole, result_of
from columnist.gates.results import CriterionResult, GateResult, Verdict, overall
from columnist.provenance import CodeVersion

GATE = "automatic"


def decide(evidence: Evidence, config: GateConfig, code: CodeVersion, decided_at: datetime) -> GateResult:
    """Compare what was measured with what the gate demands.

    A whole interval has to lie beyond its threshold: a point estimate that clears
    it while the interval straddles it is not evidence. All criteria have to hold,
    so that none can buy back another.

    Args:
        evidence: What was measured of the model that asks to pass.
        config: Thresholds, as configured.
        code: The code that decides.
        decided_at: The time, with its zone: nothing here reads a clock.

    Returns:
        ``PASS`` where every criterion holds. ``FAIL`` where a hard one is not shown to hold,
        or where the whole interval of another lies on the wrong side. ``INCONCLUSIVE`` otherwise.

    Raises:
        EvidenceError: Something that is needed was not measured, or not of this model, or not
            on the tables that were expected.
    """
    require_whole(evidence, config)
    candidate = evidence.evaluation.candidate
    criteria = (
        *(_judge(each, True, evidence, config) for each in config.all_hard),
        *(_judge(each, False, evidence, config) for each in config.criteria),
    )
    result, _ = attacked_system(evidence, config.hard.attacks)
    return GateResult(
        gate=GATE,
        verdict=overall([each.verdict for each in criteria]),
        model=candidate.name,
        model_sha256=evidence.model_sha256,
        criteria=criteria,
        stated_false_pass_rate=config.stated_false_pass_rate,
        evaluation_id=evidence.evaluation_id,
        evaluation_sha256=evidence.evaluation_sha256,
        redteam_id=evidence.redteam_id,
        redteam_sha256=evidence.redteam_sha256,
        suite_sha256=result.suite_sha256,
        table_digests={name: result_of(evidence.evaluation, name).tables.sha256 for name in config.sets},
        config_sha256=digest_value(config.model_dump(mode="json")),
        code=code,
        decided_at=decided_at,
    )


class _Found(NamedTuple):
    """What a criterion looks at, what the numbers say, and how to say them."""

    verdict: Verdict
    numbers: dict[str, float]
    said: str


def _judge(criterion: Criterion, hard: bool, evidence: Evidence, config: GateConfig) -> CriterionResult:
    found = _look(criterion, evidence, config)
    # What nothing buys back has to be shown: undecided is not enough.
    verdict = Verdict.FAIL if hard and found.verdict is Verdict.INCONCLUSIVE else found.verdict
    return CriterionResult(
        criterion=criterion,
        hard=hard,
        numbers=found.numbers,
        verdict=verdict,
        reason=f"{_OPENINGS[verdict]} {criterion.sentence}; {found.said}.",
    )


_OPENINGS = {Verdict.PASS: "Shown:", Verdict.FAIL: "Not shown:", Verdict.INCONCLUSIVE: "Undecided:"}


def _look(criterion: Criterion, evidence: Evidence, config: GateConfig) -> _Found:
    match criterion:
        case Superior() | NonInferior():
            return _look_at_comparison(criterion, evidence, config)
        case AttacksFail():
            return _look_at_attacks(criterion, evidence)
        case LicenseAllowed():
            return _look_at_license(criterion, evidence.evaluation.candidate.license)
        case _:
            return _look_at_mean(criterion, evidence, config)


def _look_at_comparison(criterion: Comparing, evidence: Evidence, config: GateConfig) -> _Found:
    found = result_of(evidence.evaluation, criterion.tables)
    metric = metric_of(found, criterion.measure, criterion.over, config)
    improvement = metric.difference if metric.direction is Direction.HIGHER else _turned(metric.difference)
    verdict = compare_interval(improvement, criterion.threshold)
    return _say(verdict, improvement, "the improvement", metric.n_tables)


def _look_at_mean(criterion: Bounding, evidence: Evidence, config: GateConfig) -> _Found:
    found = result_of(evidence.evaluation, criterion.tables)
    mean = mean_of(found, criterion.measure, config)
    if isinstance(criterion, AtLeast):
        verdict = bound_interval(mean, criterion.bound)
    else:
        verdict = bound_interval(_turned(mean), -criterion.bound)
    return _say(verdict, mean, "the mean", found.tables.n_tables)


def _look_at_attacks(criterion: AttacksFail, evidence: Evidence) -> _Found:
    _, attacked = attacked_system(evidence, criterion)
    parts = (("", attacked.known, criterion.max_success), ("held_out_", attacked.held_out, criterion.max_held_out))
    made = [(prefix, tally, bound) for prefix, tally, bound in parts if tally]
    return _Found(
        verdict=Verdict.PASS if all(tally.upper <= bound for _, tally, bound in made) else Verdict.FAIL,
        numbers={
            f"{prefix}{name}": value
            for prefix, tally, _ in made
            for name, value in (("attacks", tally.attacks), ("successes", tally.successes), ("upper", tally.upper))
        },
        said="; ".join(
            f"{tally.successes} of {tally.attacks} {tally.name} ones did, so the upper bound is {tally.upper:.2%}"
            for _, tally, _ in made
        ),
    )


def _look_at_license(criterion: LicenseAllowed, license_: str) -> _Found:
    allowed = license_.casefold() in {each.casefold() for each in criterion.licenses}
    return _Found(verdict=Verdict.PASS if allowed else Verdict.FAIL, numbers={}, said=f"it is {license_}")


def compare_interval(improvement: Interval, threshold: float) -> Verdict:
    """Say on which side of a threshold an interval lies; touching it is on neither, so that a tie does not pass.

    Example:
        >>> compare_interval(Interval(low=0.01, high=0.05, estimate=0.03, level=0.95), 0).value
        'pass'
        >>> compare_interval(Interval(low=0, high=0, estimate=0, level=0.95), 0).value
        'inconclusive'
    """
    if improvement.low > threshold:
        return Verdict.PASS
    return Verdict.FAIL if improvement.high < threshold else Verdict.INCONCLUSIVE


def bound_interval(mean: Interval, bound: float) -> Verdict:
    """Say whether an interval is at a bound or above: a share can reach 1 and never lies beyond it.

    Example:
        >>> bound_interval(Interval(low=1, high=1, estimate=1, level=0.95), 1).value
        'pass'
    """
    if mean.low >= bound:
        return Verdict.PASS
    return Verdict.FAIL if mean.high < bound else Verdict.INCONCLUSIVE


def _turned(interval: Interval) -> Interval:
    return Interval(low=-interval.high, high=-interval.low, estimate=-interval.estimate, level=interval.level)


def _say(verdict: Verdict, interval: Interval, what: str, n_tables: int) -> _Found:
    shown = f"{interval.estimate:.4g} [{interval.low:.4g}, {interval.high:.4g}]"
    return _Found(
        verdict=verdict,
        numbers={**interval.model_dump(), "n_tables": n_tables},
        said=f"{what} is {shown} on {n_tables} tables",
    )

"""The evidence of a gate, and that it is whole: what is missing is an error, never a default.

Nothing here decides. It makes sure that what is decided upon was measured on the tables
that were planned, of the model that asks to pass, in the way that the thresholds presume.
"""

import math
from collections.abc import Iterable

from columnist.digests import digest_value
from columnist.errors import EvidenceError
from columnist.evaluation.comparison import MetricResult
from columnist.evaluation.identity import SystemIdentity
from columnist.evaluation.intervals import Interval
from columnist.evaluation.results import Evaluation, Role, SetResult
from columnist.gates.config import GateConfig, SetDemand
from columnist.gates.criteria import AttacksFail
from columnist.redteam.results import AttackedSystem, RedteamResult
from columnist.values import Value

_BOUND_LEVEL = 0.95  # of the bound on attacks that succeed
_ROUNDING = 1e-9


class Evidence(Value):
    """What a gate decides upon.

    Attributes:
        model_sha256: Digest of the model that asks to pass, taken from its files now.
        evaluation: What was measured of it.
        evaluation_id: Where that is kept.
        evaluation_sha256: Its digest, as recorded when it was made.
        drawn: Digests, taken now, of the tables that are stored with the evaluation, by the name of their set.
        redteam: What attacks on it came to; without it nothing is decided.
        redteam_id: Where that is kept.
        suite_sha256: Digest of the attacks that this code ships.
        reference: What a command calls the model, for whoever has to attack it.
    """

    model_sha256: str
    evaluation: Evaluation
    evaluation_id: str
    evaluation_sha256: str
    drawn: dict[str, str]
    redteam: RedteamResult | None
    redteam_id: str
    suite_sha256: str
    reference: str = "models:/columnist@challenger"

    @property
    def attacking(self) -> str:
        """The command that attacks the model."""
        return f"run.py redteam --model {self.reference}"

    @property
    def redteam_sha256(self) -> str:
        """SHA-256 of the result of the attacks."""
        return digest_value(self.redteam.model_dump(mode="json") if self.redteam else None)


def require_whole(evidence: Evidence, config: GateConfig) -> None:
    """Make sure of all that does not depend on a single criterion.

    Raises:
        EvidenceError: The evaluation was changed; a set of tables is missing, too small, smaller than
            planned or another one than expected; a name is there twice; another model was evaluated
            than the one that asks to pass.
    """
    evaluation = evidence.evaluation
    if evaluation.digest != evidence.evaluation_sha256:
        raise EvidenceError(
            f"the evaluation has the SHA-256 {_short(evaluation.digest)}, but {_short(evidence.evaluation_sha256)} was "
            "recorded when it was made; evaluate again"
        )
    _require_unique("set of tables", (each.tables.name for each in evaluation.sets))
    for name, demand in config.sets.items():
        _require_tables(result_of(evaluation, name), demand, evidence.drawn)
    for found in evaluation.sets:
        _require_systems(found)
        _require_model(found.candidate.identity, evidence.model_sha256, found.tables.name)
    if len({found.candidate.identity for found in evaluation.sets}) > 1:
        raise EvidenceError("the candidate is not the same on all sets of tables; evaluate one model again on all")
    if not evaluation.candidate.license:
        raise EvidenceError("the evaluation does not state the license of the candidate; evaluate again")


def result_of(evaluation: Evaluation, name: str) -> SetResult:
    """Return what was found on a set of tables.

    Raises:
        EvidenceError: The evaluation does not have that set.
    """
    for found in evaluation.sets:
        if found.tables.name == name:
            return found
    raise EvidenceError(
        f"the gate needs {name} tables, but the evaluation has {_listed(each.tables.name for each in evaluation.sets)};"
        " evaluate on them as well"
    )


def mean_of(found: SetResult, measure: str, config: GateConfig) -> Interval:
    """Return the candidate's mean of a measure.

    Raises:
        EvidenceError: It was not measured, or its interval cannot be used.
    """
    interval = found.candidate.means.get(measure)
    if interval is None:
        raise _not_measured(measure, found)
    _require_interval(interval, measure, config)
    return interval


def metric_of(found: SetResult, measure: str, over: str, config: GateConfig) -> MetricResult:
    """Return the comparison of the candidate with another system in a measure.

    Args:
        found: A set of tables.
        measure: Name of the measure.
        over: The other system: its name, or its role where it alone has it.
        config: Says how many tables have to have the measure, and how sure intervals have to be.

    Raises:
        EvidenceError: There is no such system or more than one, or it was not measured on enough tables.
    """
    name = _baseline_named(found, over)
    metrics = [each for compared in found.comparisons if compared.baseline == name for each in compared.metrics]
    metric = next((each for each in metrics if each.name == measure), None)
    if metric is None:
        raise _not_measured(measure, found, f" in the comparison with {name}")
    needed = config.sets[found.tables.name].min_tables
    if metric.n_tables < needed:
        raise EvidenceError(
            f"{measure} was measured on {metric.n_tables} {found.tables.name} tables, but the gate needs {needed}; "
            "evaluate on more tables"
        )
    _require_interval(metric.difference, measure, config)
    return metric


def attacked_system(evidence: Evidence, demand: AttacksFail) -> tuple[RedteamResult, AttackedSystem]:
    """Return what attacks came to, in all and on the model that asks to pass.

    Raises:
        EvidenceError: There is no result; it is of another model or other attacks, or of too few.
    """
    result, model = evidence.redteam, evidence.model_sha256
    if result is None:
        raise EvidenceError(
            f"the gate needs the result of attacks on the model, but there is none; run: {evidence.attacking}"
        )
    expected = evidence.suite_sha256 if demand.suite_sha256 == "shipped" else demand.suite_sha256
    if result.suite_sha256 != expected:
        raise EvidenceError(
            f"the model was attacked with the suite {_short(result.suite_sha256)}, but the gate expects "
            f"{_short(expected)}; attack it again: {evidence.attacking}"
        )
    _require_unique("attacked system", (each.identity.name for each in result.systems))
    attacked = [each for each in result.systems if each.identity.model_sha256 == model]
    if len(attacked) != 1:
        raise EvidenceError(
            f"expected attacks on the model {_short(model)} once, but they were made on "
            f"{_listed(_short(each.identity.model_sha256) for each in result.systems)}; attack it: "
            f"{evidence.attacking}"
        )
    _require_same_prompt(attacked[0].identity, evidence)
    _require_attacks(result, attacked[0], demand, evidence.attacking)
    return result, attacked[0]


def _require_tables(found: SetResult, demand: SetDemand, drawn: dict[str, str]) -> None:
    tables = found.tables
    if tables.n_tables < max(tables.planned, demand.min_tables):
        raise EvidenceError(
            f"{tables.n_tables} {tables.name} tables were evaluated, but {tables.planned} were planned and the gate "
            f"needs {demand.min_tables}; evaluate on more tables"
        )
    expected = drawn.get(tables.name) if demand.sha256 == "drawn" else demand.sha256
    if expected is None:
        raise EvidenceError(f"the {tables.name} tables are not stored with the evaluation; evaluate again")
    if tables.sha256 != expected:
        raise EvidenceError(
            f"the {tables.name} tables have the SHA-256 {_short(tables.sha256)}, but {_short(expected)} is expected; "
            "evaluate on the expected tables, or say which ones in the gate's configuration"
        )


def _require_systems(found: SetResult) -> None:
    _require_unique(f"system on {found.tables.name} tables", (each.identity.name for each in found.systems))
    _require_unique(f"comparison on {found.tables.name} tables", (each.baseline for each in found.comparisons))
    roles = [each.role for each in found.systems]
    if roles[:1] != [Role.CANDIDATE] or roles.count(Role.CANDIDATE) != 1:
        raise EvidenceError(
            f"expected one candidate among the systems on {found.tables.name} tables, and it first, but the roles are "
            f"{_listed(role.value for role in roles)}; evaluate again"
        )


def _require_model(identity: SystemIdentity, model: str, tables: str) -> None:
    if not model or identity.model_sha256 != model:
        raise EvidenceError(
            f"the model {_short(model)} asks to pass, but {_short(identity.model_sha256)} was evaluated on {tables} "
            "tables; evaluate the model that asks to pass"
        )


def _require_same_prompt(attacked: SystemIdentity, evidence: Evidence) -> None:
    """The weights are the same; the base model that they are added to and the prompts have to be, too."""
    evaluated = evidence.evaluation.candidate
    for what in ("base_model_sha256", "prompt_sha256"):
        ours, theirs = getattr(evaluated, what), getattr(attacked, what)
        if ours != theirs:
            raise EvidenceError(
                f"the model was evaluated with the {what} {_short(ours)}, but attacked with {_short(theirs)}; "
                f"attack it again: {evidence.attacking}"
            )


def _require_attacks(result: RedteamResult, attacked: AttackedSystem, demand: AttacksFail, attacking: str) -> None:
    if attacked.attacks < max(result.planned, demand.min_attacks):
        raise EvidenceError(
            f"{attacked.attacks} attacks were made, but {result.planned} were planned and the gate needs "
            f"{demand.min_attacks}; attack again: {attacking}"
        )
    if not math.isfinite(attacked.upper) or attacked.rate.level < _BOUND_LEVEL:
        raise EvidenceError(
            f"expected an upper bound of attack success at {_BOUND_LEVEL:.0%}, got {attacked.upper} at "
            f"{attacked.rate.level:.0%}; attack again: {attacking}"
        )


def _require_interval(interval: Interval, measure: str, config: GateConfig) -> None:
    if not all(map(math.isfinite, (interval.low, interval.estimate, interval.high))):
        raise EvidenceError(f"{measure} is no number ({interval.estimate}); evaluate again")
    beyond = (1 - interval.level) / 2
    if beyond > config.stated_false_pass_rate + _ROUNDING:
        raise EvidenceError(
            f"{measure}: intervals at {interval.level:.4g} lie beyond a true value in {beyond:.3g} of evaluations, but "
            f"the gate states {config.stated_false_pass_rate:g}; evaluate with a higher evaluation.level"
        )


def _baseline_named(found: SetResult, over: str) -> str:
    others = found.systems[1:]
    named = [each.identity.name for each in others if over in (each.identity.name, each.role.value)]
    if len(named) != 1:
        raise EvidenceError(
            f"the gate needs one system on {found.tables.name} tables whose name or role is {over!r}, but {len(named)} "
            f"of {_listed(f'{each.identity.name} ({each.role.value})' for each in others)} are; evaluate with it, or "
            "name another in the gate's configuration"
        )
    return named[0]


def _require_unique(what: str, names: Iterable[str]) -> None:
    known = list(names)
    twice = sorted({name for name in known if known.count(name) > 1})
    if twice:
        raise EvidenceError(f"expected each {what} once, but {_listed(twice)} is there more than once; evaluate again")


def _not_measured(measure: str, found: SetResult, where: str = "") -> EvidenceError:
    return EvidenceError(
        f"{measure} was not measured on {found.tables.name} tables{where}; evaluate again with what it needs"
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _short(digest: str) -> str:
    return f"{digest[:16]}…" if digest else "without a digest"

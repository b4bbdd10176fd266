"""Evidence for the gate: whole by default, and spoilt in one place at a time."""

from columnist.evaluation import Comparison, Direction, EvaluationConfig, Interval, MetricResult
from columnist.evaluation.identity import SystemIdentity
from columnist.evaluation.results import Evaluation, Role, SetResult, SystemResult, TableSet
from columnist.gates.config import FORM, GateConfig
from columnist.gates.evidence import Evidence
from columnist.redteam.results import AttackedSystem, AttackOutcome, Breach, RedteamResult, Rule
from columnist.redteam.suite import open_suite

MODEL, BASE, TABLES, SUITE = "a" * 64, "b" * 64, "c" * 64, "d" * 64
MEANS = {"structure": (1.0, 1.0), "plain": (0.995, 1.0), "unsupported": (0.01, 0.03), "name_echo": (0.3, 0.4)}
MEANS |= {"semantic_similarity": (0.6, 0.7), "chrf": (0.3, 0.4), "fits_limit": (1.0, 1.0)}
DIFFERENCES = {"semantic_similarity": (0.1, 0.2), "chrf": (0.01, 0.05), "name_echo": (-0.2, -0.1)}
LOWER = {"unsupported", "name_echo"}


def interval(low: float, high: float, level: float = 0.95) -> Interval:
    return Interval(low=low, high=high, estimate=(low + high) / 2, level=level)


def metric(name: str, difference: Interval, n_tables: int = 100) -> MetricResult:
    return MetricResult(
        name=name,
        direction=Direction.LOWER if name in LOWER else Direction.HIGHER,
        n_tables=n_tables,
        candidate=interval(0.5, 0.6),
        baseline=interval(0.4, 0.5),
        difference=difference,
        wins=0,
        ties=0,
        losses=0,
        p_value=0.01,
    )


def identity(name: str, model: str, **changes) -> SystemIdentity:
    known = {"license": "Apache-2.0", "base_model_sha256": BASE, "prompt_sha256": "e" * 64}
    return SystemIdentity(name=name, kind="tuned", reference=name, model_sha256=model, **(known | changes))


def system(name: str, role: Role, model: str = "f" * 64, means=MEANS, **changes) -> SystemResult:
    values = {measure: interval(*ends) for measure, ends in means.items()}
    return SystemResult(identity=identity(name, model, **changes), role=role, means=values)


def set_result(means=MEANS, differences=DIFFERENCES, name: str = "synthetic", license_: str = "Apache-2.0"):
    metrics = tuple(metric(measure, interval(*ends)) for measure, ends in differences.items())
    return SetResult(
        tables=TableSet(name=name, origin="a test", sha256=TABLES, n_tables=100, planned=100, n_texts=900),
        systems=(system("tuned", Role.CANDIDATE, MODEL, means, license=license_), system("plain 135M", Role.BASE)),
        comparisons=(Comparison(baseline="plain 135M", metrics=metrics),),
        slices=(),
        samples=(),
    )


def outcomes(attacks: int, successes: int) -> list[AttackOutcome]:
    breach = Breach(place="1", text="see http://x", rules=(Rule.LINK,))
    return [
        AttackOutcome(attack=str(each), kind="link", carrier="comment", breaches=(breach,) if each < successes else ())
        for each in range(attacks)
    ]


def redteam(attacks: int = 300, successes: int = 0, model: str = MODEL, level: float = 0.95, **changes):
    attacked = AttackedSystem.summarize(identity("tuned", model, **changes), outcomes(attacks, successes), level)
    return RedteamResult(suite_sha256=SUITE, planned=300, systems=(attacked,))


def withstand(attacked: SystemIdentity) -> RedteamResult:
    """All attacks of the suite that ships, none of which succeeds on a system."""
    suite = open_suite()
    found = AttackedSystem.summarize(attacked, outcomes(len(suite.attacks), 0), 0.95)
    return RedteamResult(suite_sha256=suite.sha256, planned=len(suite.attacks), systems=(found,))


def evaluation(*sets: SetResult) -> Evaluation:
    config = EvaluationConfig(seed=1, level=0.95, samples=0, resamples=200)
    return Evaluation(config=config, sets=sets or (set_result(),))


def evidence(*sets: SetResult, **changes) -> Evidence:
    found = evaluation(*sets)
    known = {
        "model_sha256": MODEL,
        "evaluation": found,
        "evaluation_id": "evaluation 1",
        "evaluation_sha256": found.digest,
        "drawn": {"synthetic": TABLES},
        "redteam": redteam(),
        "redteam_id": "redteam 1",
        "suite_sha256": SUITE,
    }
    return Evidence(**(known | changes))


def superior(margin: float = 0.05, measure: str = "semantic_similarity", over: str = "base") -> dict:
    return {"kind": "superior", "tables": "synthetic", "measure": measure, "over": over, "margin": margin}


def non_inferior(margin: float = 0.02, measure: str = "chrf", over: str = "base") -> dict:
    return {"kind": "non_inferior", "tables": "synthetic", "measure": measure, "over": over, "margin": margin}


def bound(kind: str, measure: str, value: float, tables: str = "synthetic") -> dict:
    return {"kind": kind, "tables": tables, "measure": measure, "bound": value}


def hard_bounds(tables: str = "synthetic") -> list[dict]:
    form = [bound("at_least", measure, 0.99, tables) for measure in FORM]
    return [*form, bound("at_most", "unsupported", 0.05, tables)]


def stated(criteria=None, bounds=None, **changes) -> dict:
    """A configuration as YAML would give it."""
    attacks = {"kind": "attacks_fail", "suite_sha256": "shipped", "min_attacks": 200} | {
        "max_success": 0.01,
        "max_held_out": 0.3,
    }
    known = {
        "stated_false_pass_rate": 0.05,
        "sets": {"synthetic": {"min_tables": 50, "sha256": "drawn"}},
        "hard": {
            "license": {"kind": "license_allowed", "licenses": ["MIT", "apache-2.0"]},
            "attacks": attacks | changes.pop("attacks", {}),
            "bounds": hard_bounds() if bounds is None else bounds,
        },
        "criteria": [superior(), non_inferior()] if criteria is None else criteria,
    }
    return known | changes


def config(**changes) -> GateConfig:
    return GateConfig.model_validate(stated(**changes))

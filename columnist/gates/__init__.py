"""Gates: from evidence to a verdict, from thresholds that a configuration states; pure, and without a default."""

from columnist.gates.results import CriterionResult, GateResult, Verdict

__all__ = ["CriterionResult", "GateResult", "Verdict"]

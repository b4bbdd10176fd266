"""What a gate says: a verdict, what it rests on, and why."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, FiniteFloat

from columnist.digests import digest_value
from columnist.gates.criteria import Criterion
from columnist.provenance import CodeVersion
from columnist.values import Value


class Verdict(StrEnum):
    """What a gate says of a candidate; only a pass opens it."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


class CriterionResult(Value):
    """One criterion, what was found, and what that says.

    Attributes:
        criterion: What was demanded, with its threshold.
        hard: Whether nothing buys a failure back.
        numbers: What was compared with the threshold: the interval of an improvement (turned so that more is
            better) or of a mean, with its number of tables; or the attacks; or nothing, of a license.
        reason: The verdict in a sentence.
    """

    criterion: Annotated[Criterion, Field(discriminator="kind")]
    hard: bool
    numbers: dict[str, FiniteFloat]
    verdict: Verdict
    reason: str


class GateResult(Value):
    """A decision with all it rests on; kept whatever it says.

    Attributes:
        gate: Which gate decided.
        model: What the evaluation calls the candidate.
        model_sha256: Digest of the model that was decided about.
        criteria: Every criterion, those that nothing buys back first.
        evaluation_id: Where the evaluation is kept.
        redteam_id: Where the result of the attacks is kept.
        table_digests: Digests of the sets of tables.
        config_sha256: Digest of the configuration with the thresholds.
        code: The code that decided.
        decided_at: When, as whoever asked says.
    """

    gate: str
    verdict: Verdict
    model: str
    model_sha256: str
    criteria: tuple[CriterionResult, ...]
    stated_false_pass_rate: float
    evaluation_id: str
    evaluation_sha256: str
    redteam_id: str
    redteam_sha256: str
    suite_sha256: str
    table_digests: dict[str, str]
    config_sha256: str
    code: CodeVersion
    decided_at: AwareDatetime

    @property
    def digest(self) -> str:
        """SHA-256 of the whole decision: what a signature of it has to name."""
        return digest_value(self.model_dump(mode="json"))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not a pass, a sentence for each criterion that does not hold; or that all do."""
        missed = tuple(each.reason for each in self.criteria if each.verdict is not Verdict.PASS)
        return missed or (f"All {len(self.criteria)} criteria hold.",)

    @property
    def summary(self) -> str:
        """The decision on one line."""
        return f"{self.verdict.value.upper()} for model {self.model_sha256[:16]}: {' '.join(self.reasons)}"

    def numbers(self) -> dict[str, float]:
        """Return what was compared with thresholds as flat names, for an experiment tracker."""
        return {
            f"{place:02}.{each.criterion.kind}.{name}": number
            for place, each in enumerate(self.criteria)
            for name, number in each.numbers.items()
        }


def overall(verdicts: "list[Verdict]") -> Verdict:
    """Return what verdicts on single criteria say together: all have to pass, and one failure fails.

    Example:
        >>> overall([Verdict.PASS, Verdict.INCONCLUSIVE]).value, overall([Verdict.FAIL, Verdict.INCONCLUSIVE]).value
        ('inconclusive', 'fail')
    """
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return Verdict.INCONCLUSIVE if Verdict.INCONCLUSIVE in verdicts else Verdict.PASS

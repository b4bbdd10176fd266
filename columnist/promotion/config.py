"""What a promotion demands beyond verdicts: how fresh evidence is, and whose keys count."""

from typing import Annotated

from pydantic import Field, StringConstraints

from columnist.values import Value

Fingerprint = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]

# What is older was decided in another world, whatever a file says.
_MOST_DAYS = 365


class PromotionConfig(Value):
    """The rules of a promotion; none has a default.

    Attributes:
        max_gate_age_days: Since the automatic gate decided.
        max_study_age_days: Since the study was closed.
        max_approval_age_days: Since a reviewer signed.
        max_override_hours: Between the two signatures of an override.
        baseline_is_champion: Whether a study counts only if it compared with the champion of today, if there is one.
        installations: Fingerprints of other installations whose studies and log entries count; the own key counts.
        reviewer_keys: Fingerprints of reviewers who sign with a key of their own, by name.
    """

    max_gate_age_days: int = Field(ge=1, le=_MOST_DAYS)
    max_study_age_days: int = Field(ge=1, le=_MOST_DAYS)
    max_approval_age_days: int = Field(ge=1, le=_MOST_DAYS)
    max_override_hours: int = Field(ge=1, le=72)
    baseline_is_champion: bool
    installations: tuple[Fingerprint, ...]
    reviewer_keys: dict[str, Fingerprint]

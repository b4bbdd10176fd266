"""Approvals say who, when, why and of what, and hold nothing that was not signed."""

from datetime import datetime

import pytest
from promotion_evidence import NOW
from pydantic import ValidationError

from columnist.errors import ConfigError
from columnist.home import Home
from columnist.promotion import Approval, ApprovalSubject, Decision, approve, record_approval
from columnist.promotion.approvals import read_approvals
from columnist.promotion.config import PromotionConfig
from columnist.signing import Signer

SUBJECT = ApprovalSubject(
    model="columnist", version="2", adapter_sha256="a" * 64, gate_sha256="b" * 64, study_sha256="c" * 64
)


@pytest.fixture
def signer(tmp_path):
    return Signer.open(tmp_path / "keys")


def test_an_approval_is_intact_before_and_after_it_was_kept(tmp_path, signer):
    approval = approve(SUBJECT, " Ada ", Decision.APPROVE, "reads well\nand is cheap", signer, NOW)
    assert approval.reviewer == "Ada"
    assert approval.is_intact
    record_approval(Home(tmp_path), approval)
    assert record_approval(Home(tmp_path), approval).exists()
    assert read_approvals(Home(tmp_path), SUBJECT) == (approval,)
    assert read_approvals(Home(tmp_path), SUBJECT)[0].is_intact


@pytest.mark.parametrize(
    "change",
    [
        {"reviewer": "Eve"},
        {"decision": Decision.REJECT},
        {"reason": "other"},
        {"at": NOW.replace(year=2027)},
        {"subject_sha256": "0" * 64},
        {"subject": SUBJECT.model_copy(update={"version": "3"})},
    ],
)
def test_whatever_is_changed_shows(signer, change):
    approval = approve(SUBJECT, "Ada", Decision.APPROVE, "reads well", signer, NOW)
    assert not approval.model_copy(update=change).is_intact


@pytest.mark.parametrize(("reviewer", "reason"), [("", "why"), ("  ", "why"), ("Ada", " "), ("A\nB", "why")])
def test_nobody_approves_without_a_name_and_a_reason(signer, reviewer, reason):
    with pytest.raises(ConfigError, match="expected the name of a reviewer and a reason") as caught:
        approve(SUBJECT, reviewer, Decision.APPROVE, reason, signer, NOW)
    assert len(str(caught.value).splitlines()) == 1


def test_a_time_without_a_zone_is_refused(signer):
    with pytest.raises(ConfigError, match="timezone"):
        approve(SUBJECT, "Ada", Decision.APPROVE, "why", signer, datetime(2026, 1, 1))


def test_files_that_are_no_approvals_count_for_nothing(tmp_path, signer):
    home = Home(tmp_path)
    kept = record_approval(home, approve(SUBJECT, "Ada", Decision.APPROVE, "why", signer, NOW))
    (kept.parent / "other.json").write_text("{")
    (kept.parent / "folder.json").mkdir()
    assert len(read_approvals(home, SUBJECT)) == 1
    assert read_approvals(home, SUBJECT.model_copy(update={"version": "3"})) == ()


def test_no_field_of_an_approval_or_of_the_rules_has_a_default():
    """Nothing is approved, and no rule is set, by leaving something out."""
    for kind in (Approval, ApprovalSubject, PromotionConfig):
        assert all(field.is_required() for field in kind.model_fields.values())


@pytest.mark.parametrize("days", [0, 366])
def test_no_rule_lets_evidence_live_for_ever(days):
    with pytest.raises(ValidationError):
        PromotionConfig.model_validate({"max_gate_age_days": days})

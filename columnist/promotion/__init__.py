"""Promotions: the champion changes only upon verified evidence and a signed approval, and all of it is written down."""

from columnist.promotion.approvals import Approval, ApprovalSubject, Decision, Means, approve, record_approval
from columnist.promotion.refusals import Refusal

__all__ = ["Approval", "ApprovalSubject", "Decision", "Means", "Refusal", "approve", "record_approval"]

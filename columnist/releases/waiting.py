"""What a paused release asks in the ZenML dashboard, and what answers it."""

from typing import Any

from columnist.promotion.approvals import ApprovalSubject
from columnist.releases.folders import ReleaseStudy
from columnist.values import Value


class Signal(Value):
    """Why a paused run is to look again. It decides nothing: only closed studies and signed approvals do."""

    because: str


def ask_for_closing(study: ReleaseStudy, number: int) -> dict[str, Any]:
    """Return name, question and facts of the wait for a study.

    Args:
        study: That people rate.
        number: Of the question in its run; a name answers once.

    Example:
        >>> ask_for_closing(ReleaseStudy(study_id="a" * 16, registration_sha256="b" * 64), 1)["name"]
        'study_closed_1'
    """
    return {
        "name": f"study_closed_{number}",
        "question": (
            f"People rate study {study.study_id}. The run goes on by itself after: run.py study close {study.study_id}"
        ),
        "metadata": study.model_dump(),
    }


def ask_for_review(subject: ApprovalSubject, number: int) -> dict[str, Any]:
    """Return name, question and facts of the wait for a reviewer; see ``ask_for_closing``."""
    return {
        "name": f"reviewed_{number}",
        "question": (
            f"May models:/{subject.model}/{subject.version} become the champion? A reviewer signs on the reviewer's "
            "page, or with: run.py release approve"
        ),
        "metadata": subject.model_dump(),
    }

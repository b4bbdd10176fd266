"""What the storage of studies hands out."""

from enum import StrEnum

from columnist.studies.items import StudyItem
from columnist.values import Value


class StudyState(StrEnum):
    """How far a study is; a draft is one whose opening was interrupted."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Study(Value):
    """A study as the storage knows it."""

    study_id: str
    state: StudyState
    opened_at: str
    closed_at: str | None


class Progress(Value):
    """How many of a rater's items are answered.

    Example:
        >>> Progress(done=3, total=3).finished
        True
    """

    done: int
    total: int

    @property
    def finished(self) -> bool:
        """Whether nothing is left."""
        return self.done == self.total


class RaterProgress(Value):
    """A rater as the steward sees them: the label, and how far they are; never what they answered."""

    rater: str
    label: str
    progress: Progress


class Shown(Value):
    """What a rater is to be shown next.

    Attributes:
        position: From 1, in the rater's order.
        a_text_id: The text that is option A.
    """

    rater: str
    position: int
    item: StudyItem
    a_text_id: str
    b_text_id: str


class RaterSession(Value):
    """A rater's open browser session."""

    rater: str
    csrf_hash: str
    expires_at: str

"""Where studies are kept: items, assignments, invitations and ballots, and nothing that names a model."""

from columnist.studies.items import StudyBallot
from columnist.studies.storage.results import Progress, RaterProgress, RaterSession, Shown, Study, StudyState
from columnist.studies.storage.storage import Storage, open_storage
from columnist.studies.storage.visits import Visits

__all__ = [
    "Progress",
    "RaterProgress",
    "RaterSession",
    "Shown",
    "Storage",
    "Study",
    "StudyBallot",
    "StudyState",
    "Visits",
    "open_storage",
]

"""Where studies are kept: items, assignments, invitations and ballots, and nothing that names a model."""

from columnist.studies.items import StudyBallot
from columnist.studies.storage.storage import Progress, Shown, Storage, StudyState, open_storage

__all__ = ["Progress", "Shown", "Storage", "StudyBallot", "StudyState", "open_storage"]

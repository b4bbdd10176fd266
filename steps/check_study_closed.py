"""Look whether people still rate."""

from typing import Annotated

from zenml import step

from columnist.artifact_names import Artifact
from columnist.releases.folders import ReleaseStudy
from columnist.releases.studying import is_closed
from steps.release_context import AFTER_KILL, places


@step(retry=AFTER_KILL)
def check_study_closed(study: ReleaseStudy) -> Annotated[bool, Artifact.STUDY_CLOSED]:
    """Tell whether the study is closed: whoever answers the run's question in the dashboard does not close it."""
    return is_closed(study, places())

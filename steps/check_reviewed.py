"""Look whether a reviewer has decided."""

from typing import Annotated

from zenml import step

from columnist.artifact_names import Artifact
from columnist.home import Home
from columnist.releases.folders import ReleaseStudy
from columnist.releases.ruling import Ruling, find_answer
from steps.release_context import AFTER_KILL


@step(retry=AFTER_KILL)
def check_reviewed(study: ReleaseStudy, ruling: Ruling) -> Annotated[bool, Artifact.REVIEWED]:
    """Tell whether a signed decision is there: whoever answers the run's question in the dashboard approves nothing."""
    # Without a subject there is nothing left to ask: a reviewer has promoted the version already.
    return ruling.subject is None or find_answer(Home.find(), ruling.subject, study) is not None

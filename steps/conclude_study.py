"""Conclude the study of a release."""

from datetime import UTC, datetime
from typing import Annotated

from zenml import step
from zenml.utils.metadata_utils import log_metadata

from columnist.artifact_names import Artifact
from columnist.releases.folders import ReleaseStudy
from columnist.releases.studying import conclude_release_study
from columnist.studies.result import StudyResult
from steps.release_context import AFTER_KILL, places


@step(retry=AFTER_KILL)
def conclude_study(study: ReleaseStudy) -> Annotated[StudyResult, Artifact.STUDY_RESULT]:
    """Check the closed study against its registration, unblind it, analyse it, and keep the signed result."""
    result = conclude_release_study(study, places(), datetime.now(UTC))
    analysis = result.analysis
    rate = {"win_rate": analysis.win_rate.estimate, "low": analysis.win_rate.low, "high": analysis.win_rate.high}
    log_metadata({"verdict": analysis.verdict.value, "sha256": result.digest, **rate})
    return result

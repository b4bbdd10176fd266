"""Verify all evidence before a reviewer is asked."""

from datetime import UTC, datetime
from typing import Annotated

from zenml import step
from zenml.utils.metadata_utils import log_metadata

from columnist.artifact_names import Artifact
from columnist.releases.folders import ReleaseStudy
from columnist.releases.plan import ReleasePlan
from columnist.releases.ruling import Office, Ruling
from columnist.releases.ruling import rule_on_evidence as rule
from columnist.studies.result import StudyResult
from steps.release_context import AFTER_KILL, places, release_folder


@step(retry=AFTER_KILL)
def rule_on_evidence(
    study: ReleaseStudy, result: StudyResult, plan: ReleasePlan
) -> Annotated[Ruling, Artifact.RELEASE_RULING]:
    """Rule on the study and the gate together, and keep the ruling, whatever it is; another step acts on it."""
    ruling = rule(plan, study, Office.open(places()), datetime.now(UTC))
    log_metadata({"ruling": ruling.summary, "reason": ruling.reason, "study_sha256": result.digest})
    if ruling.subject is not None:
        release_folder().keep(ruling.subject)
    return ruling

"""Move the champion."""

from datetime import UTC, datetime
from typing import Annotated

from zenml import step
from zenml.utils.metadata_utils import log_metadata

from columnist.artifact_names import Artifact
from columnist.releases.folders import ReleaseStudy
from columnist.releases.plan import ReleasePlan
from columnist.releases.ruling import Office, Ruling
from columnist.releases.ruling import promote_release as promote
from steps.release_context import AFTER_KILL, places


@step(retry=AFTER_KILL)
def promote_release(
    study: ReleaseStudy, ruling: Ruling, plan: ReleasePlan
) -> Annotated[Ruling, Artifact.RELEASE_OUTCOME]:
    """Verify everything anew and move the alias upon the reviewer's signature, or keep why not."""
    outcome = promote(plan, study, ruling.subject, Office.open(places()), datetime.now(UTC))
    log_metadata({"ruling": outcome.summary, "reason": outcome.reason, "reviewer": outcome.reviewer})
    return outcome

"""Open the study of a release."""

from datetime import UTC, datetime
from typing import Annotated

from zenml import step
from zenml.logger import get_logger
from zenml.utils.metadata_utils import log_metadata

from columnist.artifact_names import Artifact
from columnist.gates import GateResult
from columnist.releases.folders import ReleaseStudy
from columnist.releases.plan import ReleasePlan
from columnist.releases.studying import open_release_study as open_planned
from steps.code_metadata import log_code_version
from steps.release_context import AFTER_KILL, places, release_folder

_logger = get_logger(__name__)


@step(retry=AFTER_KILL)
def open_release_study(gate: GateResult, plan: ReleasePlan) -> Annotated[ReleaseStudy, Artifact.RELEASE_STUDY]:
    """Let both systems write, seal who wrote what, and register the study; only a pass of the gate gets here."""
    log_code_version()
    study = open_planned(plan, release_folder(), places(), datetime.now(UTC), _say)
    log_metadata({**study.model_dump(), "gate_sha256": gate.digest})
    return study


def _say(what: str, done: int, total: int) -> None:
    _logger.info("%s: %s of %s", what, done, total)

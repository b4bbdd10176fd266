"""What every run says about the code that made it."""

from zenml import get_step_context
from zenml.utils.metadata_utils import log_metadata

from columnist.provenance import code_version


def log_code_version() -> None:
    """Log the commit and the dirty flag as metadata of the current step."""
    version = code_version()
    log_metadata({"code_commit": version.commit or "unknown", "code_dirty": version.dirty})


def run_tags() -> dict[str, str]:
    """Return the ids of the current ZenML run and step, as tags for an MLflow run."""
    context = get_step_context()
    return {
        "zenml.run_id": str(context.pipeline_run.id),
        "zenml.run_name": context.pipeline_run.name,
        "zenml.step_run_id": str(context.step_run.id),
    }

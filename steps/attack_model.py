"""Attack a model and its baselines with the whole suite."""

from typing import Annotated

from zenml import step
from zenml.utils.metadata_utils import log_metadata

from columnist.artifact_names import Artifact
from columnist.home import Home
from columnist.progress import ProgressLog
from columnist.redteam import RedteamConfig, RedteamResult
from columnist.redteam.attacking import run_attacks
from columnist.redteam.report import render_report
from columnist.registry import tracking
from materializers.redteam import RedteamMaterializer
from steps.code_metadata import log_code_version, run_tags


@step(output_materializers=RedteamMaterializer)
def attack_model(model: str, redteam: RedteamConfig) -> Annotated[RedteamResult, Artifact.REDTEAM_RESULT]:
    """Make the attacks, judge what was written, and keep the result."""
    log_code_version()
    log = ProgressLog("attacks")
    result = run_attacks(
        model, redteam, Home.find().folder / "redteam", lambda name, done, total: log.update(done, total, name)
    )
    attacked = result.systems[0]
    log_metadata({"suite_sha256": result.suite_sha256, "attack_success_upper": attacked.upper})
    tags = {
        **run_tags(),
        "columnist.kind": "redteam",
        "suite_sha256": result.suite_sha256,
        "adapter_sha256": attacked.identity.model_sha256,
    }
    with tracking.tracked_run(tags["zenml.run_name"], tags) as mlflow_run:
        tracking.log_metrics(mlflow_run, result.numbers())
        tracking.log_text(mlflow_run, redteam.model_dump_json(indent=1), "config.json")
        tracking.log_text(mlflow_run, result.model_dump_json(indent=1), "redteam.json")
        tracking.log_text(mlflow_run, render_report(result), "redteam.md")
    return result

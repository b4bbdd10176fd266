"""Let a model write about the canary set and compare its texts with those that were pinned."""

from pathlib import Path
from typing import Annotated

from zenml import step

from columnist.artifact_names import Artifact
from columnist.canary.checking import CanaryConfig, CanaryResult
from columnist.canary.page import render_result
from columnist.canary.rescoring import rescore
from columnist.home import Home
from columnist.registry import tracking
from materializers.canary import CanaryMaterializer
from steps.code_metadata import log_code_version, run_tags


@step(output_materializers=CanaryMaterializer)
def rescore_canary(
    model: str | None, against: str | None, canary: CanaryConfig
) -> Annotated[CanaryResult, Artifact.CANARY_RESULT]:
    """Compare what the model writes today with its pinned record, or with the one in a file."""
    log_code_version()
    result = rescore(model, Path(against) if against else None, canary, Home.find())
    tags = {**run_tags(), "columnist.kind": "canary", "canary_state": result.state.value, "model": result.model}
    with tracking.tracked_run(tags["zenml.run_name"], tags) as mlflow_run:
        tracking.log_metrics(mlflow_run, result.numbers())
        tracking.log_text(mlflow_run, result.model_dump_json(indent=1), "canary.json")
        tracking.log_text(mlflow_run, render_result(result), "canary.md")
    return result

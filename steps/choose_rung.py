"""Choose from the rungs of a ladder."""

from typing import Annotated

from zenml import step
from zenml.utils.metadata_utils import log_metadata

from columnist.artifact_names import Artifact
from columnist.registry import tracking
from columnist.selection import Choice, Rung, SelectionConfig, choose, report
from materializers.selection import SelectionMaterializer
from steps.code_metadata import log_code_version, run_tags


@step(output_materializers=SelectionMaterializer)
def choose_rung(rungs: list[Rung], selection: SelectionConfig) -> Annotated[Choice, Artifact.SELECTION]:
    """Choose the cheapest rung that is shown to be within the margin of all others, and keep why."""
    log_code_version()
    choice = choose(rungs, selection.rule)
    log_metadata({"chosen": choice.chosen or "none", "best": choice.best or "none"})
    tags = {**run_tags(), "columnist.kind": "selection", "columnist.chosen": choice.chosen or "none"}
    with tracking.tracked_run(tags["zenml.run_name"], tags) as mlflow_run:
        tracking.log_text(mlflow_run, selection.model_dump_json(indent=1), "config.json")
        tracking.log_text(mlflow_run, choice.model_dump_json(indent=1), "selection.json")
        tracking.log_metrics(mlflow_run, report.numbers(choice))
        tracking.log_text(mlflow_run, report.render_html(choice), "selection.html")
        tracking.log_text(mlflow_run, report.render_markdown(choice), "selection.md")
        tracking.log_picture(mlflow_run, report.render_picture(choice), "selection.png")
    return choice

"""Compare what all systems wrote."""

from typing import Annotated

from zenml import step
from zenml.utils.metadata_utils import log_metadata

from columnist.artifact_names import Artifact
from columnist.evaluation import EvaluationConfig
from columnist.evaluation.costs import CostTerms
from columnist.evaluation.evaluating import evaluate_systems
from columnist.evaluation.report import render_html, render_markdown, render_picture
from columnist.evaluation.results import Evaluation
from columnist.evaluation.test_tables import TablesConfig, TestSets
from columnist.modeling.acceptance.calibration import CalibrationReport
from columnist.modeling.similarity import find_encoder
from columnist.registry import tracking
from columnist.systems.writing import WrittenTexts
from materializers.evaluation import EvaluationMaterializer
from steps.code_metadata import log_code_version, run_tags


@step(output_materializers=EvaluationMaterializer)
def compare_systems(
    test_tables: TestSets,
    written: list[WrittenTexts],
    calibration: CalibrationReport,
    evaluation: EvaluationConfig,
    tables: TablesConfig,
    terms: CostTerms,
) -> Annotated[Evaluation, Artifact.EVALUATION]:
    """Measure every system on the same tables, and the candidate's differences with their intervals."""
    log_code_version()
    result = evaluate_systems(
        test_tables.sets,
        [texts for each in written for texts in each.sets],
        calibration.calibrations,
        evaluation,
        terms,
        find_encoder(),
        tables.smallest_slice,
    )
    log_metadata({"sha256": result.digest})
    tags = {**run_tags(), "columnist.kind": "evaluation", "adapter_sha256": result.candidate.model_sha256}
    with tracking.tracked_run(tags["zenml.run_name"], tags) as mlflow_run:
        tracking.log_text(mlflow_run, evaluation.model_dump_json(indent=1), "config.json")
        tracking.log_text(mlflow_run, result.model_dump_json(indent=1), "evaluation.json")
        tracking.log_metrics(mlflow_run, result.numbers())
        tracking.log_text(mlflow_run, render_html(result), "report.html")
        tracking.log_text(mlflow_run, render_markdown(result), "report.md")
        for found in result.sets:
            tracking.log_picture(mlflow_run, render_picture(found), f"differences_{found.tables.name}.png")
    return result

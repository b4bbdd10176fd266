"""Measure how far the probabilities of acceptance can be trusted on the test tables."""

from typing import Annotated

from zenml import step

from columnist.artifact_names import Artifact
from columnist.evaluation import EvaluationConfig
from columnist.modeling.acceptance import read_acceptance
from columnist.modeling.acceptance.calibration import CalibrationReport
from columnist.modeling.acceptance.measuring import measure_predictions, refer_examples
from columnist.modeling.adapters import Adapter
from columnist.modeling.predicting import Predictions
from columnist.registry import tracking
from columnist.synthesis import TrainingSet
from materializers.calibration import CalibrationMaterializer
from steps.calibration_pictures import log_calibrations
from steps.code_metadata import log_code_version, run_tags


@step(output_materializers=CalibrationMaterializer)
def measure_calibration(
    training_set: TrainingSet, adapter: Adapter, tuned_predictions: Predictions, evaluation: EvaluationConfig
) -> Annotated[CalibrationReport, Artifact.CALIBRATION]:
    """Compare the probabilities beside the tuned model's texts with what was acceptable."""
    log_code_version()
    acceptance = read_acceptance(adapter.folder)
    if acceptance is None:
        return CalibrationReport()
    report = CalibrationReport.of(
        measure_predictions("test", refer_examples(training_set.test), tuned_predictions, acceptance, evaluation)
    )
    tags = {**run_tags(), "columnist.kind": "calibration", "adapter_sha256": adapter.digest}
    with tracking.tracked_run(tags["zenml.run_name"], tags) as mlflow_run:
        log_calibrations(mlflow_run, report)
    return report

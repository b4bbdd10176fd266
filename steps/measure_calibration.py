"""Measure how far the probabilities of acceptance can be trusted on the test tables."""

from typing import Annotated

from zenml import step

from columnist.artifact_names import Artifact
from columnist.evaluation import EvaluationConfig
from columnist.evaluation.test_tables import TestSets
from columnist.modeling.acceptance import read_acceptance
from columnist.modeling.acceptance.calibration import CalibrationReport
from columnist.modeling.acceptance.measuring import measure_written
from columnist.modeling.adapters import Adapter
from columnist.registry import tracking
from columnist.systems.writing import WrittenTexts
from materializers.calibration import CalibrationMaterializer
from steps.calibration_pictures import log_calibrations
from steps.code_metadata import log_code_version, run_tags


@step(output_materializers=CalibrationMaterializer)
def measure_calibration(
    test_tables: TestSets, adapter: Adapter, candidate_texts: WrittenTexts, evaluation: EvaluationConfig
) -> Annotated[CalibrationReport, Artifact.CALIBRATION]:
    """Compare the probabilities beside the tuned model's texts with what was acceptable."""
    log_code_version()
    acceptance = read_acceptance(adapter.folder)
    if acceptance is None:
        return CalibrationReport()
    pairs = zip(test_tables.sets, candidate_texts.sets, strict=True)
    report = CalibrationReport.of(*(measure_written(tables, texts, acceptance, evaluation) for tables, texts in pairs))
    tags = {**run_tags(), "columnist.kind": "calibration", "adapter_sha256": adapter.digest}
    with tracking.tracked_run(tags["zenml.run_name"], tags) as mlflow_run:
        log_calibrations(mlflow_run, report)
    return report

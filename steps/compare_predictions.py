"""Compare the tuned model's texts with the base model's."""

from typing import Annotated

from zenml import step

from columnist.artifact_names import Artifact
from columnist.evaluation import Evaluation, EvaluationConfig, compare, render_html, render_picture
from columnist.modeling.predicting import Predictions
from columnist.modeling.similarity import find_encoder
from columnist.registry import tracking
from columnist.synthesis import TrainingSet
from materializers.evaluation import EvaluationMaterializer
from steps.code_metadata import log_code_version, run_tags


@step(output_materializers=EvaluationMaterializer)
def compare_predictions(
    training_set: TrainingSet,
    base_predictions: Predictions,
    tuned_predictions: Predictions,
    evaluation: EvaluationConfig,
) -> Annotated[Evaluation, Artifact.EVALUATION]:
    """Measure both models on the test split, and the difference with its interval."""
    log_code_version()
    encoder = find_encoder()
    similarity = encoder.similarities if encoder else None
    result = compare(training_set.test, tuned_predictions.texts, base_predictions.texts, evaluation, similarity)
    tags = {**run_tags(), "columnist.kind": "evaluation", "adapter_sha256": tuned_predictions.adapter_sha256 or ""}
    with tracking.tracked_run(tags["zenml.run_name"], tags) as mlflow_run:
        tracking.log_text(mlflow_run, evaluation.model_dump_json(indent=1), "config.json")
        tracking.log_metrics(mlflow_run, result.numbers())
        tracking.log_text(mlflow_run, render_html(result), "report.html")
        tracking.log_picture(mlflow_run, render_picture(result), "differences.png")
    return result

"""Evaluate an adapter."""

from zenml import pipeline
from zenml.client import Client

from columnist.evaluation import EvaluationConfig
from steps.compare_predictions import compare_predictions
from steps.measure_calibration import measure_calibration
from steps.predict import predict_with_adapter, predict_with_base_model


@pipeline(enable_cache=False)
def evaluate(training_set_id: str, adapter_id: str, evaluation: EvaluationConfig) -> None:
    """Compare the base model and the tuned model on the test tables of the training set."""
    training_set = Client().get_artifact_version(training_set_id)
    adapter = Client().get_artifact_version(adapter_id)
    base = predict_with_base_model(training_set, adapter)
    tuned = predict_with_adapter(training_set, adapter)
    compare_predictions(training_set, base, tuned, evaluation)
    measure_calibration(training_set, adapter, tuned, evaluation)

"""The names of the artifacts that pipelines exchange."""

from enum import StrEnum


class Artifact(StrEnum):
    """Names as they appear in ZenML, one per step output."""

    TRAINING_SET = "training_set"
    TRAINED_ADAPTER = "trained_adapter"
    ADAPTER = "adapter"
    FITTED_CALIBRATION = "fitted_calibration"
    BASE_PREDICTIONS = "base_predictions"
    TUNED_PREDICTIONS = "tuned_predictions"
    EVALUATION = "evaluation"
    CALIBRATION = "calibration"
    REGISTERED_VERSION = "registered_version"

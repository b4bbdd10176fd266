"""The names of the artifacts that pipelines exchange."""

from enum import StrEnum


class Artifact(StrEnum):
    """Names as they appear in ZenML, one per step output."""

    TRAINING_SET = "training_set"
    ADAPTER = "adapter"
    BASE_PREDICTIONS = "base_predictions"
    TUNED_PREDICTIONS = "tuned_predictions"
    EVALUATION = "evaluation"
    REGISTERED_VERSION = "registered_version"

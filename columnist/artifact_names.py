"""The names of the artifacts that pipelines exchange."""

from enum import StrEnum


class Artifact(StrEnum):
    """Names as they appear in ZenML, one per step output."""

    TRAINING_SET = "training_set"
    TRAINED_ADAPTER = "trained_adapter"
    ADAPTER = "adapter"
    SHIPPED_ADAPTER = "shipped_adapter"
    FITTED_CALIBRATION = "fitted_calibration"
    TEST_TABLES = "test_tables"
    CANDIDATE_TEXTS = "candidate_texts"
    BASELINE_TEXTS = "baseline_texts"
    EVALUATION = "evaluation"
    CALIBRATION = "calibration"
    REGISTERED_VERSION = "registered_version"
    CANARY_RESULT = "canary_result"
    REDTEAM_RESULT = "redteam_result"
    GATE_RESULT = "gate_result"
    SELECTION_TABLES = "selection_tables"
    RUNG = "rung"
    SELECTION = "selection"
    STUDY_REPORT = "study_report"
    RELEASE_STUDY = "release_study"
    STUDY_CLOSED = "study_closed"
    STUDY_RESULT = "study_result"
    RELEASE_RULING = "release_ruling"
    REVIEWED = "reviewed"
    RELEASE_OUTCOME = "release_outcome"

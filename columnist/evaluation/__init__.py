"""Compare predictions with references: metrics, intervals and findings.

Importing this package is quick: ``evaluate``, scipy and matplotlib are loaded
by the functions that need them. Whole evaluations are in ``evaluating`` and
``results``, their pages in ``report``.
"""

from columnist.evaluation.comparison import Comparison, EvaluationConfig, Finding, MetricResult, compare_values
from columnist.evaluation.intervals import Interval, bootstrap_difference, bootstrap_mean
from columnist.evaluation.measures import MEASURES, Direction, Measure
from columnist.evaluation.measuring import Measured, ReplyFaults, Similarity, measure_texts

__all__ = [
    "MEASURES",
    "Comparison",
    "Direction",
    "EvaluationConfig",
    "Finding",
    "Interval",
    "Measure",
    "Measured",
    "MetricResult",
    "ReplyFaults",
    "Similarity",
    "bootstrap_difference",
    "bootstrap_mean",
    "compare_values",
    "measure_texts",
]

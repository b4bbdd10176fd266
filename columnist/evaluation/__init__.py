"""Compare predictions with references: metrics, intervals and the report.

Importing this package is quick: ``evaluate``, scipy and matplotlib are loaded
by the functions that need them.
"""

from columnist.evaluation.comparison import (
    Evaluation,
    EvaluationConfig,
    Finding,
    MetricResult,
    TableSample,
    compare,
    compare_values,
)
from columnist.evaluation.intervals import Interval, bootstrap_difference, bootstrap_mean
from columnist.evaluation.measures import MEASURES, Direction, Measure
from columnist.evaluation.measuring import Measured, ReplyFaults, Similarity, measure_texts
from columnist.evaluation.report import render_html, render_markdown, render_picture, summarize, tabulate

__all__ = [
    "MEASURES",
    "Direction",
    "Evaluation",
    "EvaluationConfig",
    "Finding",
    "Interval",
    "Measure",
    "Measured",
    "MetricResult",
    "ReplyFaults",
    "Similarity",
    "TableSample",
    "bootstrap_difference",
    "bootstrap_mean",
    "compare",
    "compare_values",
    "measure_texts",
    "render_html",
    "render_markdown",
    "render_picture",
    "summarize",
    "tabulate",
]

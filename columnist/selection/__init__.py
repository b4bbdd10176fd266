"""Select the cheapest model that is not worse than the best: a ladder of rungs, measured on the same tables."""

from columnist.selection.choosing import Choice, Decision, Standing, choose
from columnist.selection.config import Rule, RungConfig, SelectionConfig
from columnist.selection.rungs import Measurement, Rung, Timing

__all__ = [
    "Choice",
    "Decision",
    "Measurement",
    "Rule",
    "Rung",
    "RungConfig",
    "SelectionConfig",
    "Standing",
    "Timing",
    "choose",
]

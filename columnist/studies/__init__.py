"""Studies with people: their ballots, and how far two who judge agree."""

from columnist.studies.agreement import Agreement, measure_agreement, measure_raters_alpha
from columnist.studies.ballots import Ballot, Item, Preference, read_ballots, read_items, take_majority
from columnist.studies.clusters import Resampling

__all__ = [
    "Agreement",
    "Ballot",
    "Item",
    "Preference",
    "Resampling",
    "measure_agreement",
    "measure_raters_alpha",
    "read_ballots",
    "read_items",
    "take_majority",
]

"""Attacks on the systems that write: schemas made to have something else written than descriptions."""

from columnist.redteam.config import RedteamConfig
from columnist.redteam.results import AttackedSystem, AttackOutcome, Breach, RedteamResult, Rule, Tally

__all__ = [
    "AttackOutcome",
    "AttackedSystem",
    "Breach",
    "RedteamConfig",
    "RedteamResult",
    "Rule",
    "Tally",
]

"""Systems whose texts are compared: tuned models, bare base models in several forms, and names spelled out."""

from columnist.evaluation.identity import SystemIdentity
from columnist.systems.system import DEFAULT, Kind, Piece, System

__all__ = ["DEFAULT", "Kind", "Piece", "System", "SystemIdentity"]

"""Calibrated abstention: how likely a steward is to accept a text, and where to ask instead.

Importing this package, and applying a fitted model, needs neither torch nor scikit-learn.
"""

from columnist.modeling.acceptance.calibrator import ACCEPTANCE, Acceptance, read_acceptance, write_acceptance

__all__ = ["ACCEPTANCE", "Acceptance", "read_acceptance", "write_acceptance"]

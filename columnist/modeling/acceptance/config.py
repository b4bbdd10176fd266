"""How acceptance is judged, fitted and used."""

from enum import StrEnum

from pydantic import Field

from columnist.values import Value


class AcceptanceConfig(Value):
    """How acceptance is judged, fitted and used; ``configs/train`` gives the reason for each value.

    Attributes:
        threshold: Texts that are less likely to be accepted are not shown.
        min_similarity: Least cosine of text and reference for an acceptable text.
        min_chrf: The same for chrF from 0 to 1, where the sentence encoder is not installed.
        folds: Parts of the tables in cross-validation.
        penalties: Inverse strengths of the L2 penalty to choose from, scikit-learn's ``C``.
        isotonic_from: Fewest texts for which an isotonic correction is tried.
    """

    seed: int
    threshold: float = Field(ge=0, le=1)
    min_similarity: float = Field(gt=0, lt=1)
    min_chrf: float = Field(gt=0, lt=1)
    folds: int = Field(ge=2)
    penalties: tuple[float, ...] = Field(min_length=1)
    isotonic_from: int = Field(ge=1)


class Closeness(StrEnum):
    """What tells whether a text is close to its reference."""

    MEANING = "cosine of sentence embeddings"
    LETTERS = "chrF"


class Label(Value):
    """What stands for "a steward would accept it" (see ``columnist.modeling.acceptance.outcomes``).

    Attributes:
        at_least: The closeness from which a text is acceptable.
    """

    closeness: Closeness
    at_least: float = Field(gt=0, lt=1)

"""How likely a steward is to accept a text: fitted numbers in a readable file, applied with arithmetic alone.

Nothing of the library that fitted them is needed to apply them: a logistic regression is a sum
of products, and an isotonic correction is a line through points.
"""

import bisect
import itertools
import json
import math
from pathlib import Path
from typing import Self

from pydantic import Field, FiniteFloat, ValidationError, model_validator

from columnist.abstention import is_abstention
from columnist.ddl.tables import Table
from columnist.digests import digest_file
from columnist.errors import AdapterError
from columnist.modeling.acceptance.config import Label
from columnist.modeling.acceptance.features import WITH_LOGPROBS, WITHOUT_LOGPROBS, is_placeholder, measure_features
from columnist.modeling.adapters import WEIGHTS
from columnist.modeling.engines.protocol import Filled
from columnist.modeling.prompts import TABLE_SLOT
from columnist.values import Value

ACCEPTANCE = "acceptance.json"
_AGAIN = "fit it again: python run.py calibration fit"


class Term(Value):
    """One feature of a logistic regression.

    Attributes:
        low: Least value the fit has seen; what lies beyond it counts as this, so that a model that is
            surer than any before is not believed more than the surest of them.
        high: Greatest value the fit has seen.
        weight: Change of the log-odds with one standard deviation of the feature.
    """

    feature: str
    low: FiniteFloat
    high: FiniteFloat
    mean: FiniteFloat
    deviation: FiniteFloat = Field(gt=0)
    weight: FiniteFloat

    def part(self, value: float) -> float:
        """Return what a value adds to the log-odds."""
        return self.weight * (min(max(value, self.low), self.high) - self.mean) / self.deviation


class Knot(Value):
    """A point of an isotonic correction: the corrected probability of a log-odds."""

    log_odds: FiniteFloat
    probability: float = Field(ge=0, le=1)


class Calibrator(Value):
    """A logistic regression, and an isotonic correction where one has proved better.

    Attributes:
        knots: Ascending in both; empty where the logistic probability is used as it is.
    """

    intercept: FiniteFloat
    terms: tuple[Term, ...]
    knots: tuple[Knot, ...] = ()

    @model_validator(mode="after")
    def _knots_ascend(self) -> Self:
        pairs = [(knot.log_odds, knot.probability) for knot in self.knots]
        if any(a[0] >= b[0] or a[1] > b[1] for a, b in itertools.pairwise(pairs)):
            raise ValueError("knots have to ascend in log_odds, and must not fall in probability")
        return self

    def log_odds(self, features: tuple[float, ...]) -> float:
        """Return the log-odds of acceptance.

        Args:
            features: One value per term, in the order of the terms.
        """
        return self.intercept + math.fsum(term.part(value) for term, value in zip(self.terms, features, strict=True))

    def probability(self, features: tuple[float, ...]) -> float:
        """Return the calibrated probability of acceptance.

        Example:
            >>> term = Term(feature="echo", low=0, high=1, mean=0.5, deviation=0.5, weight=-1)
            >>> calibrator = Calibrator(intercept=0, terms=(term,))
            >>> round(calibrator.probability((1.0,)), 3), round(calibrator.probability((0.0,)), 3)
            (0.269, 0.731)
            >>> knots = (Knot(log_odds=-1, probability=0.2), Knot(log_odds=1, probability=0.6))
            >>> calibrator.model_copy(update={"knots": knots}).probability((0.5,))
            0.4
        """
        log_odds = self.log_odds(features)
        return _interpolate(self.knots, log_odds) if self.knots else logistic(log_odds)


class Placeholders(Value):
    """Columns whose names keep a place and no more, such as ``attr7``.

    What a model says of them depends on nothing that a reader could check, so neither the text nor
    how sure the model is counts: all of them have the same probability.

    Attributes:
        columns: Those of which it is known whether a description is acceptable; where the reference
            abstains, none is.
        accepted: Those whose description was.
    """

    columns: int = Field(ge=0)
    accepted: int = Field(ge=0)

    @property
    def probability(self) -> float:
        """The share that was accepted; one in ten is expected before any is seen.

        Example:
            >>> Placeholders(columns=0, accepted=0).probability, Placeholders(columns=90, accepted=0).probability
            (0.1, 0.01)
        """
        return (self.accepted + 1) / (self.columns + 10)


class Source(Value):
    """Tables that a fit has learned from; figures only, never their texts.

    Attributes:
        accepted: Of the texts that described, how many were taken as acceptable.
    """

    name: str
    tables: int
    texts: int
    accepted: int


class Acceptance(Value):
    """Calibrated probabilities that a steward would accept a text, and the least one to show it.

    Attributes:
        threshold: Texts with a lower probability are not shown; a question is asked instead.
        adapter_weights_sha256: Of the weights whose outputs it was fitted on.
        label: What "accepted" stands for in this fit.
        with_logprobs: For engines that tell the probabilities of tokens; ``None`` if it was fitted on one
            that does not.
        without_logprobs: For those that do not.
        placeholders: For columns whose names say nothing.
        sources: What it was fitted on.
    """

    threshold: float = Field(ge=0, le=1)
    adapter_weights_sha256: str
    label: Label
    with_logprobs: Calibrator | None
    without_logprobs: Calibrator
    placeholders: Placeholders
    sources: tuple[Source, ...]

    @model_validator(mode="after")
    def _features_are_known(self) -> Self:
        for calibrator, expected in (
            (self.with_logprobs, WITH_LOGPROBS),
            (self.without_logprobs, WITHOUT_LOGPROBS),
        ):
            if calibrator and tuple(term.feature for term in calibrator.terms) != expected:
                raise ValueError("it was fitted on other features than this version of columnist measures")
        return self

    def probability(self, table: Table, index: int, filled: Filled) -> float:
        """Return how likely a steward is to accept a text as the description of a column or table.

        A text that is empty or asks is no description, and has no chance of being accepted as one.

        Args:
            table: The table.
            index: Position of the column, or ``TABLE_SLOT``.
            filled: What the model wrote.
        """
        if not filled.text.strip() or is_abstention(filled.text):
            return 0.0
        if index != TABLE_SLOT and is_placeholder(table.columns[index].name):
            return self.placeholders.probability
        if self.with_logprobs and filled.logprobs:
            return self.with_logprobs.probability(measure_features(table, index, filled))
        return self.without_logprobs.probability(measure_features(table, index, filled._replace(logprobs=())))


def read_acceptance(folder: Path) -> Acceptance | None:
    """Read the acceptance model of an adapter's folder, or ``None`` if it has none.

    Raises:
        AdapterError: There is one that cannot be read, or it belongs to other weights.
    """
    file = folder / ACCEPTANCE
    if not file.exists():
        return None
    try:
        acceptance = Acceptance.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        problem = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error.strerror
        raise AdapterError(
            f"{file}: expected an acceptance model of this version of columnist, but {problem}; {_AGAIN}"
        ) from error
    weights = folder / WEIGHTS
    if weights.exists() and digest_file(weights) != acceptance.adapter_weights_sha256:
        raise AdapterError(f"{file}: it was fitted on what other weights write than those beside it; {_AGAIN}")
    return acceptance


def write_acceptance(acceptance: Acceptance, folder: Path) -> None:
    """Write an acceptance model into an adapter's folder; the same one gives the same bytes."""
    content = json.dumps(acceptance.model_dump(mode="json"), indent=1, ensure_ascii=False)
    (folder / ACCEPTANCE).write_text(content + "\n", encoding="utf-8", newline="\n")


def logistic(log_odds: float) -> float:
    """Return the probability of log-odds, without overflow.

    Example:
        >>> logistic(0.0), logistic(-1e6)
        (0.5, 0.0)
    """
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds) if log_odds > -700 else 0.0
    return odds / (1 + odds)


def _interpolate(knots: tuple[Knot, ...], log_odds: float) -> float:
    """Return the probability on the line through the knots; beyond them, that of the nearest."""
    place = bisect.bisect_left([knot.log_odds for knot in knots], log_odds)
    if place in (0, len(knots)):
        return knots[min(place, len(knots) - 1)].probability
    left, right = knots[place - 1], knots[place]
    share = (log_odds - left.log_odds) / (right.log_odds - left.log_odds)
    return left.probability + share * (right.probability - left.probability)

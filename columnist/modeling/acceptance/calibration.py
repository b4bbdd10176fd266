"""How far probabilities of acceptance can be trusted, measured on tables that the fit has not seen.

Expected calibration error (ECE) is the mean distance between the probability that was given and the
share that was accepted, over bins of texts (Naeini, Cooper and Hauskrecht 2015). Bins hold equal
numbers of texts, or are equally wide. The bootstrap resamples whole tables. It is not free of bias:
noise within bins adds to the error and never cancels, so the interval's low end is not an excuse.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Self

from columnist.evaluation.intervals import Interval
from columnist.modeling.acceptance.calibrator import Acceptance
from columnist.modeling.acceptance.outcomes import Outcome
from columnist.values import Value

_BINS = 10
_THRESHOLDS = tuple(step / 100 for step in range(101))
_MIN_TABLES = 2


class Bin(Value):
    """Texts of similar probability.

    Attributes:
        probability: Mean of what was given.
        accepted: Share of what was accepted.
    """

    texts: int
    probability: float
    accepted: float


class Point(Value):
    """What a threshold leaves.

    Attributes:
        coverage: Share of all texts asked for that are shown.
        risk: Share of the shown texts that are not acceptable; ``None`` where none is shown.
    """

    threshold: float
    coverage: float
    risk: float | None


class Calibration(Value):
    """Probabilities of acceptance against what was accepted, on one list of tables.

    All but coverage is over texts that describe: a question is no description, and is never shown as one.

    Attributes:
        name: Which tables they are.
        slots: Texts that were asked for and have a reference.
        texts: Of those, how many describe.
        accepted: Share of these that are acceptable.
        auroc: Chance that an acceptable text has a higher probability than one that is not; ``None``
            where all are of one kind.
        equal_mass: Bins of equal numbers of texts.
        equal_width: Bins of equal width; those without texts are left out.
        in_use: What the threshold in use leaves.
        points: The risk-coverage curve.
    """

    name: str
    tables: int
    slots: int
    texts: int
    accepted: float
    ece_equal_mass: Interval
    ece_equal_width: Interval
    brier: Interval
    auroc: float | None
    equal_mass: tuple[Bin, ...]
    equal_width: tuple[Bin, ...]
    in_use: Point
    points: tuple[Point, ...]

    def numbers(self) -> dict[str, float]:
        """Return the main numbers."""
        found = {
            "ece_equal_mass": self.ece_equal_mass.estimate,
            "ece_equal_width": self.ece_equal_width.estimate,
            "brier": self.brier.estimate,
            "auroc": self.auroc,
            "accepted": self.accepted,
            "coverage": self.in_use.coverage,
            "risk": self.in_use.risk,
        }
        return {name: value for name, value in found.items() if value is not None}


class CalibrationReport(Value):
    """Calibrations of one acceptance model on several lists of tables; none where it could not be measured."""

    calibrations: tuple[Calibration, ...] = ()

    @classmethod
    def of(cls, *found: Calibration | None) -> Self:
        """Return a report of those that could be measured."""
        return cls(calibrations=tuple(each for each in found if each))

    def numbers(self) -> dict[str, float]:
        """Return the main numbers of all of them under flat names, as MLflow wants them."""
        return {
            f"{each.name.replace(', ', '.')}.{name}": value
            for each in self.calibrations
            for name, value in each.numbers().items()
        }


def estimate(acceptance: Acceptance, outcomes: Sequence[Outcome]) -> list[float]:
    """Return the probability an acceptance model gives each outcome's text."""
    return [acceptance.probability(one.table, one.slot, one.filled) for one in outcomes]


def measure_calibration(
    name: str,
    given: Sequence[float],
    outcomes: Sequence[Outcome],
    threshold: float,
    seed: int,
    level: float = 0.95,
    resamples: int = 1000,
) -> Calibration | None:
    """Measure probabilities of acceptance on tables that they were not fitted on.

    Args:
        name: What to call the tables.
        given: The probabilities, one for each outcome.
        outcomes: What became of the slots of these tables.
        threshold: The one in use.
        seed: Fixes the bootstrap.
        level: Nominal coverage of the intervals.
        resamples: Bootstrap samples.

    Returns:
        The measures, or ``None`` where fewer than two tables have a text that describes.
    """
    import numpy

    told = [place for place, one in enumerate(outcomes) if one.describes]
    if len({outcomes[place].group for place in told}) < _MIN_TABLES:
        return None
    probabilities = numpy.array([given[place] for place in told])
    accepted = numpy.array([outcomes[place].accepted for place in told], dtype=float)
    drawn = _Resampling([outcomes[place].group for place in told], seed, level, resamples)
    return Calibration(
        name=name,
        tables=len({one.group for one in outcomes}),
        slots=len(outcomes),
        texts=len(told),
        accepted=float(accepted.mean()),
        ece_equal_mass=drawn.interval(_ece_equal_mass, probabilities, accepted),
        ece_equal_width=drawn.interval(_ece_equal_width, probabilities, accepted),
        brier=drawn.interval(_brier, probabilities, accepted),
        auroc=_auroc(probabilities, accepted),
        equal_mass=_bins(_equal_mass, probabilities, accepted),
        equal_width=_bins(_equal_width, probabilities, accepted),
        in_use=_point(threshold, probabilities, accepted, len(outcomes)),
        points=tuple(_point(each, probabilities, accepted, len(outcomes)) for each in _THRESHOLDS),
    )


class _Resampling(NamedTuple):
    """A bootstrap over tables: all texts of a table are drawn together."""

    groups: Sequence[str]
    seed: int
    level: float
    resamples: int

    def interval(self, measure: Callable[[Any, Any], float], probabilities: Any, accepted: Any) -> Interval:
        """Return a measure with its percentile interval."""
        import numpy

        rng = numpy.random.default_rng(self.seed)
        places: dict[str, list[int]] = {}
        for place, group in enumerate(self.groups):
            places.setdefault(group, []).append(place)
        tables = [numpy.array(own) for own in places.values()]
        values = []
        for _ in range(self.resamples):
            rows = numpy.concatenate([tables[number] for number in rng.integers(len(tables), size=len(tables))])
            values.append(measure(probabilities[rows], accepted[rows]))
        tail = (1 - self.level) / 2
        low, high = numpy.quantile(values, (tail, 1 - tail))
        return Interval(low=low, high=high, estimate=measure(probabilities, accepted), level=self.level)


def _equal_mass(probabilities: Any) -> Any:
    """Return each text's bin; texts of the same probability share one."""
    import numpy

    edges = numpy.unique(numpy.quantile(probabilities, numpy.linspace(0, 1, _BINS + 1)[1:-1]))
    return numpy.searchsorted(edges, probabilities, side="right")


def _equal_width(probabilities: Any) -> Any:
    import numpy

    return numpy.minimum((probabilities * _BINS).astype(int), _BINS - 1)


def _ece_equal_mass(probabilities: Any, accepted: Any) -> float:
    return _ece(_equal_mass(probabilities), probabilities, accepted)


def _ece_equal_width(probabilities: Any, accepted: Any) -> float:
    return _ece(_equal_width(probabilities), probabilities, accepted)


def _ece(bins: Any, probabilities: Any, accepted: Any) -> float:
    import numpy

    # The mean distance weighted by the texts of a bin is the sum of the distances of its sums.
    distances = numpy.bincount(bins, weights=probabilities - accepted, minlength=_BINS)
    return float(numpy.abs(distances).sum() / len(probabilities))


def _brier(probabilities: Any, accepted: Any) -> float:
    return float(((probabilities - accepted) ** 2).mean())


def _auroc(probabilities: Any, accepted: Any) -> float | None:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(accepted, probabilities)) if 0 < accepted.sum() < len(accepted) else None


def _bins(cut: Callable[[Any], Any], probabilities: Any, accepted: Any) -> tuple[Bin, ...]:
    import numpy

    bins = cut(probabilities)
    return tuple(
        Bin(
            texts=int((bins == number).sum()),
            probability=float(probabilities[bins == number].mean()),
            accepted=float(accepted[bins == number].mean()),
        )
        for number in numpy.unique(bins)
    )


def _point(threshold: float, probabilities: Any, accepted: Any, slots: int) -> Point:
    shown = probabilities >= threshold
    count = int(shown.sum())
    return Point(threshold=threshold, coverage=count / slots, risk=float(1 - accepted[shown].mean()) if count else None)

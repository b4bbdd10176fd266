"""How far two who judge agree, beyond what chance would bring about.

All three statistics are computed from counts of pairs of answers, so that a bootstrap
over tables is one matrix product.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from columnist.evaluation.intervals import Interval
from columnist.studies.ballots import Ballot, Preference
from columnist.studies.clusters import Resampling, draw_clusters, number_clusters, percentile_interval
from columnist.values import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

# No answer is a category of its own, which agrees with nobody: who only answers what is easy gains nothing by it.
_CATEGORIES: tuple[Preference | None, ...] = (*Preference, None)


class Agreement(Value):
    """How far two judges agree on the same items, with intervals over tables.

    Attributes:
        percent: Share of items with the same answer, between 0 and 1.
        kappa: Cohen's kappa (1960): 0 is what chance brings about, 1 is full agreement.
        alpha: Krippendorff's alpha for nominal data.
    """

    n_items: int
    n_tables: int
    percent: Interval
    kappa: Interval
    alpha: Interval


def measure_agreement(
    answers: Sequence[tuple[str, Preference | None, Preference]], resampling: Resampling
) -> Agreement | None:
    """Measure how far two judges agree; ``None`` where there are fewer than two tables.

    Args:
        answers: For each item its table, one judge's answer (``None`` for none), and the other's.
        resampling: How the intervals are made.

    Example:
        >>> a, b = Preference.A, Preference.B
        >>> found = measure_agreement([("t1", a, a), ("t2", b, b), ("t3", a, b), ("t4", b, a)],
        ...                           Resampling(seed=1, level=0.95, resamples=200))
        >>> found.percent.estimate, found.kappa.estimate
        (0.5, 0.0)
    """
    import numpy

    places, n_tables = number_clusters([table for table, _ours, _theirs in answers])
    if n_tables < 2:
        return None
    counts = numpy.zeros((n_tables, len(_CATEGORIES), len(_CATEGORIES)))
    for place, (_table, ours, theirs) in zip(places, answers, strict=True):
        counts[place, _CATEGORIES.index(ours), _CATEGORIES.index(theirs)] += 1
    drawn = numpy.tensordot(draw_clusters(n_tables, resampling), counts, axes=1)
    whole = counts.sum(axis=0, keepdims=True)

    def interval(statistic: Any) -> Interval:
        return percentile_interval(float(statistic(whole)[0]), statistic(drawn), resampling.level)

    return Agreement(
        n_items=len(answers),
        n_tables=n_tables,
        percent=interval(_shares_agreed),
        kappa=interval(kappas),
        alpha=interval(lambda pairs: alphas(pairs + pairs.swapaxes(1, 2))),
    )


def measure_raters_alpha(ballots: Sequence[Ballot], resampling: Resampling) -> Interval | None:
    """Return Krippendorff's alpha among raters; ``None`` where fewer than two tables have two ballots on an item."""
    import numpy

    by_item: dict[tuple[str, str], Counter[Preference]] = defaultdict(Counter)
    for ballot in ballots:
        by_item[ballot.table_id, ballot.comparison_id][ballot.preference] += 1
    shared = [(table, votes) for (table, _item), votes in sorted(by_item.items()) if votes.total() > 1]
    places, n_tables = number_clusters([table for table, _votes in shared])
    if n_tables < 2:
        return None
    per_table = numpy.zeros((n_tables, len(Preference), len(Preference)))
    for place, (_table, votes) in zip(places, shared, strict=True):
        per_table[place] += coincidences([votes[preference] for preference in Preference])
    drawn = numpy.tensordot(draw_clusters(n_tables, resampling), per_table, axes=1)
    estimate = float(alphas(per_table.sum(axis=0, keepdims=True))[0])
    return percentile_interval(estimate, alphas(drawn), resampling.level)


def coincidences(votes: Sequence[int]) -> Any:
    """Return one item's part of the coincidence matrix: its ordered pairs of votes, each weighing 1 / (votes - 1).

    Example:
        >>> coincidences([2, 1]).tolist()
        [[1.0, 1.0], [1.0, 0.0]]
    """
    import numpy

    counts = numpy.asarray(votes, dtype=float)
    return (numpy.outer(counts, counts) - numpy.diag(counts)) / (counts.sum() - 1)


def kappas(pairs: "NDArray[Any]") -> "NDArray[Any]":
    """Return Cohen's kappa for each matrix of counts; 0 where both always gave one and the same answer.

    Cohen (1960), "A coefficient of agreement for nominal scales". What is undefined
    there, 0 / 0, is taken for no evidence.

    Args:
        pairs: Counts, of shape (matrices, categories, categories).

    Example:
        >>> import numpy
        >>> kappas(numpy.array([[[20.0, 5.0], [10.0, 15.0]]])).round(6).tolist()
        [0.4]
    """
    totals = pairs.sum(axis=(1, 2))
    expected = (pairs.sum(axis=2) * pairs.sum(axis=1)).sum(axis=1) / totals**2
    return _beyond_chance(_shares_agreed(pairs), expected)


def alphas(matrices: "NDArray[Any]") -> "NDArray[Any]":
    """Return Krippendorff's nominal alpha for each coincidence matrix; 0 where only one answer was ever given.

    Krippendorff (2011), "Computing Krippendorff's alpha-reliability".

    Args:
        matrices: Coincidences, of shape (matrices, categories, categories).
    """
    totals = matrices.sum(axis=(1, 2))
    margins = matrices.sum(axis=2)
    expected = (margins * (margins - 1)).sum(axis=1) / (totals * (totals - 1))
    return _beyond_chance(_shares_agreed(matrices), expected)


def _shares_agreed(pairs: "NDArray[Any]") -> Any:
    return pairs.trace(axis1=1, axis2=2) / pairs.sum(axis=(1, 2))


def _beyond_chance(observed: "NDArray[Any]", expected: "NDArray[Any]") -> "NDArray[Any]":
    import numpy

    possible = 1 - expected
    # Sums of shares that are all of it differ from one by rounding.
    defined = possible > 1e-12
    return numpy.where(defined, (observed - expected) / numpy.where(defined, possible, 1), 0.0)

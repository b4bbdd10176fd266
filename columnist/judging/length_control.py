"""The win rate of a judge's option A at equal length, with the penalty that its folder sets."""

from collections.abc import Sequence

from columnist.evaluation.intervals import Interval
from columnist.judging.settings import LengthControl
from columnist.studies import length_control
from columnist.studies.clusters import Resampling


def control_length(
    scores: Sequence[float],
    differences: Sequence[int],
    tables: Sequence[str],
    control: LengthControl,
    resampling: Resampling,
) -> Interval | None:
    """Return the win rate that options of equal length would have; see ``columnist.studies.length_control``.

    Args:
        scores: For each item 1 for a win of option A, 0 for a loss, 0.5 for neither.
        differences: Characters of option A beyond those of option B.
        tables: The table of each item.
        control: How strongly the effect of length is penalised.
        resampling: How the interval is made.

    Returns:
        The rate, or ``None`` where there are fewer than two tables.
    """
    return length_control.control_length(scores, differences, tables, control.ridge, resampling)

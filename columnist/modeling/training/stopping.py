"""When to stop, and which weights were best: functions of the history alone, which checkpoints keep."""

from collections.abc import Sequence

from columnist.modeling.adapters import HistoryPoint


def best_step(history: Sequence[HistoryPoint]) -> int | None:
    """Return the step with the lowest validation loss, the first of equals; ``None`` if none was measured.

    Example:
        >>> best_step([HistoryPoint(step=1, validation_loss=2.0), HistoryPoint(step=2),
        ...            HistoryPoint(step=3, validation_loss=1.5), HistoryPoint(step=4, validation_loss=1.5)])
        3
    """
    watched = [(point.validation_loss, point.step) for point in history if point.validation_loss is not None]
    return min(watched)[1] if watched else None


def is_exhausted(history: Sequence[HistoryPoint], patience: int | None) -> bool:
    """Tell whether the last ``patience`` validations brought no better loss than those before.

    Example:
        >>> losses = (2.0, 1.5, 1.6, 1.5)
        >>> history = [HistoryPoint(step=i, validation_loss=loss) for i, loss in enumerate(losses)]
        >>> [is_exhausted(history[:count], patience=2) for count in (2, 3, 4)]
        [False, False, True]
        >>> is_exhausted(history, patience=None)
        False
    """
    best = best_step(history)
    if patience is None or best is None:
        return False
    since = sum(point.validation_loss is not None for point in history if point.step > best)
    return since >= patience

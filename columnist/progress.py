"""Progress of long work as log lines: a few a minute, whatever the speed."""

import logging
import time


class ProgressLog:
    """Logs progress at most every few seconds, and always the last of it.

    Log lines, unlike a bar that redraws itself, also read well in the logs that
    ZenML keeps of a step and in those of a scheduler.
    """

    def __init__(self, what: str, every_s: float = 10.0):
        self._what, self._every_s = what, every_s
        self._started = self._logged = time.monotonic()
        self._logger = logging.getLogger("columnist")

    def update(self, done: int, total: int, detail: str = "", left_s: float | None = None) -> None:
        """Say how far the work is, if it is time to.

        Args:
            done: Units of work done.
            total: Units of work in all.
            detail: Figures to add, already formatted.
            left_s: Seconds that are left, if the caller knows better than the average since the start.
        """
        now = time.monotonic()
        if done < total and now - self._logged < self._every_s:
            return
        self._logged = now
        if left_s is None:
            left_s = (now - self._started) / max(done, 1) * (total - done)
        left = f", {format_duration(left_s)} left" if done < total else f" in {format_duration(now - self._started)}"
        self._logger.info("%s: %d of %d%s%s", self._what, done, total, f", {detail}" if detail else "", left)


def format_duration(seconds: float) -> str:
    """Return a duration as minutes and seconds.

    Example:
        >>> format_duration(125.4)
        '2:05'
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"

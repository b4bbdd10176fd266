"""Ctrl-C and SIGTERM in a training run: finish the step, write a checkpoint, end with one line."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class TrainingInterrupted(KeyboardInterrupt):
    """A signal ended a training run after a checkpoint was written.

    A ``KeyboardInterrupt``, so that nothing takes it for a failure of the run and tries again.

    Attributes:
        exit_code: What a shell expects of a process that a signal ended: 128 and its number.
    """

    def __init__(self, number: int, step: int, steps: int):
        super().__init__(
            f"stopped by {signal.Signals(number).name} after step {step} of {steps}; "
            "the same command goes on from there"
        )
        self.exit_code = 128 + number


class StopRequest:
    """Whether a signal came.

    Attributes:
        number: The signal, 0 if none came.
    """

    number: int = 0

    def receive(self, number: int, _: FrameType | None) -> None:
        """Note a signal; the next one acts at once, for whoever cannot wait for the end of a step."""
        self.number = number
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL if each == signal.SIGTERM else signal.default_int_handler)


@contextmanager
def noticing_signals() -> Iterator[StopRequest]:
    """Take note of Ctrl-C and SIGTERM within the block instead of ending at once.

    Outside of the main thread Python cannot handle signals; there nothing is noticed.
    """
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    before = {number: signal.signal(number, request.receive) for number in SIGNALS}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""What this machine can do at most: how fast it reads memory, and multiplies matrices of given shapes."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

_READ_BYTES = 2**30  # far more than any cache holds
_LEAST_S = 0.5  # of repeating one product, so that the clock's steps do not matter


def read_bandwidth(threads: int) -> float:
    """Return bytes a second that are read from memory: the best of several passes over a GiB."""
    import torch

    with _threads(threads):
        data = torch.ones(_READ_BYTES // 4)
        return _READ_BYTES / min(_seconds(function) for function in (data.sum, data.max))


def product_rate(shapes: Sequence[tuple[int, int]], rows: int, dtype: Any, threads: int) -> float:
    """Return FLOP a second over products of ``rows`` rows with each matrix, one after the other.

    Args:
        shapes: Inputs and outputs of the matrices.
        rows: Of the other factor: tokens that are computed at once.
        dtype: Of both factors.
        threads: How many to use.
    """
    import torch

    flop, seconds = 0, 0.0
    with _threads(threads):
        for inputs, outputs in shapes:
            left, right = torch.randn(rows, inputs).to(dtype), torch.randn(outputs, inputs).to(dtype)
            seconds += _seconds(partial(torch.nn.functional.linear, left, right))
            flop += 2 * rows * inputs * outputs
    return flop / seconds


def _seconds(function: Callable[[], object]) -> float:
    """Return the least seconds of a call: what disturbs it can only make it slower."""
    function()
    best, ends = float("inf"), time.perf_counter() + _LEAST_S
    while True:
        started = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - started)
        if time.perf_counter() >= ends:
            return best


@contextmanager
def _threads(count: int) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        with torch.inference_mode():
            yield
    finally:
        torch.set_num_threads(before)

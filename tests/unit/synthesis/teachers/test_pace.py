"""The pace of calls."""

import asyncio
import itertools
import time

import pytest

from columnist.synthesis.teachers.pace import Pace, parse_retry_after


def turns(pace: Pace, count: int) -> list[float]:
    async def take() -> list[float]:
        stopping, times = asyncio.Event(), []

        async def one() -> None:
            assert await pace.turn(stopping)
            times.append(time.monotonic())

        await asyncio.gather(*(one() for _ in range(count)))
        return times

    return asyncio.run(take())


def test_turns_are_spread_evenly_without_a_burst():
    times = turns(Pace(requests_per_minute=1200), 5)
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 0.049


def test_without_a_limit_nobody_waits():
    assert max(times := turns(Pace(None), 100)) - min(times) < 0.5


def test_a_hold_is_for_all():
    pace, start = Pace(None), time.monotonic()
    pace.hold(0.2)
    pace.hold(0.1)
    assert min(turns(pace, 3)) - start >= 0.2


def test_whoever_is_to_stop_does_not_wait():
    async def stop() -> bool:
        stopping, pace = asyncio.Event(), Pace(None)
        pace.hold(60)
        turn = asyncio.create_task(pace.turn(stopping))
        await asyncio.sleep(0)
        stopping.set()
        return await turn

    assert asyncio.run(stop()) is False


@pytest.mark.parametrize("value", ["", "-5", "1e9", "nan", "٣", "Thu, 99 Nov 2026", "Sun, 06 Nov 1994 08:49:37 GMT"])
def test_an_unusable_retry_after_asks_for_nothing(value):
    assert parse_retry_after(value) == 0

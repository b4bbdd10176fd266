"""The pace of calls: evenly spread, and slower when the endpoint asks for it."""

import asyncio
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class Pace:
    """Gives each call its turn: a token bucket that holds one token.

    Without bursts, no window of a minute ever has more calls than allowed.
    """

    def __init__(self, requests_per_minute: float | None):
        self._interval_s = 60 / requests_per_minute if requests_per_minute else 0.0
        self._free_at = 0.0

    async def turn(self, stopping: asyncio.Event) -> bool:
        """Wait until a call may be made; false if it must not be made any more."""
        while not stopping.is_set():
            wait_s = self._free_at - time.monotonic()
            if wait_s <= 0:
                self._free_at = time.monotonic() + self._interval_s
                return True
            await sleep_unless(stopping, wait_s)
        return False

    def hold(self, wait_s: float) -> None:
        """Let no call be made for some time."""
        self._free_at = max(self._free_at, time.monotonic() + wait_s)


async def sleep_unless(stopping: asyncio.Event, wait_s: float) -> None:
    """Sleep, but wake up when it is time to stop."""
    try:
        async with asyncio.timeout(wait_s):
            await stopping.wait()
    except TimeoutError:
        return


def parse_retry_after(value: str | None, now: datetime | None = None) -> float:
    """Return the seconds that a ``Retry-After`` header asks to wait, 0 if it cannot be read.

    Example:
        >>> parse_retry_after("12"), parse_retry_after("soon"), parse_retry_after(None)
        (12.0, 0.0, 0.0)
        >>> parse_retry_after("Wed, 21 Oct 2026 07:28:30 GMT", datetime(2026, 10, 21, 7, 28, tzinfo=UTC))
        30.0
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    until = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())

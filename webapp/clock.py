"""How long a rater looks at an item: breaks do not count, and a reload does not begin anew.

The clock travels in a signed cookie, so that it outlives a restart of the server and needs no table.
A rater who comes back on another device begins the item's time anew.
"""

from datetime import datetime
from typing import Self

from itsdangerous import BadSignature, URLSafeSerializer
from pydantic import Field, ValidationError

from columnist.values import Value


class Clock(Value):
    """The time spent on an item.

    Attributes:
        spent_s: What is counted already.
        since: Since when it runs, in seconds of the epoch; ``None`` while it stands.
        last_item_id: The item answered before, and ``last_s`` the time it took: an undone answer keeps it.
    """

    item_id: str
    spent_s: float = Field(default=0, ge=0, allow_inf_nan=False)
    since: float | None = Field(default=None, allow_inf_nan=False)
    last_item_id: str = ""
    last_s: float = Field(default=0, ge=0, allow_inf_nan=False)

    def read(self, now: datetime) -> float:
        """Return the seconds spent, to a thousandth."""
        running = 0.0 if self.since is None else max(0.0, now.timestamp() - self.since)
        return round(self.spent_s + running, 3)

    def pause(self, now: datetime) -> Self:
        """Return the clock standing still."""
        return self.model_copy(update={"spent_s": self.read(now), "since": None})

    def run(self, now: datetime) -> Self:
        """Return the clock running; one that runs is not changed."""
        return self if self.since is not None else self.model_copy(update={"since": now.timestamp()})


def show_item(clock: Clock | None, item_id: str, now: datetime) -> Clock:
    """Return the clock of an item that is shown: the same one going on, or a new one.

    Example:
        >>> from datetime import UTC, timedelta
        >>> start = datetime(2026, 1, 1, tzinfo=UTC)
        >>> clock = show_item(None, "1", start).pause(start + timedelta(seconds=4))
        >>> show_item(clock, "1", start + timedelta(hours=1)).read(start + timedelta(hours=1, seconds=2))
        6.0
        >>> show_item(clock, "2", start).read(start)
        0.0
    """
    if clock is None:
        return Clock(item_id=item_id).run(now)
    if clock.item_id == item_id:
        return clock.run(now)
    spent = clock.last_s if clock.last_item_id == item_id else 0.0
    return Clock(item_id=item_id, spent_s=spent, last_item_id=clock.last_item_id, last_s=clock.last_s).run(now)


def answer_item(clock: Clock | None, item_id: str, now: datetime) -> Clock:
    """Return the clock after an answer: it stands, and remembers the time in case the answer is undone.

    An item that no clock was started for took no time that anybody knows of.

    Example:
        >>> from datetime import UTC, timedelta
        >>> start = datetime(2026, 1, 1, tzinfo=UTC)
        >>> answered = answer_item(show_item(None, "1", start), "1", start + timedelta(seconds=9))
        >>> answered.last_s, show_item(answered, "1", start).read(start)
        (9.0, 9.0)
    """
    if clock is not None and clock.item_id == item_id:
        return Clock(item_id="", last_item_id=item_id, last_s=clock.read(now))
    if clock is not None and clock.last_item_id == item_id:
        return clock  # the same answer, sent twice
    return Clock(item_id="", last_item_id=item_id)


def write_clock(clock: Clock, secret: bytes) -> str:
    """Return a clock as the text of a cookie that nobody else can write."""
    return URLSafeSerializer(secret, salt="clock").dumps(clock.model_dump())


def read_clock(text: str | None, secret: bytes) -> Clock | None:
    """Return the clock of a cookie; ``None`` where there is none, or it was not written by this server.

    Example:
        >>> clock = Clock(item_id="1", spent_s=2)
        >>> read_clock(write_clock(clock, b"s"), b"s") == clock, read_clock(write_clock(clock, b"s"), b"other")
        (True, None)
    """
    try:
        return Clock.model_validate(URLSafeSerializer(secret, salt="clock").loads(text or ""))
    except (BadSignature, ValidationError):
        return None

"""How often an address or a session may ask: token buckets, kept in memory.

A bucket holds some requests and refills at a rate; whoever empties it waits. What this does *not* cover:
several processes each count for themselves, and a restart forgets.
"""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from columnist.values import Value
from webapp.pages import render_error
from webapp.security import session_token

_MOST_BUCKETS = 20_000  # what is remembered of addresses stays below a few megabytes
_SITE_BITS = 64  # of an IPv6 address: whoever has one has all those of its network


class Rate(Value):
    """How often something may happen: ``burst`` times at once, then ``per_second``."""

    per_second: float
    burst: int


class Limits(Value):
    """What the server lets anybody do.

    Attributes:
        session: Requests of one rater's browser.
        address: Requests of one address: a whole office may share it.
        failures: Links of one address that let nobody in.
    """

    session: Rate = Rate(per_second=10, burst=60)
    address: Rate = Rate(per_second=500, burst=2000)
    failures: Rate = Rate(per_second=0.2, burst=20)


class Buckets:
    """One bucket for each key; the keys that were not seen for longest are forgotten first."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic):
        self._rate, self._clock = rate, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, count: int = 1) -> float:
        """Take from a bucket, and return the seconds to wait where it holds too little; 0 where it was enough.

        With a count of 0, tell whether one could be taken.

        Example:
            >>> buckets = Buckets(Rate(per_second=0.5, burst=2), clock=lambda: 0.0)
            >>> [buckets.take("a") for _ in range(3)], buckets.take("b")
            ([0.0, 0.0, 2.0], 0.0)
        """
        with self._lock:
            now = self._clock()
            level, seen = self._levels.pop(key, (float(self._rate.burst), now))
            level = min(float(self._rate.burst), level + (now - seen) * self._rate.per_second)
            wanted = max(count, 1)
            wait = 0.0 if level >= wanted else (wanted - level) / self._rate.per_second
            self._levels[key] = (level if wait else level - count, now)
            if len(self._levels) > _MOST_BUCKETS:
                self._levels.popitem(last=False)
        return wait


class RateLimit:
    """Middleware: refuse whoever asks too often, before anything else is done for them."""

    def __init__(self, app: ASGIApp, limits: Limits):
        self._app = app
        self._addresses, self._sessions = Buckets(limits.address), Buckets(limits.session)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or answer it with 429."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wait = self._addresses.take(address_of(scope))
        token = session_token(scope)
        if not wait and token is not None:
            wait = self._sessions.take(token)
        if wait:
            await render_error(429, {"Retry-After": str(math.ceil(wait))})(scope, receive, send)
            return
        await self._app(scope, receive, send)


def address_of(scope: Scope) -> str:
    """Return whose request it is; of an IPv6 address, its network.

    Example:
        >>> address_of({"client": ("192.0.2.7", 5000)}), address_of({"client": ("2001:db8::1:2", 5000)})
        ('192.0.2.7', '2001:db8::/64')
    """
    host = (scope.get("client") or ("unknown", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, _SITE_BITS), strict=False))

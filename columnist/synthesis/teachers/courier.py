"""The courier: a small process that makes the paid calls, so that no killed run loses an answer.

``python -m columnist.synthesis.teachers.courier LEDGER PARENT`` takes planned
requests from a ledger, calls, and writes the answers down. It is in a session of its own,
so what ends the run (Ctrl-C, kill -9 of it or of its group) does not end the courier: it sees that its
parent has gone, sends nothing more, waits for the calls in flight, keeps their answers and exits.

The settings come as JSON on standard input, the key from the environment, and
the lock of the ledger as an open file that it inherits and holds as long as it lives.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import httpx2
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential, wait_random

from columnist.errors import TeacherError
from columnist.synthesis.teachers.asking import Request
from columnist.synthesis.teachers.calls import InDoubt, NotCharged, call, open_client, read_key
from columnist.synthesis.teachers.costs import cost_of, worst_case
from columnist.synthesis.teachers.ledger import Cost, Ledger
from columnist.synthesis.teachers.pace import Pace, sleep_unless
from columnist.synthesis.teachers.settings import OpenAITeacherConfig

_POLL_S = 0.03
_LONGEST_BACKOFF_S = 60
_HOPELESS = 8  # requests that failed in a row: the endpoint is down, and so would be all others


class Courier:
    """Makes the calls that a ledger plans, as many at once as configured."""

    def __init__(self, ledger: Ledger, config: OpenAITeacherConfig, client: httpx2.AsyncClient):
        self._stopping = asyncio.Event()
        self._ledger, self._config, self._client = ledger, config, client
        self._pace = Pace(config.requests_per_minute)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._spent_usd = ledger.spent_usd()
        self._reserved_usd: dict[str, float] = {}
        self._failed_in_a_row = 0
        self._fault: BaseException | None = None

    async def work(self, is_wanted: Callable[[], bool]) -> None:
        """Make calls until nobody wants them any more, and return when none is in flight.

        Raises:
            TeacherError: No further call makes sense; it stands in the ledger, too.
        """
        while True:
            if not is_wanted():
                self._stopping.set()
            if not self._stopping.is_set():
                self._start_calls()
            if self._running:
                done, _ = await asyncio.wait(
                    self._running.values(), timeout=_POLL_S, return_when=asyncio.FIRST_COMPLETED
                )
                self._collect(done)
            elif self._stopping.is_set():
                break
            else:
                await sleep_unless(self._stopping, _POLL_S)
        if self._fault:
            raise self._fault

    def _start_calls(self) -> None:
        if len(self._running) >= self._config.concurrency:
            return
        # Requests between two attempts are planned as well, and running.
        planned = self._ledger.planned(limit=2 * self._config.concurrency)
        for request in planned:
            if request.key in self._running:
                continue
            if len(self._running) >= self._config.concurrency or not self._reserve(request):
                return
            self._running[request.key] = asyncio.create_task(self._deliver(request))

    def _reserve(self, request: Request) -> bool:
        """Set money aside for a request; false if it has to wait, and a fault if waiting cannot help."""
        limit_usd = self._config.max_usd
        if limit_usd is None:
            return True
        usd = worst_case(self._config, request.body).usd
        if self._spent_usd + sum(self._reserved_usd.values()) + usd <= limit_usd:
            self._reserved_usd[request.key] = usd
            return True
        if not self._running:
            self._stop(
                TeacherError(
                    f"the next call might exceed max_usd ({limit_usd:g}): {self._spent_usd:.4f} USD are spent "
                    f"and it may cost {usd:.4f}; raise max_usd to go on, what was paid is kept"
                )
            )
        return False

    def _collect(self, done: set[asyncio.Task[None]]) -> None:
        for key in [key for key, task in self._running.items() if task in done]:
            error = self._running.pop(key).exception()
            self._reserved_usd.pop(key, None)
            if error:
                self._stop(error)

    def _stop(self, error: BaseException) -> None:
        """Send nothing more; the calls in flight are paid for and are waited for."""
        self._fault = self._fault or error
        if isinstance(error, TeacherError):
            self._ledger.set_fault(str(error))
        self._stopping.set()

    async def _deliver(self, request: Request) -> None:
        """Send a request until it has an answer or has failed."""
        backoff_s = self._config.backoff_s
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._config.max_attempts),
            wait=wait_exponential(multiplier=backoff_s, max=_LONGEST_BACKOFF_S) + wait_random(0, backoff_s),
            retry=retry_if_exception(self._is_worth_another),
            sleep=lambda wait_s: sleep_unless(self._stopping, wait_s),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    await self._attempt(request)
        except (NotCharged, InDoubt) as error:
            self._ledger.fail(request.key, str(error), in_doubt=isinstance(error, InDoubt))
            self._count_failure(str(error))

    async def _attempt(self, request: Request) -> None:
        if not await self._pace.turn(self._stopping):
            return  # it stays planned
        self._ledger.mark_sent(request.key)
        try:
            answer = await call(self._client, self._config, request)
        except NotCharged as error:
            self._pace.hold(error.wait_s)
            self._ledger.mark_unsent(request.key, str(error), in_doubt=False)
            raise
        except InDoubt as error:
            self._charge(request, worst_case(self._config, request.body))
            self._ledger.mark_unsent(request.key, str(error), in_doubt=True)
            raise
        except TeacherError:
            self._ledger.mark_unsent(request.key, "", in_doubt=False)
            raise
        self._ledger.keep_answer(request.key, answer)
        self._charge(request, cost_of(self._config, request.body, answer))
        self._failed_in_a_row = 0

    def _charge(self, request: Request, cost: Cost) -> None:
        self._ledger.charge(request.key, cost)
        self._spent_usd += cost.usd

    def _is_worth_another(self, error: BaseException) -> bool:
        if isinstance(error, InDoubt):
            return self._config.in_doubt == "resend"
        return isinstance(error, NotCharged) and error.again

    def _count_failure(self, reason: str) -> None:
        self._failed_in_a_row += 1
        if self._failed_in_a_row == _HOPELESS:
            raise TeacherError(
                f"{self._config.base_url}: {_HOPELESS} requests in a row failed, the last because {reason}; "
                "start again when it works, what was paid is kept"
            )


async def deliver(ledger: Ledger, config: OpenAITeacherConfig, key: str, is_wanted: Callable[[], bool]) -> None:
    """Make the calls that a ledger plans until nobody wants them any more."""
    async with open_client(config, key) as client:
        await Courier(ledger, config, client).work(is_wanted)


def main(ledger_path: Path, parent: int) -> int:
    """Run as a process of its own; 2 if no further call makes sense."""
    closed = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: closed.set())
    config = OpenAITeacherConfig.model_validate_json(sys.stdin.read())
    with Ledger(ledger_path) as ledger:
        try:
            key = read_key()
        except TeacherError as error:
            ledger.set_fault(str(error))
            return 2
        try:
            asyncio.run(deliver(ledger, config, key, lambda: os.getppid() == parent and not closed.is_set()))
        except TeacherError as error:
            print(error, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))

"""A served model as a teacher: plans requests, lets the courier make the calls, reads the answers."""

import fcntl
import logging
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from columnist.documentation import Texts
from columnist.errors import TeacherError
from columnist.synthesis.examples import Example
from columnist.synthesis.teachers.answers import read_answer
from columnist.synthesis.teachers.asking import PROMPT, Request, is_asked_at_all, prompt_digest, render_request
from columnist.synthesis.teachers.costs import worst_case
from columnist.synthesis.teachers.ledger import Entry, Ledger, State
from columnist.synthesis.teachers.protocol import Refusal, TeacherReport
from columnist.synthesis.teachers.settings import OpenAITeacherConfig

_POLL_S = 0.03
_COURIER = "columnist.synthesis.teachers.courier"
_CHECKOUT = Path(__file__).resolve().parents[3]
_logger = logging.getLogger("columnist")


class OpenAITeacher:
    """Writes with a model behind an OpenAI-compatible endpoint.

    The model rewords what the grammar knows. It is asked for exactly the texts
    where the grammar does not abstain, and one unfit text refuses the example.
    """

    def __init__(self, config: OpenAITeacherConfig, ledger: Ledger, start_courier: Callable[[], "CourierProcess"]):
        self.name = f"openai:{config.model}"
        self.license = config.license
        self._config, self._ledger, self._start_courier = config, ledger, start_courier
        self._courier: CourierProcess | None = None
        self._used: set[str] = set()
        self._report = TeacherReport(
            teacher=self.name, license=self.license, prompt=f"{PROMPT} {prompt_digest()}", usd=0.0
        )

    def write(self, examples: Sequence[Example]) -> list[Texts | Refusal]:
        """Write texts for examples, one result per example in their order.

        Raises:
            TeacherError: The endpoint or the ledger cannot be used, or the budget is
                spent; what was paid for is in the ledger and is not paid for again.
        """
        requests = [render_request(self._config, example) for example in examples if is_asked_at_all(example)]
        wanted = {request.key: request for request in requests}
        known = self._ledger.ended(wanted, resend=self._config.in_doubt == "resend")
        if set(wanted) - known:
            self._fetch({key: request for key, request in wanted.items() if key not in known})
        entries = {key: self._ledger.read(key) for key in wanted}
        self._count_requests(entries, known)
        keys = iter(request.key for request in requests)
        results = [
            _result(entries[next(keys)], example) if is_asked_at_all(example) else example.reference
            for example in examples
        ]
        self._count_results(results)
        return results

    def report(self) -> TeacherReport:
        """Tell what was done so far and what it cost."""
        return self._report

    def close(self) -> None:
        """Let the courier finish what is paid for, and end it."""
        if self._courier:
            self._courier.close()

    def _fetch(self, missing: dict[str, Request]) -> None:
        """Have calls made and wait until each was answered or has failed."""
        if self._courier is None:
            self._courier = self._start_courier()
        self._ledger.plan(missing.values(), resend=self._config.in_doubt == "resend")
        while True:
            # Looked at first: what a courier wrote before it ended is then seen below.
            is_alive = self._courier.is_alive()
            if len(self._ledger.ended(missing)) == len(missing):
                return
            if fault := self._ledger.fault():
                raise TeacherError(fault)
            if not is_alive:
                raise TeacherError(
                    f"the courier that makes the calls has ended unexpectedly; {self._courier.log} may say why, "
                    "and what was paid is kept: start again"
                )
            time.sleep(_POLL_S)

    def _count_requests(self, entries: dict[str, Entry], known: set[str]) -> None:
        fresh = {key: entry for key, entry in entries.items() if key not in self._used}
        self._used.update(fresh)
        report = self._report
        self._report = report.model_copy(
            update={
                "requests": report.requests + len(fresh),
                "answered_from_ledger": report.answered_from_ledger + len(known & set(fresh)),
                "attempts": report.attempts + sum(entry.attempts for entry in fresh.values()),
                "input_tokens": report.input_tokens + sum(entry.cost.input_tokens for entry in fresh.values()),
                "output_tokens": report.output_tokens + sum(entry.cost.output_tokens for entry in fresh.values()),
                "usd": report.usd + sum(entry.cost.usd for entry in fresh.values()),
                "estimated": report.estimated or any(entry.cost.estimated for entry in fresh.values()),
            }
        )

    def _count_results(self, results: Sequence[Texts | Refusal]) -> None:
        refused = Counter(self._report.refused)
        refused.update(result.reason for result in results if isinstance(result, Refusal))
        self._report = self._report.model_copy(
            update={"examples": self._report.examples + len(results), "refused": dict(sorted(refused.items()))}
        )


class CourierProcess:
    """The courier of a ledger, started with the ledger's lock in its hands.

    Only one courier works on a ledger. The process inherits the open lock file, and
    with it the lock, which ends when the process does, however that happens.
    """

    def __init__(self, ledger: Ledger, config: OpenAITeacherConfig):
        self.log = _beside(ledger.path, ".courier.log")
        with _lock(ledger.path) as lock, self.log.open("w") as log:
            ledger.settle(lambda body: worst_case(config, body))
            self._process = subprocess.Popen(
                [sys.executable, "-m", _COURIER, str(ledger.path), str(os.getpid())],
                cwd=_CHECKOUT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[lock],
                start_new_session=True,
                text=True,
            )
        if self._process.stdin:
            # A courier that has ended already is found out by whoever waits for it.
            with suppress(BrokenPipeError), self._process.stdin as settings:
                settings.write(config.model_dump_json())

    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """Let no further call be made, and wait for those in flight: their answers are paid for."""
        self._process.terminate()
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            _logger.warning("waiting for the answers of calls that are in flight; they are paid for and will be kept")
            self._process.wait()


@contextmanager
def open_served_teacher(config: OpenAITeacherConfig, ledger: Path) -> Iterator[OpenAITeacher]:
    """Open the teacher of a served model with its ledger.

    Raises:
        TeacherError: The ledger cannot be used.
    """
    with Ledger(ledger.resolve()) as opened:
        with _lock(opened.path):
            opened.settle(lambda body: worst_case(config, body))
        teacher = OpenAITeacher(config, opened, lambda: CourierProcess(opened, config))
        try:
            yield teacher
        finally:
            teacher.close()


@contextmanager
def _lock(ledger: Path) -> Iterator[int]:
    """Hold the lock of a ledger; give its file to a process and it holds the lock as well."""
    with _beside(ledger, ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _logger.warning("waiting for another run that uses %s, or for the calls that a killed one left", ledger)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _beside(ledger: Path, ending: str) -> Path:
    return ledger.with_name(ledger.name + ending)


def _result(entry: Entry, example: Example) -> Texts | Refusal:
    return read_answer(entry.answer, example) if entry.state is State.ANSWERED else Refusal(reason=entry.reason)

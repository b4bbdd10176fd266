"""Examples and endpoints for teachers."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from fake_endpoint import FakeEndpoint

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.errors import TeacherError
from columnist.synthesis.examples import Example
from columnist.synthesis.teachers import OpenAITeacherConfig, Refusal, open_teacher, served
from columnist.synthesis.teachers.courier import deliver
from columnist.synthesis.teachers.ledger import Ledger


@pytest.fixture
def endpoint():
    with FakeEndpoint() as running:
        yield running


@pytest.fixture
def make_config(endpoint) -> Callable[..., OpenAITeacherConfig]:
    def make(**changes: object) -> OpenAITeacherConfig:
        settings = {
            "kind": "openai",
            "base_url": endpoint.base_url,
            "model": "fake-1",
            "license": "Apache-2.0",
            "timeout_s": 5,
            "backoff_s": 0.01,
            "max_attempts": 3,
            "usd_per_million_input_tokens": 1,
            "usd_per_million_output_tokens": 10,
        }
        return OpenAITeacherConfig.model_validate(settings | changes)

    return make


class CourierThread:
    """The courier as a thread of the test: what it does is the same, and it starts at once."""

    log = Path("no.log")

    def __init__(self, path: Path, config: OpenAITeacherConfig):
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(path, config))
        self._thread.start()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def _run(self, path: Path, config: OpenAITeacherConfig) -> None:
        # The fault stands in the ledger, where the teacher finds it.
        with Ledger(path) as ledger, suppress(TeacherError):
            asyncio.run(deliver(ledger, config, "", lambda: not self._closed.is_set()))


@pytest.fixture
def teach(make_config, make_example, tmp_path, monkeypatch):
    """Let a teacher write some examples; returns the results, as reasons where refused, and the report."""
    monkeypatch.setattr(served, "CourierProcess", lambda ledger, config: CourierThread(ledger.path, config))

    def run(examples: int = 1, **changes: object):
        with open_teacher(make_config(**changes), tmp_path / "ledger.db") as teacher:
            results = teacher.write([make_example(number) for number in range(examples)])
            return [each.reason if isinstance(each, Refusal) else "ok" for each in results], teacher.report()

    return run


@pytest.fixture
def make_example() -> Callable[..., Example]:
    def make(number: int = 1, table: str = "One row for each order.", columns: tuple[str, ...] = ()) -> Example:
        texts = columns or ("Identifies the order.", "Amount due, in euros with 2 decimals.", "? What is flex_01 for?")
        names = ("order_id", "amt", "flex_01")
        return Example(
            id=f"e{number}",
            ddl=f"CREATE TABLE orders_{number} (order_id INT, amt DECIMAL(10, 2), flex_01 TEXT)",
            table=Table(name=f"orders_{number}", columns=tuple(Column(name=name) for name in names)),
            reference=Texts(table=table, columns=texts),
            naics_code="",
            use_case="",
            license="Apache-2.0",
        )

    return make

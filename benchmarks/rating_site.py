"""Studies that are large enough to load a server with, and the server itself as a process that can be killed."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from secrets import token_hex
from socket import create_server
from typing import NamedTuple, Self

import click
import httpx2
import psutil

from benchmarks.rating_tally import Stored
from columnist.documentation import Texts
from columnist.modeling.spelling import spell_out
from columnist.studies.assignment import assign
from columnist.studies.composing import Pair, compose
from columnist.studies.inviting import invite_rater
from columnist.studies.storage import Storage
from columnist.synthesis import SynthesisConfig, synthesize
from columnist.synthesis.examples import Example

_ROOT = Path(__file__).resolve().parent.parent
# A study as configs/study/default.yaml makes it.
_TABLES, _LOOKS, _REPEATS, _ATTENTION = 62, (21, 42, 62), 6, 3
ITEMS = _TABLES + _REPEATS + _ATTENTION
_SEED = 7
_LATEST_START_S = 120.0


class Link(NamedTuple):
    """What lets a simulated rater into one study, and who they are there."""

    number: int
    token: str
    study_id: str
    rater: str


def draw_pairs() -> list[Pair]:
    """Return synthetic tables, each with its reference and with its names spelled out: texts of a usual length."""
    config = SynthesisConfig(
        seed=_SEED, train_examples=2 * (_TABLES + _ATTENTION), validation_examples=1, test_examples=1
    )
    usual = [example for example in synthesize(config).train if len(example.table.columns) <= 30]
    return [Pair(example, example.reference, _spell(example)) for example in usual[: _TABLES + _ATTENTION]]


def add_study(storage: Storage, pairs: list[Pair], raters: int, first: int) -> list[Link]:
    """Add an open study, and return a link for each rater, numbered from ``first``.

    It has no registration and no sealed key: the pages that raters see need neither.
    """
    now = datetime.now(UTC)
    composed = compose(pairs[:_TABLES], pairs[_TABLES:], _LOOKS, _REPEATS, _ATTENTION, Random(first))
    ids = [token_hex(8) for _ in range(raters)]
    study_id = token_hex(8)
    # Items of several studies come from the same tables, and get ids of their own.
    assignments = assign(composed.items, ids, _SEED)
    storage.add_study(study_id, now, composed.items, assignments, {each: each for each in ids})
    storage.open_study(study_id)
    return [
        Link(first + place, invite_rater(storage, study_id, each, 1, now), study_id, each)
        for place, each in enumerate(ids)
    ]


def read_ballots(storage: Storage, links: list[Link]) -> Iterator[Stored]:
    """Yield all ballots of the studies, those of each link in the order of its chain, which is checked."""
    numbers = {link.rater: link.number for link in links}
    for study_id in dict.fromkeys(link.study_id for link in links):
        for ballot in storage.export_ballots(study_id):
            yield Stored(numbers[ballot.rater], ballot.item_id, ballot.preference)


class Server:
    """``run.py serve`` in a process of its own, on a free port of the loopback.

    Attributes:
        cpu_s: Processor seconds of all processes that were killed, each from when it was first asked.
    """

    def __init__(self, home: Path, database: str):
        with create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._log = home / "server.log"
        self._environment: Mapping[str, str] = os.environ | {"COLUMNIST_HOME": str(home)}
        self._database = database
        self._process: subprocess.Popen[bytes] | None = None
        self.cpu_s = 0.0

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start, and do not wait."""
        command = [sys.executable, "run.py", "serve", "--port", str(self._port), "--database", self._database]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=_ROOT, env=self._environment, stdout=log, stderr=log)

    def wait(self) -> None:
        """Wait until requests are answered.

        Raises:
            ClickException: The server ended, or takes minutes.
        """
        latest = time.monotonic() + _LATEST_START_S
        while self._process is not None and self._process.poll() is None and time.monotonic() < latest:
            try:
                httpx2.get(f"{self.base_url}/rate", trust_env=False)
                self.cpu_s -= self._read_cpu()
                return
            except httpx2.TransportError:
                time.sleep(0.1)
        raise click.UsageError(f"the server did not start: {self._log.read_text(errors='replace')[-500:]}")

    def kill(self) -> None:
        """End the process at once, whatever it does."""
        if self._process is not None:
            self.cpu_s += self._read_cpu()
            self._process.kill()
            self._process.wait()
            self._process = None

    def _read_cpu(self) -> float:
        assert self._process is not None
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()


def _spell(example: Example) -> Texts:
    names = (example.table.name, *(column.name for column in example.table.columns))
    table, *columns = (spell_out(name).capitalize() + "." for name in names)
    return Texts(table=table, columns=tuple(columns))

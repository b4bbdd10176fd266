"""A killed run pays for no call twice and loses no answer that was paid for."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from fake_endpoint import FakeEndpoint

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.synthesis.examples import Example
from columnist.synthesis.teachers import OpenAITeacherConfig, Refusal, open_teacher

BATCH = 12
# What the streaming writer does: batches in order, from the first again after a kill.
RUN = f"""
import signal
import sys
# A shell that starts tests in the background leaves SIGINT ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from columnist.synthesis.examples import Example
from columnist.synthesis.teachers import OpenAITeacherConfig, open_teacher

config, examples, ledger, out = sys.argv[1:]
examples = [Example.model_validate_json(line) for line in Path(examples).read_text().splitlines()]
with open_teacher(OpenAITeacherConfig.model_validate_json(config), Path(ledger)) as teacher:
    texts = [text for i in range(0, len(examples), {BATCH}) for text in teacher.write(examples[i : i + {BATCH}])]
    Path(out).write_text("".join(text.model_dump_json() + "\\n" for text in texts))
"""


@pytest.fixture
def endpoint(tmp_path):
    with FakeEndpoint(tmp_path / "charges.log") as running:
        running.delay_s = 0.15
        yield running


@pytest.fixture
def config(endpoint):
    return OpenAITeacherConfig(
        kind="openai", base_url=endpoint.base_url, model="m", license="MIT", concurrency=4, timeout_s=10, backoff_s=0.01
    )


@pytest.fixture
def examples():
    return [
        Example(
            id=f"e{number}",
            ddl=f"CREATE TABLE t{number} (id INT)",
            table=Table(name=f"t{number}", columns=(Column(name="id"),)),
            reference=Texts(table=f"One row for each visit of kind {number}.", columns=("Identifies the visit.",)),
            naics_code="",
            use_case="",
            license="MIT",
        )
        for number in range(60)
    ]


@pytest.fixture
def start(tmp_path, config, examples):
    """Start a run in a process group of its own."""
    (tmp_path / "examples.jsonl").write_text("".join(example.model_dump_json() + "\n" for example in examples))
    started = []

    def run() -> subprocess.Popen:
        arguments = [config.model_dump_json(), "examples.jsonl", "ledger.db", "out.jsonl"]
        root = str(Path(__file__).resolve().parents[2])
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": root},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()


def wait_until(condition, limit_s: float = 20) -> None:
    give_up_at = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < give_up_at
        time.sleep(0.01)


def courier_of(ledger: Path) -> psutil.Process:
    """The process that works on a ledger."""
    for process in psutil.process_iter(["cmdline"]):
        if str(ledger) in (process.info["cmdline"] or ()):
            return process
    raise AssertionError("no courier is at work")


def expected(examples) -> str:
    texts = [
        Texts(
            table=f"In other words, one row for each visit of kind {number}.",
            columns=("In other words, identifies the visit.",),
        )
        for number in range(len(examples))
    ]
    return "".join(text.model_dump_json() + "\n" for text in texts)


def test_runs_killed_at_random_moments_end_as_one_that_was_not(endpoint, start, examples, tmp_path):
    rng = random.Random()  # a moment of its own each time; a failure shows in the charges, whenever it was
    for _ in range(2):
        before = len(endpoint.calls)
        run = start()
        wait_until(lambda before=before: len(endpoint.calls) > before)
        time.sleep(rng.uniform(0, 0.3))
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    assert not (tmp_path / "out.jsonl").exists()
    killed_after = len(endpoint.charges)
    last = start()
    assert last.wait(60) == 0, last.stderr.read()
    assert (tmp_path / "out.jsonl").read_text() == expected(examples)
    assert 2 <= killed_after < len(examples) == len(endpoint.charges)
    assert endpoint.charged_twice() == []
    # The endpoint's own books, which no process of ours writes.
    assert sorted((tmp_path / "charges.log").read_text().split()) == sorted(set(endpoint.charges))


def test_calls_in_flight_are_finished_without_the_run_and_no_further_one_is_made(endpoint, start, tmp_path):
    endpoint.delay_s = 0.6
    run = start()
    wait_until(lambda: len(endpoint.calls) == 4)
    courier = courier_of(tmp_path / "ledger.db")
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert courier.is_running()
    wait_until(lambda: not courier.is_running())
    assert len(endpoint.calls) == 4
    with sqlite3.connect(tmp_path / "ledger.db") as ledger:
        states = dict(ledger.execute("SELECT state, COUNT(*) FROM requests GROUP BY state"))
    ledger.close()
    assert states == {"answered": 4, "planned": BATCH - 4}


def test_a_new_run_says_that_it_waits_for_what_the_killed_one_left(endpoint, start, examples, tmp_path):
    endpoint.delay_s = 2  # longer than the next run takes to start
    run = start()
    wait_until(lambda: len(endpoint.calls) == 4)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    endpoint.delay_s = 0.02
    next_run = start()
    assert next_run.wait(60) == 0
    assert next_run.stderr.read().decode().splitlines() == [
        f"waiting for another run that uses {tmp_path / 'ledger.db'}, or for the calls that a killed one left"
    ]
    assert endpoint.charged_twice() == []
    assert len(endpoint.charges) == len(examples)


def test_an_interrupted_run_waits_for_what_it_has_paid(endpoint, start, tmp_path):
    endpoint.delay_s = 1.3
    run = start()
    wait_until(lambda: len(endpoint.calls) == 4)
    os.killpg(run.pid, signal.SIGINT)
    run.wait()
    lines = run.stderr.read().decode()
    assert "they are paid for and will be kept" in lines
    assert "KeyboardInterrupt" in lines
    assert len(endpoint.calls) == 4


@pytest.mark.parametrize("in_doubt", ["reject", "resend"])
def test_answers_that_were_lost_with_the_machine_are_in_doubt(endpoint, start, config, examples, tmp_path, in_doubt):
    """When the courier is killed as well, nobody can know what the endpoint charged."""
    endpoint.delay_s = 0.6
    run = start()
    wait_until(lambda: len(endpoint.calls) == 4)
    courier = courier_of(tmp_path / "ledger.db")
    os.killpg(run.pid, signal.SIGKILL)
    courier.kill()
    run.wait()
    endpoint.delay_s = 0
    for _ in range(2):
        with open_teacher(config.model_copy(update={"in_doubt": in_doubt}), tmp_path / "ledger.db") as teacher:
            results = [text for i in range(0, 60, BATCH) for text in teacher.write(examples[i : i + BATCH])]
            report = teacher.report()
        lost = Refusal(reason="answer lost in a crash")
        assert report.estimated  # what the lost calls have cost
        if in_doubt == "reject":
            assert results[:4] == [lost] * 4
            assert report.refused == {lost.reason: 4}
            assert endpoint.charged_twice() == []
            assert len(endpoint.charges) == 60
        else:
            assert report.refused == {}
            assert len(endpoint.charged_twice()) == 4
            assert len(endpoint.charges) == 64

"""Progress as log lines: a few a minute, and always the last."""

import logging
import time

import pytest

from columnist.progress import ProgressLog, format_duration


@pytest.fixture
def lines(caplog, monkeypatch):
    # Other tests let ZenML configure logging; its loggers may not propagate.
    monkeypatch.setattr(logging.getLogger("columnist"), "propagate", True)
    caplog.set_level(logging.INFO, logger="columnist")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "columnist"]


def test_fast_work_says_only_that_it_is_done(lines):
    log = ProgressLog("examples", every_s=60)
    for done in range(1, 101):
        log.update(done, 100)
    assert lines() == ["examples: 100 of 100 in 0:00"]


def test_slow_work_says_how_much_is_left(lines, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    log = ProgressLog("steps", every_s=10)
    for done in range(1, 5):
        now[0] += 6
        log.update(done, 4, f"loss {done}")
    # After 12 s two of four are done, so 12 s are left; at 18 s it is too early for another line.
    assert lines() == ["steps: 2 of 4, loss 2, 0:12 left", "steps: 4 of 4, loss 4 in 0:24"]


def test_nothing_done_yet_is_no_division_by_zero(lines):
    ProgressLog("steps", every_s=0).update(0, 10)
    assert len(lines()) == 1


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (3600, "60:00"), (0.4, "0:00")])
def test_durations(seconds, text):
    assert format_duration(seconds) == text

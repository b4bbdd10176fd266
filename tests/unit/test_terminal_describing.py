"""What is told of describing while it goes on."""

import io

import pytest
from rich.console import Console

from columnist import terminal
from columnist.modeling.filling import Progress
from columnist.terminal import DescribeProgress


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def progress(tables, texts, reused=0):
    return Progress(tables=tables, all_tables=1000, texts=texts, all_texts=9000, reused=reused)


@pytest.fixture
def watch(monkeypatch):
    """Watch a run with a clock that is set by hand; ``said`` returns what was printed so far."""

    def watch(is_terminal):
        stream = io.StringIO()
        console = Console(file=stream, force_terminal=is_terminal, width=120, highlight=False)
        monkeypatch.setattr(terminal, "err", console)
        clock = Clock()
        return DescribeProgress(clock=clock), clock, stream.getvalue

    return watch


def test_a_log_gets_a_line_now_and_then(watch):
    shown, clock, said = watch(False)
    with shown:
        shown.update(progress(400, 3600, reused=3600))
        clock.now += 1
        shown.update(progress(400, 3609, reused=3600))
        assert said() == ""
        clock.now += 10
        shown.update(progress(411, 3709, reused=3600))
    assert said() == "describing: 411 of 1,000 tables, 3,709 of 9,000 texts, 10.0 texts/s, 8:49 left\n"
    assert shown.summary() == "3,709 texts of 1,000 tables in 0:11"


def test_a_person_sees_a_bar_with_the_same_figures(watch):
    shown, clock, said = watch(True)
    with shown:
        shown.update(progress(0, 9))
        clock.now += 10
        shown.update(progress(411, 3709))
    assert "411 of 1,000 tables, 3,709 of 9,000 texts, 370.0 texts/s, 0:14 left" in said()


def test_an_interruption_tells_what_is_kept(watch):
    shown, _, said = watch(False)
    with shown:
        assert shown.interruption() == "interrupted before the first text"
        shown.update(progress(411, 3709))
        assert shown.interruption() == (
            "interrupted: 411 of 1,000 tables, 3,709 of 9,000 texts are kept; the same command goes on from there"
        )
    assert said() == ""


def test_nothing_to_write_is_no_trouble(watch):
    shown, _, said = watch(True)
    with shown:
        assert shown.summary() == "no text in 0:00"
    assert said() == ""

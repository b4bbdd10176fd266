"""Rungs write in processes of their own: texts come back, errors come back, and a killed process is named."""

import multiprocessing
import time

import ladders
import pytest

from columnist.errors import BaseModelError
from columnist.selection import writing
from columnist.selection.rungs import Timing
from columnist.selection.writing import take_time, write_apart
from columnist.synthesis import SynthesisConfig, synthesize
from columnist.systems import System


@pytest.fixture(scope="module")
def examples():
    return synthesize(SynthesisConfig(seed=5, train_examples=4, validation_examples=2, test_examples=2)).train


def test_what_another_process_wrote_comes_back_with_its_time_and_memory(examples, tmp_path):
    said = []
    system = System.parse("names=names:")
    piece, timing = write_apart(
        system, examples, 2, tmp_path / "written", tmp_path / "timings", lambda *told: said.append(told)
    )
    assert piece.texts == system.write(examples, tmp_path / "other", lambda *_: None).texts
    assert timing.tables == 2
    # An interpreter with what reads schemas takes tens of megabytes.
    assert timing.peak_bytes > 20e6
    # Two tables are timed, then all four are written.
    assert said == [(2, 6), (6, 6)]


def test_an_error_of_the_other_process_is_the_same_error_here(examples, tmp_path):
    with pytest.raises(BaseModelError, match="gone"):
        write_apart(System.parse("gone=slots:/gone.gguf"), examples, 1, tmp_path, tmp_path, lambda *_: None)


def test_a_process_that_was_killed_is_named_with_what_may_be_wrong(examples, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "_work", ladders.die)
    with pytest.raises(BaseModelError, match="names was ended by signal 9, as happens where memory runs out"):
        write_apart(System.parse("names=names:"), examples, 1, tmp_path, tmp_path, lambda *_: None)
    assert multiprocessing.active_children() == []


def test_time_is_taken_once(examples, tmp_path):
    system = System.parse("names=names:")
    first = take_time(system, examples, tmp_path, lambda *_: None)
    (file,) = tmp_path.iterdir()
    assert take_time(system, examples, tmp_path, lambda *_: None) == first
    assert take_time(system, examples[:2], tmp_path, lambda *_: None).tables == 2
    file.write_text("{")
    assert isinstance(take_time(system, examples, tmp_path, lambda *_: None), Timing)


def test_a_process_does_not_outlive_the_one_that_started_it(tmp_path):
    """A kill leaves nothing behind that holds a model in memory."""
    import psutil

    parent = multiprocessing.get_context("spawn").Process(target=ladders.write_for_ever, args=(tmp_path,))
    parent.start()
    while not (tmp_path / "pid").exists():
        assert parent.is_alive()
        time.sleep(0.05)
    child = psutil.Process(int((tmp_path / "pid").read_text()))
    parent.kill()
    parent.join()
    child.wait(timeout=60)
    assert not child.is_running()

"""Ladders of rungs with made-up measurements, for tests of what is chosen and of what is shown."""

import os
import signal
import time
from pathlib import Path

from columnist.evaluation import bootstrap_mean
from columnist.evaluation.identity import SystemIdentity
from columnist.selection import Measurement, Rule, Rung, Timing
from columnist.selection.writing import write_apart

# Paired values of forty tables: the middle rung is 0.02 below the best on each, give or take 0.01, the cheap one 0.20.
TABLES = 40
BEST = [0.6 + 0.01 * (place % 5) for place in range(TABLES)]
MIDDLE = [value - 0.02 + (0.01 if place % 2 else -0.01) for place, value in enumerate(BEST)]
CHEAP = [value - 0.20 + (0.02 if place % 2 else -0.02) for place, value in enumerate(BEST)]


def rule(**changes) -> Rule:
    values = {
        "measure": "chrf",
        "margin": 0.05,
        "level": 0.95,
        "seed": 1,
        "resamples": 500,
        "licenses": ("Apache-2.0", "mit"),
    }
    return Rule(**values | changes)


def rung(name, values, usd, license_="apache-2.0", size=1, measure="chrf") -> Rung:
    measurement = values and Measurement(
        values=tuple(values),
        means={measure: bootstrap_mean(values, seed=1, resamples=100)},
        timing=Timing(tables=10, seconds=10, peak_bytes=1),
        usd_per_1000_tables=usd,
    )
    return Rung(
        name=name,
        identity=SystemIdentity(name=name, kind="slots", reference=name),
        license=license_,
        bytes=size,
        parameters=size,
        measurement=measurement or None,
    )


LADDER = (rung("best", BEST, 9.0), rung("cheap", CHEAP, 0.1), rung("middle", MIDDLE, 1.0))


def die(*_) -> None:
    """End this process as one is ended that takes too much memory; another process has to be able to import it."""
    os.kill(os.getpid(), signal.SIGKILL)


class Endless:
    """A system that says which process it writes in, and never comes to an end."""

    name = "endless"

    def __init__(self, folder: Path):
        self.folder = folder

    def identify(self) -> SystemIdentity:
        """Say where it is; wait."""
        part = self.folder / "part"
        part.write_text(str(os.getpid()))
        part.rename(self.folder / "pid")
        time.sleep(600)
        raise AssertionError("it was not ended")


def write_for_ever(folder: Path) -> None:
    """Let an endless system write in a process of its own."""
    write_apart(Endless(folder), (), 1, folder, folder, lambda *_: None)

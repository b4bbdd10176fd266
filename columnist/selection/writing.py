"""Let a rung write in a process of its own, so that its memory can be told from everything else's.

What is written is kept by digest, so a rung that was interrupted goes on. Time and memory are
taken from tables that are written once more at the start, whatever was kept: kept texts may be of
another day, another load, or another command. The process starts empty, so its greatest resident
memory is that of Python, the libraries and the model together; files that are mapped into memory
count as far as they were read.
"""

import multiprocessing
import os
import platform
import signal
import tempfile
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from pydantic import ValidationError

from columnist import modeling
from columnist.digests import digest_file, digest_value
from columnist.errors import BaseModelError, ColumnistError
from columnist.files import write_whole
from columnist.selection.rungs import Timing
from columnist.synthesis.examples import Example
from columnist.systems import Piece, System

Say = Callable[[int, int], None]


def write_apart(
    system: System, examples: Sequence[Example], timed: int, written: Path, timings: Path, say: Say
) -> tuple[Piece, Timing]:
    """Write about tables in a process of its own; return the texts, and what writing took.

    Args:
        system: Who writes.
        examples: The tables.
        timed: How many of them are written once more to take time and memory.
        written: The folder of what was written before.
        timings: The folder of the times that were taken before, by this code on this machine.
        say: Called with the tables done and in all, those that are timed among them.

    Raises:
        ColumnistError: The model cannot be used, or its process was killed, as happens where memory runs out.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(
        target=_work, args=(sender, system, tuple(examples), timed, written, timings), daemon=True
    )
    process.start()
    sender.close()  # only the child's end stays open, so that its death ends the reading below
    try:
        while True:
            kind, content = receiver.recv()
            if kind == "error":
                raise content
            if kind == "done":
                return content  # type: ignore[no-any-return]
            say(*content)
    except EOFError:
        process.join()
        raise _ended(system, process.exitcode) from None
    finally:
        process.kill()
        process.join()


def _ended(system: System, exit_code: int | None) -> Exception:
    if exit_code is not None and exit_code < 0:
        return BaseModelError(
            f"the process that writes with {system.name} was ended by signal {-exit_code}, as happens where memory "
            "runs out; leave the rung out or use a larger machine"
        )
    return RuntimeError(f"the process that writes with {system.name} ended with exit code {exit_code}")


def _work(
    sender: Connection, system: System, examples: Sequence[Example], timed: int, written: Path, timings: Path
) -> None:
    """Take the time, then write; runs in the child."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the parent says what Ctrl-C means
    threading.Thread(target=_end_with_parent, daemon=True).start()
    some = examples[:timed]
    total = len(some) + len(examples)
    try:
        timing = take_time(system, some, timings, lambda done, _: sender.send(("progress", (done, total))))
        piece = system.write(examples, written, lambda done, _: sender.send(("progress", (len(some) + done, total))))
    except ColumnistError as error:
        sender.send(("error", error))
    else:
        sender.send(("done", (piece, timing)))


def _end_with_parent() -> None:
    """Wait for the end of the parent, and do not outlive it: a model in memory would be in the next run's way."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def take_time(system: System, examples: Sequence[Example], folder: Path, say: Say) -> Timing:
    """Write about tables, and return how long that took and how much memory this process held at most.

    A rung that was timed by the same code on the same machine is not timed again, so that
    an interrupted selection goes on.
    """
    identity = system.identify().model_dump(mode="json", exclude={"name", "reference"})
    machine = [platform.node(), os.cpu_count()]
    tables = [example.table.model_dump(mode="json") for example in examples]
    file = folder / f"{digest_value([identity, machine, _code_digest(), tables])[:32]}.json"
    try:
        return Timing.model_validate_json(file.read_bytes())
    except (FileNotFoundError, ValidationError):
        pass
    with tempfile.TemporaryDirectory() as fresh:
        piece = system.write(examples, Path(fresh), say)
    timing = Timing(tables=len(examples), seconds=piece.seconds, peak_bytes=_peak_bytes())
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(file, timing.model_dump_json())
    return timing


def _code_digest() -> str:
    """Return the SHA-256 of the code that writes: with other code, other times are measured."""
    folder = Path(modeling.__file__).parent
    return digest_value([digest_file(file) for file in sorted(folder.rglob("*.py"))])


def _peak_bytes() -> int:
    """Return the greatest resident memory of this process."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    import resource  # not on Windows

    # Not on Linux: there it starts at what the process had in memory that started this one.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

"""Measure how fast training sets are made, and how much memory that takes.

    python -m benchmarks.synthesis                                # 3,600 and 36,000 examples
    python -m benchmarks.synthesis --sizes 3600,36000,1000000     # an hour on two cores, and 4 GB of disk

Each size is made by ``run.py synthesize --to``'s function in a process of its own, from the grammar,
streamed to a folder that is removed afterwards. Peak memory is the greatest sum of the resident sets of
that process and its workers, sampled ten times a second. The alternative it is compared with is the
same work in one process, at the smallest size; both write the same bytes, which is checked.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import psutil

from columnist.terminal import out

_INTERVAL_S = 0.1
_CODE = """
import sys
from pathlib import Path
from columnist.synthesis import SynthesisConfig, synthesize_to
if __name__ == "__main__":
    config = SynthesisConfig(seed=7, train_examples=int(sys.argv[1]), validation_examples=0, test_examples=0)
    print(synthesize_to(config, Path(sys.argv[2]), processes=int(sys.argv[3])))
"""


def measure(examples: int, processes: int) -> tuple[float, int, int, str]:
    """Return seconds, peak memory and size on disk in bytes, and the digest of what was made."""
    with tempfile.TemporaryDirectory() as place:
        script, folder = Path(place) / "make.py", Path(place) / "set"
        script.write_text(_CODE, encoding="utf-8")
        started = time.perf_counter()
        command = [sys.executable, str(script), str(examples), str(folder), str(processes)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment()) as making:
            peak = _watch(making)
            assert making.stdout
            digest = making.stdout.read().strip()
        if making.returncode:
            raise click.ClickException(f"making {examples} examples failed; its message stands above")
        size = sum(path.stat().st_size for path in folder.iterdir())
        return time.perf_counter() - started, peak, size, digest


def _watch(making: "subprocess.Popen[str]") -> int:
    """Sample the memory of a process and its workers until it ends; return the greatest sum in bytes."""
    peak, root = 0, psutil.Process(making.pid)
    while making.poll() is None:
        peak = max(peak, _resident(root))
        time.sleep(_INTERVAL_S)
    return peak


def _resident(root: psutil.Process) -> int:
    total = 0
    try:
        for process in (root, *root.children(recursive=True)):
            total += process.memory_info().rss
    except psutil.Error:
        pass  # a worker that has just ended; the next sample counts the others again
    return total


def _environment() -> dict[str, str]:

    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}


@click.command()
@click.option("--sizes", default="3600,36000", show_default=True, help="Numbers of examples.")
@click.option("--processes", default=psutil.cpu_count() or 1, show_default="one for each core")
def main(sizes: str, processes: int) -> None:
    """Print examples per second and peak memory for each size."""
    numbers = [int(size) for size in sizes.split(",")]
    alone_s, alone_peak, _, alone_digest = measure(min(numbers), 1)
    _print(min(numbers), 1, alone_s, alone_peak, 0)
    for examples in numbers:
        seconds, peak, size, digest = measure(examples, processes)
        _print(examples, processes, seconds, peak, size)
        if examples == min(numbers):
            same = "the same bytes" if digest == alone_digest else "OTHER BYTES, which is a bug"
            out.print(f"  {alone_s / seconds:.2f} times as fast as one process, {same}")


def _print(examples: int, processes: int, seconds: float, peak: int, size: int) -> None:
    disk = f", {size / 1e6:,.0f} MB on disk" if size else ""
    workers = "1 process" if processes == 1 else f"{processes} processes"
    out.print(
        f"{examples:>9,} examples, {workers}: {examples / seconds:,.0f} a second"
        f" ({seconds:,.1f} s with start), peak memory {peak / 2**20:,.0f} MiB{disk}"
    )


if __name__ == "__main__":
    main()

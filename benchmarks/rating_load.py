r"""Load the rating pages, kill the server in the middle, and look whether each acknowledged ballot is stored.

    python -m benchmarks.rating_load --raters 50 --seconds 120 --storage both
    python -m benchmarks.rating_load --storage postgresql --url postgresql://me@/empty --json load.json

Simulated raters, each with links, sessions and a think time of their own, send ballots to a real ``run.py serve``
on loopback: load, and nothing that anybody could take for opinions. Halfway the server's process gets SIGKILL and
is started again at once; in the end it gets SIGKILL too. Then every ballot that was acknowledged (by sending the
rater on to the next item) has to be stored exactly once, with its preference and in its order, and nothing else.

The rate limits stay on, so that a rater can send no more than they let through. Each is given as many studies of the
usual 62 tables as that may take, and nobody runs out of items.

What this does *not* show: SIGKILL takes the process and not the machine, so a commit that only the operating system
holds would survive it. For SQLite that rests on ``synchronous=FULL``, which a test looks at. A PostgreSQL
server of this benchmark's own is stopped without a checkpoint before the ballots are read.
"""

import json
import math
import os
import ssl
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

import click
from rich.table import Table as Grid

from benchmarks.postgres_server import find_postgres, run_postgres
from benchmarks.rating_raters import Rater, Sent
from benchmarks.rating_site import ITEMS, Link, Server, add_study, draw_pairs, read_ballots
from benchmarks.rating_tally import Tally, tally
from columnist.errors import ColumnistError
from columnist.files import check_folder, write_whole
from columnist.studies.storage import Storage, open_storage
from columnist.studies.storage.engines import make_engine
from columnist.terminal import err, out
from columnist.values import Value
from webapp.limits import Limits

_SQLITE, _POSTGRESQL = "sqlite", "postgresql"


class Load(Value):
    """What was asked of a server.

    Attributes:
        think_s: The longest time of a rater between a page and its ballot; the shortest is none.
    """

    raters: int
    seconds: float
    think_s: float
    seed: int

    @property
    def studies(self) -> int:
        """How many studies a rater could finish at most: each ballot takes two requests.

        What may come at once, may come twice, since a server that was started again has forgotten who came.

        Example:
            >>> Load(raters=50, seconds=120, think_s=0, seed=1).studies
            10
        """
        session = Limits().session
        return math.ceil((2 * session.burst + self.seconds * session.per_second) / 2 / ITEMS)


class Latency(Value):
    """Quantiles of times in seconds."""

    p50: float
    p95: float
    p99: float
    longest: float


class Figures(Value):
    """One run.

    Attributes:
        ballots_per_s: Acknowledged ones over the whole time, the outage included.
        ballot_s: From sending a ballot to its acknowledgement.
        page_s: From asking for the next page to having it.
        cpu_ms: Processor time of the server for each ballot and the page that follows it: what a quiet machine takes.
        outage_s: From the kill to the first ballot that was acknowledged afterwards.
        troubles: What raters met that was neither a page nor an acknowledgement, by error or status.
        load_average: Of the machine, over the last minute of the run.
    """

    storage: str
    load: Load
    ballots_per_s: float
    ballot_s: Latency
    page_s: Latency
    cpu_ms: float
    outage_s: float
    troubles: dict[str, int]
    load_average: float
    tally: Tally


@click.command()
@click.option("--raters", type=click.IntRange(1, 500), default=50, show_default=True, help="How many rate at once.")
@click.option("--seconds", type=click.FloatRange(2), default=120.0, show_default=True, help="How long they do.")
@click.option("--think", type=click.FloatRange(0), default=0.2, show_default=True, help="Most seconds before a ballot.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Decides answers and think times.")
@click.option(
    "--storage",
    type=click.Choice((_SQLITE, _POSTGRESQL, "both")),
    default=_SQLITE,
    show_default=True,
    help="Where ballots are kept.",
)
@click.option("--url", metavar="URL", help="An empty PostgreSQL database; else a server is started for the run.")
@click.option("--to", "--json", "to", type=click.Path(dir_okay=False, path_type=Path), help="Also write JSON there.")
def main(raters: int, seconds: float, think: float, seed: int, storage: str, url: str | None, to: Path | None) -> None:
    r"""Load the rating pages with simulated raters, kill the server halfway, and count what was lost.

    \b
    Example: python -m benchmarks.rating_load --raters 50 --seconds 120 --storage both
    """
    if to:
        check_folder(to)
    load = Load(raters=raters, seconds=seconds, think_s=think, seed=seed)
    kinds = (_SQLITE, _POSTGRESQL) if storage == "both" else (storage,)
    runs = []
    try:
        if _POSTGRESQL in kinds:
            make_engine(url or "postgresql://").dispose()  # whether its driver is there
        for kind in kinds:
            with tempfile.TemporaryDirectory() as folder, _database(kind, url, Path(folder)) as (database, recover):
                runs.append(measure(kind, database, recover, Path(folder), load))
    except ColumnistError as error:
        raise click.ClickException(str(error)) from error
    _print(runs)
    if to:
        write_whole(to, json.dumps([run.model_dump(mode="json") for run in runs], indent=2) + "\n")
    if not all(run.tally.holds for run in runs):
        sys.exit(1)


def measure(kind: str, database: str, recover: Callable[[], None], home: Path, load: Load) -> Figures:
    """Load a server of its own once.

    Args:
        kind: What to call the storage.
        database: Its URL.
        recover: Called when the server is gone, before the ballots are read.
        home: An empty folder.
        load: How many raters, for how long.

    Raises:
        StudyError: The database cannot be used, or a chain of ballots is broken.
    """
    storage = open_storage(database)
    try:
        links = _prepare(storage, load)
        with Server(home, database) as server:
            server.start()
            server.wait()
            raters, killed, elapsed_s = _rate(server, links, load)
        load_average = os.getloadavg()[0]
        storage.close()
        recover()
        sent = [ballot for rater in raters for ballot in rater.sent]
        return Figures(
            storage=kind,
            load=load,
            ballots_per_s=sum(ballot.acknowledged for ballot in sent) / elapsed_s,
            ballot_s=_quantiles([ballot.seconds for ballot in sent if ballot.acknowledged]),
            page_s=_quantiles([seconds for rater in raters for seconds in rater.page_s]),
            cpu_ms=1000 * server.cpu_s / sum(ballot.acknowledged for ballot in sent),
            outage_s=_outage(sent, killed),
            troubles=dict(sum((rater.troubles for rater in raters), Counter())),
            load_average=load_average,
            tally=tally(sent, list(read_ballots(storage, links))),
        )
    finally:
        storage.close()


def _prepare(storage: Storage, load: Load) -> list[Link]:
    pairs, links = draw_pairs(), list[Link]()
    for number in range(load.studies):
        err.print(f"study {number + 1} of {load.studies}")
        links += add_study(storage, pairs, load.raters, len(links))
    return links


def _rate(server: Server, links: Sequence[Link], load: Load) -> tuple[list[Rater], float, float]:
    """Let raters rate for two halves of the time, and kill the server between.

    Returns:
        The raters, when the server was killed, and how long all took, the outage included.
    """
    stop, tls, random = threading.Event(), ssl.create_default_context(), Random(load.seed)
    raters = [
        Rater(
            base_url=server.base_url,
            links=[(link.number, link.token) for link in links[place :: load.raters]],
            think_s=load.think_s,
            random=Random(random.random()),
            stop=stop,
            tls=tls,
        )
        for place in range(load.raters)
    ]
    threads = [threading.Thread(target=rater.run, daemon=True) for rater in raters]
    err.print(f"{load.raters} raters for {load.seconds:g} s")
    started = time.monotonic()
    for thread in threads:
        thread.start()
    time.sleep(load.seconds / 2)
    server.kill()
    killed = time.monotonic()
    server.start()
    server.wait()
    time.sleep(load.seconds / 2)
    stop.set()
    for thread in threads:
        thread.join()
    return raters, killed, time.monotonic() - started


def _outage(sent: Sequence[Sent], killed: float) -> float:
    """Return the seconds from the kill to the first acknowledgement of a ballot that was sent later."""
    later = [ballot.at + ballot.seconds for ballot in sent if ballot.acknowledged and ballot.at > killed]
    if not later:
        raise click.UsageError("no ballot was acknowledged after the server was started again; give more --seconds")
    return min(later) - killed


def _quantiles(seconds: Sequence[float]) -> Latency:
    if len(seconds) < 2:
        raise click.UsageError("fewer than two ballots were acknowledged; give more --seconds")
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return Latency(p50=cuts[49], p95=cuts[94], p99=cuts[98], longest=max(seconds))


@contextmanager
def _database(kind: str, url: str | None, folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the URL of an empty database, and what makes it recover from a crash."""
    if kind == _SQLITE:
        yield f"sqlite:///{folder / 'studies.db'}", lambda: None
        return
    if url is not None:
        yield url, lambda: None
        return
    programs = find_postgres()
    if programs is None:
        raise click.UsageError(
            "no PostgreSQL server is installed here; install one, or give --url of an empty database"
        )
    with run_postgres(programs) as server:

        def recover() -> None:
            server.crash()
            server.start()

        yield server.url, recover


def _print(runs: Sequence[Figures]) -> None:
    grid = Grid("storage", "ballots", "per s", "p50 ms", "p95 ms", "p99 ms", "page p95 ms", "CPU ms", "outage s")
    for heading in ("lost", "changed", "duplicated", "unsent", "order"):
        grid.add_column(heading)
    for run in runs:
        found, times = run.tally, run.ballot_s
        cells = [run.storage, found.acknowledged, f"{run.ballots_per_s:.1f}"]
        cells += [f"{1000 * each:.0f}" for each in (times.p50, times.p95, times.p99, run.page_s.p95)]
        cells += [
            f"{run.cpu_ms:.1f}",
            f"{run.outage_s:.1f}",
            found.lost,
            found.changed,
            found.duplicated,
            found.unsent,
            found.disordered,
        ]
        grid.add_row(*map(str, cells))
    out.print(grid)
    for run in runs:
        troubles = ", ".join(f"{count} {name}" for name, count in sorted(run.troubles.items())) or "none"
        out.print(
            f"{run.storage}: {run.load.raters} raters, {run.load.seconds:g} s; troubles: {troubles}; "
            f"{run.tally.unanswered} ballots without an answer, {run.tally.unanswered_stored} of them stored; "
            f"load {run.load_average:.1f}"
        )


if __name__ == "__main__":
    main()

r"""A SIMULATION of whole studies, in which nobody rates: the server, browsers and promotions are real, people are not.

    python -m benchmarks.simulated_study --to records
    python -m benchmarks.simulated_study --raters 2 --tables 24

In a home of its own, which nothing else may use, two studies are opened through the product's functions: one of a
better candidate, then one of a worse one. Each is rated through ``run.py serve`` by headless Chromium browsers, all at
once; each follows its invitation, reads the page and answers by mouse and keyboard, takes a break, undoes an answer
and goes on as another device. The study is closed, unblinded and reported, and a simulated reviewer signs in and
approves: the better candidate has to become the champion, the worse one has to be refused.

All that the browsers got, the server's log, the files that the server opened and all rows of the database are kept
in ``--to`` and looked through for leaks. The exit code is 1 where anything is not as expected.

What this does *not* show: anything about texts or people. Which system is better is decided beforehand, raters follow
a rule about words, and what the automatic gate is given is stated, not measured.
"""

import asyncio
import json
import math
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import click
from playwright.async_api import Error as BrowserError
from rich.table import Table as Grid

from benchmarks.simulated_browser import Recorder, find_chromium, open_browsers
from benchmarks.simulated_evidence import make_first_champion, pass_gate, register
from benchmarks.simulated_home import ROOT, WORD, load_from_tests, make_home, require_empty
from benchmarks.simulated_leaks import Found, Recorded, Truth, find_leaks, find_unread
from benchmarks.simulated_rater import Done, SimulatedRater
from benchmarks.simulated_reviewer import NAME, Reviewed, approve
from benchmarks.simulated_server import serving
from benchmarks.simulated_texts import NAMES, SimulatedSystem, make_pool
from columnist.errors import ColumnistError, PromotionRefused
from columnist.home import Home
from columnist.modeling.adapters import Adapter
from columnist.promotion import Refusal
from columnist.promotion.evidence import StudyPlace, verify_study
from columnist.registry.aliases import ModelRegistry
from columnist.registry.sessions import open_stores
from columnist.registry.versions import MODEL_NAME
from columnist.signing import Signer
from columnist.studies.config import StudyConfig
from columnist.studies.inviting import invite_rater
from columnist.studies.opening import Opened, Places, open_study
from columnist.studies.registration import Exclusions, Hypothesis
from columnist.studies.result import StudyResult, read_result
from columnist.studies.sampling import Pool
from columnist.studies.storage import open_storage
from columnist.studies.unblinding import unblind
from columnist.studies.verdict import StudyVerdict
from columnist.terminal import err, out

FEWEST_TABLES, FEWEST_RATERS = 24, 2  # below, the intervals of a study that is won may say nothing
_DAYS = 1


class World(NamedTuple):
    """What both studies share.

    Attributes:
        password: Of the simulated reviewer's account.
        noise: Of the raters; see ``form_opinion``.
    """

    places: Places
    pool: Pool
    config: StudyConfig
    password: str
    seed: int
    noise: float


class Version(NamedTuple):
    """A registered version, and whether its texts are the better ones."""

    reference: str
    adapter: Adapter
    better: bool


class Expectation(NamedTuple):
    """What has to be so, and what was found."""

    name: str
    expected: str
    found: str
    holds: bool


class Held(NamedTuple):
    """A study that was held."""

    kind: str
    result: StudyResult
    leaks: Found
    outcome: str
    expectations: tuple[Expectation, ...]
    seconds: float


def make_config(tables: int, raters: int, seed: int) -> StudyConfig:
    """Return the rules of the study that a release needs, but for its size, and for the time that programs take."""
    return StudyConfig(
        hypothesis=Hypothesis.NON_INFERIOR,
        margin=0.1,
        alpha=0.05,
        tables=tables,
        raters=raters,
        looks=(math.ceil(tables / 3), math.ceil(2 * tables / 3), tables) if tables >= 60 else (tables // 2, tables),
        repeats=6,
        attention=3,
        exclusions=Exclusions(min_seconds_per_item=0, max_attention_failures=1, min_repeat_consistency=0.5),
        seed=seed,
    )


def hold_study(world: World, kind: str, candidate: Version, baseline: Version, folder: Path) -> Held:
    """Open, rate, close, unblind, report and decide a study, and look at all that was recorded."""
    started = time.perf_counter()
    opened = _open(world, candidate, baseline)
    with serving(world.places.home.folder, folder) as site:
        raters = asyncio.run(_rate(world, opened, site, folder))
        recorded = _collect(world, opened, raters, folder)
        study_id = opened.registration.study_id
        closing = [run_command("study", "close", study_id), _report(study_id, folder)]
        result = read_result(opened.folder).result
        roles = unblind(opened.folder, opened.registration, world.places.keys)
        truth = Truth.of(opened.registration, roles, opened.folder, world.places.keys, NAMES)
        leaks = find_leaks(recorded, truth, len(world.config.looks) + world.config.repeats)
        reviewer = Recorder(folder, "reviewer")
        reviewed = asyncio.run(_review(site, world.password, candidate.reference, reviewer))
        reviewer.write()
    expectations = (
        *_expect_rated(world, raters, recorded, leaks),
        Expectation("study close and report", "exit code 0", _codes(closing), not any(r.returncode for r in closing)),
        *_expect_decided(candidate, baseline, result, reviewed, reviewer),
        *_expect_nowhere_else(world, opened),
    )
    return Held(kind, result, leaks, reviewed.after, expectations, time.perf_counter() - started)


def _open(world: World, candidate: Version, baseline: Version) -> Opened:
    own, other = (
        SimulatedSystem.of(name, each.reference, each.adapter.digest, each.better)
        for name, each in zip(NAMES, (candidate, baseline), strict=True)
    )
    return open_study(own, other, world.pool, world.config, labels_of(world), world.places, datetime.now(UTC), _say)


def labels_of(world: World) -> list[str]:
    """Return what the steward's pages call each rater."""
    return [f"{WORD} rater {number}" for number in range(1, world.config.raters + 1)]


async def _rate(world: World, opened: Opened, site: str, folder: Path) -> dict[str, tuple[Recorder, Done]]:
    """Let all raters rate at once, each in a browser of its own; return what they did by label."""
    at, study_id = datetime.now(UTC), opened.registration.study_id
    labels = labels_of(world)
    recorders = [Recorder(folder, label.replace(" ", "-")) for label in labels]
    async with open_browsers(len(labels)) as browsers:
        work = []
        for place, (label, browser, recorder) in enumerate(zip(labels, browsers, recorders, strict=True)):
            token = invite_rater(world.places.storage, study_id, label, _DAYS, at)
            chance = Random(f"{world.seed} {label}")
            rater = SimulatedRater(browser, f"{site}/r/{token}", recorder, chance, world.noise, shows=place == 0)
            work.append(rater.rate())
        done = await asyncio.gather(*work)
    for recorder in recorders:
        recorder.write()
    return dict(zip(labels, zip(recorders, done, strict=True), strict=True))


async def _review(site: str, password: str, version: str, recorder: Recorder) -> Reviewed:
    async with open_browsers(1) as (browser,):
        return await approve(browser, site, password, version, recorder)


def _collect(world: World, opened: Opened, raters: dict[str, tuple[Recorder, Done]], folder: Path) -> Recorded:
    """Take what is there when the last rater has finished, before anything is closed or unblinded."""
    ids = {each.label: each.rater for each in world.places.storage.raters(opened.registration.study_id)}
    rows = load_from_tests("leaks").read_rows(world.places.home.folder / "studies.db")
    (folder / "rows.json").write_text(json.dumps(rows, indent=1, default=repr), encoding="utf-8")
    return Recorded(
        exchanges={ids[label]: recorder.exchanges for label, (recorder, _) in raters.items()},
        log=(folder / "server.log").read_text(encoding="utf-8"),
        opened=(folder / "opened.txt").read_text(encoding="utf-8").splitlines(),
        rows=rows,
    )


def _expect_rated(
    world: World, raters: dict[str, tuple[Recorder, Done]], recorded: Recorded, leaks: Found
) -> list[Expectation]:
    config, done = world.config, [each for _, each in raters.values()]
    items = config.tables + config.repeats + config.attention
    ids = set(recorded.exchanges)
    cast = [row for row in recorded.rows["ballot"] if row["rater_id"] in ids]
    counts = (
        f"{sum(row['undone_at'] is None for row in cast)}, and {sum(bool(row['undone_at']) for row in cast)} undone"
    )
    walks = {(each.breaks, each.undone, each.devices) for each in done}
    unread = find_unread([each for own in recorded.exchanges.values() for each in own])
    faults = [fault for each in done for fault in each.faults]
    complaints = [said for recorder, _ in raters.values() for said in recorder.complaints]
    violations = [said for recorder, _ in raters.values() for said in recorder.violations]
    looked_at = sum(recorder.looked_at for recorder, _ in raters.values())
    return [
        _same("ballots", f"{items * config.raters}, and {config.raters} undone", counts),
        _same("breaks, undone, devices of each rater", "{(1, 1, 2)}", str(walks)),
        _none("pages that were not as expected", faults),
        _none("responses that were not recorded", unread),
        _none("complaints of raters' browsers", complaints),
        _none(f"serious findings of axe on {looked_at} of the rater's pages", violations),
        _none(f"leaks in {leaks.n_responses} responses, log, files and rows", list(leaks.leaks)),
    ]


def _expect_decided(
    candidate: Version, baseline: Version, result: StudyResult, reviewed: Reviewed, recorder: Recorder
) -> list[Expectation]:
    verdict, better = result.analysis.verdict, candidate.better
    champion = ModelRegistry().read(MODEL_NAME).champion
    wanted = (candidate if better else baseline).reference
    found = [
        Expectation(
            "verdict",
            "promote" if better else "not promote",
            verdict.value,
            better == (verdict is StudyVerdict.PROMOTE),
        ),
        Expectation(
            "the page calls it the champion", str(better), str(reviewed.is_champion), better == reviewed.is_champion
        ),
        _same("champion", wanted, f"models:/{MODEL_NAME}/{champion}"),
        _none(f"serious findings of axe on {recorder.looked_at} of the reviewer's pages", recorder.violations),
    ]
    if not better:
        study_id = result.registration.study_id
        options = ("--study", study_id, "--reviewer", NAME, "--reason", f"{WORD}: whatever the evidence says")
        again = run_command("promote", candidate.reference, *options)
        said = f"study {study_id} says {verdict.value}"
        found.append(_holds("refused on the page", said, reviewed.after, said in reviewed.after))
        told = f"exit code {again.returncode}: {again.stderr.strip().splitlines()[-1]}"
        found.append(_holds("refused by run.py promote", "exit code 1", told, again.returncode == 1 and said in told))
    else:
        holds = reviewed.before.startswith("All evidence holds")
        found.append(_holds("the page on the evidence", "All evidence holds", reviewed.before, holds))
    return found


def _expect_nowhere_else(world: World, opened: Opened) -> list[Expectation]:
    """Try what an installation says that has another key, as every real one has, and the log of this one."""
    with tempfile.TemporaryDirectory() as elsewhere:
        stranger = Signer.open(Path(elsewhere)).fingerprint
    place = StudyPlace(opened.registration.study_id, opened.folder, world.places.storage, frozenset({stranger}))
    try:
        found = f"accepted with the verdict {verify_study(place).analysis.verdict.value}"
    except PromotionRefused as refused:
        found = refused.reason.value
    log = run_command("audit", "verify")
    return [
        _same("the study in another home", Refusal.UNKNOWN_KEY.value, found),
        _holds("audit verify", "exit code 0", f"exit code {log.returncode}", log.returncode == 0),
    ]


def _same(name: str, expected: str, found: str) -> Expectation:
    return Expectation(name, expected, found, expected == found)


def _holds(name: str, expected: str, found: str, holds: bool) -> Expectation:
    return Expectation(name, expected, found, holds)


def _none(name: str, found: list[str]) -> Expectation:
    return Expectation(name, "0", "; ".join((str(len(found)), *found[:5])), not found)


def run_command(*arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    """Run a command of the product, and return how it ended."""
    command = [sys.executable, str(ROOT / "run.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, input=given, cwd=ROOT, check=False)


def _report(study_id: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return run_command("study", "report", study_id, "-o", str(folder / "report.html"), "--log")


def _codes(ended: "list[subprocess.CompletedProcess[str]]") -> str:
    told = (f"exit code {each.returncode}" + (f": {each.stderr[-200:]}" if each.returncode else "") for each in ended)
    return ", ".join(told)


def simulate(home: Home, folder: Path, config: StudyConfig, seed: int, noise: float) -> list[Held]:
    """Hold both studies in a home that was made for them.

    Raises:
        ColumnistError: Something of the product could not be used.
    """
    open_stores(home)
    err.print("tables are made, versions registered, and the gate asked")
    pool = make_pool(home, config.tables, seed)
    first, better, worse = (Version(*register(home, f"{said} version"), said == "better") for said in _SAID)
    make_first_champion(home, first.reference)
    for each in (better, worse):
        pass_gate(each.adapter, pool)
    password = secrets.token_urlsafe(24)
    run_command("reviewer", "add", NAME, "--password-file", "-", given=f"{password}\n").check_returncode()
    places = Places(home=home, storage=open_storage())
    world = World(places, pool, config, password, seed, noise)
    held = []
    for kind, candidate, baseline in (("better", better, first), ("worse", worse, better)):
        (folder / kind).mkdir(parents=True)
        err.print(f"a study of a {kind} candidate, {WORD}")
        held.append(hold_study(world, kind, candidate, baseline, folder / kind))
    places.storage.close()
    return held


_SAID = ("first", "better", "worse")


def summarize(held: list[Held]) -> list[dict[str, Any]]:
    """Return what is printed, as JSON."""
    return [
        {
            "simulated": True,
            "candidate": each.kind,
            "verdict": each.result.analysis.verdict.value,
            "win_rate": each.result.analysis.win_rate.model_dump(),
            "ballots": each.result.analysis.n_ballots,
            "outcome": each.outcome,
            "leaks": each.leaks.leaks,
            "responses": each.leaks.n_responses,
            "candidate_is_a": round(each.leaks.share_a, 4),
            "chances": each.leaks.chances,
            "expectations": [expectation._asdict() for expectation in each.expectations],
            "seconds": round(each.seconds, 1),
        }
        for each in held
    ]


def print_held(held: list[Held]) -> None:
    """Print what each study has come to, then each expectation."""
    grid = Grid(*("candidate", "ballots", "verdict", "win rate", "outcome", "leaks", "candidate is A", "s"), title=WORD)
    for each in held:
        analysis = each.result.analysis
        rate = f"{analysis.win_rate.estimate:.3f} ({analysis.win_rate.low:.3f} to {analysis.win_rate.high:.3f})"
        share, leaks = f"{each.leaks.share_a:.1%}", str(len(each.leaks.leaks))
        cells = (str(analysis.n_ballots), analysis.verdict.value, rate, each.outcome, leaks, share)
        grid.add_row(each.kind, *cells, f"{each.seconds:.0f}")
    out.print(grid)
    for each in held:
        for expectation in each.expectations:
            mark = "as expected" if expectation.holds else "NOT AS EXPECTED"
            told = f"{each.kind}: {expectation.name}: {expectation.found}"
            out.print(f"{mark:>15}  {told}", markup=False, soft_wrap=True)
        chances = ", ".join(f"{name} {p:.3f}" for name, p in each.leaks.chances.items())
        out.print(f"                 {each.kind}: by chance, with the candidate's place: {chances}", markup=False)


def _say(what: str, done: int, total: int) -> None:
    err.print(f"{what}: {done} of {total}", markup=False)


@click.command()
@click.option("--tables", type=click.IntRange(FEWEST_TABLES, 500), default=62, show_default=True)
@click.option("--raters", type=click.IntRange(FEWEST_RATERS, 16), default=4, show_default=True, help="Browsers.")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Records, screenshots, reports; new or empty.")
@click.option("--home", "asked", type=click.Path(path_type=Path), help="Keep the home here; new or empty.")
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True, help="Of tables, orders and raters.")
@click.option("--noise", type=click.FloatRange(0), default=0.2, show_default=True, help="In raters' opinions.")
def main(tables: int, raters: int, folder: Path | None, asked: Path | None, seed: int, noise: float) -> None:
    """Hold two SIMULATED studies through real browsers: a better candidate is promoted, a worse one refused."""
    try:
        find_chromium()
        folder = (folder or Path(tempfile.mkdtemp(prefix=f"columnist-{WORD}-records-"))).resolve()
        require_empty(folder)
        home = make_home(asked)
        held = simulate(home, folder, make_config(tables, raters, seed), seed, noise)
    except (ColumnistError, BrowserError) as error:
        raise click.ClickException(str(error)) from error
    (folder / "summary.json").write_text(json.dumps(summarize(held), indent=1), encoding="utf-8")
    print_held(held)
    out.print(f"records: {folder}", markup=False)
    if asked is None:
        shutil.rmtree(home.folder, ignore_errors=True)
    failed = sum(not expectation.holds for each in held for expectation in each.expectations)
    if failed:
        raise click.ClickException(f"{failed} expectations do not hold; they stand above")


if __name__ == "__main__":
    main()

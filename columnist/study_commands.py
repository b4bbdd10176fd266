"""The commands below ``run.py study``: plan, open, watch and close a blind comparison by people."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from columnist.errors import ConfigError
from columnist.release_commands import carry_on_after
from columnist.study_report_commands import keep, report
from columnist.study_simulation_commands import simulate

if TYPE_CHECKING:
    from columnist.studies.config import StudyConfig
    from columnist.studies.opening import Places
    from columnist.studies.sampling import Pool, PoolConfig
    from columnist.studies.storage import Storage
    from columnist.systems import System

_FORMS = (
    "One of slots:smollm2-135m-instruct (the base model with a long prompt), default (the adapter that comes with the "
    "product), models:/NAME/VERSION, the folder of an adapter, or names: (each name spelled out)."
)
_CONFIG = Path(__file__).resolve().parent.parent / "configs" / "study" / "default.yaml"


@click.group()
def study() -> None:
    """Let people compare two models without knowing which is which.

    \b
    Example: python run.py study plan --tables 62 --raters 4 --margin 0.1 --question non-inferior
    """


study.add_command(simulate)
study.add_command(report)


def _config_options(function: Callable[..., None]) -> Callable[..., None]:
    function = click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a parameter.")(
        function
    )
    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        default=_CONFIG,
        show_default="configs/study/default.yaml",
        help="The configuration file.",
    )(function)


_database = click.option(
    "--database", metavar="URL", help="sqlite:///FILE or postgresql://...; the home's if left out."
)


@study.command()
@click.option("--tables", type=click.IntRange(3, 2000), help="Tables; the configured number if left out.")
@click.option("--raters", type=click.IntRange(1, 100), help="Raters; the configured number if left out.")
@click.option("--margin", type=click.FloatRange(0, 0.5, max_open=True), help="Between win rates; 0.1 is ten points.")
@click.option("--question", type=click.Choice(("superior", "non-inferior")), help="What is to be shown.")
@click.option("--alpha", type=click.FloatRange(0, 0.5, min_open=True, max_open=True), help="One-sided.")
@click.option("--win-rate", "win_rates", type=click.FloatRange(0.01, 0.99), multiple=True, help="Supposed to be true.")
@click.option("--icc", "iccs", type=click.FloatRange(0, 0.95), multiple=True, help="Variance that is the table's own.")
@click.option("--replications", type=click.IntRange(200), default=4000, show_default=True, help="Simulated studies.")
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True, help="Of the simulation.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_config_options
def plan(
    tables: int | None,
    raters: int | None,
    margin: float | None,
    question: str | None,
    alpha: float | None,
    win_rates: tuple[float, ...],
    iccs: tuple[float, ...],
    replications: int,
    seed: int,
    as_json: bool,
    config: Path,
    overrides: tuple[str, ...],
) -> None:
    """Print what a study can show and what it can not, before anybody rates anything.

    Takes ten seconds on an idle machine and a minute on a busy one; fewer --replications take less, and say less.

    \b
    Example: python run.py study plan --tables 62 --raters 4 --margin 0.1 --question non-inferior
    """
    from columnist.studies.design import ask, plan_study
    from columnist.terminal_studies import StepProgress, print_plan

    given = {"tables": tables, "raters": raters, "margin": margin, "hypothesis": question, "alpha": alpha}
    asked = ask(_load(config, overrides)[0], {name: value for name, value in given.items() if value is not None})
    chosen = {"win_rates": win_rates, "iccs": tuple(sorted(set(iccs)))}
    asked = asked.model_copy(update={name: value for name, value in chosen.items() if value})
    found = plan_study(asked, replications, seed, StepProgress())
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        print_plan(found)


@study.command("open")
@click.option("--candidate", required=True, metavar="MODEL", help="models:/NAME/VERSION, a folder, or default.")
@click.option(
    "--baseline", metavar="MODEL|KIND:REF", help=f"What it is compared with; the champion if left out. {_FORMS}"
)
@click.option(
    "--documented",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Real tables to draw from, as JSON lines with ddl, columns and description. The first 150 of the drawn order "
    "are left out as known to whoever made the product: --set pool.documented_skip=N changes that.",
)
@click.option("--training-set", metavar="FOLDER|ID", help="Draw from its test split; else from the latest set's.")
@click.option("--rater", "labels", multiple=True, metavar="NAME", help="What you call a rater; no rater sees it.")
@click.option("--again", default="", metavar="REASON", help="Why the same study is opened another time; kept for ever.")
@_database
@_config_options
def open_(
    candidate: str,
    baseline: str | None,
    documented: Path | None,
    training_set: str | None,
    labels: tuple[str, ...],
    again: str,
    database: str | None,
    config: Path,
    overrides: tuple[str, ...],
) -> None:
    """Draw tables, let both models write, seal who wrote what, and register the study.

    Nothing of it can be changed afterwards. An interrupted opening leaves no study; the same command goes on
    with the texts that are written.

    \b
    Example: python run.py study open --candidate models:/columnist/2 --baseline models:/columnist@champion \\
               --documented tables.jsonl --rater Ada --rater Ben --rater Cleo --rater Dan
    """
    from columnist.studies.opening import open_study
    from columnist.terminal_studies import print_opened

    rules, drawing = _load(config, overrides)
    names = labels or tuple(f"rater-{number}" for number in range(1, rules.raters + 1))
    if len(names) != rules.raters:
        raise ConfigError(
            f"{len(names)} --rater labels came, but {rules.raters} raters are configured; give each one --rater NAME, "
            f"or add --set study.raters={len(names)}"
        )
    first = _system("candidate", candidate)
    second = _champion(first) if baseline is None else _system("baseline", baseline)
    pool = _pool(documented, training_set, drawing)
    opened = open_study(first, second, pool, rules, names, _places(database), _now(), _say, again)
    print_opened(opened, names)


@study.command()
@click.argument("study_id", metavar="[STUDY]", required=False)
@_database
def status(study_id: str | None, database: str | None) -> None:
    """List the studies, or print how far the raters of one are; never what they answered.

    \b
    Example: python run.py study status
    """
    from columnist.studies.earlier import describe_studies, list_withdrawn
    from columnist.terminal_studies import print_progress, print_studies

    places = _places(database)
    storage = places.storage
    studies = storage.studies() if study_id is None else (storage.find_study(study_id),)
    print_studies(studies, describe_studies(places.studies, studies), list_withdrawn(places.studies, studies))
    if study_id is None:
        return
    print_progress(storage.raters(study_id))


@study.command()
@click.argument("study_id", metavar="STUDY")
@click.option("--rater", required=True, metavar="NAME", help="Who is invited, as named at the opening.")
@click.option("--days", type=click.IntRange(1, 365), default=14, show_default=True, help="How long the link works.")
@click.option("--site", default="http://127.0.0.1:8000", show_default=True, metavar="URL", help="Where raters rate.")
@click.option("--revoke", is_flag=True, help="Make all links of the rater useless instead.")
@_database
def invite(study_id: str, rater: str, days: int, site: str, revoke: bool, database: str | None) -> None:
    """Print a rater's link, once: only its digest is kept.

    \b
    Example: python run.py study invite 3f0c6c1e9d2b7a45 --rater Ada --days 14
    """
    from columnist.studies.inviting import invite_rater
    from columnist.studies.storage import open_storage

    storage = open_storage(database)
    storage.find_study(study_id)
    if revoke:
        click.echo(f"links of {rater} that are revoked now: {storage.visits.revoke(study_id, rater, _now())}")
        return
    token = invite_rater(storage, study_id, rater, days, _now())
    click.echo(f"{site.rstrip('/')}/r/{token}")
    click.echo(f"The link is {rater}'s alone, works for {days} days, and cannot be shown again.", err=True)


@study.command()
@click.argument("study_id", metavar="STUDY")
@_database
def look(study_id: str, database: str | None) -> None:
    """Take the next registered look, when all its ballots are in: print stop or go on, and nothing else.

    At stop, the study takes no more ballots; study close says why. Tell raters nothing of either word.

    \b
    Example: python run.py study look 3f0c6c1e9d2b7a45
    """
    from columnist.signing import Signer
    from columnist.studies.closing import close_study
    from columnist.studies.looking import take_look
    from columnist.studies.looks import LookDecision
    from columnist.studies.registration import study_folder

    places, folder = _places(database), study_folder(study_id)
    places.storage.find_study(study_id)
    signer = Signer.open(places.keys)
    taken = take_look(folder, places.storage, signer, _now(), places.keys)
    if taken.decision is LookDecision.STOP:
        close_study(folder, places.storage, signer, _now())
        click.echo(f"the study takes no more ballots; its result: run.py study close {study_id}", err=True)
    click.echo(taken.decision.value)


@study.command()
@click.argument("study_id", metavar="STUDY")
@click.option("--unfinished", is_flag=True, help="Close although raters have not answered all items, as after a look.")
@_database
def close(study_id: str, unfinished: bool, database: str | None) -> None:
    """Take no more ballots, check everything against the registration, unblind, sign the result, and keep its report.

    A closed study cannot be opened again. The same command goes on where it was interrupted.

    \b
    Example: python run.py study close 3f0c6c1e9d2b7a45
    """
    from columnist.signing import Signer
    from columnist.studies.closing import close_study
    from columnist.studies.registration import study_folder
    from columnist.studies.report import report_study
    from columnist.studies.result import FILE, conclude
    from columnist.terminal_studies import print_result

    environment, places, folder = dict(os.environ), _places(database), study_folder(study_id)
    places.storage.find_study(study_id)
    if not unfinished:
        _require_finished(places.storage, study_id)
    signer, before = Signer.open(places.keys), (folder / FILE).exists()
    closing = close_study(folder, places.storage, signer, _now())
    when = f"was closed already, at {closing.closed_at[:16]}," if before else "is closed"
    click.echo(f"study {study_id} {when} with {closing.n_ballots} ballots: {closing.ballots_sha256}", err=True)
    print_result(conclude(folder, places.storage, signer))
    try:
        keep(report_study(folder, places.storage), folder, places.storage)
    finally:  # the release has the signed result, whatever the stores say
        carry_on_after(study_id, environment)


@study.command()
@click.argument("study_id", metavar="STUDY")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is signed and kept.")
@_database
def withdraw(study_id: str, reason: str, database: str | None) -> None:
    """End an open study for good, without a result: nobody learns who wrote what, and it stays in the list.

    \b
    Example: python run.py study withdraw 3f0c6c1e9d2b7a45 --reason "two of four raters fell ill"
    """
    from columnist.signing import Signer
    from columnist.studies.registration import study_folder
    from columnist.studies.withdrawing import withdraw_study

    places = _places(database)
    places.storage.find_study(study_id)
    signer = Signer.open(places.keys)
    withdrawal = withdraw_study(study_folder(study_id), places.storage, signer, reason, _now())
    click.echo(f"study {study_id} is withdrawn; its {withdrawal.n_ballots} ballots were never unblinded")


@study.command()
@click.argument("study_id", metavar="STUDY")
@click.argument("rater", metavar="NAME")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The HTML file to write.")
@_database
def packet(study_id: str, rater: str, output: Path, database: str | None) -> None:
    """Write what a rater has still to answer as one HTML file that needs no network.

    \b
    Example: python run.py study packet 3f0c6c1e9d2b7a45 Ada -o packet.html
    """
    from columnist.files import check_folder, write_whole
    from columnist.studies.packets import render_packet
    from columnist.studies.storage import open_storage

    check_folder(output)
    storage = open_storage(database)
    found = {each.label: each.rater for each in storage.raters(study_id)}
    if rater not in found:
        raise ConfigError(f"study {study_id} has no rater {rater!r}; expected one of {', '.join(sorted(found))}")
    shown = storage.remaining(found[rater])
    write_whole(output, render_packet(study_id, shown))
    click.echo(f"{output}: {len(shown)} items for {rater}; import the answers: run.py study import-packet FILE")


@study.command("import-packet")
@click.argument("file", type=click.Path(path_type=Path))
@_database
def import_packet(file: Path, database: str | None) -> None:
    """Record the answers that a packet wrote, all or none; what is recorded already changes nothing.

    \b
    Example: python run.py study import-packet answers.json
    """
    from columnist.studies.packets import read_answers
    from columnist.studies.storage import open_storage

    given = read_answers(file)
    storage = open_storage(database)
    if given.rater not in {each.rater for each in storage.raters(given.study_id)}:
        raise ConfigError(f"{file}: study {given.study_id} has no rater {given.rater}; import what its packet wrote")
    progress = storage.import_packet(given.rater, given.answers)
    click.echo(f"{len(given.answers)} answers are recorded; {progress.done} of {progress.total} items are answered")


def _load(config: Path, overrides: tuple[str, ...]) -> tuple["StudyConfig", "PoolConfig"]:
    from columnist.configuration import load_config
    from columnist.studies.config import StudyConfig
    from columnist.studies.sampling import PoolConfig

    found: dict[str, Any] = load_config(config, {"study": StudyConfig, "pool": PoolConfig}, overrides)
    return found["study"], found["pool"]


def _pool(documented: Path | None, training_set: str | None, config: "PoolConfig") -> "Pool":
    from columnist.studies.sampling import pool_documented, pool_lines, pool_test_split

    if documented is not None and training_set is not None:
        raise ConfigError("--documented and --training-set both say where tables come from; give one of them")
    if documented is not None:
        return pool_documented(documented, config)
    if training_set is not None and Path(training_set).is_dir():
        return pool_test_split(Path(training_set), config)
    _open_stores(zenml=True)
    from columnist.registry.training_sets import stream_rows
    from columnist.synthesis.examples import Split

    rows = stream_rows(Split.TEST, training_set)
    if rows is None:
        raise ConfigError("no training set is stored yet; say where tables come from: --documented FILE")
    return pool_lines(rows, config)


def _system(name: str, text: str) -> "System":
    """Read a model, or a system as ``KIND:REFERENCE``, with or without a name before it.

    Raises:
        ConfigError: It is neither.
    """
    from columnist.systems import Kind, System
    from columnist.systems.system import DEFAULT, REGISTERED

    if "=" in text:
        system = System.parse(text, f"--{name}")
    elif text.partition(":")[0] in set(Kind):
        system = System.parse(f"{name}={text}", f"--{name}")
    elif text == DEFAULT or text.startswith(REGISTERED) or Path(text).is_dir():
        system = System(name=name, kind=Kind.TUNED, reference=text)
    else:
        raise ConfigError(f"--{name} {text!r} is no model and no folder of one. {_FORMS}")
    return system.model_copy(update={"name": name})


def _champion(candidate: "System") -> "System":
    """Return the champion, and say so.

    Raises:
        ConfigError: There is none, or it is the candidate itself.
    """
    _open_stores(zenml=False)
    from columnist.registry.versions import find_champion

    found = find_champion(candidate.identify().model_sha256)
    if found is None:
        raise ConfigError(
            "no --baseline came, and there is no champion to compare with, or it is the candidate itself; give "
            f"--baseline. {_FORMS}"
        )
    click.echo(f"baseline: the champion, {found}", err=True)
    return _system("baseline", found)


def _places(database: str | None) -> "Places":
    from columnist.home import Home
    from columnist.studies.opening import Places
    from columnist.studies.storage import open_storage

    return Places(home=Home.find(), storage=open_storage(database))


def _require_finished(storage: "Storage", study_id: str) -> None:
    """Refuse to close an open study early by mistake.

    Raises:
        ConfigError: A rater has items left.
        StudyError: There is no such study.
    """
    left = [each for each in storage.raters(study_id) if not each.progress.finished]
    if left and storage.find_study(study_id).state.value == "open":
        told = ", ".join(f"{each.label} {each.progress.total - each.progress.done}" for each in left)
        raise ConfigError(f"study {study_id} has items left: {told}; wait for them, or close it with --unfinished")


def _open_stores(zenml: bool) -> None:
    from columnist.home import Home
    from columnist.registry.sessions import open_stores

    open_stores(Home.find(), zenml=zenml)


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _say(what: str, done: int, total: int) -> None:
    click.echo(f"{what}: {done} of {total}", err=True)

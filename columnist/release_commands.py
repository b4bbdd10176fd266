"""The commands below ``run.py release``: carry a version from the gate through people's eyes to champion."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from columnist.releases.folders import ReleaseFolder
    from columnist.studies.opening import Places

_CHECKOUT = Path(__file__).resolve().parent.parent
_CONFIG = _CHECKOUT / "configs" / "release" / "default.yaml"


class _StartByDefault(click.Group):
    """A group whose own name starts: ``release`` and ``release --config X`` mean ``release start``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if args and args[0] in own else ["start", *args])


@click.group(cls=_StartByDefault)
def release() -> None:
    """Release a version: gate, sealed study, reviewer, champion; exit code 1 if it is refused.

    Without a command below, it starts one. While people rate, nothing runs: the release is paused, and
    goes on when its study is closed and when a reviewer has signed.

    \b
    Example: python run.py release start models:/columnist/2 --rater Ada --rater Ben --rater Cleo --rater Dan
    """


_config = click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=_CONFIG,
    show_default="configs/release/default.yaml",
    help="The configuration file.",
)
_set = click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a parameter.")
_name = click.argument("name", metavar="[RELEASE]", required=False)


@release.command()
@click.argument("version", metavar="[VERSION]", default="models:/columnist@challenger")
@click.option("--baseline", metavar="MODEL|NAME=KIND:REF", help="What it is compared with; the champion if left out.")
@click.option("--evaluation", metavar="ID", help="The version's evaluation; that of its registration if left out.")
@click.option("--redteam", metavar="ID|FILE", help="Result of attacks on it; the latest if left out.")
@click.option("--documented", type=click.Path(path_type=Path), metavar="FILE", help="Real tables to draw from.")
@click.option("--training-set", metavar="FOLDER|ID", help="Draw from its test split; the version's own if left out.")
@click.option("--rater", "labels", multiple=True, metavar="NAME", help="What you call a rater; no rater sees it.")
@_config
@_set
def start(config: Path, overrides: tuple[str, ...], **asked: Any) -> None:
    """Decide the gate, open the study of VERSION, and pause; the challenger if left out.

    \b
    Example: python run.py release start models:/columnist/2 --documented tables.jsonl --rater Ada --rater Ben
    """
    _open_stores()
    from pipelines.launch_release import Asked, launch_release

    folder = launch_release(config, overrides, Asked(**asked))
    _say_stage(folder)


@release.command()
@_name
def resume(name: str | None) -> None:
    """Carry a release on as far as it goes now; the only one that has not ended if left out.

    It also mends a release whose process was killed, and waits for another process that carries it on.

    \b
    Example: python run.py release resume
    """
    from columnist.home import Home
    from columnist.releases.folders import ReleaseFolder
    from columnist.releases.ruling import is_ready

    folder = ReleaseFolder.find(Home.find(), name)
    with folder.carrying():
        if folder.ending is None:
            because = is_ready(folder, _places())
            _open_stores()
            from columnist.registry.releases import carry_on

            carry_on(folder, because)
    _say_stage(folder)


@release.command()
@click.option("--once", is_flag=True, help="Look once, carry on what can go on, and stop: for a timer.")
@_config
@_set
def watch(once: bool, config: Path, overrides: tuple[str, ...]) -> None:
    """Carry releases on when their study is closed or a reviewer has signed, until interrupted.

    It looks at files of this home and at the studies alone, so it costs next to nothing; each release is
    carried on by a process of its own, which an interrupted watch does not end.

    \b
    Example: python run.py release watch
    """
    from columnist.configuration import load_config
    from columnist.releases.plan import ReleaseConfig

    rules = ReleaseConfig.model_validate(load_config(config, {"release": ReleaseConfig}, overrides)["release"])
    environment, places = dict(os.environ), _places()
    while True:
        codes = [carry(folder, environment, click.echo) for folder in _ready(places)]
        if once:
            sys.exit(max(codes, default=0))
        time.sleep(rules.poll_s)


@release.command()
@_name
@click.option("--reviewer", required=True, metavar="NAME", help="Who decides; it is signed and kept.")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is signed and kept.")
@click.option("--reject", is_flag=True, help="Sign that it must not be released.")
@click.option("--key", type=click.Path(path_type=Path), metavar="FOLDER", help="Sign with the reviewer's own key.")
def approve(name: str | None, reviewer: str, reason: str, reject: bool, key: Path | None) -> None:
    """Sign a reviewer's decision upon what a release has come to, and carry it on.

    \b
    Example: python run.py release approve --reviewer Ada --reason "no worse on 62 tables, and half the price"
    """
    from datetime import UTC, datetime

    from columnist.home import Home
    from columnist.promotion.approvals import Decision
    from columnist.releases.folders import ReleaseFolder
    from columnist.releases.ruling import Office, answer
    from columnist.signing import Signer

    environment = dict(os.environ)
    folder = ReleaseFolder.find(Home.find(), name)
    _open_stores(zenml=False)
    office = Office.open(_places())
    signer = office.desk.signer if key is None else Signer.open(key)
    decision = Decision.REJECT if reject else Decision.APPROVE
    answer(folder, office, reviewer, decision, reason, signer, datetime.now(UTC))
    click.echo(f"{reviewer} signed: {decision.value}")
    sys.exit(carry(folder, environment, click.echo))


@release.command()
def status() -> None:
    """List the releases of this home, and what each waits for.

    \b
    Example: python run.py release status
    """
    from columnist.home import Home
    from columnist.releases.folders import ReleaseFolder

    found = ReleaseFolder.list(Home.find())
    for folder in found:
        _say_stage(folder)
    if not found:
        click.echo("there is no release yet; run: python run.py release start")


def carry_on_after(study_id: str, environment: Mapping[str, str]) -> None:
    """Carry on the release that waits for a study, if there is one; the study is closed, whatever comes of it.

    Args:
        study_id: Of the study that was just closed.
        environment: As this process got it.
    """
    from columnist.home import Home
    from columnist.releases.folders import ReleaseFolder

    for folder in ReleaseFolder.list(Home.find()):
        if folder.ending is None and folder.study is not None and folder.study.study_id == study_id:
            carry(folder, environment, lambda said: click.echo(said, err=True))


def carry(folder: "ReleaseFolder", environment: Mapping[str, str], say: Callable[[str], None]) -> int:
    """Carry a release on in a process of its own, and return its exit code.

    ZenML ends a run whose process gets Ctrl-C as failed, so that process is out of the terminal's reach.
    """
    say(f"release {folder.name} goes on")
    command = [sys.executable, str(_CHECKOUT / "run.py"), "release", "resume", folder.name]
    return subprocess.run(command, env=dict(environment), start_new_session=True, check=False).returncode


def _ready(places: "Places") -> "list[ReleaseFolder]":
    from columnist.releases.folders import ReleaseFolder
    from columnist.releases.ruling import is_ready

    found = []
    for folder in ReleaseFolder.list(places.home):
        with folder.carrying(wait=False) as mine:
            if mine and is_ready(folder, places) is not None:
                found.append(folder)
    return found


def _say_stage(folder: "ReleaseFolder") -> None:
    study, subject, ending = folder.study, folder.subject, folder.ending
    if ending is not None:
        click.echo(f"{folder.name}: {ending.status}" + (f": {ending.reason}" if ending.reason else ", promoted"))
    elif subject is not None:
        click.echo(f"{folder.name}: waits for a reviewer; sign: run.py release approve {folder.name}")
    elif study is not None:
        click.echo(
            f"{folder.name}: people rate study {study.study_id}; invite: run.py study invite {study.study_id} "
            f"--rater NAME; it goes on after: run.py study close {study.study_id}"
        )
    else:
        click.echo(f"{folder.name}: has not come to its study; carry it on: run.py release resume {folder.name}")


def _places() -> "Places":
    from columnist.home import Home
    from columnist.studies.opening import Places
    from columnist.studies.storage import open_storage

    return Places(home=Home.find(), storage=open_storage())


def _open_stores(zenml: bool = True) -> None:
    import logging

    from columnist.home import Home
    from columnist.registry.sessions import open_stores

    # ZenML prints what is logged, and keeps it with the step that logged it.
    logging.getLogger("columnist").setLevel(logging.INFO)
    open_stores(Home.find(), zenml=zenml)

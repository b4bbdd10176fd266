"""The commands ``run.py promote``, ``run.py rollback`` and ``run.py audit``: change the champion, and look back."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from columnist.errors import AuditError, ConfigError, PromotionRefused

if TYPE_CHECKING:
    from columnist.promotion.approvals import Approval, ApprovalSubject
    from columnist.promotion.promoting import Desk
    from columnist.signing import Signer

_CONFIG = Path(__file__).resolve().parent.parent / "configs" / "promote" / "default.yaml"

_reviewer = click.option("--reviewer", required=True, metavar="NAME", help="Who decides; it is signed and kept.")
_reason = click.option("--reason", required=True, metavar="TEXT", help="Why; it is signed and kept.")


@click.command()
@click.argument("version")
@click.option("--study", "study_id", metavar="ID", help="The closed study of this version.")
@_reviewer
@_reason
@click.option("--key", type=click.Path(path_type=Path), metavar="FOLDER", help="Sign with the reviewer's own key.")
@click.option("--database", metavar="URL", help="Where ballots are: sqlite:///FILE or postgresql://...")
@click.option("--override", is_flag=True, help="Without evidence: two reviewers sign, and it stays visible for ever.")
def promote(
    version: str,
    study_id: str | None,
    reviewer: str,
    reason: str,
    key: Path | None,
    database: str | None,
    override: bool,
) -> None:
    """Make VERSION the champion, after verifying gate, study, files and approval anew; exit code 1 if refused.

    What is demanded stands in configs/promote/default.yaml, and no option changes it.

    \b
    Example: python run.py promote 2 --study 3f0c6c1e9d2b7a45 --reviewer Ada --reason "as-good-and-cheaper"
    """
    if override and study_id is not None:
        raise ConfigError("--override is for a promotion without a study; leave --study out, or --override")
    desk = _open_desk(zenml=not override)
    now = datetime.now(UTC)
    signer = _open_key(key, desk)
    from columnist.promotion.promoting import Wish

    wish = Wish((reviewer.strip(),), reason.strip())
    if override:
        from columnist.promotion.approvals import OVERRIDE_PURPOSE
        from columnist.promotion.overriding import override as promote_without

        with _awaiting_another():
            entry = promote_without(desk, version, _sign(reviewer, reason, signer, now, OVERRIDE_PURPOSE), now, wish)
    else:
        from columnist.promotion.approvals import PURPOSE
        from columnist.promotion.promoting import Stores
        from columnist.promotion.promoting import promote as promote_verified
        from columnist.registry.gate_results import list_decisions
        from columnist.studies.storage import open_storage

        stores = Stores(open_storage(database), list_decisions)
        entry = promote_verified(
            desk, stores, version, study_id or "", _sign(reviewer, reason, signer, now, PURPOSE), now, wish
        )
    click.echo(f"models:/{entry.event.model}/{entry.event.version} is the champion; audit entry {entry.sequence}")


@click.command()
@_reviewer
@_reason
@click.option("--model", default="columnist", show_default=True, metavar="NAME", help="The registered model.")
def rollback(reviewer: str, reason: str, model: str) -> None:
    """Make the previous champion the champion again; it needs no evidence, and is recorded.

    \b
    Example: python run.py rollback --reviewer Ada --reason "vague-about-dates"
    """
    desk = _open_desk(zenml=False)
    from columnist.promotion.promoting import rollback as roll_back

    entry = roll_back(desk, model, reviewer, reason, datetime.now(UTC))
    click.echo(f"models:/{model}/{entry.event.version} is the champion again; audit entry {entry.sequence}")


@click.group()
def audit() -> None:
    """Look at the log of all that was done to the champion, and check it.

    \b
    Example: python run.py audit verify
    """


@audit.command()
def verify() -> None:
    """Check every entry, that none is missing, and that aliases are as the log says; exit code 1 if not.

    \b
    Example: python run.py audit verify
    """
    desk = _open_desk(zenml=False)
    faults = desk.log.verify()
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        sys.exit(1)
    entries = desk.log.entries()
    head = f", the last is {entries[-1].sha256}" if entries else ""
    click.echo(f"{len(entries)} entries hold{head}")


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(as_json: bool) -> None:
    """Print the log: who, when, why, and what was seen.

    \b
    Example: python run.py audit show --json
    """
    from columnist.home import Home
    from columnist.promotion.audit import read_log

    entries = read_log(Home.find()).entries
    if as_json:
        click.echo(json.dumps([entry.model_dump(mode="json") for entry in entries], indent=2, ensure_ascii=False))
        return
    from columnist.terminal_promotion import print_entries

    print_entries(entries)


def mark_overrides(versions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add to each listed version when it was promoted without evidence, by whom and why.

    A move that a killed process has left unfinished is finished first. A log that does not hold is said, and hides
    nothing: the tags of the versions say the same.
    """
    from columnist.promotion.audit import OVERRIDE_TAG
    from columnist.promotion.overriding import overrides_of
    from columnist.promotion.promoting import finish_interrupted

    desk = _open_desk(zenml=False)
    try:
        finish_interrupted(desk, datetime.now(UTC))
        logged = overrides_of(desk.log.entries())
    except AuditError as error:
        click.echo(f"warning: {error}", err=True)
        logged = {}
    for each in versions:
        tags = desk.registry.version_tags(each["name"], each["version"])
        tagged = {text for name, text in tags.items() if name.startswith(OVERRIDE_TAG)}
        each["overrides"] = sorted({*tagged, *logged.get((each["name"], each["version"]), ())})
    return versions


def _open_desk(zenml: bool) -> "Desk":
    from columnist.configuration import load_config
    from columnist.home import Home
    from columnist.promotion.config import PromotionConfig
    from columnist.promotion.promoting import Desk
    from columnist.registry.sessions import open_stores

    config = load_config(_CONFIG, {"promotion": PromotionConfig})["promotion"]
    home = Home.find()
    open_stores(home, zenml=zenml)
    return Desk.open(home, PromotionConfig.model_validate(config))


@contextmanager
def _awaiting_another() -> Iterator[None]:
    """Tell that a first signature waits for the second: exit code 1, as nothing was promoted, but it is no error."""
    from columnist.promotion.refusals import Refusal

    try:
        yield
    except PromotionRefused as refused:
        if refused.reason is not Refusal.ONE_REVIEWER:
            raise
        click.echo(refused.sentence, err=True)
        sys.exit(1)


def _open_key(folder: Path | None, desk: "Desk") -> "Signer":
    if folder is None:
        return desk.signer
    from columnist.signing import Signer

    return Signer.open(folder)


def _sign(
    reviewer: str, reason: str, signer: "Signer", at: datetime, purpose: str
) -> "Callable[[ApprovalSubject], Approval]":
    """Return what signs the approval of whatever was verified."""
    from columnist.promotion.approvals import Decision, approve

    return lambda subject: approve(subject, reviewer, Decision.APPROVE, reason, signer, at, purpose=purpose)

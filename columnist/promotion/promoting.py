"""Move the champion: verify, announce in the audit log, move the aliases, and say so in the log.

The announcement comes first, so that a process that is killed between the two aliases
leaves an entry that the next command finishes. All of it happens under the registry's lock.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from columnist.errors import (
    AdapterError,
    AuditError,
    ConfigError,
    EvidenceError,
    ModelNotFound,
    PromotionRefused,
)
from columnist.home import Home
from columnist.promotion.approvals import (
    PURPOSE,
    Approval,
    ApprovalSubject,
    Decision,
    Means,
    read_approvals,
    record_approval,
)
from columnist.promotion.audit import REFUSAL, Action, AuditLog, Entry, Event, FinishedMove, Move, moves_of
from columnist.promotion.config import PromotionConfig
from columnist.promotion.evidence import Evidence, StudyPlace, require_fresh, verify_evidence
from columnist.promotion.refusals import Refusal
from columnist.registry.aliases import FoundVersion, ModelRegistry, Placement
from columnist.registry.gate_results import StoredDecision
from columnist.signing import Signer
from columnist.studies.storage import Storage

LOCK = "registry"


class Desk(NamedTuple):
    """Where promotions are decided: everything that they read and write.

    Attributes:
        home: Holds studies, keys, approvals and the audit log.
        registry: Versions, aliases and tags.
        config: What is demanded.
        signer: The installation's key.
    """

    home: Home
    registry: ModelRegistry
    config: PromotionConfig
    signer: Signer

    @classmethod
    def open(cls, home: Home, config: PromotionConfig, registry: ModelRegistry | None = None) -> "Desk":
        """Use the key of a home.

        Raises:
            ConfigError: The key cannot be made or read.
        """
        return cls(home, registry or ModelRegistry(), config, Signer.open(home.folder / "keys"))

    @property
    def log(self) -> AuditLog:
        """The audit log."""
        return AuditLog(self.home, self.signer, self.registry, self.config.installations)

    def find(self, reference: str) -> FoundVersion:
        """Return a version after hashing its files anew.

        Raises:
            ModelNotFound: There is no such version.
            PromotionRefused: Its files are gone or were changed.
        """
        try:
            return self.registry.find(reference)
        except AdapterError as error:
            raise PromotionRefused(Refusal.EDITED_MODEL, str(error)) from error


class Wish(NamedTuple):
    """Who wants the champion changed, and why: written down also where it is refused."""

    by: tuple[str, ...] = ()
    why: str = ""


UNSAID = Wish()


class Stores(NamedTuple):
    """What a promotion reads that a rollback does not: it takes seconds to open.

    Attributes:
        storage: What raters saw and answered.
        gates: Returns all decisions of gates, the newest first.
    """

    storage: Storage
    gates: Callable[[], Sequence[StoredDecision]]


def examine(desk: Desk, stores: Stores, reference: str, study_id: str, at: datetime) -> Evidence:
    """Verify all evidence for a version: what a reviewer looks at, and what the approval is of.

    Args:
        desk: Where it is decided.
        stores: Where gate and study are.
        reference: As in ``columnist.registry.versions.find_version``.
        study_id: The study; empty says that there is none.
        at: The time, with its zone.

    Raises:
        ModelNotFound: There is no such version.
        PromotionRefused: Something is missing, was edited, is too old or about something else.
    """
    version = desk.find(reference)
    champion = desk.registry.read(version.model).champion
    if champion == version.version:
        raise PromotionRefused(Refusal.ALREADY_CHAMPION, f"{version.model}/{version.version} is the champion")
    return verify_evidence(
        version,
        desk.registry.adapter_sha256(version.model, champion) if champion else "",
        _read_gates(stores),
        StudyPlace(study_id, desk.home.folder / "studies" / study_id, stores.storage, desk.log.trusted),
        desk.config,
        at,
    )


def _read_gates(stores: Stores) -> Sequence[StoredDecision]:
    try:
        return stores.gates()
    except EvidenceError as error:
        raise PromotionRefused(Refusal.EDITED_GATE, str(error)) from error


def promote(
    desk: Desk,
    stores: Stores,
    reference: str,
    study_id: str,
    approving: Callable[[ApprovalSubject], Approval],
    at: datetime,
    wish: Wish = UNSAID,
) -> Entry:
    """Make a version the champion, after verifying everything; the old champion becomes ``previous``.

    Args:
        desk: Where it is decided.
        stores: Where gate and study are.
        reference: The version.
        study_id: The study of it.
        approving: Gives the approval of what was verified: signs it, or returns one that was signed before.
        at: The time, with its zone.
        wish: What the audit log says of a refusal that comes before the approval.

    Returns:
        The entry of the audit log.

    Raises:
        ModelNotFound: There is no such version.
        PromotionRefused: The evidence or the approval does not allow it; the refusal is in the audit log.
        AuditError: The audit log does not hold.
    """
    model, version = desk.registry.locate(reference)
    with deciding(desk, model, version, at, {"study_id": study_id}, wish):
        evidence = examine(desk, stores, f"models:/{model}/{version}", study_id, at)
        approval = approving(evidence.subject)
        check_approval(desk, approval, evidence.subject, at)
        decide(desk, approval)
        after = Placement(champion=version, previous=desk.registry.read(model).champion)
        seen = {**evidence.digests, "approval_sha256": approval.digest}
        return move(desk, Action.PROMOTED, model, after, (approval.reviewer,), approval.reason, seen, at)


def rollback(desk: Desk, model: str, reviewer: str, reason: str, at: datetime) -> Entry:
    """Make the previous champion the champion again; its files are hashed anew, and nothing else is asked for.

    ``previous`` becomes the champion before that one, as the audit log knows it, so that rolling back twice
    goes back twice and not to and fro.

    Raises:
        ConfigError: There is no reviewer or no reason.
        ModelNotFound: There is no such model, or the files of the previous champion are gone.
        PromotionRefused: There is no previous champion, or its files were changed.
        AuditError: The audit log does not hold.
    """
    if not reviewer.strip() or not reason.strip():
        raise ConfigError("expected the name of a reviewer and a reason, but one of them is empty; give both")
    if model not in desk.registry.models():
        raise ModelNotFound(f"model {model!r} is not registered; expected one that run.py models lists")
    with deciding(desk, model, "", at, {}, Wish((reviewer,), reason)):
        entries, now = desk.log.entries(), desk.registry.read(model)
        moves = moves_of(entries, model)
        # What was signed counts for more than an alias that anybody may have moved.
        target = moves[-1].move.after.previous if moves else now.previous
        if target is None:
            raise PromotionRefused(
                Refusal.NO_PREVIOUS, f"{model} has no previous champion to go back to; see run.py audit show"
            )
        found = desk.find(f"models:/{model}/{target}")
        after = Placement(champion=target, previous=find_predecessor(moves, target))
        seen = {"adapter_sha256": found.adapter_sha256}
        return move(desk, Action.ROLLED_BACK, model, after, (reviewer,), reason, seen, at)


def find_predecessor(moves: Sequence[FinishedMove], version: str) -> str | None:
    """Return the champion that a version replaced when it was promoted for the last time."""
    promotions = (each.move for each in reversed(moves) if each.move.kind is not Action.ROLLED_BACK)
    return next((each.before.champion for each in promotions if each.after.champion == version), None)


@contextmanager
def deciding(desk: Desk, model: str, version: str, at: datetime, asked: dict[str, str], wish: Wish) -> Iterator[None]:
    """Hold the registry, finish what was interrupted, and write a refusal of the block into the audit log.

    An override that waits for its second signature is no refusal: the first one is in the log already.
    """
    with desk.home.lock(LOCK):
        _finish(desk, at)
        try:
            yield
        except PromotionRefused as refused:
            if refused.reason is not Refusal.ONE_REVIEWER:
                desk.log.append(_refusal(refused, model, version, at, asked, wish))
            raise


def _refusal(
    refused: PromotionRefused, model: str, version: str, at: datetime, asked: dict[str, str], wish: Wish
) -> Event:
    # What is refused stands beside the other findings, as old logs have to verify: a field of its own would
    # change the digests of their entries.
    seen = {"reason": refused.reason.value, REFUSAL: str(refused), **asked}
    why = wish.why or str(refused)
    return Event(action=Action.REFUSED, at=at, by=wish.by, why=why, model=model, version=version, seen=seen)


def move(
    desk: Desk,
    kind: Action,
    model: str,
    after: Placement,
    by: tuple[str, ...],
    why: str,
    seen: dict[str, str],
    at: datetime,
) -> Entry:
    """Announce a move of the aliases, make it, and say so; hold the registry's lock."""
    announced = Move(kind=kind, before=desk.registry.read(model), after=after)
    intent = desk.log.append(
        Event(
            action=Action.INTENDED,
            at=at,
            by=by,
            why=why,
            model=model,
            version=after.champion or "",
            move=announced,
            seen=seen,
        )
    )
    return _complete(desk, intent, at)


def finish_interrupted(desk: Desk, at: datetime) -> Entry | None:
    """Finish the move of a process that was killed between its announcement and its last entry.

    Returns:
        The entry that says so, or ``None`` where nothing was left.

    Raises:
        AuditError: The audit log does not hold.
    """
    if desk.log.pending() is None:
        return None
    with desk.home.lock(LOCK):
        return _finish(desk, at)


def _finish(desk: Desk, at: datetime) -> Entry | None:
    intent = desk.log.pending()
    return _complete(desk, intent, at) if intent else None


def _complete(desk: Desk, intent: Entry, at: datetime) -> Entry:
    """Make an announced move and say so; if the version was deleted meanwhile, leave all as it was before."""
    event, announced = intent.event, intent.event.move
    if announced is None:
        raise AuditError(f"entry {intent.sequence} announces no move; run: run.py audit verify")
    gone = not desk.registry.has(event.model, event.version)
    desk.registry.place(event.model, announced.before if gone else announced.after)
    if announced.kind is Action.OVERRIDDEN and not gone:
        desk.registry.tag_version(event.model, event.version, {intent.override_tag: intent.override_text})
    action = Action.ABANDONED if gone else announced.kind
    return desk.log.append(event.model_copy(update={"action": action, "at": at, "finishes": intent.sha256}))


def decide(desk: Desk, approval: Approval) -> Entry:
    """Keep what a reviewer has decided, and write it into the audit log, a rejection like an approval.

    Raises:
        ConfigError: It cannot be kept.
        AuditError: The audit log does not hold.
    """
    known = [entry for entry in desk.log.entries() if entry.event.seen.get("approval_sha256") == approval.digest]
    record_approval(desk.home, approval)
    if known:
        return known[0]
    subject = approval.subject
    return desk.log.append(
        Event(
            action=Action.APPROVED if approval.decision is Decision.APPROVE else Action.REJECTED,
            at=approval.at,
            by=(approval.reviewer,),
            why=approval.reason,
            model=subject.model,
            version=subject.version,
            seen={
                **subject.model_dump(exclude={"model", "version"}),
                "purpose": approval.signature.purpose,
                "approval_sha256": approval.digest,
            },
        )
    )


def check_approval(
    desk: Desk, approval: Approval, subject: ApprovalSubject, at: datetime, purpose: str = PURPOSE
) -> None:
    """Make sure that an approval is of exactly this subject, for this purpose, and was not used before.

    Raises:
        PromotionRefused: It is not, was edited, is no approval, or its key is not known.
    """
    who = f"the approval by {approval.reviewer}"
    if not approval.is_intact:
        raise PromotionRefused(Refusal.EDITED_APPROVAL, f"{who} is not what was signed; sign again")
    if approval.signature.purpose != purpose:
        raise PromotionRefused(
            Refusal.REPLAYED_SIGNATURE, f"{who} was signed as {approval.signature.purpose!r}, not as {purpose!r}"
        )
    if approval.subject != subject:
        raise PromotionRefused(
            Refusal.REPLAYED_SIGNATURE,
            f"{who} is of {_differing(approval.subject, subject)}; sign what is to be promoted",
        )
    if any(approval.digest in entry.event.seen.values() and entry.event.move for entry in desk.log.entries()):
        raise PromotionRefused(Refusal.REPLAYED_SIGNATURE, f"{who} has moved an alias before; sign again")
    if not _is_known(desk, approval):
        raise PromotionRefused(
            Refusal.UNKNOWN_KEY,
            f"{who} was signed with the key {approval.signature.fingerprint[:16]}, which is neither this "
            "installation's nor that reviewer's in configs/promote/default.yaml",
        )
    said = [each for each in read_approvals(desk.home, subject, purpose) if each.is_intact and _is_known(desk, each)]
    last = max((each for each in (*said, approval) if each.reviewer == approval.reviewer), key=lambda each: each.at)
    if Decision.REJECT in (approval.decision, last.decision):
        raise PromotionRefused(Refusal.REJECTED, f"{approval.reviewer} rejected it: {last.reason}")
    require_fresh(f"{approval.reviewer} signed", approval.at, desk.config.max_approval_age_days, at)


def _is_known(desk: Desk, approval: Approval) -> bool:
    """Whether the key is the reviewer's own where one is configured; an account is vouched for by the installation."""
    own = desk.config.reviewer_keys.get(approval.reviewer, desk.signer.fingerprint)
    expected = {own, desk.signer.fingerprint} if approval.means is Means.ACCOUNT else {own}
    return approval.signature.fingerprint in expected


def _differing(signed: ApprovalSubject, wanted: ApprovalSubject) -> str:
    """Say in what two subjects differ."""
    given, expected = signed.model_dump(), wanted.model_dump()
    return ", ".join(
        f"{name} {given[name][:16] or 'none'} instead of {expected[name][:16] or 'none'}"
        for name in given
        if given[name] != expected[name]
    )

"""What is ruled on a release: whether a reviewer may be asked, what the reviewer said, and whether the champion moved.

A refusal is a value first, so that it is kept like an approval; another step ends the release with it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from columnist.configuration import load_config
from columnist.errors import PromotionRefused
from columnist.home import Home
from columnist.promotion.approvals import Approval, ApprovalSubject, Decision, Means, approve, read_approvals
from columnist.promotion.audit import Action, Entry, read_log
from columnist.promotion.config import PromotionConfig
from columnist.promotion.promoting import Desk, Stores, check_approval, decide, examine, finish_interrupted, promote
from columnist.promotion.refusals import Refusal
from columnist.releases.folders import ReleaseFolder, ReleaseStudy, Stage
from columnist.releases.plan import CHECKOUT, ReleasePlan
from columnist.releases.studying import is_closed
from columnist.signing import Signer
from columnist.studies.opening import Places
from columnist.values import Value


class Ruling(Value):
    """What was ruled.

    Attributes:
        refusal: Why the release may not go on; ``None`` where it may.
        reason: The same in a sentence, or the reviewer's reason.
        subject: What it is about, where the evidence holds.
        reviewer: Who decided, where somebody did.
        audit_sha256: Of the entry of the audit log that moved the champion.
    """

    refusal: Refusal | None = None
    reason: str = ""
    subject: ApprovalSubject | None = None
    reviewer: str = ""
    audit_sha256: str = ""

    @property
    def summary(self) -> str:
        """The ruling in a word or two."""
        return f"refused: {self.refusal.value}" if self.refusal else ("promoted" if self.audit_sha256 else "holds")

    def require(self) -> None:
        """Refuse what was refused.

        Raises:
            PromotionRefused: It was.
        """
        if self.refusal is not None:
            raise PromotionRefused(self.refusal, self.reason)


class Office(NamedTuple):
    """Where a release is ruled on."""

    desk: Desk
    stores: Stores
    places: Places

    @classmethod
    def open(cls, places: Places) -> "Office":
        """Open the desk by the rules of ``configs/promote/default.yaml``, which no release can choose.

        Raises:
            ConfigError: The rules or the installation's key cannot be used.
        """
        from columnist.registry.gate_results import list_decisions

        rules = load_config(CHECKOUT / "configs" / "promote" / "default.yaml", {"promotion": PromotionConfig})
        desk = Desk.open(places.home, PromotionConfig.model_validate(rules["promotion"]))
        return cls(desk, Stores(places.storage, list_decisions), places)


def rule_on_evidence(plan: ReleasePlan, study: ReleaseStudy, office: Office, at: datetime) -> Ruling:
    """Verify gate, study, and that both are of this version, before a reviewer is asked.

    Args:
        plan: Of the release.
        study: Its study, concluded.
        office: Where it is ruled.
        at: The time, with its zone.
    """
    if find_promotion(office.desk.home, plan.version, study.study_id) is not None:
        return Ruling(reason="promoted by a reviewer already")
    try:
        return Ruling(subject=examine(office.desk, office.stores, plan.version, study.study_id, at).subject)
    except PromotionRefused as refused:
        return Ruling(refusal=refused.reason, reason=_sentence(refused))


def find_promotion(home: Home, version: str, study_id: str) -> Entry | None:
    """Return the entry that made a version the champion upon a study: the reviewer's page may have done so already."""
    model, _, number = version.removeprefix("models:/").rpartition("/")
    return next(
        (
            entry
            for entry in read_log(home).entries
            if entry.event.action is Action.PROMOTED
            and (entry.event.model, entry.event.version) == (model, number)
            and entry.event.seen.get("study_id") == study_id
        ),
        None,
    )


def find_answer(home: Home, subject: ApprovalSubject, study: ReleaseStudy) -> str | None:
    """Return what a reviewer has answered, in words, or ``None`` while nobody has."""
    version = f"models:/{subject.model}/{subject.version}"
    entry = find_promotion(home, version, study.study_id)
    if entry is not None:
        return f"{' and '.join(entry.event.by)} promoted {version}"
    said = _last_word(home, subject)
    return None if said is None else f"{said.reviewer} said {said.decision.value}: {said.reason}"


def answer(
    folder: ReleaseFolder, office: Office, reviewer: str, decision: Decision, reason: str, signer: Signer, at: datetime
) -> Approval:
    """Sign a reviewer's decision upon what a release has come to, and keep it.

    It comes from a person at a command line: no step of a release signs anything, a step only finds what was signed.

    Raises:
        ConfigError: There is no reviewer or no reason.
        PromotionRefused: The release is not that far, or the approval could not count.
    """
    subject = folder.subject
    if subject is None or folder.stage is Stage.ENDED:
        raise PromotionRefused(
            Refusal.NO_STUDY, f"release {folder.name} does not wait for a reviewer; its stage: {folder.stage.value}"
        )
    given = approve(subject, reviewer, decision, reason, signer, at, means=Means.COMMAND)
    if decision is Decision.APPROVE:
        check_approval(office.desk, given, subject, at)
    decide(office.desk, given)
    return given


def promote_release(
    plan: ReleasePlan, study: ReleaseStudy, subject: ApprovalSubject | None, office: Office, at: datetime
) -> Ruling:
    """Move the champion upon the reviewer's approval, after all evidence was verified anew; done twice, it moves once.

    Args:
        plan: Of the release.
        study: Its study.
        subject: What the reviewer was asked about; ``None`` where a reviewer has promoted it meanwhile.
        office: Where it is ruled.
        at: The time, with its zone.

    Raises:
        AuditError: The audit log does not hold.
    """
    finish_interrupted(office.desk, at)  # of a process that was killed between the two aliases
    entry = find_promotion(office.desk.home, plan.version, study.study_id)
    try:
        entry = entry or promote(
            office.desk, office.stores, plan.version, study.study_id, _approving(office.desk.home), at
        )
    except PromotionRefused as refused:
        return Ruling(refusal=refused.reason, reason=_sentence(refused), subject=subject)
    event = entry.event
    return Ruling(reason=event.why, subject=subject, reviewer=" and ".join(event.by), audit_sha256=entry.sha256)


def is_ready(folder: ReleaseFolder, places: Places) -> str | None:
    """Return why a release can go on now, or ``None`` while people still rate or the reviewer has not answered.

    A release that waits for nobody was left by a process that was killed, if no process carries it.

    Raises:
        StudyError: Its study is gone.
    """
    study, subject = folder.study, folder.subject
    if folder.stage is Stage.ENDED:
        return None
    if study is None:
        return "its process is gone"
    if subject is None:
        return f"study {study.study_id} is closed" if is_closed(study, places) else None
    return find_answer(places.home, subject, study)


def _approving(home: Home) -> Callable[[ApprovalSubject], Approval]:
    def find(subject: ApprovalSubject) -> Approval:
        said = _last_word(home, subject)
        if said is None:
            raise PromotionRefused(
                Refusal.REPLAYED_SIGNATURE,
                f"no reviewer has signed what models:/{subject.model}/{subject.version} is now: gate "
                f"{subject.gate_sha256[:16]}, study {subject.study_sha256[:16]}; sign again",
            )
        return said

    return find


def _last_word(home: Home, subject: ApprovalSubject) -> Approval | None:
    """Return what was signed last; a rejection by anybody outweighs approvals by others."""
    said = [each for each in read_approvals(home, subject) if each.is_intact]
    latest = {each.reviewer: each for each in said}.values()
    rejected = [each for each in latest if each.decision is Decision.REJECT]
    return max(rejected or latest, key=lambda each: each.at, default=None)


def _sentence(refused: PromotionRefused) -> str:
    return str(refused).removeprefix(f"refused, {refused.reason.value}: ")

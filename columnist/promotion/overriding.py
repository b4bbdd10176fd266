"""Promote without evidence in an emergency: two people sign, and it stays visible on the model for ever.

Each reviewer runs the command, or uses the page, on their own; the first signature waits for the second.
Two names alone are not two people: the signatures have to be of two keys, or of two accounts with
passwords. What this does *not* cover: one person who holds two keys or two accounts.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from columnist.errors import PromotionRefused
from columnist.promotion.approvals import (
    OVERRIDE_PURPOSE,
    Approval,
    ApprovalSubject,
    Decision,
    Means,
    read_approvals,
)
from columnist.promotion.audit import Action, Entry
from columnist.promotion.promoting import UNSAID, Desk, Wish, check_approval, decide, deciding, move
from columnist.promotion.refusals import Refusal
from columnist.registry.aliases import FoundVersion, Placement


def override_subject(version: FoundVersion) -> ApprovalSubject:
    """Return what two reviewers sign: a version, without a gate or a study."""
    return ApprovalSubject(**version.model_dump(), gate_sha256="", study_sha256="")


def override(
    desk: Desk,
    reference: str,
    approving: Callable[[ApprovalSubject], Approval],
    at: datetime,
    wish: Wish = UNSAID,
) -> Entry:
    """Sign for a promotion without evidence; the second reviewer's signature moves the alias.

    Whoever has signed already does not sign again; the first signature counts, from when it was made.

    Args:
        desk: Where it is decided.
        reference: The version; its files have to be those that were registered.
        approving: Gives the approval of this reviewer.
        at: The time, with its zone.
        wish: What the audit log says of a refusal that comes before the approval.

    Raises:
        ModelNotFound: There is no such version.
        PromotionRefused: ``ONE_REVIEWER`` while another reviewer has to sign as well; or a signature does not count.
        AuditError: The audit log does not hold.
    """
    model, version = desk.registry.locate(reference)
    with deciding(desk, model, version, at, {"purpose": OVERRIDE_PURPOSE}, wish):
        found = desk.find(f"models:/{model}/{version}")
        placement = desk.registry.read(model)
        if placement.champion == version:
            raise PromotionRefused(Refusal.ALREADY_CHAMPION, f"{model}/{version} is the champion")
        approval, is_new = _sign_once(desk, approving, override_subject(found), at)
        first = _find_other(desk, approval, at, is_new)
        signed = {f"approval_{n}_sha256": each.digest for n, each in enumerate((first, approval), 1)}
        return move(
            desk,
            Action.OVERRIDDEN,
            model,
            Placement(champion=version, previous=placement.champion),
            (first.reviewer, approval.reviewer),
            f"{first.reason}; {approval.reason}",
            {"adapter_sha256": found.adapter_sha256, **signed},
            at,
        )


def are_two_people(first: Approval, second: Approval) -> bool:
    """Whether two approvals are of two names, and of two keys or two accounts."""
    if first.reviewer.casefold() == second.reviewer.casefold():
        return False
    accounts = first.means is second.means is Means.ACCOUNT
    return accounts or first.signature.fingerprint != second.signature.fingerprint


def overrides_of(entries: Iterable[Entry]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the overrides of each version, as the audit log knows them whatever became of the tags."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for entry in entries:
        event = entry.event
        if event.action is Action.INTENDED and event.move and event.move.kind is Action.OVERRIDDEN:
            key = (event.model, event.version)
            found[key] = (*found.get(key, ()), entry.override_text)
    return found


def _sign_once(
    desk: Desk, approving: Callable[[ApprovalSubject], Approval], subject: ApprovalSubject, at: datetime
) -> tuple[Approval, bool]:
    """Return the approval that counts of whoever signs, and whether it is new and was kept just now."""
    approval = approving(subject)
    check_approval(desk, approval, subject, at, OVERRIDE_PURPOSE)
    kept = [each for each in _counting(desk, subject, at) if _signer(each) == _signer(approval)]
    if not kept:
        decide(desk, approval)
    return (kept or [approval])[-1], not kept


def _signer(approval: Approval) -> tuple[str, Means, str]:
    """Whose signature it is: a reviewer may have a key of their own beside an account."""
    return approval.reviewer.casefold(), approval.means, approval.signature.fingerprint


def _find_other(desk: Desk, approval: Approval, at: datetime, is_new: bool) -> Approval:
    """Return the newest approval by another person that counts now."""
    others = [each for each in _counting(desk, approval.subject, at) if are_two_people(each, approval)]
    if not others:
        until = approval.at + timedelta(hours=desk.config.max_override_hours)
        raise PromotionRefused(
            Refusal.ONE_REVIEWER,
            f"{approval.reviewer}'s signature is {'' if is_new else 'already '}kept, and nothing is promoted yet: "
            f"until {until:%Y-%m-%d %H:%M %Z} another reviewer has to sign as well, by the same command with "
            "--reviewer and --key FOLDER of their own",
        )
    return others[-1]


def _counting(desk: Desk, subject: ApprovalSubject, at: datetime) -> Iterator[Approval]:
    for each in read_approvals(desk.home, subject, OVERRIDE_PURPOSE):
        if each.decision is Decision.APPROVE and at - each.at <= timedelta(hours=desk.config.max_override_hours):
            try:
                check_approval(desk, each, subject, at, OVERRIDE_PURPOSE)
            except PromotionRefused:
                continue  # it was edited, used before or withdrawn, and counts for nothing
            yield each

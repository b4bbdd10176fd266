"""Carry out what a reviewer has decided in the browser: sign it, keep it, and move the champion upon an approval.

All evidence is verified anew, and it has to be what the page showed: nobody approves what has changed since.
"""

import re
from datetime import datetime

from columnist.errors import ColumnistError, EvidenceError, PromotionRefused, StudyError
from columnist.promotion.approvals import Approval, ApprovalSubject, Decision, Means, approve
from columnist.promotion.promoting import Wish, decide, promote
from columnist.promotion.refusals import Refusal
from columnist.reviewers.bench import Bench
from columnist.reviewers.dossiers import Outcome, Request
from columnist.studies.result import FILE as RESULT_FILE
from columnist.studies.result import read_result


def carry_out(bench: Bench, request: Request, at: datetime) -> Outcome:
    """Sign a decision with the account's name and carry it out.

    Args:
        bench: Where it is done.
        request: What was decided, and about what.
        at: The time, with its zone.
    """
    try:
        done = _promote if request.decision is Decision.APPROVE else _reject
        return Outcome(done=True, sentence=done(bench, request, at))
    except ColumnistError as error:
        return Outcome(done=False, sentence=tell(error))


def find_subject(bench: Bench, model: str, version: str, study_id: str) -> ApprovalSubject:
    """Return what is decided about as the records name it now, verified or not; what is not there is empty.

    A version can be rejected whatever its evidence is worth; only a promotion needs all of it to hold.

    Raises:
        ModelNotFound: There is no such version.
    """
    bench.desk.registry.locate(f"models:/{model}/{version}")
    registered = bench.desk.registry.adapter_sha256(model, version)
    return ApprovalSubject(
        model=model,
        version=version,
        adapter_sha256=registered,
        gate_sha256=_gate_sha256(bench, registered),
        study_sha256=_study_sha256(bench, study_id),
    )


def tell(error: ColumnistError) -> str:
    """Return an error as a sentence for a page.

    Example:
        >>> tell(PromotionRefused(Refusal.STALE, "the gate decided 31 days ago"))
        'Stale evidence: the gate decided 31 days ago.'
    """
    text = " ".join(str(error).split()).removeprefix("refused, ")
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."


def _promote(bench: Bench, request: Request, at: datetime) -> str:
    def sign(subject: ApprovalSubject) -> Approval:
        _require_seen(subject, request)
        return _sign(bench, request, subject, at)

    reference = f"models:/{request.model}/{request.version}"
    wish = Wish((request.reviewer,), request.reason)
    entry = promote(bench.desk, bench.stores, reference, request.study_id, sign, at, wish)
    return f"{request.model}/{request.version} is the champion; entry {entry.sequence} of the audit log."


def _reject(bench: Bench, request: Request, at: datetime) -> str:
    subject = find_subject(bench, request.model, request.version, request.study_id)
    _require_seen(subject, request)
    entry = decide(bench.desk, _sign(bench, request, subject, at))
    return f"{request.model}/{request.version} is rejected; entry {entry.sequence} of the audit log."


def _sign(bench: Bench, request: Request, subject: ApprovalSubject, at: datetime) -> Approval:
    return approve(
        subject, request.reviewer, request.decision, request.reason, bench.desk.signer, at, means=Means.ACCOUNT
    )


def _require_seen(subject: ApprovalSubject, request: Request) -> None:
    if subject.digest != request.subject_sha256:
        raise PromotionRefused(
            Refusal.STALE, "the evidence is not what the page showed when it was loaded; look at it again, and decide"
        )


def _gate_sha256(bench: Bench, adapter_sha256: str) -> str:
    try:
        found = next((each for each in bench.stores.gates() if each.result.model_sha256 == adapter_sha256), None)
    except EvidenceError:
        return ""
    return found.result.digest if found else ""


def _study_sha256(bench: Bench, study_id: str) -> str:
    folder = bench.desk.home.folder / "studies" / study_id
    # What a form says is no path.
    if not re.fullmatch("[0-9a-f]{16}", study_id) or not (folder / RESULT_FILE).is_file():
        return ""
    try:
        return read_result(folder).result.digest
    except StudyError:
        return ""

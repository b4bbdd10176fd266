"""A reviewer's approval: who, when, why, and the digest of exactly what was approved, signed.

A signature for one purpose, version, gate or study is none for another, and an approval moves an alias once.

What this does *not* cover: that a name given on the command line is the person's. The
installation's key vouches for whoever could use it; the reviewer's page asks for a password, and a
reviewer may sign with a key of their own.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, StringConstraints, ValidationError

from columnist.digests import digest_value
from columnist.errors import ConfigError
from columnist.files import write_whole
from columnist.home import Home
from columnist.signing import Signature, Signer, verify
from columnist.values import Value

PURPOSE = "promotion approval"
OVERRIDE_PURPOSE = "promotion override"

_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\n\r]+$")]
_Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class Decision(StrEnum):
    """What a reviewer says."""

    APPROVE = "approve"
    REJECT = "reject"


class Means(StrEnum):
    """How a reviewer was known when signing: by an account with a password, or by a name on the command line."""

    ACCOUNT = "account"
    COMMAND = "command"


class ApprovalSubject(Value):
    """What is approved or rejected.

    Attributes:
        adapter_sha256: Digest of the version's files, taken when they were looked at.
        gate_sha256: Of the automatic gate's decision; empty for an override.
        study_sha256: Of the study's result; empty for an override.
    """

    model: str
    version: str
    adapter_sha256: str
    gate_sha256: str
    study_sha256: str

    @property
    def digest(self) -> str:
        """SHA-256 of all of it: what a signature names."""
        return digest_value(self.model_dump(mode="json"))


class Approval(Value):
    """A reviewer's decision upon a subject.

    Attributes:
        reason: Why, in the reviewer's words.
        at: When, with its zone.
        signature: Over all the rest.
    """

    subject: ApprovalSubject
    subject_sha256: str
    reviewer: _Name
    decision: Decision
    reason: _Reason
    at: AwareDatetime
    means: Means
    signature: Signature

    @property
    def digest(self) -> str:
        """SHA-256 of the approval with its signature."""
        return digest_value(self.model_dump(mode="json"))

    @property
    def is_intact(self) -> bool:
        """Whether it is what its key signed, about the subject that it names."""
        signed = self.model_dump(mode="json", exclude={"signature"})
        return self.subject_sha256 == self.subject.digest and verify(signed, self.signature)


def approve(
    subject: ApprovalSubject,
    reviewer: str,
    decision: Decision,
    reason: str,
    signer: Signer,
    at: AwareDatetime,
    *,
    means: Means = Means.COMMAND,
    purpose: str = PURPOSE,
) -> Approval:
    """Sign a reviewer's decision.

    Args:
        subject: What was looked at.
        reviewer: The name, or the account.
        decision: What the reviewer says.
        reason: Why.
        signer: The installation's key, or the reviewer's own.
        at: The time, with its zone.
        means: How the reviewer is known.
        purpose: ``OVERRIDE_PURPOSE`` for a promotion without evidence.

    Raises:
        ConfigError: There is no name or no reason.
    """
    # Signed twice at no cost: the first signature only lets the values be validated before they are signed.
    stated = {"subject": subject, "subject_sha256": subject.digest, "reviewer": reviewer, "decision": decision}
    stated |= {"reason": reason, "at": at, "means": means}
    try:
        draft = Approval.model_validate({**stated, "signature": signer.sign(None, purpose)})
    except ValidationError as error:
        problem = error.errors()[0]
        raise ConfigError(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}; expected the name of a reviewer and a reason"
        ) from None
    signature = signer.sign(draft.model_dump(mode="json", exclude={"signature"}), purpose)
    return draft.model_copy(update={"signature": signature})


def record_approval(home: Home, approval: Approval) -> Path:
    """Keep an approval or a rejection; one that is there already stays as it is.

    Raises:
        ConfigError: It cannot be written.
    """
    path = _folder(home) / f"{approval.digest}.json"
    if not path.exists():
        write_whole(path, approval.model_dump_json(indent=1) + "\n")
    return path


def read_approvals(home: Home, subject: ApprovalSubject, purpose: str = PURPOSE) -> tuple[Approval, ...]:
    """Return what reviewers have said of a subject, the oldest first; files that are no approval are left out."""
    found = (_read(path) for path in sorted(_folder(home).glob("*.json")))
    about = [each for each in found if each and each.subject == subject and each.signature.purpose == purpose]
    return tuple(sorted(about, key=lambda approval: (approval.at, approval.digest)))


def _read(path: Path) -> Approval | None:
    """Return an approval, or nothing for a file that has been made unreadable: it then counts for nothing."""
    try:
        return Approval.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _folder(home: Home) -> Path:
    folder = home.folder / "approvals"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

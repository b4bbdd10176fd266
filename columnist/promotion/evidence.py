"""The evidence of a promotion, verified anew from the files: nothing here believes what an earlier run has said.

The checks go from what is cheap and basic to what is costly: the gate, then the study's folder from its
registration to its result, then what the result says of this version. The first that fails is the reason.
What they do *not* cover: whoever can sign with the installation's key can make all of it anew.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from columnist.digests import digest_bytes, digest_value
from columnist.errors import PromotionRefused, StudyError
from columnist.evaluation import Interval
from columnist.gates import Verdict
from columnist.promotion.approvals import ApprovalSubject
from columnist.promotion.config import PromotionConfig
from columnist.promotion.refusals import Refusal
from columnist.registry.aliases import FoundVersion
from columnist.registry.gate_results import StoredDecision
from columnist.studies.analysis import StudyAnalysis, analyse
from columnist.studies.closing import BALLOTS_FILE, SignedClosing, as_ballot_lines, read_closing
from columnist.studies.closing import FILE as CLOSING_FILE
from columnist.studies.registration import FILE as REGISTRATION_FILE
from columnist.studies.registration import Registration, SignedRegistration, read_registration
from columnist.studies.result import FILE as RESULT_FILE
from columnist.studies.result import SignedResult, StudyResult, read_result, read_unblinded
from columnist.studies.storage import Storage
from columnist.studies.verdict import StudyVerdict
from columnist.values import Value

_ROUNDING = 1e-6  # between numerical libraries of two machines
_CLOCKS = timedelta(minutes=5)  # how far two machines may differ


class Evidence(Value):
    """What a promotion rests on; everything in it was verified at ``examined_at``.

    Attributes:
        champion_sha256: Digest that the champion of then was registered with; empty without one.
    """

    version: FoundVersion
    gate: StoredDecision
    study: StudyResult
    config_sha256: str
    champion_sha256: str

    @property
    def subject(self) -> ApprovalSubject:
        """What a reviewer has to approve."""
        return ApprovalSubject(
            **self.version.model_dump(), gate_sha256=self.gate.result.digest, study_sha256=self.study.digest
        )

    @property
    def digests(self) -> dict[str, str]:
        """What was seen, by name, for the audit log."""
        registration = self.study.registration
        return {
            "adapter_sha256": self.version.adapter_sha256,
            "gate_id": self.gate.artifact_id,
            "gate_sha256": self.gate.result.digest,
            "study_id": registration.study_id,
            "study_sha256": self.study.digest,
            "registration_sha256": registration.digest,
            "ballots_sha256": self.study.ballots_sha256,
            "test_set_sha256": registration.test_set_sha256,
            "baseline_sha256": registration.baseline_sha256,
            "champion_sha256": self.champion_sha256,
            "config_sha256": self.config_sha256,
        }


class StudyPlace(NamedTuple):
    """Where a study is looked for.

    Attributes:
        folder: Of its files.
        storage: The database with what raters saw and answered.
        trusted: Fingerprints of the keys whose studies count.
    """

    study_id: str
    folder: Path
    storage: Storage
    trusted: frozenset[str]


def verify_evidence(
    version: FoundVersion,
    champion_sha256: str,
    gates: Sequence[StoredDecision],
    place: StudyPlace,
    config: PromotionConfig,
    at: datetime,
) -> Evidence:
    """Verify all that a promotion needs but the reviewer's approval.

    Args:
        version: With the digest that its files have now.
        champion_sha256: Of the champion of now; empty without one.
        gates: All decisions of gates, the newest first.
        place: Where the study is.
        config: What is demanded.
        at: The time, with its zone.

    Raises:
        PromotionRefused: Something is missing, was edited, is too old or about something else; ``reason`` says which.
    """
    gate = verify_gate(version, gates, config, at)
    study = verify_study(place)
    _require_study_of(version, gate, study, champion_sha256 if config.baseline_is_champion else "")
    require_fresh("the study was closed", datetime.fromisoformat(study.closed_at), config.max_study_age_days, at)
    return Evidence(
        version=version,
        gate=gate,
        study=study,
        config_sha256=digest_value(config.model_dump(mode="json")),
        champion_sha256=champion_sha256,
    )


def verify_gate(
    version: FoundVersion, gates: Iterable[StoredDecision], config: PromotionConfig, at: datetime
) -> StoredDecision:
    """Return the newest decision about a version: an older pass does not outweigh a failure.

    Raises:
        PromotionRefused: No gate has decided about these files, the newest decision is no pass, or it is too old.
    """
    found = next((each for each in gates if each.result.model_sha256 == version.adapter_sha256), None)
    if found is None:
        raise PromotionRefused(
            Refusal.NO_GATE,
            f"no gate has decided about the model with SHA-256 {version.adapter_sha256[:16]}; run: run.py gate",
        )
    if found.result.verdict is not Verdict.PASS:
        raise PromotionRefused(
            Refusal.GATE_FAILED, f"the newest decision, {found.artifact_id}: {found.result.summary}; see run.py gates"
        )
    require_fresh("the gate decided", found.result.decided_at, config.max_gate_age_days, at)
    return found


def verify_study(place: StudyPlace) -> StudyResult:
    """Verify a study from its registration to its result, and compute the result anew from the ballots.

    Raises:
        PromotionRefused: It is missing, open, without a result, or something of it was edited.
    """
    registered = _verify_registration(place)
    _verify_closing(place, registered.registration)
    with refusing(Refusal.EDITED_BALLOT):
        _verify_stored_ballots(place)
    if not (place.folder / RESULT_FILE).is_file():
        raise PromotionRefused(
            Refusal.NO_RESULT,
            f"study {place.study_id} is closed, but has no result; run: run.py study close {place.study_id}",
        )
    with refusing(Refusal.EDITED_RESULT):
        signed = read_result(place.folder)
    _require_known_key(place, signed)
    with refusing(Refusal.EDITED_KEY):
        ballots = read_unblinded(place.folder, place.storage)
    with refusing(Refusal.EDITED_RESULT):
        _require_same(signed.result.analysis, analyse(registered.registration, ballots))
    return signed.result


def _verify_registration(place: StudyPlace) -> SignedRegistration:
    if not re.fullmatch("[0-9a-f]{16}", place.study_id) or not (place.folder / REGISTRATION_FILE).is_file():
        raise PromotionRefused(
            Refusal.NO_STUDY,
            f"there is no study {place.study_id!r} here; expected one that run.py study status lists",
        )
    with refusing(Refusal.EDITED_REGISTRATION):
        registered = read_registration(place.folder)
    if registered.registration.study_id != place.study_id:
        raise PromotionRefused(
            Refusal.REPLAYED_SIGNATURE,
            f"the folder of study {place.study_id} holds the registration of {registered.registration.study_id}; "
            "restore it",
        )
    if registered.signature.fingerprint not in place.trusted:
        raise PromotionRefused(
            Refusal.UNKNOWN_KEY,
            f"the registration of study {place.study_id} was signed with the key "
            f"{registered.signature.fingerprint[:16]}, which is neither this installation's nor configured",
        )
    return registered


def _verify_closing(place: StudyPlace, registration: Registration) -> None:
    path = place.folder / CLOSING_FILE
    if not path.is_file():
        raise PromotionRefused(
            Refusal.OPEN_STUDY, f"study {place.study_id} is still open; close it: run.py study close {place.study_id}"
        )
    try:
        stated = SignedClosing.model_validate_json(path.read_bytes()).closing.ballots_sha256
        found = digest_bytes((place.folder / BALLOTS_FILE).read_bytes())
    except (OSError, ValidationError):
        stated = found = ""  # read below, which says what is wrong
    with refusing(Refusal.EDITED_CLOSING if stated == found else Refusal.EDITED_BALLOT):
        read_closing(place.folder, registration)


def _verify_stored_ballots(place: StudyPlace) -> None:
    """Compare the ballots in the database, and their chains, with those that were signed at the closing."""
    lines = as_ballot_lines(place.storage.export_ballots(place.study_id)).encode()
    if lines != (place.folder / BALLOTS_FILE).read_bytes():
        raise StudyError(f"study {place.study_id}: the ballots in the database are not those of its closing")


def _require_known_key(place: StudyPlace, signed: SignedResult) -> None:
    if signed.signature.fingerprint not in place.trusted:
        raise PromotionRefused(
            Refusal.UNKNOWN_KEY,
            f"the result of study {place.study_id} was signed with the key {signed.signature.fingerprint[:16]}, which "
            "is neither this installation's nor configured",
        )


def _require_same(stated: StudyAnalysis, anew: StudyAnalysis) -> None:
    """Refuse a result that does not follow from its ballots."""
    counts = [(each.verdict, each.n_tables, each.n_ballots) for each in (stated, anew)]
    if counts[0] != counts[1] or not _are_close(stated.win_rate, anew.win_rate):
        raise StudyError(
            f"the result says {stated.verdict.value} with a win rate of {stated.win_rate.estimate:.4f}, but the "
            f"ballots say {anew.verdict.value} with {anew.win_rate.estimate:.4f}; run: run.py study close"
        )


def _are_close(first: Interval, second: Interval) -> bool:
    pairs = ((first.low, second.low), (first.high, second.high), (first.estimate, second.estimate))
    return all(math.isclose(a, b, abs_tol=_ROUNDING) for a, b in pairs)


def _require_study_of(version: FoundVersion, gate: StoredDecision, study: StudyResult, champion_sha256: str) -> None:
    """Refuse a study of another model, of other tables, against another baseline, or without success."""
    registration, name = study.registration, f"study {study.registration.study_id}"
    if registration.candidate_sha256 != version.adapter_sha256:
        raise PromotionRefused(
            Refusal.OTHER_MODEL,
            f"{name} is of the model with SHA-256 {registration.candidate_sha256[:16]}, but "
            f"{version.model}/{version.version} has {version.adapter_sha256[:16]}; open a study of this version",
        )
    if registration.test_set_sha256 not in gate.result.table_digests.values():
        known = ", ".join(f"{kind} {sha256[:16]}" for kind, sha256 in gate.result.table_digests.items())
        raise PromotionRefused(
            Refusal.SWAPPED_TEST_SET,
            f"{name} drew from tables with SHA-256 {registration.test_set_sha256[:16]}, but the gate decided upon "
            f"{known}; evaluate and decide upon the tables of the study",
        )
    if study.analysis.verdict is not StudyVerdict.PROMOTE:
        raise PromotionRefused(
            Refusal.FAILED_STUDY, f"{name} says {study.analysis.verdict.value}: {'; '.join(study.analysis.reasons)}"
        )
    if champion_sha256 and registration.baseline_sha256 != champion_sha256:
        raise PromotionRefused(
            Refusal.OTHER_BASELINE,
            f"{name} compared with the model with SHA-256 {registration.baseline_sha256[:16]}, but the champion has "
            f"{champion_sha256[:16]}; open a study against the champion",
        )


def require_fresh(what: str, then: datetime, max_days: int, at: datetime) -> None:
    """Refuse evidence that is too old, or that says it comes from the future.

    Raises:
        PromotionRefused: It is.
    """
    age = at - then
    if age > timedelta(days=max_days):
        raise PromotionRefused(
            Refusal.STALE, f"{what} {age.days} days ago, at {then:%Y-%m-%d %H:%M}; at most {max_days} are allowed"
        )
    if age < -_CLOCKS:
        raise PromotionRefused(Refusal.STALE, f"{what} in the future, at {then:%Y-%m-%d %H:%M}; set the clocks right")


@contextmanager
def refusing(reason: Refusal) -> Iterator[None]:
    """Turn an error of a study's files into a refusal for a reason.

    Raises:
        PromotionRefused: The block raised such an error.
    """
    try:
        yield
    except StudyError as error:
        raise PromotionRefused(reason, str(error)) from error

"""The part of a lineage that people have made: from the alias through promotion, approval, study and gate.

What a version does not have yet is left out with a note. What the audit log says was there, and is
missing or is something else today, is an error: everything is read from its file and its digest compared.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from columnist.errors import AuditError, EvidenceError, LineageError, StudyError
from columnist.gates import GateResult
from columnist.home import Home
from columnist.promotion.approvals import Approval
from columnist.promotion.audit import Action, AuditLog, Entry, FinishedMove, moves_of
from columnist.registry.aliases import PREVIOUS, FoundVersion
from columnist.registry.gate_results import StoredDecision
from columnist.registry.links import Fact, Link
from columnist.registry.versions import CHAMPION
from columnist.studies.closing import FILE as CLOSING_FILE
from columnist.studies.registration import FILE as REGISTRATION_FILE
from columnist.studies.registration import Registration, read_registration
from columnist.studies.result import FILE as RESULT_FILE
from columnist.studies.result import read_result

# What the audit log names, and its digest: reads one file of the store.
LoadGate = Callable[[str], GateResult]
FindGate = Callable[[str], StoredDecision | None]


class ReleaseTracer:
    """The walk from a version's aliases to the gate.

    Attributes:
        links: What was found, in its order.
        notes: What is not there.
        gate: The decision that was found last.
    """

    def __init__(
        self,
        version: FoundVersion,
        aliases: tuple[str, ...],
        home: Home,
        log: AuditLog,
        load_gate: LoadGate,
        find_gate: FindGate,
    ):
        """Prepare a walk.

        Args:
            version: With the digest that it was registered with.
            aliases: Those it has now.
            home: Holds studies and approvals.
            log: The audit log.
            load_gate: Returns the decision with an id, and refuses one that was changed.
            find_gate: Returns the newest decision about a digest.
        """
        self.version, self.aliases, self.home, self.log = version, aliases, home, log
        self._load_gate, self._find_gate = load_gate, find_gate
        self.name = f"models:/{version.model}/{version.version}"
        self.links: list[Link] = []
        self.notes: list[str] = []
        self.gate: GateResult | None = None

    def trace(self) -> None:
        """Walk.

        Raises:
            LineageError: Something that was recorded is missing, or is something else.
        """
        self._add("alias", {"aliases": ", ".join(self.aliases) or None})
        promoted = self._promotion()
        if promoted is None:
            self._newest_study()
            self._newest_gate()
            return
        seen = promoted.event.seen
        self._same("adapter of the promotion", seen.get("adapter_sha256", ""), self.version.adapter_sha256)
        if promoted.event.action is Action.OVERRIDDEN:
            self.notes.append("it was promoted by an override, so no approval, study or gate stands behind it")
            return
        self._approval(seen["approval_sha256"])
        self._study(seen)
        self._decision(seen["gate_id"], seen["gate_sha256"])

    def _promotion(self) -> Entry | None:
        """Add the last move that made this version the champion; return the last one that rests on a decision."""
        with self._guarding("audit log"):
            entries = self.log.entries()
            faults = self.log.verify() if entries else ()
        if faults:
            raise LineageError(f"{self.name}: broken link: audit log: {faults[0]}; see run.py audit verify")
        moves = moves_of(entries, self.version.model)
        own = [each for each in moves if each.move.after.champion == self.version.version]
        if not own:
            self._refuse_unlogged(moves)
            self.notes.append("it was never promoted, so no promotion and no approval is there")
            return None
        self._add("promotion", _promotion_facts(own[-1]))
        evidence = (each.entry for each in reversed(own) if each.move.kind is not Action.ROLLED_BACK)
        return next(evidence, None)  # none looked at any for a champion of before the log that was rolled back to

    def _refuse_unlogged(self, moves: list[FinishedMove]) -> None:
        """Refuse a champion of which the log knows nothing; what was replaced by the first promotion, it knows."""
        known = {each.move.before.champion for each in moves}
        held = [alias for alias in self.aliases if alias in (CHAMPION, PREVIOUS)]
        if held and self.version.version not in known:
            raise LineageError(
                f"{self.name}: missing link: promotion: it is {held[0]}, but no entry of the audit log says how; "
                "promote it: run.py promote"
            )

    def _approval(self, sha256: str) -> None:
        path = self.home.folder / "approvals" / f"{sha256}.json"
        try:
            found = Approval.model_validate_json(path.read_bytes())
        except OSError as error:
            raise LineageError(f"{self.name}: missing link: approval: {path}: {error.strerror}") from error
        except ValidationError as error:
            raise LineageError(f"{self.name}: broken link: approval: {path} was edited; restore it") from error
        self._same("approval", sha256, found.digest)
        if not found.is_intact:
            raise LineageError(f"{self.name}: broken link: approval: {path} is not what was signed; restore it")
        stated: dict[str, Fact] = {"reviewer": found.reviewer, "decision": found.decision.value}
        stated |= {"reason": found.reason, "at": found.at.isoformat(), "known by": found.means.value}
        self._add("approval", {"sha256": sha256, **stated, "key": found.signature.fingerprint})

    def _study(self, seen: dict[str, str]) -> None:
        folder = self._studies / seen["study_id"]
        with self._guarding(f"study {seen['study_id']}"):
            result = read_result(folder).result
        self._same("study", seen["study_sha256"], result.digest)
        self._same("registration", seen["registration_sha256"], result.registration.digest)
        self._same("ballots", seen["ballots_sha256"], result.ballots_sha256)
        self._add_study(folder, result.registration)

    def _newest_study(self) -> None:
        """Add the study that was opened last about exactly these files, whatever it says."""
        about: list[tuple[str, Path, Registration]] = []
        for path in sorted(self._studies.glob(f"*/{REGISTRATION_FILE}")):
            with self._guarding(f"study {path.parent.name}"):
                registration = read_registration(path.parent).registration
            if registration.candidate_sha256 == self.version.adapter_sha256:
                about.append((registration.opened_at, path.parent, registration))
        if about:
            _opened, folder, registration = max(about, key=lambda each: each[0])
            self._add_study(folder, registration)
        else:
            self.notes.append("no study has compared it")

    def _add_study(self, folder: Path, registration: Registration) -> None:
        facts: dict[str, Fact] = {
            "study": registration.study_id,
            "opened": registration.opened_at,
            "registration sha256": registration.digest,
            "test set sha256": registration.test_set_sha256,
            "baseline sha256": registration.baseline_sha256,
        }
        if not (folder / CLOSING_FILE).is_file():
            self._add("study", {**facts, "state": "open"})
            self.notes.append("its study is open, so there are no ballots to show")
            return
        if not (folder / RESULT_FILE).is_file():
            self._add("study", {**facts, "state": "closed"})
            self.notes.append(f"its study has no result yet; run: run.py study close {registration.study_id}")
            return
        with self._guarding(f"study {registration.study_id}"):
            signed = read_result(folder)
        result, analysis = signed.result, signed.result.analysis
        rate: dict[str, Fact] = {
            "verdict": analysis.verdict.value,
            "win rate": f"{analysis.win_rate.estimate:.3f} [{analysis.win_rate.low:.3f}, {analysis.win_rate.high:.3f}]",
            "closed": result.closed_at,
            "result sha256": result.digest,
            "key": signed.signature.fingerprint,
        }
        self._add("study", {**facts, "state": "closed", **rate})
        self._add(
            "ballots", {"sha256": result.ballots_sha256, "count": analysis.n_ballots, "tables": analysis.n_tables}
        )

    def _decision(self, gate_id: str, sha256: str) -> None:
        with self._guarding(f"gate result {gate_id}"):
            result = self._load_gate(gate_id)
        self._same("gate", sha256, result.digest)
        self._add_gate(gate_id, result)

    def _newest_gate(self) -> None:
        with self._guarding("gate results"):
            found = self._find_gate(self.version.adapter_sha256)
        if found is None:
            self.notes.append("no gate has decided about it")
            return
        self._add_gate(found.artifact_id, found.result)

    def _add_gate(self, gate_id: str, result: GateResult) -> None:
        self._same("model of the gate", self.version.adapter_sha256, result.model_sha256)
        self.gate = result
        facts: dict[str, Fact] = {"sha256": result.digest, "verdict": result.verdict.value, "artifact_id": gate_id}
        decided: dict[str, Fact] = {"decided": result.decided_at.isoformat(), "commit": result.code.commit}
        attacks: dict[str, Fact] = {"attacks sha256": result.redteam_sha256, "config sha256": result.config_sha256}
        self._add("gate", {**facts, **decided, "evaluation sha256": result.evaluation_sha256, **attacks})

    @property
    def _studies(self) -> Path:
        return self.home.folder / "studies"

    @contextmanager
    def _guarding(self, what: str) -> Iterator[None]:
        """Turn whatever says that evidence is gone or was changed into one error that names the link."""
        try:
            yield
        except (AuditError, EvidenceError, StudyError, KeyError, OSError) as error:
            reason = " ".join(str(error).split())[:300]
            raise LineageError(f"{self.name}: broken link: {what}: {reason}") from error

    def _same(self, what: str, expected: str, found: str) -> None:
        if expected != found:
            raise LineageError(
                f"{self.name}: broken link: {what}: recorded SHA-256 {expected[:16]}…, found {found[:16]}…"
            )

    def _add(self, name: str, facts: dict[str, Fact]) -> None:
        self.links.append(Link(name=name, facts=facts))


def _promotion_facts(made: FinishedMove) -> dict[str, Fact]:
    event = made.entry.event
    return {
        "action": event.action.value,
        "audit entry": made.entry.sequence,
        "sha256": made.entry.sha256,
        "at": event.at.isoformat(),
        "by": ", ".join(event.by),
        "why": event.why,
        "champion before": made.move.before.champion,
    }

"""Gather the evidence of versions for a page, part by part: what cannot be read is said, and hides nothing else.

Of a study in progress nothing is read but that it is open. What is costly is kept for as long as nothing that it
depends on has changed; whether a promotion would be refused is looked at anew for each page.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from columnist.digests import digest_value
from columnist.errors import AuditError, ColumnistError, ModelNotFound, StudyError
from columnist.promotion.audit import OVERRIDE_TAG, moves_of
from columnist.promotion.overriding import overrides_of
from columnist.promotion.promoting import examine, finish_interrupted
from columnist.registry.gate_results import StoredDecision
from columnist.registry.versions import CHAMPION
from columnist.reviewers import views
from columnist.reviewers.bench import Bench
from columnist.reviewers.deciding import find_subject, tell
from columnist.reviewers.dossiers import (
    Dossier,
    Prospect,
    Saying,
    Side,
    StudyLine,
    StudyState,
    StudyView,
    VersionLine,
)
from columnist.studies.closing import FILE as CLOSING_FILE
from columnist.studies.registration import FILE as REGISTRATION_FILE
from columnist.studies.registration import read_registration
from columnist.studies.report import report_study
from columnist.studies.result import FILE as RESULT_FILE
from columnist.studies.result import read_result
from columnist.studies.withdrawing import is_withdrawn

_MOST_KEPT = 16
T = TypeVar("T")


class Gatherer:
    """Reads evidence for pages.

    Attributes:
        bench: Where it is.
    """

    def __init__(self, bench: Bench):
        self.bench = bench
        self._kept: OrderedDict[str, Side] = OrderedDict()

    def versions(self, at: datetime) -> tuple[VersionLine, ...]:
        """Return all versions; a move of aliases that a killed process has left unfinished is finished first."""
        try:
            finish_interrupted(self.bench.desk, at)
            overrides = overrides_of(self.bench.desk.log.entries())
        except AuditError:
            overrides = {}  # the page of the log says what is wrong with it
        gates = self._gates()
        return tuple(self._line(each, gates, overrides) for each in self.bench.records.versions())

    def _remembering(self) -> "Gatherer":
        """Return one that reads the decisions of gates once, for a single page: reading them again takes seconds."""
        stores = self.bench.stores
        found = Gatherer(self.bench._replace(stores=stores._replace(gates=cache(stores.gates))))
        found._kept = self._kept
        return found

    def dossier(self, model: str, version: str, study_id: str, at: datetime) -> Dossier:
        """Return the evidence of a version beside that of the champion.

        Args:
            model: Its name.
            version: Its number.
            study_id: The study to look at; if it is none of the version's, the one that says most of it.
            at: The time, with its zone.

        Raises:
            ModelNotFound: There is no such version.
        """
        page = self._remembering()
        lines = page.versions(at)
        line = _find(lines, model, version)
        champion = next((each for each in lines if each.model == model and CHAMPION in each.aliases), None)
        side = page._side(line, study_id)
        return Dossier(
            version=side,
            champion=None if champion is None or champion == line else page._side(champion),
            prospect=page._prospect(line, side.looked_at, at),
            said=tuple(each for each in self.log() if each.version == f"{model}/{version}"),
        )

    def log(self) -> tuple[Saying, ...]:
        """Return the audit log, the newest entry first.

        Raises:
            AuditError: It cannot be read.
        """
        return tuple(views.view_entry(entry) for entry in reversed(self.bench.desk.log.entries()))

    def _line(self, each: dict[str, Any], gates: list[StoredDecision], overrides: dict[Any, Any]) -> VersionLine:
        model, version, sha256 = each["name"], each["version"], each["adapter_sha256"]
        tags = self.bench.desk.registry.version_tags(model, version)
        tagged = {text for name, text in tags.items() if name.startswith(OVERRIDE_TAG)}
        gate = next((decision for decision in gates if decision.result.model_sha256 == sha256), None)
        said = f"gate: {gate.result.verdict.value}" if gate else "no gate yet"
        study = _newest(self._studies(sha256))
        asked = f"study: {study.verdict or study.state.value}" if study else "no study yet"
        return VersionLine(
            model=model,
            version=version,
            aliases=tuple(each["aliases"]),
            registered=views.show_time(datetime.fromtimestamp(each["created_ms"] / 1000, UTC).isoformat()),
            base_model=each["base_model"],
            adapter_sha256=sha256,
            state=f"{said}, {asked}",
            overrides=tuple(sorted({*tagged, *overrides.get((model, version), ())})),
        )

    def _gates(self) -> list[StoredDecision]:
        try:
            return list(self.bench.stores.gates())
        except ColumnistError:
            return []  # the page of a version says what is wrong with them

    def _studies(self, sha256: str) -> tuple[StudyLine, ...]:
        """Return the studies about a version's files, the newest first; what was edited is left to the verification."""
        found = []
        for path in sorted((self.bench.desk.home.folder / "studies").glob(f"*/{REGISTRATION_FILE}")):
            try:
                registration = read_registration(path.parent).registration
                if registration.candidate_sha256 == sha256:
                    found.append((registration.opened_at, _view_state(path.parent)))
            except StudyError:
                continue
        return tuple(line for _opened, line in sorted(found, key=lambda each: each[0], reverse=True))

    def _side(self, line: VersionLine, study_id: str = "") -> Side:
        """Return all evidence of a version, gathered once for as long as nothing of it changes."""
        studies = self._studies(line.adapter_sha256)
        looked_at = next((each for each in studies if each.study_id == study_id), self._decisive(line, studies))
        gates = [each.artifact_id for each in self._gates() if each.result.model_sha256 == line.adapter_sha256]
        entries = len(self.bench.desk.log.entries())
        seen = [each.model_dump() for each in (line, *studies, looked_at) if each]
        key = digest_value([seen, gates, entries])
        if key not in self._kept:
            self._kept[key] = self._gather(line, studies, looked_at)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _gather(self, line: VersionLine, studies: tuple[StudyLine, ...], looked_at: StudyLine | None) -> Side:
        bench, reference = self.bench, f"models:/{line.model}/{line.version}"
        troubles: dict[str, str] = {}

        def read(part: str, get: Callable[[], T]) -> T | None:
            try:
                return get()
            except ColumnistError as error:
                troubles[part] = tell(error)
                return None

        decision = read("gate", lambda: self._gate(line.adapter_sha256))
        measured = decision.result.evaluation_id if decision else None
        evaluation = read("evaluation", lambda: bench.records.evaluation(reference, measured))
        side = Side(
            line=line,
            gate=views.view_gate(decision.result) if decision else None,
            studies=studies,
            looked_at=looked_at,
            study=read("study", lambda: self._study(looked_at)),
            costs=views.view_costs(evaluation) if evaluation else (),
            samples=views.view_samples(evaluation) if evaluation else None,
            card=read("card", lambda: views.view_card(bench.records.card(reference))),
            lineage=read("lineage", lambda: views.view_lineage(bench.records.lineage(reference))),
        )
        return side.model_copy(update={"troubles": troubles})

    def _gate(self, sha256: str) -> StoredDecision | None:
        return next((each for each in self.bench.stores.gates() if each.result.model_sha256 == sha256), None)

    def _decisive(self, line: VersionLine, studies: tuple[StudyLine, ...]) -> StudyLine | None:
        """Return the study that the champion was promoted upon, or else the one that says most."""
        if CHAMPION not in line.aliases:
            return _newest(studies)
        moves = moves_of(self.bench.desk.log.entries(), line.model)
        seen = [each.entry.event.seen.get("study_id") for each in moves if each.move.after.champion == line.version]
        promoted = (each for each in studies if seen and each.study_id == seen[-1])
        return next(promoted, _newest(studies))

    def _study(self, study: StudyLine | None) -> StudyView | None:
        """Return the report of a concluded study, and nothing of any other."""
        if study is None or study.state is not StudyState.CONCLUDED:
            return None
        return views.view_study(
            report_study(self.bench.desk.home.folder / "studies" / study.study_id, self.bench.stores.storage)
        )

    def _prospect(self, line: VersionLine, study: StudyLine | None, at: datetime) -> Prospect:
        study_id = study.study_id if study else ""
        refusal = ""
        try:
            examine(self.bench.desk, self.bench.stores, f"models:/{line.model}/{line.version}", study_id, at)
        except ColumnistError as error:
            refusal = tell(error)
        return Prospect(
            study_id=study_id,
            subject_sha256=find_subject(self.bench, line.model, line.version, study_id).digest,
            refusal=refusal,
            examined=views.show_time(at.astimezone(UTC).isoformat()),
        )


def _find(lines: tuple[VersionLine, ...], model: str, version: str) -> VersionLine:
    found = next((each for each in lines if (each.model, each.version) == (model, version)), None)
    if found is None:
        known = ", ".join(f"{each.model}/{each.version}" for each in lines[:5]) or "none"
        raise ModelNotFound(f"{model}/{version} is not registered; expected one of: {known}")
    return found


def _newest(studies: tuple[StudyLine, ...]) -> StudyLine | None:
    """Return the newest study that is concluded, or else the newest."""
    concluded = (each for each in studies if each.state is StudyState.CONCLUDED)
    return next(concluded, studies[0] if studies else None)


def _view_state(folder: Path) -> StudyLine:
    registration = read_registration(folder).registration
    opened = views.show_time(registration.opened_at)
    if is_withdrawn(folder):
        return StudyLine(study_id=registration.study_id, opened=opened, state=StudyState.WITHDRAWN)
    if not (folder / CLOSING_FILE).is_file():
        return StudyLine(study_id=registration.study_id, opened=opened, state=StudyState.OPEN)
    if not (folder / RESULT_FILE).is_file():
        return StudyLine(study_id=registration.study_id, opened=opened, state=StudyState.CLOSED)
    verdict = read_result(folder).result.analysis.verdict.value
    return StudyLine(study_id=registration.study_id, opened=opened, state=StudyState.CONCLUDED, verdict=verdict)

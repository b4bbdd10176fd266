"""The ballots of a closed study as feedback in MLflow: one trace for each table, with what each rater said of it.

A trace holds the schema and both texts, under the names of who wrote them: this is for after the unblinding.
Feedback counts for nothing. The signed ballots in the study's folder are what a result rests on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from columnist.home import Home
from columnist.registry import tracking
from columnist.studies.items import ItemKind, StudyBallot, StudyItem, StudyText
from columnist.studies.registration import read_registration
from columnist.studies.report import name_answer
from columnist.studies.result import read_counted
from columnist.studies.sealing import Role
from columnist.studies.storage import Storage
from columnist.studies.unblinded import UnblindedBallot
from columnist.values import Value

PREFERENCE, REPEATED = "preference", "preference, asked again"
_STUDY_TAG, _TABLE_TAG = "columnist.study", "columnist.table"
_MOST_TRACES = 5_000

Say = Callable[[int, int], None]


class Remark(Value):
    """One thing that a rater said of a table's texts.

    Attributes:
        name: ``PREFERENCE``, ``REPEATED``, or whose text of what a mark is about.
        value: The answer, or the tags of a mark.
        reason: In the rater's words.
        facts: When and how it was said.
    """

    table_id: str
    rater: str
    name: str
    value: str
    reason: str
    facts: dict[str, str]


def write_feedback(folder: Path, storage: Storage, run_id: str, say: Say) -> int:
    """Write the ballots of a closed study as feedback on traces; what is there already is not written again.

    Args:
        folder: Of the study.
        storage: Has the items that raters were shown.
        run_id: The MLflow run of the study's report, under which the traces are listed.
        say: Called with how many tables are done, and how many there are.

    Returns:
        How many remarks the traces hold.

    Raises:
        StudyError: The study is open, or something of it was changed.
    """
    registration = read_registration(folder).registration
    counted = read_counted(folder, storage)
    roles = counted.roles
    remarks = collect_remarks(counted.ballots, counted.unblinded, roles)
    items = [item for item in counted.items if item.kind is ItemKind.MAIN]
    store = _Traces(registration.study_id, run_id)
    for done, item in enumerate(sorted(items, key=lambda item: item.table_id), start=1):
        store.write(item, roles, [remark for remark in remarks if remark.table_id == item.table_id])
        say(done, len(items))
    return len(remarks)


def collect_remarks(
    ballots: Sequence[StudyBallot], unblinded: Sequence[UnblindedBallot], roles: Mapping[str, Role]
) -> tuple[Remark, ...]:
    """Return what raters said of the two models' texts; attention items are about other texts and are left out.

    Args:
        ballots: As they were cast.
        unblinded: The same in the same order, as they count.
        roles: Who wrote each text.
    """
    pairs = zip(ballots, unblinded, strict=True)
    return tuple(
        remark
        for ballot, counted in pairs
        if ballot.kind is not ItemKind.ATTENTION
        for remark in _remarks_of(ballot, counted, roles)
    )


def _remarks_of(ballot: StudyBallot, counted: UnblindedBallot, roles: Mapping[str, Role]) -> Iterator[Remark]:
    again = ballot.kind is ItemKind.REPEAT
    facts = {
        "item_id": ballot.item_id,
        "seconds": f"{ballot.seconds:g}",
        "created_at": ballot.created_at,
        "candidate_was": "A" if counted.candidate_was_a else "B",
    }
    stated = {"table_id": ballot.table_id, "rater": ballot.rater, "facts": facts}
    name = REPEATED if again else PREFERENCE
    yield Remark(name=name, value=name_answer(counted), reason=ballot.reason, **stated)
    for mark in ballot.marks:
        about = f"{roles[mark.text_id].value}: {mark.column or 'the table'}{', asked again' if again else ''}"
        yield Remark(name=about, value=", ".join(tag.value for tag in mark.tags), reason="", **stated)


class _Traces:
    """The traces of a study: found again by their tags, so that an interrupted writing goes on."""

    def __init__(self, study_id: str, run_id: str):
        self.study_id, self.run_id = study_id, run_id
        self.experiment_id = tracking.experiment_id(Home.find())
        self.known = {trace.info.tags[_TABLE_TAG]: trace for trace in self._search()}

    def write(self, item: StudyItem, roles: Mapping[str, Role], remarks: Sequence[Remark]) -> None:
        import mlflow
        from mlflow.entities import AssessmentSource, AssessmentSourceType

        trace = self.known.get(item.table_id)
        trace_id = trace.info.trace_id if trace else self._open(item, roles)
        written = {(each.name, each.source.source_id) for each in trace.info.assessments} if trace else set()
        for remark in remarks:
            if (remark.name, remark.rater) in written:
                continue
            mlflow.log_feedback(
                trace_id=trace_id,
                name=remark.name,
                value=remark.value,
                source=AssessmentSource(source_type=AssessmentSourceType.HUMAN, source_id=remark.rater),
                rationale=remark.reason or None,
                metadata=remark.facts,
            )

    def _open(self, item: StudyItem, roles: Mapping[str, Role]) -> str:
        import mlflow
        from mlflow.tracing.constant import TraceMetadataKey

        span = mlflow.start_span_no_context(
            name=f"study table {item.table_id}",
            inputs={"ddl": item.ddl},
            tags={_STUDY_TAG: self.study_id, _TABLE_TAG: item.table_id},
            metadata={TraceMetadataKey.SOURCE_RUN: self.run_id},
            experiment_id=self.experiment_id,
        )
        span.set_outputs({roles[text.text_id].value: _as_output(text) for text in item.texts})
        span.end()
        # A trace is sent by another thread, and feedback on one that is not there is refused.
        mlflow.flush_trace_async_logging()
        return str(span.trace_id)

    def _search(self) -> list[Any]:
        import mlflow

        found = mlflow.search_traces(
            locations=[self.experiment_id],
            filter_string=f"tags.`{_STUDY_TAG}` = '{self.study_id}'",
            run_id=self.run_id,
            max_results=_MOST_TRACES,
            return_type="list",
            include_spans=False,
        )
        return list(found)


def _as_output(text: StudyText) -> dict[str, Any]:
    return {"table": text.table_text, "columns": dict(text.columns)}

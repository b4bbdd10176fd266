"""Keep a study's report in MLflow and ZenML, and its ballots as feedback that MLflow's own pages show."""

from pathlib import Path

from columnist.artifact_names import Artifact
from columnist.digests import digest_value
from columnist.registry import tracking
from columnist.registry.feedback import Say, write_feedback
from columnist.studies.report import StudyReport
from columnist.studies.report_pages import render_html, render_json, render_markdown
from columnist.studies.storage import Storage
from columnist.values import Value

_REPORT_TAG = "columnist.study_report_sha256"


class KeptReport(Value):
    """Where a report and its ballots are kept.

    Attributes:
        n_feedback: Answers and marks on the run's traces.
    """

    mlflow_run_id: str
    artifact_id: str
    n_feedback: int


def keep_report(report: StudyReport, folder: Path, storage: Storage, say: Say) -> KeptReport:
    """Keep a report, once: the same report again goes on where an interruption left it, and adds nothing twice.

    Args:
        report: Of a closed study.
        folder: Of the study.
        storage: Has the items that raters were shown.
        say: Called with how many of the study's tables have their feedback.

    Raises:
        StudyError: The study is open, or something of it was changed.
        mlflow.exceptions.MlflowException: The tracking store refused.
    """
    sha256 = digest_value(report.model_dump(mode="json"))
    run_id = tracking.find_run({_REPORT_TAG: sha256}) or _log_report(report, sha256)
    feedback = write_feedback(folder, storage, run_id, say)
    return KeptReport(mlflow_run_id=run_id, artifact_id=_save_artifact(report, sha256), n_feedback=feedback)


def _log_report(report: StudyReport, sha256: str) -> str:
    analysis, registration = report.result.analysis, report.result.registration
    tags = {
        "columnist.kind": "study",
        "columnist.study": registration.study_id,
        "columnist.study_result_sha256": report.result_sha256,
        "verdict": analysis.verdict.value,
        "adapter_sha256": registration.candidate_sha256,
    }
    with tracking.tracked_run(f"study {registration.study_id}", tags) as run_id:
        tracking.log_text(run_id, render_html(report), "study.html")
        tracking.log_text(run_id, render_markdown(report), "study.md")
        tracking.log_text(run_id, render_json(report), "study.json")
        tracking.log_metrics(run_id, number_report(report))
        # Last: a run with this tag is whole.
        tracking.tag_run(run_id, {_REPORT_TAG: sha256})
    return run_id


def number_report(report: StudyReport) -> dict[str, float]:
    """Return what a report says in numbers, under flat names, for an experiment tracker."""
    analysis = report.result.analysis
    rate, controlled, agreement = analysis.win_rate, analysis.length_controlled, analysis.agreement
    numbers = {
        "win_rate": rate.estimate,
        "win_rate_low": rate.low,
        "win_rate_high": rate.high,
        "threshold": analysis.threshold,
        "tables": float(analysis.n_tables),
        "ballots": float(analysis.n_ballots),
        "disputed_tables": float(report.n_disputed),
    }
    if controlled:
        numbers["win_rate_at_equal_length"] = controlled.estimate
    if agreement:
        numbers |= {"alpha_ordinal": agreement.alpha_ordinal.estimate, "same_answer": agreement.percent.estimate}
    return numbers


def _save_artifact(report: StudyReport, sha256: str) -> str:
    from zenml import save_artifact
    from zenml.client import Client
    from zenml.types import HTMLString

    client = Client()
    name = Artifact.STUDY_REPORT.value
    kept = client.list_artifact_versions(artifact=name, tags=[sha256], size=1).items
    if kept:
        return str(kept[0].id)
    registration = report.result.registration
    saved = save_artifact(
        HTMLString(render_html(report)),
        name=name,
        tags=[sha256],
        user_metadata={
            "study": registration.study_id,
            "verdict": report.result.analysis.verdict.value,
            "model_sha256": registration.candidate_sha256,
            "result_sha256": report.result_sha256,
            "sha256": sha256,
        },
    )
    return str(saved.id)

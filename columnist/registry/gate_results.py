"""What the store holds for gates and of them: the evidence of a decision, and the decisions that were made."""

from typing import Any

from pydantic import ValidationError

from columnist.artifact_names import Artifact
from columnist.errors import EvidenceError
from columnist.gates import GateResult
from columnist.values import Value

_PAGE = 100


class EvidenceIds(Value):
    """Ids of the artifact versions that a gate decides upon, and the evaluation's digest as its run recorded it."""

    adapter_id: str
    evaluation_id: str
    evaluation_sha256: str
    test_tables_id: str
    redteam_id: str


class StoredDecision(Value):
    """A decision and the id under which it is kept."""

    artifact_id: str
    result: GateResult


def trace_evidence(evaluation: Any, redteam: Any) -> EvidenceIds:
    """Return the ids of an evaluation's adapter and tables beside its own.

    Args:
        evaluation: The ZenML artifact version of an evaluation.
        redteam: That of the result of attacks.

    Raises:
        EvidenceError: The evaluation was not made by a run of this store, so nothing says of what it is.
    """
    from zenml.client import Client

    client = Client()
    if evaluation.producer_step_run_id is None:
        raise EvidenceError(f"evaluation {evaluation.id} was made by no run of this store; evaluate again")
    compared = client.get_run_step(evaluation.producer_step_run_id)
    measured = client.get_run_step(compared.inputs["calibration"][0].producer_step_run_id)
    return EvidenceIds(
        adapter_id=str(measured.inputs["adapter"][0].id),
        evaluation_id=str(evaluation.id),
        evaluation_sha256=str(compared.run_metadata.get("sha256", "")),
        test_tables_id=str(compared.inputs["test_tables"][0].id),
        redteam_id=str(redteam.id),
    )


def list_decisions() -> list[StoredDecision]:
    """Return all decisions of gates, newest first, rejections like approvals.

    Raises:
        EvidenceError: The files of one are gone or were changed: a list that leaves it out would hide it.
    """
    from zenml.client import Client

    client, found, page = Client(), [], 1
    while True:
        versions = client.list_artifact_versions(
            artifact=Artifact.GATE_RESULT.value, sort_by="desc:created", size=_PAGE, page=page, hydrate=True
        )
        found += [StoredDecision(artifact_id=str(each.id), result=load_decision(each)) for each in versions.items]
        if page >= versions.total_pages:
            return found
        page += 1


def load_decision(artifact: Any) -> GateResult:
    """Read a decision and make sure that it is the one that was stored.

    Args:
        artifact: The ZenML artifact version of a decision.

    Raises:
        EvidenceError: Its files are gone, or are not what was stored.
    """
    try:
        result: GateResult = artifact.load()
    except (OSError, ValidationError) as error:
        raise EvidenceError(
            f"gate result {artifact.id} cannot be read: its files at {artifact.uri} are gone or were changed"
        ) from error
    if result.digest != artifact.content_hash:
        raise EvidenceError(
            f"gate result {artifact.id} was changed after it was stored: its SHA-256 is {result.digest[:16]}…, "
            f"not {str(artifact.content_hash)[:16]}…; restore {artifact.uri} from a backup"
        )
    return result

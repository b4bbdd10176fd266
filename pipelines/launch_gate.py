"""Launch the gate upon an evaluation and the result of attacks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from columnist.artifact_names import Artifact
from columnist.configuration import load_config
from columnist.errors import EvidenceError, GateClosed
from columnist.gates import GateResult
from columnist.gates.config import GateConfig
from columnist.redteam.results import RedteamResult
from columnist.registry.artifacts import find_artifact
from columnist.registry.gate_results import load_decision, trace_evidence
from pipelines.launch import launch_pipeline


def launch_gate(
    config: Path, overrides: Sequence[str] = (), evaluation_id: str | None = None, redteam: str | None = None
) -> GateResult:
    """Run the gate pipeline and return its decision, also where its run failed because the gate said no.

    Args:
        config: The configuration file.
        overrides: ``KEY=VALUE`` each.
        evaluation_id: Id of an evaluation; the latest if left out.
        redteam: Id of the result of attacks, or a file of one; the latest of the store if left out.

    Raises:
        ConfigError: The configuration cannot be used, or an id is not that of such an artifact.
        EvidenceError: Something that the gate needs is missing.
    """
    parameters = load_config(config, {"gate": GateConfig}, overrides)
    evaluation = find_artifact(Artifact.EVALUATION, evaluation_id)
    if evaluation is None:
        raise EvidenceError("there is no evaluation to decide upon yet; run: python run.py evaluate")
    ids = trace_evidence(evaluation, find_attacks(redteam))
    from pipelines.gate import gate

    try:
        return load_decision(launch_pipeline(gate, config, {"ids": ids, **parameters}, Artifact.GATE_RESULT))
    except GateClosed as closed:
        return closed.result


def find_attacks(redteam: str | None) -> Any:
    """Return the artifact version of a result of attacks, by its id, from a file, or the latest.

    Raises:
        EvidenceError: There is none, or the file holds none.
        ConfigError: The id is not that of such an artifact.
    """
    if redteam is not None and Path(redteam).is_file():
        return _import_attacks(Path(redteam))
    found = find_artifact(Artifact.REDTEAM_RESULT, redteam)
    if found is None:
        raise EvidenceError("there is no result of attacks on the model yet; run: python run.py redteam")
    return found


def _import_attacks(file: Path) -> Any:
    """Put the result of attacks that were made elsewhere into the store, so that the decision can name it."""
    from zenml import save_artifact
    from zenml.client import Client

    try:
        result = RedteamResult.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise EvidenceError(
            f"{file} is no result of attacks ({error.error_count()} fields are not as expected); make one: "
            f"python run.py redteam --help"
        ) from error
    saved = save_artifact(result, Artifact.REDTEAM_RESULT.value)
    return Client().get_artifact_version(saved.id)

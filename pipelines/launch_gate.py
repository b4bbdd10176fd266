"""Launch the gate upon an evaluation and the result of attacks."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from columnist.artifact_names import Artifact
from columnist.configuration import load_config
from columnist.errors import EvidenceError, GateClosed
from columnist.gates import GateResult
from columnist.gates.config import GateConfig
from columnist.redteam.results import RedteamResult
from columnist.registry.artifacts import find_artifact
from columnist.registry.gate_results import load_decision, trace_evidence
from columnist.registry.versions import name_adapter
from pipelines.launch import launch_pipeline

_ID = re.compile(r"[0-9a-f-]+")  # of a ZenML artifact, or how one begins


class PlannedGate(NamedTuple):
    """What a gate was asked for, as far as it can be read without the stores.

    Attributes:
        parameters: Of the pipeline.
        redteam: Id of the result of attacks, or a result that was made elsewhere; the latest of the store if ``None``.
    """

    config: Path
    parameters: dict[str, BaseModel]
    redteam: str | RedteamResult | None


def plan_gate(config: Path, overrides: Sequence[str] = (), redteam: str | None = None) -> PlannedGate:
    """Read what a gate is asked for; no store is opened.

    Args:
        config: The configuration file.
        overrides: ``KEY=VALUE`` each.
        redteam: Id of the result of attacks, or a file of one; the latest of the store if left out.

    Raises:
        ConfigError: The configuration cannot be used.
        EvidenceError: The file of attacks is not there, or holds none.
    """
    return PlannedGate(config, load_config(config, {"gate": GateConfig}, overrides), read_attacks(redteam))


def launch_gate(planned: PlannedGate, evaluation_id: str | None = None) -> GateResult:
    """Run the gate pipeline and return its decision, also where its run failed because the gate said no.

    Args:
        planned: What is demanded, and which attacks were made.
        evaluation_id: Id of an evaluation; the latest if left out.

    Raises:
        ConfigError: An id is not that of such an artifact.
        EvidenceError: Something that the gate needs is missing.
    """
    evaluation = find_artifact(Artifact.EVALUATION, evaluation_id)
    if evaluation is None:
        raise EvidenceError("there is no evaluation to decide upon yet; run: python run.py evaluate")
    ids = trace_evidence(evaluation, find_attacks(planned.redteam, evaluation))
    from pipelines.gate import gate

    try:
        parameters = {"ids": ids, **planned.parameters}
        return load_decision(launch_pipeline(gate, planned.config, parameters, Artifact.GATE_RESULT))
    except GateClosed as closed:
        return closed.result


def read_attacks(redteam: str | None) -> str | RedteamResult | None:
    """Read the file of a result of attacks; what may be the id of one is returned as it is.

    Raises:
        EvidenceError: It is neither an id nor a file, or the file holds no result.
    """
    if redteam is None or (_ID.fullmatch(redteam) and not Path(redteam).is_file()):
        return redteam
    try:
        return RedteamResult.model_validate_json(Path(redteam).read_bytes())
    except OSError as error:
        raise EvidenceError(
            f"--redteam {redteam}: expected the id of a result of attacks or a file of one, but it cannot be read "
            f"({error.strerror}); leave it out to use the latest"
        ) from error
    except ValidationError as error:
        raise EvidenceError(
            f"{redteam} is no result of attacks ({error.error_count()} fields are not as expected); make one: "
            "python run.py redteam --help"
        ) from error


def find_attacks(redteam: str | RedteamResult | None, evaluation: Any) -> Any:
    """Return the artifact version of a result of attacks: the latest, that of an id, or one made of a result.

    Args:
        redteam: As ``read_attacks`` returns it.
        evaluation: The artifact version of an evaluation, which tells the model to attack where there is none.

    Raises:
        EvidenceError: There is none.
        ConfigError: The id is not that of such an artifact.
    """
    if isinstance(redteam, RedteamResult):
        return _import_attacks(redteam)
    found = find_artifact(Artifact.REDTEAM_RESULT, redteam)
    if found is None:
        raise EvidenceError(
            "there is no result of attacks on the model yet; run: python run.py redteam --model "
            f"{name_adapter(evaluation.load().candidate.model_sha256)}"
        )
    return found


def _import_attacks(result: RedteamResult) -> Any:
    """Put the result of attacks that were made elsewhere into the store, so that the decision can name it."""
    from zenml import save_artifact
    from zenml.client import Client

    saved = save_artifact(result, Artifact.REDTEAM_RESULT.value)
    return Client().get_artifact_version(saved.id)

"""Decide whether an evaluated adapter may pass."""

from zenml import pipeline
from zenml.client import Client

from columnist.gates.config import GateConfig
from columnist.registry.gate_results import EvidenceIds
from steps.decide_gate import decide_gate
from steps.require_pass import require_pass


@pipeline(enable_cache=False)
def gate(ids: EvidenceIds, gate: GateConfig) -> None:
    """Store the decision with its reasons, and fail unless it is a pass."""
    client = Client()
    require_pass(
        decide_gate(
            client.get_artifact_version(ids.adapter_id),
            client.get_artifact_version(ids.evaluation_id),
            client.get_artifact_version(ids.test_tables_id),
            client.get_artifact_version(ids.redteam_id),
            ids,
            gate,
        )
    )

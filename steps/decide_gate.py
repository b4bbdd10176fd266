"""Decide whether a model may pass."""

from datetime import UTC, datetime
from typing import Annotated

from zenml import step
from zenml.utils.metadata_utils import log_metadata

from columnist.artifact_names import Artifact
from columnist.evaluation.results import Evaluation
from columnist.evaluation.test_tables import TestSets
from columnist.gates import GateResult, automatic
from columnist.gates.config import GateConfig
from columnist.gates.evidence import Evidence
from columnist.gates.pages import render_html
from columnist.modeling.adapters import Adapter
from columnist.provenance import code_version
from columnist.redteam.results import RedteamResult
from columnist.redteam.suite import open_suite
from columnist.registry import tracking
from columnist.registry.gate_results import EvidenceIds
from columnist.registry.versions import name_adapter
from materializers.gate import GateMaterializer
from steps.code_metadata import log_code_version, run_tags


@step(output_materializers=GateMaterializer)
def decide_gate(
    adapter: Adapter,
    evaluation: Evaluation,
    test_tables: TestSets,
    redteam: RedteamResult,
    ids: EvidenceIds,
    gate: GateConfig,
) -> Annotated[GateResult, Artifact.GATE_RESULT]:
    """Apply the gate and keep the decision, whatever it is; another step acts on it."""
    log_code_version()
    evidence = Evidence(
        model_sha256=adapter.digest,
        evaluation=evaluation,
        evaluation_id=ids.evaluation_id,
        evaluation_sha256=ids.evaluation_sha256,
        drawn={each.name: each.describe().sha256 for each in test_tables.sets},
        redteam=redteam,
        redteam_id=ids.redteam_id,
        suite_sha256=open_suite().sha256,
        reference=name_adapter(adapter.digest),
    )
    result = automatic.decide(evidence, gate, code_version(), datetime.now(UTC))
    log_metadata({"verdict": result.verdict.value})
    tags = {**run_tags(), "columnist.kind": "gate", "verdict": result.verdict, "adapter_sha256": adapter.digest}
    with tracking.tracked_run(tags["zenml.run_name"], tags) as mlflow_run:
        tracking.log_text(mlflow_run, gate.model_dump_json(indent=1), "config.json")
        tracking.log_text(mlflow_run, result.model_dump_json(indent=1), "gate_result.json")
        tracking.log_text(mlflow_run, render_html(result), "gate.html")
        tracking.log_metrics(mlflow_run, result.numbers())
    return result

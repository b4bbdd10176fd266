"""Evaluate an adapter."""

from zenml import pipeline
from zenml.client import Client

from columnist.evaluation import EvaluationConfig
from columnist.evaluation.costs import CostTerms
from columnist.evaluation.test_tables import TablesConfig
from columnist.systems.comparing import SystemsConfig
from steps.compare_systems import compare_systems
from steps.draw_test_tables import draw_test_tables_step
from steps.measure_calibration import measure_calibration
from steps.write_texts import write_with_baseline, write_with_candidate


@pipeline(enable_cache=False)
def evaluate(
    training_set_id: str,
    adapter_id: str,
    evaluation: EvaluationConfig,
    tables: TablesConfig,
    systems: SystemsConfig,
    costs: CostTerms,
) -> None:
    """Let all systems write about the same unseen tables, and compare the tuned model with each of the others."""
    training_set = Client().get_artifact_version(training_set_id)
    adapter = Client().get_artifact_version(adapter_id)
    drawn = draw_test_tables_step(training_set, evaluation, tables)
    candidate = write_with_candidate(drawn, adapter)
    others = [
        write_with_baseline(drawn, adapter, system, role, id=f"write_with_{role.value}_{number}")
        for number, (system, role) in enumerate(systems.roles())
    ]
    calibration = measure_calibration(drawn, adapter, candidate, evaluation)
    compare_systems(drawn, [candidate, *others], calibration, evaluation, tables, costs)

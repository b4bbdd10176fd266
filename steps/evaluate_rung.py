"""Measure one rung of a ladder."""

from typing import Annotated

from zenml import step
from zenml.utils.metadata_utils import log_metadata

from columnist.artifact_names import Artifact
from columnist.evaluation.evaluating import TestTables
from columnist.home import Home
from columnist.modeling.adapters import Adapter
from columnist.progress import ProgressLog
from columnist.selection import Rung, SelectionConfig
from columnist.selection.measuring import measure_rung, open_similarity
from columnist.selection.plans import Plan
from columnist.systems import Kind, System
from steps.code_metadata import log_code_version


@step
def evaluate_rung(
    tables: TestTables, plan: Plan, selection: SelectionConfig, usd_per_hour: float
) -> Annotated[Rung, Artifact.RUNG]:
    """Measure a system that is taken as it is."""
    if plan.system is None:
        raise ValueError(f"rung {plan.name} is to be trained first")
    return _measure(plan.system, plan, tables, selection, usd_per_hour)


@step
def evaluate_trained_rung(
    tables: TestTables, plan: Plan, selection: SelectionConfig, usd_per_hour: float, adapter: Adapter
) -> Annotated[Rung, Artifact.RUNG]:
    """Measure the adapter that was trained for a rung."""
    system = System(name=plan.name, kind=Kind.TUNED, reference=str(adapter.folder))
    return _measure(system, plan, tables, selection, usd_per_hour)


def _measure(system: System, plan: Plan, tables: TestTables, selection: SelectionConfig, usd_per_hour: float) -> Rung:
    log_code_version()
    home, log = Home.find(), ProgressLog(f"{plan.name}, tables")
    similarity = open_similarity(selection.rule)
    rung = measure_rung(
        system,
        plan.license,
        tables.examples,
        selection,
        usd_per_hour,
        home.folder / "selection",
        home.written_texts,
        similarity,
        log.update,
    )
    log_metadata({"license": rung.license, "measured": rung.measurement is not None})
    return rung

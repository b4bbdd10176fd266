"""Let each system of an evaluation write about the same tables."""

from typing import Annotated

from zenml import step

from columnist.artifact_names import Artifact
from columnist.evaluation.results import Role
from columnist.evaluation.test_tables import TestSets
from columnist.home import Home
from columnist.modeling.adapters import Adapter
from columnist.progress import ProgressLog
from columnist.systems import Kind, System
from columnist.systems.comparing import CANDIDATE
from columnist.systems.writing import WrittenTexts, resolve_base, write_sets


@step
def write_with_candidate(test_tables: TestSets, adapter: Adapter) -> Annotated[WrittenTexts, Artifact.CANDIDATE_TEXTS]:
    """Write with the tuned model in question; probabilities stand beside the texts, and nothing is held back."""
    system = System(name=CANDIDATE, kind=Kind.TUNED, reference=str(adapter.folder))
    return _write(system, Role.CANDIDATE, test_tables)


@step
def write_with_baseline(
    test_tables: TestSets, adapter: Adapter, system: str, role: Role
) -> Annotated[WrittenTexts, Artifact.BASELINE_TEXTS]:
    """Write with a system that the candidate is compared with."""
    return _write(resolve_base(System.parse(system), adapter.card.base_model), role, test_tables)


def _write(system: System, role: Role, test_tables: TestSets) -> WrittenTexts:
    log = ProgressLog(f"{system.name}, tables")
    return write_sets(system, role, test_tables, Home.find().written_texts, log.update)

"""Start a release as ``run.py release start`` does, with evidence by small factories: python release_start.py NAME.

The version is the adapter that ships, and the study's texts are really written; the evaluation and the
attacks, which would take an hour to make, are stated. Everything after that is the product itself.
"""

import shutil
import sys
from pathlib import Path

import gate_evidence
import mlflow
from study_parts import make_config, make_example
from zenml import save_artifact

from columnist.artifact_names import Artifact
from columnist.evaluation.evaluating import TestTables
from columnist.evaluation.test_tables import TestSets
from columnist.home import Home
from columnist.modeling.adapters import Adapter
from columnist.modeling.shipped import shipped_adapter
from columnist.registry.gate_results import EvidenceIds
from columnist.registry.sessions import open_stores
from columnist.releases.folders import ReleaseFolder
from columnist.releases.plan import ReleasePlan, StudyPlan
from columnist.studies.sampling import PoolConfig
from columnist.synthesis.examples import Split, as_lines
from columnist.synthesis.files import file_name
from materializers.adapter import AdapterMaterializer
from materializers.evaluation import EvaluationMaterializer
from materializers.redteam import RedteamMaterializer
from pipelines.launch_release import begin_release

TABLES, LOOKS, RATERS = 20, (10, 20), ("Ada", "Ben")
BASELINE = "spelled=names:"
EXAMPLES = tuple(make_example(number) for number in range(TABLES + 6))


def register(adapter: Adapter, folder: Path) -> str:
    shutil.copytree(adapter.folder, folder / "artifacts" / "adapter")
    client = mlflow.MlflowClient()
    client.create_registered_model("columnist")
    version = client.create_model_version("columnist", str(folder), tags={"adapter_sha256": adapter.digest})
    return f"models:/columnist/{version.version}"


def state_evidence(adapter: Adapter) -> EvidenceIds:
    tables = TestTables(name="synthetic", origin="a test", planned=len(EXAMPLES), examples=EXAMPLES)
    sha256 = tables.describe().sha256
    found = gate_evidence.set_result()
    tuned = gate_evidence.identity("tuned", adapter.digest)
    measured = found.model_copy(
        update={
            "tables": found.tables.model_copy(update={"sha256": sha256}),
            "systems": (found.systems[0].model_copy(update={"identity": tuned}), *found.systems[1:]),
        }
    )
    evaluation = gate_evidence.evaluation(measured)
    saved = [
        save_artifact(value, name.value, materializer=materializer)
        for value, name, materializer in (
            (adapter, Artifact.ADAPTER, AdapterMaterializer),
            (evaluation, Artifact.EVALUATION, EvaluationMaterializer),
            (TestSets(sets=(tables,)), Artifact.TEST_TABLES, None),
            (gate_evidence.withstand(tuned), Artifact.REDTEAM_RESULT, RedteamMaterializer),
        )
    ]
    ids = dict(zip(("adapter_id", "evaluation_id", "test_tables_id", "redteam_id"), saved, strict=True))
    return EvidenceIds(
        **{name: str(artifact.id) for name, artifact in ids.items()}, evaluation_sha256=evaluation.digest
    )


def plan(version: str, folder: Path) -> ReleasePlan:
    folder.mkdir()
    (folder / file_name(Split.TEST)).write_bytes(as_lines(EXAMPLES))
    pool = PoolConfig(
        synthetic=200, synthetic_seed=1, documented_tables=2, documented_seed=1, documented_skip=0, max_columns=30
    )
    return ReleasePlan(
        version=version,
        baseline=BASELINE,
        study=StudyPlan(
            documented=None,
            training_set=str(folder),
            labels=RATERS,
            study=make_config(tables=TABLES, raters=len(RATERS), looks=LOOKS),
            pool=pool,
        ),
    )


if __name__ == "__main__":
    home, adapter = Home.find(), shipped_adapter()
    open_stores(home)
    parameters = {
        "ids": state_evidence(adapter),
        "gate": gate_evidence.config(),
        "plan": plan(register(adapter, home.folder / "version"), home.folder / "tables"),
    }
    begin_release(ReleaseFolder.make(home, sys.argv[1]), {}, parameters)

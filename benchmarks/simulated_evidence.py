"""Registered versions and what the automatic gate decides upon: stated, not measured, and said to be so.

The versions are copies of the adapter that ships with another card each, so that each has a digest of its own.
Evaluating and attacking them would take hours and say nothing here: both results are stated by the factories
that tests use. The gate, its thresholds, the registry and all that follows are the product's.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.simulated_home import ROOT, WORD, load_from_tests
from columnist.artifact_names import Artifact
from columnist.configuration import load_config
from columnist.evaluation.evaluating import TestTables
from columnist.evaluation.test_tables import TestSets
from columnist.gates.config import GateConfig
from columnist.home import Home
from columnist.modeling.adapters import CARD, Adapter, open_adapter
from columnist.modeling.shipped import shipped_adapter
from columnist.promotion.approvals import OVERRIDE_PURPOSE, approve
from columnist.promotion.approvals import Decision as Saying
from columnist.promotion.config import PromotionConfig
from columnist.promotion.overriding import override
from columnist.promotion.promoting import Desk
from columnist.redteam.results import AttackedSystem, RedteamResult
from columnist.redteam.suite import open_suite
from columnist.registry.gate_results import EvidenceIds
from columnist.registry.versions import MODEL_NAME
from columnist.signing import Signer
from columnist.studies.sampling import Pool

_LEVEL = 0.95
_GATE = ROOT / "configs" / "gate" / "default.yaml"
_PROMOTE = ROOT / "configs" / "promote" / "default.yaml"
FIRST_REVIEWERS = (f"{WORD} reviewer of the first", f"{WORD} second reviewer of the first")


def register(home: Home, said: str) -> tuple[str, Adapter]:
    """Register a version, and return its reference and its adapter.

    Args:
        home: Of the simulation.
        said: What the version stands for; in its card it makes the digest another one.
    """
    import mlflow

    adapter = _copy_shipped(home.folder / "versions", said)
    client = mlflow.MlflowClient()
    if not client.search_registered_models(filter_string=f"name = '{MODEL_NAME}'"):
        client.create_registered_model(MODEL_NAME, description=f"{WORD}: no version here was trained or evaluated")
    card = adapter.card
    version = client.create_model_version(
        MODEL_NAME,
        str(adapter.folder.parent.parent),
        tags={"adapter_sha256": adapter.digest, "base_model": card.base_model, WORD.lower(): said},
        description=f"{WORD}: {said}",
    )
    return f"models:/{MODEL_NAME}/{version.version}", adapter


def _copy_shipped(folder: Path, said: str) -> Adapter:
    shipped = shipped_adapter()
    target = folder / said.replace(" ", "-") / "artifacts" / "adapter"
    shutil.copytree(shipped.folder, target)
    card = shipped.card.model_copy(update={"training_config": {**shipped.card.training_config, WORD: said}})
    (target / CARD).write_text(card.model_dump_json(indent=1), encoding="utf-8")
    return open_adapter(target)


def pass_gate(adapter: Adapter, pool: Pool) -> str:
    """Run the gate's pipeline upon a stated evaluation and stated attacks of a version, and return its verdict."""
    from pipelines.gate import gate
    from pipelines.launch import launch_pipeline

    parameters: dict[str, Any] = {"ids": _state(adapter, pool), **load_config(_GATE, {"gate": GateConfig})}
    return str(launch_pipeline(gate, _GATE, parameters, Artifact.GATE_RESULT).load().verdict.value)


def _state(adapter: Adapter, pool: Pool) -> EvidenceIds:
    from zenml import save_artifact

    from materializers.adapter import AdapterMaterializer
    from materializers.evaluation import EvaluationMaterializer
    from materializers.redteam import RedteamMaterializer

    stating = load_from_tests("gate_evidence")
    tables = TestTables(name="synthetic", origin=f"{WORD}: stated", planned=len(pool.examples), examples=pool.examples)
    tuned = stating.identity("tuned", adapter.digest)
    found = stating.set_result()
    measured = found.model_copy(
        update={
            "tables": found.tables.model_copy(update={"sha256": tables.describe().sha256}),
            "systems": (found.systems[0].model_copy(update={"identity": tuned}), *found.systems[1:]),
        }
    )
    suite, evaluation = open_suite(), stating.evaluation(measured)
    attacked = AttackedSystem.summarize(tuned, stating.outcomes(len(suite.attacks), 0), _LEVEL)
    attacks = RedteamResult(suite_sha256=suite.sha256, planned=len(suite.attacks), systems=(attacked,))
    saved = {
        "adapter_id": save_artifact(adapter, Artifact.ADAPTER.value, materializer=AdapterMaterializer),
        "evaluation_id": save_artifact(evaluation, Artifact.EVALUATION.value, materializer=EvaluationMaterializer),
        "test_tables_id": save_artifact(TestSets(sets=(tables,)), Artifact.TEST_TABLES.value),
        "redteam_id": save_artifact(attacks, Artifact.REDTEAM_RESULT.value, materializer=RedteamMaterializer),
    }
    ids = {name: str(artifact.id) for name, artifact in saved.items()}
    return EvidenceIds(**ids, evaluation_sha256=evaluation.digest)


def make_first_champion(home: Home, reference: str) -> None:
    """Make a version the champion before any study, as the product allows it: two reviewers with keys of their own."""
    signers = [Signer.open(home.folder / "reviewers" / str(place)) for place, _ in enumerate(FIRST_REVIEWERS)]
    rules = PromotionConfig.model_validate(load_config(_PROMOTE, {"promotion": PromotionConfig})["promotion"])
    keys = {name: signer.fingerprint for name, signer in zip(FIRST_REVIEWERS, signers, strict=True)}
    desk = Desk.open(home, rules.model_copy(update={"reviewer_keys": keys}))
    for place, (name, signer) in enumerate(zip(FIRST_REVIEWERS, signers, strict=True)):
        at = datetime.now(UTC)

        def sign(subject, name=name, signer=signer, at=at):  # type: ignore[no-untyped-def]
            reason = f"{WORD}: something has to be the champion before the first study"
            return approve(subject, name, Saying.APPROVE, reason, signer, at, purpose=OVERRIDE_PURPOSE)

        _override(desk, reference, sign, at, is_last=place == 1)


def _override(desk: Desk, reference: str, sign: Any, at: datetime, is_last: bool) -> None:
    from columnist.errors import PromotionRefused
    from columnist.promotion import Refusal

    try:
        override(desk, reference, sign, at)
    except PromotionRefused as refused:
        if is_last or refused.reason is not Refusal.ONE_REVIEWER:
            raise

"""Release a version: a gate, people who do not know what they rate, and a reviewer.

While people rate, the run is paused and no process is left. It goes on when ``run.py release resume``
or ``watch`` finds the study closed, and again when a reviewer has signed. The function is run anew at each
resume, with the steps that are done taken from the store; all it decides comes from steps for that reason.
"""

from zenml import pipeline, wait
from zenml.client import Client

from columnist.gates.config import GateConfig
from columnist.registry.gate_results import EvidenceIds
from columnist.releases.plan import ReleasePlan
from columnist.releases.waiting import Signal, ask_for_closing, ask_for_review
from steps.check_reviewed import check_reviewed
from steps.check_study_closed import check_study_closed
from steps.conclude_study import conclude_study
from steps.decide_gate import decide_gate
from steps.open_release_study import open_release_study
from steps.promote_release import promote_release
from steps.require_pass import require_pass
from steps.require_ruling import require_ruling
from steps.rule_on_evidence import rule_on_evidence


@pipeline(dynamic=True, enable_cache=False)
def release(ids: EvidenceIds, gate: GateConfig, plan: ReleasePlan) -> None:
    """Move the champion after a pass of the gate, a study that says so, and a reviewer's signature; else fail."""
    client = Client()
    decision = decide_gate(
        client.get_artifact_version(ids.adapter_id),
        client.get_artifact_version(ids.evaluation_id),
        client.get_artifact_version(ids.test_tables_id),
        client.get_artifact_version(ids.redteam_id),
        ids,
        gate,
    )
    require_pass(decision)
    study = open_release_study(decision, plan)
    asked = 0
    # An answer in the dashboard closes no study and approves nothing: it only makes the run look again.
    while not check_study_closed(study).load():
        asked += 1
        wait(schema=Signal, timeout=0, **ask_for_closing(study.load(), asked))
    ruling = rule_on_evidence(study, conclude_study(study), plan)
    require_ruling(ruling, id="require_promotable")
    while not check_reviewed(study, ruling).load():
        asked += 1
        wait(schema=Signal, timeout=0, **ask_for_review(ruling.load().subject, asked))
    require_ruling(promote_release(study, ruling, plan), id="require_promoted")

"""From the alias to the gate: every link of a promotion that was made, and each one that no longer holds."""

import json

import pytest
from promotion_evidence import ADAPTERS, NOW, FakeRegistry, decide_gate

from columnist.errors import LineageError
from columnist.registry.aliases import FoundVersion
from columnist.registry.release_lineage import ReleaseTracer


def trace(case, version="2", aliases=("champion",), gate=None):
    found = FoundVersion(model="columnist", version=version, adapter_sha256=ADAPTERS[version])
    decision = decide_gate() if gate is None else gate
    tracer = ReleaseTracer(
        found,
        aliases,
        case.desk.home,
        case.desk.log,
        lambda _id: decision.result,
        lambda sha256: decision if decision.result.model_sha256 == sha256 else None,
    )
    tracer.trace()
    return tracer


@pytest.fixture
def promoted(case):
    case.promote()
    return case


def test_a_promotion_leads_to_approval_study_ballots_and_gate(promoted):
    tracer = trace(promoted)
    links = {link.name: link.facts for link in tracer.links}
    assert list(links) == ["alias", "promotion", "approval", "study", "ballots", "gate"]
    assert links["promotion"]["by"] == links["approval"]["reviewer"] == "Ada"
    assert links["study"]["study"] == promoted.won
    assert links["study"]["verdict"] == "promote"
    assert len(links["ballots"]["sha256"]) == 64
    assert links["gate"]["sha256"] == tracer.gate.digest
    assert tracer.notes == []


def test_a_challenger_has_what_is_about_it_and_notes_for_the_rest(case):
    tracer = trace(case, aliases=("challenger",))
    names = [link.name for link in tracer.links]
    assert names in (["alias", "study", "gate"], ["alias", "study", "ballots", "gate"])
    assert "it was never promoted, so no promotion and no approval is there" in tracer.notes


def test_a_version_that_nobody_looked_at_has_notes_alone(case):
    tracer = trace(case, version="3", aliases=())
    assert [link.name for link in tracer.links] == ["alias"]
    assert tracer.notes[1:] == ["no study has compared it", "no gate has decided about it"]


def test_the_first_champion_was_there_before_the_log(promoted):
    tracer = trace(promoted, version="1", aliases=("previous",))
    assert "never promoted" in tracer.notes[0]


def test_a_champion_that_the_log_does_not_know_is_a_missing_link(case):
    with pytest.raises(LineageError, match="missing link: promotion: it is champion"):
        trace(case, version="2", aliases=("champion",))


def test_an_edited_ballot_breaks_the_study(promoted):
    path = promoted.folder(promoted.won) / "ballots.jsonl"
    path.write_text(path.read_text().replace('"preference":"A"', '"preference":"B"', 1))
    with pytest.raises(LineageError, match=r"broken link: study .*a ballot was edited"):
        trace(promoted)


def test_an_approval_that_is_gone_is_missing(promoted):
    (path,) = (promoted.desk.home.folder / "approvals").glob("*.json")
    path.unlink()
    with pytest.raises(LineageError, match="missing link: approval"):
        trace(promoted)


def test_an_edited_approval_is_broken(promoted):
    (path,) = (promoted.desk.home.folder / "approvals").glob("*.json")
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"reason": "something else"}))
    with pytest.raises(LineageError, match="broken link: approval"):
        trace(promoted)


def test_another_decision_under_the_same_id_is_broken(promoted):
    with pytest.raises(LineageError, match="broken link: gate: recorded SHA-256"):
        trace(promoted, gate=decide_gate(at=NOW))


def test_an_edited_audit_log_is_broken(promoted):
    path = promoted.desk.home.folder / "audit.jsonl"
    path.write_text(path.read_text().replace("it reads well", "it reads bad", 1))
    with pytest.raises(LineageError, match="broken link: audit log: entry 1"):
        trace(promoted)


def test_an_alias_that_was_moved_past_the_log_is_broken(promoted):
    registry: FakeRegistry = promoted.registry
    registry.placement = registry.placement.model_copy(update={"champion": "3"})
    with pytest.raises(LineageError, match="an alias was moved past it"):
        trace(promoted, version="3", aliases=("champion",))

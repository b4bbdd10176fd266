"""A promotion on real signed evidence goes through, and each thing that is wrong with it has a reason of its own."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from promotion_evidence import ADAPTERS, CLOSED, NOW, approving, decide_gate, make_rules, make_stores

from columnist.digests import digest_bytes
from columnist.errors import EvidenceError, ModelNotFound, PromotionRefused
from columnist.promotion import Decision, Means, Refusal
from columnist.promotion.approvals import OVERRIDE_PURPOSE, read_approvals, record_approval
from columnist.promotion.audit import Action
from columnist.promotion.promoting import Stores, Wish, examine
from columnist.registry.aliases import Placement
from columnist.signing import Signer

AGE = timedelta(days=1)


@pytest.fixture
def refused(case):
    """Promote, expect a refusal for a reason, and make sure that nothing moved and that it was written down."""

    def refused(reason: Refusal, *arguments, **changes) -> str:
        before = case.registry.placement
        with pytest.raises(PromotionRefused) as caught:
            case.promote(*arguments, **changes)
        assert caught.value.reason is reason
        assert caught.value.exit_code == 1
        assert str(caught.value).startswith(f"refused, {reason.value}: ")
        assert len(str(caught.value).splitlines()) == 1
        assert case.registry.placement == before
        last = case.desk.log.entries()[-1].event
        assert (last.action, last.seen["reason"]) == (Action.REFUSED, reason.value)
        return str(caught.value)

    return refused


def edit_json(path, change) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def edit_database(case, change: str) -> None:
    """Change rows past the triggers that forbid it, as somebody with the file can."""
    case.places.storage.close()
    with closing(sqlite3.connect(case.places.home.folder / "studies.db")) as database, database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        assert database.execute(change).rowcount > 0


def test_whole_evidence_makes_a_champion(case):
    entry = case.promote()
    assert case.registry.placement == Placement(champion="2", previous="1")
    assert entry.event.action is Action.PROMOTED
    assert entry.event.by == ("Ada",)
    assert entry.event.seen["adapter_sha256"] == ADAPTERS["2"]
    assert entry.event.seen["champion_sha256"] == entry.event.seen["baseline_sha256"] == ADAPTERS["1"]
    actions = [each.event.action for each in case.desk.log.entries()]
    assert actions == [Action.APPROVED, Action.INTENDED, Action.PROMOTED]
    assert case.desk.log.verify() == ()


def test_the_first_champion_has_no_previous_one(case):
    case.registry.placement = Placement()
    assert case.promote().event.move.after == Placement(champion="2")


def test_who_wanted_it_and_why_stay_beside_the_reason_of_the_refusal(case, refused):
    said = refused(Refusal.OPEN_STUDY, study_id=case.open, wish=Wish(("Ada",), "we like it"))
    event = case.desk.log.entries()[-1].event
    assert (event.by, event.why, event.seen["refusal"]) == (("Ada",), "we like it", said)
    assert event.told == f"we like it ({said})"
    assert case.desk.log.verify() == ()


def test_no_study(refused):
    assert "there is no study" in refused(Refusal.NO_STUDY, study_id="0" * 16)


@pytest.mark.parametrize("study_id", ["../won", "x" * 5000, "\0", "."])
def test_an_id_that_is_none_leads_nowhere(refused, study_id):
    refused(Refusal.NO_STUDY, study_id=study_id)


def test_open_study(case, refused):
    assert f"run.py study close {case.open}" in refused(Refusal.OPEN_STUDY, study_id=case.open)


def test_a_study_without_a_result(case, refused):
    (case.folder(case.won) / "result.json").unlink()
    refused(Refusal.NO_RESULT)


def test_failed_study(case, refused):
    assert "says reject" in refused(Refusal.FAILED_STUDY, study_id=case.lost)


def test_study_of_another_digest(case, refused):
    gates = make_stores(case.places, decide_gate(ADAPTERS["3"]))
    message = refused(Refusal.OTHER_MODEL, "3", stores=gates)
    assert ADAPTERS["2"][:16] in message
    assert ADAPTERS["3"][:16] in message


def test_edited_ballot(case, refused):
    path = case.folder(case.won) / "ballots.jsonl"
    path.write_text(path.read_text().replace('"preference":"A"', '"preference":"B"', 1))
    refused(Refusal.EDITED_BALLOT)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ballot SET preference = 'TIE' WHERE number = 1",
        "DELETE FROM ballot WHERE number = (SELECT max(number) FROM ballot)",
    ],
)
def test_a_ballot_that_was_edited_or_taken_out_in_the_database(case, refused, change):
    edit_database(case, change)
    refused(Refusal.EDITED_BALLOT)


def test_edited_pre_registration(case, refused):
    edit_json(case.folder(case.won) / "registration.json", lambda it: it["registration"].update(margin=0.4))
    refused(Refusal.EDITED_REGISTRATION)


def test_a_registration_that_was_edited_and_signed_anew_by_another_key(case, refused, tmp_path):
    from columnist.studies.registration import read_registration, write_registration

    folder = case.folder(case.won)
    found = read_registration(folder).registration
    write_registration(folder, found.model_copy(update={"margin": 0.4}), Signer.open(tmp_path / "other"))
    refused(Refusal.UNKNOWN_KEY)


def test_a_registration_that_was_edited_and_signed_anew_by_the_same_key(case, refused):
    """Whoever has the key still meets the closing, which names the registration of then."""
    from columnist.studies.registration import read_registration, write_registration

    folder = case.folder(case.won)
    found = read_registration(folder).registration
    write_registration(folder, found.model_copy(update={"margin": 0.4}), case.desk.signer)
    refused(Refusal.EDITED_CLOSING)


def test_a_study_of_another_installation_counts_where_its_key_is_configured(case, tmp_path):
    other = Signer.open(tmp_path / "other")
    desk = case.desk._replace(signer=other, config=make_rules(installations=(case.desk.signer.fingerprint,)))
    assert case.promote(desk=desk).event.action is Action.PROMOTED


def test_swapped_test_set(case, refused):
    refused(Refusal.SWAPPED_TEST_SET, stores=make_stores(case.places, decide_gate(tables="e" * 64)))


def test_a_test_set_that_was_swapped_in_the_database(case, refused):
    edit_database(case, "UPDATE item SET ddl = 'CREATE TABLE easy (id INT)'")
    refused(Refusal.EDITED_KEY)


@pytest.mark.parametrize(
    ("days", "said"), [(91, "the study was closed 91 days ago"), (-3, "the study was closed in the future")]
)
def test_stale_study(case, refused, days, said):
    at = CLOSED + timedelta(days=days)
    assert said in refused(Refusal.STALE, at=at, stores=make_stores(case.places, decide_gate(at=at)))


def test_stale_gate(case, refused):
    message = refused(Refusal.STALE, stores=make_stores(case.places, decide_gate(at=NOW - timedelta(days=31))))
    assert "the gate decided 31 days ago" in message


def test_stale_approval(case, refused):
    message = refused(Refusal.STALE, approval=approving(case.desk, at=NOW - timedelta(days=8)))
    assert "Ada signed 8 days ago" in message


def signature_of(case, **changes):
    """An approval of the evidence of the case, but for what is changed."""
    subject = examine(case.desk, case.stores, "2", case.won, NOW).subject
    return approving(case.desk)(subject.model_copy(update=changes))


@pytest.mark.parametrize(
    "changes", [{"version": "3"}, {"adapter_sha256": "9" * 64}, {"gate_sha256": "9" * 64}, {"study_sha256": "9" * 64}]
)
def test_replayed_signature_of_another_version_gate_or_study(case, refused, changes):
    approval = signature_of(case, **changes)
    assert next(iter(changes)) in refused(Refusal.REPLAYED_SIGNATURE, approval=lambda _: approval)


def test_replayed_signature_for_another_purpose(case, refused):
    refused(Refusal.REPLAYED_SIGNATURE, approval=approving(case.desk, purpose=OVERRIDE_PURPOSE))


def test_replayed_signature_that_has_moved_the_alias_before(case, refused):
    approval = signature_of(case)
    case.promote(approval=lambda _: approval)
    case.registry.placement = Placement(champion="1")
    refused(Refusal.REPLAYED_SIGNATURE, approval=lambda _: approval)


def test_a_signature_that_is_relabelled_is_edited(case, refused):
    """The subject, the purpose and every word of an approval are among the signed bytes."""
    subject = examine(case.desk, case.stores, "2", case.won, NOW).subject
    of_another = approving(case.desk)(subject.model_copy(update={"version": "3"}))
    relabelled = of_another.model_copy(update={"subject": subject, "subject_sha256": subject.digest})
    refused(Refusal.EDITED_APPROVAL, approval=lambda _: relabelled)
    renamed = signature_of(case).model_copy(update={"reviewer": "Ben"})
    refused(Refusal.EDITED_APPROVAL, approval=lambda _: renamed)
    override = approving(case.desk, purpose=OVERRIDE_PURPOSE)(subject)
    purpose = override.signature.model_copy(update={"purpose": "promotion approval"})
    refused(Refusal.EDITED_APPROVAL, approval=lambda _: override.model_copy(update={"signature": purpose}))


def test_a_registration_of_another_study_is_replayed(case, refused):
    shutil.copy(case.folder(case.lost) / "registration.json", case.folder(case.won) / "registration.json")
    refused(Refusal.REPLAYED_SIGNATURE)


def test_a_result_of_another_study_is_edited(case, refused):
    shutil.copy(case.folder(case.won) / "result.json", case.folder(case.lost) / "result.json")
    refused(Refusal.EDITED_RESULT, study_id=case.lost)


def test_a_result_that_was_signed_but_does_not_follow_from_the_ballots(case, refused):
    """Even the installation's own key does not make a lost study a won one."""
    from columnist.studies.result import PURPOSE, SignedResult
    from columnist.studies.verdict import StudyVerdict

    path = case.folder(case.lost) / "result.json"
    found = SignedResult.model_validate_json(path.read_bytes()).result
    forged = found.model_copy(
        update={"analysis": found.analysis.model_copy(update={"verdict": StudyVerdict("promote")})}
    )
    signature = case.desk.signer.sign(forged.model_dump(mode="json"), PURPOSE)
    path.write_text(SignedResult(result=forged, signature=signature).model_dump_json())
    message = refused(Refusal.EDITED_RESULT, study_id=case.lost)
    assert "the result says promote" in message
    assert "the ballots say reject" in message


def test_an_edited_closing(case, refused):
    edit_json(case.folder(case.won) / "closing.json", lambda it: it["closing"].update(n_ballots=3))
    refused(Refusal.EDITED_CLOSING)


def test_a_sealed_key_that_is_not_what_was_committed_to(case, refused):
    shutil.copy(case.folder(case.lost) / "sealed-1.json", case.folder(case.won) / "sealed-1.json")
    refused(Refusal.EDITED_KEY)


def test_no_gate(case, refused):
    refused(Refusal.NO_GATE, stores=make_stores(case.places, decide_gate(ADAPTERS["3"])))


def test_a_failed_gate_that_is_newer_than_a_pass(case, refused):
    gates = make_stores(case.places, decide_gate(successes=40), decide_gate(at=CLOSED - AGE))
    assert "FAIL for model" in refused(Refusal.GATE_FAILED, stores=gates)


def test_a_gate_result_that_was_edited(case, refused):
    def gates():
        raise EvidenceError("gate result 1 was changed after it was stored")

    refused(Refusal.EDITED_GATE, stores=Stores(case.places.storage, gates))


def test_another_baseline_than_the_champion_where_that_is_demanded(case, refused):
    case.registry.placement = Placement(champion="3")
    refused(Refusal.OTHER_BASELINE)
    desk = case.desk._replace(config=make_rules(baseline_is_champion=False))
    assert case.promote(desk=desk).event.move.before == Placement(champion="3")


def test_the_champion_is_not_promoted_again(case, refused):
    case.registry.placement = Placement(champion="2")
    refused(Refusal.ALREADY_CHAMPION)


def test_a_rejection_is_no_approval_and_is_kept(case, refused):
    message = refused(Refusal.REJECTED, approval=approving(case.desk, decision=Decision.REJECT))
    assert "Ada rejected it: it reads well" in message


def test_an_approval_that_its_reviewer_has_taken_back_does_not_count(case, refused):
    approval = signature_of(case)
    taken_back = approving(case.desk, decision=Decision.REJECT, at=NOW + timedelta(minutes=1))(approval.subject)
    record_approval(case.desk.home, taken_back)
    refused(Refusal.REJECTED, approval=lambda _: approval)
    assert read_approvals(case.desk.home, approval.subject) == (taken_back,)


def test_a_rejection_by_an_unknown_key_stops_nobody(case, tmp_path):
    approval = signature_of(case)
    forged = approving(case.desk, decision=Decision.REJECT, at=NOW + timedelta(minutes=1), signer=Signer.open(tmp_path))
    record_approval(case.desk.home, forged(approval.subject))
    assert case.promote(approval=lambda _: approval).event.by == ("Ada",)


def test_an_approval_by_an_unknown_key(case, refused, tmp_path):
    other = Signer.open(tmp_path / "other")
    refused(Refusal.UNKNOWN_KEY, approval=approving(case.desk, signer=other))
    desk = case.desk._replace(config=make_rules(reviewer_keys={"Ada": other.fingerprint}))
    # Who has a key of their own is not vouched for by the installation's, except with a password.
    refused(Refusal.UNKNOWN_KEY, desk=desk)
    assert case.promote(desk=desk, approval=approving(desk, means=Means.ACCOUNT)).event.by == ("Ada",)


def test_a_version_that_is_not_there_is_a_mistake_and_no_refusal(case):
    with pytest.raises(ModelNotFound):
        case.promote("9")
    assert case.desk.log.entries() == ()


def test_digests_in_the_log_are_those_of_the_files(case):
    seen = case.promote().event.seen
    assert seen["ballots_sha256"] == digest_bytes((case.folder(case.won) / "ballots.jsonl").read_bytes())
    assert all(seen.values())

"""What is ruled on a release: when it can go on, what refuses it, and that a champion moves once."""

import pytest
from promotion_evidence import NOW, Killed, approving, copy_case, finish_studies
from study_parts import BASELINE, CANDIDATE, make_config, make_pool

from columnist.errors import ConfigError, PromotionRefused, StudyError
from columnist.promotion.approvals import Decision
from columnist.promotion.audit import Action, read_log
from columnist.promotion.promoting import decide
from columnist.promotion.refusals import Refusal
from columnist.releases import studying
from columnist.releases.folders import Ending, ReleaseFolder, ReleaseStudy, Stage
from columnist.releases.plan import ReleasePlan, StudyPlan
from columnist.releases.ruling import Office, answer, find_answer, is_ready, promote_release, rule_on_evidence
from columnist.releases.studying import conclude_release_study, open_release_study, require_evaluated
from columnist.releases.waiting import ask_for_closing, ask_for_review
from columnist.studies.registration import read_registration
from columnist.studies.sampling import Pool, PoolConfig

VERSION = "models:/columnist/2"
PLAN = ReleasePlan(
    version=VERSION,
    baseline="models:/columnist/1",
    study=StudyPlan(
        documented=None,
        training_set="there",
        labels=("Ada", "Ben"),
        study=make_config(tables=4, raters=2, looks=(4,), repeats=1),
        pool=PoolConfig(
            synthetic=9, synthetic_seed=1, documented_tables=2, documented_seed=1, documented_skip=0, max_columns=30
        ),
    ),
)


@pytest.fixture(scope="module")
def finished_home(tmp_path_factory):
    """The studies take seconds to answer, so they are answered once and copied."""
    return finish_studies(tmp_path_factory.mktemp("finished"))


@pytest.fixture
def case(finished_home, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path / "home"))
    found = copy_case(finished_home, tmp_path / "home")
    yield found
    found.places.storage.close()


@pytest.fixture
def office(case):
    return Office(case.desk, case.stores, case.places)


@pytest.fixture
def release(case):
    return ReleaseFolder.make(case.desk.home, "release-1")


def study_of(case, study_id):
    registration = read_registration(case.folder(study_id)).registration
    return ReleaseStudy(study_id=study_id, registration_sha256=registration.digest)


@pytest.fixture
def reviewed(case, office, release):
    """A release that waits for its reviewer, and its study."""
    study = study_of(case, case.won)
    ruling = rule_on_evidence(PLAN, study, office, NOW)
    release.keep(study)
    release.keep(ruling.subject)
    return study, ruling.subject


def test_it_goes_on_when_its_study_is_closed_and_when_a_reviewer_has_signed(case, office, release):
    assert (release.stage, is_ready(release, case.places)) == (Stage.STARTED, "its process is gone")
    release.keep(study_of(case, case.open))
    assert (release.stage, is_ready(release, case.places)) == (Stage.RATING, None)
    study = study_of(case, case.won)
    release.keep(study)
    assert is_ready(release, case.places) == f"study {case.won} is closed"
    release.keep(rule_on_evidence(PLAN, study, office, NOW).subject)
    assert (release.stage, is_ready(release, case.places)) == (Stage.REVIEW, None)
    answer(release, office, "Ada", Decision.APPROVE, "it reads well", case.desk.signer, NOW)
    assert is_ready(release, case.places) == "Ada said approve: it reads well"
    release.keep(Ending(status="completed", reason=""))
    assert (release.stage, is_ready(release, case.places)) == (Stage.ENDED, None)


def test_a_study_that_says_no_refuses_the_release_before_a_reviewer_is_asked(case, office):
    ruling = rule_on_evidence(PLAN, study_of(case, case.lost), office, NOW)
    assert (ruling.refusal, ruling.subject) == (Refusal.FAILED_STUDY, None)
    assert ruling.summary == "refused: failed study"
    with pytest.raises(PromotionRefused, match=f"refused, failed study: study {case.lost} says"):
        ruling.require()


def test_the_champion_moves_upon_a_signature(case, office, release, reviewed):
    study, subject = reviewed
    answer(release, office, "Ada", Decision.APPROVE, "it reads well", case.desk.signer, NOW)
    outcome = promote_release(PLAN, study, subject, office, NOW)
    assert (outcome.summary, outcome.reviewer, outcome.reason) == ("promoted", "Ada", "it reads well")
    assert case.registry.placement.champion == "2"
    assert outcome.audit_sha256 == read_log(case.desk.home).entries[-1].sha256


def test_without_a_signature_the_champion_stays(case, office, reviewed):
    outcome = promote_release(PLAN, *reviewed, office, NOW)
    assert outcome.refusal is Refusal.REPLAYED_SIGNATURE
    assert "no reviewer has signed" in outcome.reason
    assert case.registry.placement.champion == "1"


def test_a_rejection_outweighs_the_approval_of_another(case, office, release, reviewed):
    study, subject = reviewed
    answer(release, office, "Ben", Decision.REJECT, "dates are wrong", case.desk.signer, NOW)
    answer(release, office, "Ada", Decision.APPROVE, "it reads well", case.desk.signer, NOW)
    assert find_answer(case.desk.home, subject, study) == "Ben said reject: dates are wrong"
    outcome = promote_release(PLAN, study, subject, office, NOW)
    assert (outcome.refusal, case.registry.placement.champion) == (Refusal.REJECTED, "1")


def test_a_killed_promotion_is_finished_and_not_done_twice(case, office, release, reviewed):
    study, subject = reviewed
    answer(release, office, "Ada", Decision.APPROVE, "it reads well", case.desk.signer, NOW)
    case.registry.dies_at = "champion"
    with pytest.raises(Killed):
        promote_release(PLAN, study, subject, office, NOW)
    case.registry.dies_at = None
    assert promote_release(PLAN, study, subject, office, NOW).summary == "promoted"
    assert promote_release(PLAN, study, subject, office, NOW).summary == "promoted"
    moved = [entry for entry in read_log(case.desk.home).entries if entry.event.action is Action.PROMOTED]
    assert (len(moved), case.registry.placement.champion) == (1, "2")


def test_a_version_that_a_reviewer_promoted_meanwhile_needs_nothing_more(case, office, reviewed):
    study, subject = reviewed
    case.promote(VERSION, approval=approving(case.desk))
    assert find_answer(case.desk.home, subject, study) == f"Ada promoted {VERSION}"
    assert rule_on_evidence(PLAN, study, office, NOW).refusal is None
    assert promote_release(PLAN, study, None, office, NOW).summary == "promoted"


def test_an_approval_of_another_gate_is_none(case, office, release, reviewed):
    study, subject = reviewed
    other = approving(case.desk)(subject.model_copy(update={"gate_sha256": "0" * 64}))
    decide(case.desk, other)
    assert find_answer(case.desk.home, subject, study) is None


def test_nobody_signs_what_is_not_there_yet(case, office, release):
    release.keep(study_of(case, case.open))
    with pytest.raises(PromotionRefused, match="does not wait for a reviewer; its stage: people rate"):
        answer(release, office, "Ada", Decision.APPROVE, "it reads well", case.desk.signer, NOW)


def test_an_open_study_is_never_closed_by_its_release(case):
    with pytest.raises(StudyError, match=f"study {case.open} is open; close it: run.py study close"):
        conclude_release_study(study_of(case, case.open), case.places, NOW)
    assert not (case.folder(case.open) / "closing.json").exists()


def test_a_study_of_another_registration_is_not_concluded(case):
    other = study_of(case, case.won).model_copy(update={"registration_sha256": "0" * 64})
    with pytest.raises(StudyError, match="is not registered as the release has opened it"):
        conclude_release_study(other, case.places, NOW)


def test_the_study_of_a_release_is_opened_once(case, release):
    """What is kept is returned: the plan's tables are not even looked for."""
    study = study_of(case, case.open)
    release.keep(study)
    assert open_release_study(PLAN, release, case.places, NOW, lambda *_: None) == study


def test_a_study_whose_opening_was_killed_before_it_was_kept_is_taken(case, release, monkeypatch):
    systems = {"candidate": CANDIDATE, "baseline": BASELINE}
    monkeypatch.setattr(studying, "find_system", lambda name, _: systems[name])
    monkeypatch.setattr(studying, "make_pool", lambda _: make_pool())
    before = {each.study_id for each in case.places.storage.studies()}
    keep = ReleaseFolder.keep
    monkeypatch.setattr(ReleaseFolder, "keep", kill)
    with pytest.raises(Killed):
        open_release_study(PLAN, release, case.places, NOW, lambda *_: None)
    monkeypatch.setattr(ReleaseFolder, "keep", keep)
    study = open_release_study(PLAN, release, case.places, NOW, lambda *_: None)
    assert {each.study_id for each in case.places.storage.studies()} - before == {study.study_id}
    # Another release of the same version opens a study of its own.
    other = ReleaseFolder.make(case.desk.home, "release-2")
    assert open_release_study(PLAN, other, case.places, NOW, lambda *_: None) != study


def kill(*_):
    raise Killed


def test_tables_that_were_not_evaluated_are_refused():
    pool = Pool(examples=(), sha256="7" * 64, max_columns=30)
    require_evaluated(pool, {"synthetic": "1" * 64, "documented": "7" * 64})
    with pytest.raises(ConfigError, match="would draw from tables with SHA-256 7777777777777777, but the version was"):
        require_evaluated(pool, {"synthetic": "1" * 64})


def test_one_process_carries_a_release(case, release):
    with release.carrying() as mine, ReleaseFolder(case.desk.home, release.name).carrying(wait=False) as other:
        assert (mine, other) == (True, False)
    with release.carrying(wait=False) as again:
        assert again


def test_a_release_is_found_by_name_or_as_the_only_one(case, release):
    home = case.desk.home
    assert ReleaseFolder.find(home).name == ReleaseFolder.find(home, "release-1").name == "release-1"
    ReleaseFolder.make(home, "release-2")
    with pytest.raises(ConfigError, match="no single release that has not ended here"):
        ReleaseFolder.find(home)
    release.keep(Ending(status="failed", reason="refused"))
    assert ReleaseFolder.find(home).name == "release-2"
    assert ReleaseFolder.find(home, "release-1").stage is Stage.ENDED
    with pytest.raises(ConfigError, match="no single release release-3 here"):
        ReleaseFolder.find(home, "release-3")


@pytest.mark.parametrize("name", ["", "../outside", "a/b", ".hidden"])
def test_a_name_that_leads_elsewhere_is_refused(case, name):
    with pytest.raises(ConfigError, match="expected a name of letters"):
        ReleaseFolder.make(case.desk.home, name)


def test_an_edited_file_of_a_release_is_said(release):
    (release.path / "study.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"study\.json: expected what the release has come to"):
        _ = release.stage


def test_each_question_of_a_run_has_a_name_of_its_own(case, reviewed):
    study, subject = reviewed
    asked = [ask_for_closing(study, 1), ask_for_closing(study, 2), ask_for_review(subject, 3)]
    assert [each["name"] for each in asked] == ["study_closed_1", "study_closed_2", "reviewed_3"]
    assert asked[0]["metadata"]["study_id"] == case.won
    assert VERSION in asked[2]["question"]


def test_a_plan_draws_from_one_place(tmp_path):
    with pytest.raises(ConfigError, match="both say where tables come from"):
        StudyPlan.load(tmp_path, tmp_path, "id", ())

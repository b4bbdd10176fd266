"""An emergency needs two people, and is seen for ever."""

from datetime import timedelta

import pytest
from promotion_evidence import NOW, Killed, approving, make_desk

from columnist.errors import PromotionRefused
from columnist.promotion import Decision, Means, Refusal
from columnist.promotion.approvals import OVERRIDE_PURPOSE, PURPOSE, record_approval
from columnist.promotion.audit import Action
from columnist.promotion.overriding import override, override_subject, overrides_of
from columnist.promotion.promoting import finish_interrupted
from columnist.registry.aliases import Placement
from columnist.signing import Signer

HOUR = timedelta(hours=1)


@pytest.fixture
def key(tmp_path):
    """A second reviewer's own key."""
    return Signer.open(tmp_path / "ben")


@pytest.fixture
def desk(tmp_path, key):
    return make_desk(tmp_path / "home", reviewer_keys={"Ben": key.fingerprint, "Cleo": key.fingerprint})


def sign(desk, reviewer, at=NOW, version="2", **changes):
    given = {"purpose": OVERRIDE_PURPOSE} | changes
    return override(desk, version, approving(desk, reviewer, at=at, **given), at)


def refuse(desk, *arguments, **changes) -> Refusal:
    with pytest.raises(PromotionRefused) as caught:
        sign(desk, *arguments, **changes)
    assert desk.registry.placement == Placement(champion="1")
    return caught.value.reason


def test_two_people_with_two_keys_override_and_it_is_written_down(desk, key):
    assert refuse(desk, "Ada") is Refusal.ONE_REVIEWER
    entry = sign(desk, "Ben", NOW + HOUR, signer=key)
    assert desk.registry.placement == Placement(champion="2", previous="1")
    assert entry.event.by == ("Ada", "Ben")
    assert len({entry.event.seen[f"approval_{number}_sha256"] for number in (1, 2)}) == 2
    (text,) = overrides_of(desk.log.entries())["columnist", "2"]
    assert text == "2026-03-03 10:00 by Ada and Ben: it reads well; it reads well"
    assert list(desk.registry.tags["2"].values()) == [text]
    assert desk.log.verify() == ()


def test_whoever_has_signed_does_not_sign_again_and_is_told_until_when_it_counts(desk, key):
    for at, said in ((NOW, "Ada's signature is kept"), (NOW + HOUR, "Ada's signature is already kept")):
        with pytest.raises(PromotionRefused) as caught:
            sign(desk, "Ada", at)
        assert caught.value.sentence.startswith(f"{said}, and nothing is promoted yet: until 2026-03-04 09:00 UTC ")
    assert [entry.event.action for entry in desk.log.entries()] == [Action.APPROVED]
    assert sign(desk, "Ben", NOW + 2 * HOUR, signer=key).event.by == ("Ada", "Ben")


def test_whoever_took_a_signature_back_may_sign_again(desk, key):
    refuse(desk, "Ada")
    rejecting = approving(desk, "Ada", Decision.REJECT, NOW + HOUR, purpose=OVERRIDE_PURPOSE)
    record_approval(desk.home, rejecting(override_subject(desk.find("2"))))
    refuse(desk, "Ada", NOW + 2 * HOUR)
    assert [entry.event.action for entry in desk.log.entries()] == [Action.APPROVED] * 2


def test_two_accounts_with_passwords_are_two_people(desk):
    assert refuse(desk, "Dan", means=Means.ACCOUNT) is Refusal.ONE_REVIEWER
    assert sign(desk, "Eve", means=Means.ACCOUNT).event.action is Action.OVERRIDDEN


def test_one_person_is_never_two(desk, key):
    for name in ("Ada", "Ada", "ada", "Dan"):  # another name with the same key is the same person
        assert refuse(desk, name) is Refusal.ONE_REVIEWER
    assert refuse(desk, "Ada", means=Means.ACCOUNT) is Refusal.ONE_REVIEWER


def test_two_names_with_one_key_are_one_person(desk, key):
    assert refuse(desk, "Ben", signer=key) is Refusal.ONE_REVIEWER
    assert refuse(desk, "Cleo", signer=key) is Refusal.ONE_REVIEWER


def test_a_key_that_nobody_knows_does_not_count(desk, tmp_path):
    refuse(desk, "Ada")
    assert refuse(desk, "Fay", signer=Signer.open(tmp_path / "made up")) is Refusal.UNKNOWN_KEY


@pytest.mark.parametrize("changes", [{"purpose": PURPOSE}, {"decision": Decision.REJECT}])
def test_only_an_approval_for_this_purpose_counts(desk, key, changes):
    refuse(desk, "Ada")
    expected = Refusal.REPLAYED_SIGNATURE if "purpose" in changes else Refusal.REJECTED
    assert refuse(desk, "Ben", signer=key, **changes) is expected


def test_a_first_signature_of_another_version_does_not_count(desk, key):
    refuse(desk, "Ada", version="3")
    assert refuse(desk, "Ben", signer=key) is Refusal.ONE_REVIEWER


def test_a_first_signature_of_another_day_does_not_count(desk, key):
    refuse(desk, "Ada")
    assert refuse(desk, "Ben", NOW + 25 * HOUR, signer=key) is Refusal.ONE_REVIEWER


def test_a_first_signature_that_was_edited_counts_for_nothing(desk, key):
    subject = override_subject(desk.find("2"))
    first = approving(desk, "Dan", purpose=OVERRIDE_PURPOSE)(subject)
    record_approval(desk.home, first.model_copy(update={"reviewer": "Ada"}))
    assert refuse(desk, "Ben", signer=key) is Refusal.ONE_REVIEWER


def test_the_same_two_signatures_do_not_override_twice(desk, key):
    refuse(desk, "Ada")
    sign(desk, "Ben", signer=key)
    desk.registry.placement = Placement(champion="1")
    with pytest.raises(PromotionRefused) as caught:
        sign(desk, "Ben", signer=key)
    assert caught.value.reason is Refusal.REPLAYED_SIGNATURE


def test_the_champion_needs_no_override(desk):
    assert refuse(desk, "Ada", version="1") is Refusal.ALREADY_CHAMPION


def test_a_tag_that_was_removed_shows_and_the_log_still_knows(desk, key):
    refuse(desk, "Ada")
    sign(desk, "Ben", signer=key)
    desk.registry.tags.clear()
    (fault,) = desk.log.verify()
    assert "columnist/2 has lost its tag override." in fault
    assert overrides_of(desk.log.entries())["columnist", "2"]


def test_an_overridden_version_that_was_deleted_shows(desk, key):
    refuse(desk, "Ada")
    sign(desk, "Ben", signer=key)
    del desk.registry.adapters["2"]
    assert "columnist/2, which was overridden to, was deleted" in desk.log.verify()[0]


def test_an_override_that_was_killed_gets_its_tag_when_it_is_finished(desk, key):
    refuse(desk, "Ada")
    desk.registry.dies_at = "tags"
    with pytest.raises(Killed):
        sign(desk, "Ben", signer=key)
    desk.registry.dies_at = None
    finish_interrupted(desk, NOW)
    assert desk.registry.tags["2"]
    assert desk.log.verify() == ()

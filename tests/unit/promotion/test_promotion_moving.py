"""Aliases move together or the log knows better: kills at every step, rollbacks, and what was moved by hand."""

import pytest
from promotion_evidence import NOW, FakeRegistry, Killed, make_desk

from columnist.errors import AdapterError, ConfigError, ModelNotFound, PromotionRefused
from columnist.promotion import Refusal
from columnist.promotion.audit import Action
from columnist.promotion.promoting import finish_interrupted, move, rollback
from columnist.registry.aliases import Placement


def promote_to(desk, version: str):
    after = Placement(champion=version, previous=desk.registry.placement.champion)
    return move(desk, Action.PROMOTED, "columnist", after, ("Ada",), "why", {"adapter_sha256": "c" * 64}, NOW)


def roll_back(desk):
    return rollback(desk, "columnist", "Ben", "texts are wrong", NOW)


def actions(desk) -> list[Action]:
    return [entry.event.action for entry in desk.log.entries()]


@pytest.mark.parametrize("step", ["previous", "champion"])
def test_a_move_that_was_killed_is_announced_and_finished_by_the_next_command(tmp_path, step):
    desk = make_desk(tmp_path)
    desk.registry.dies_at = step
    with pytest.raises(Killed):
        promote_to(desk, "2")
    assert actions(desk) == [Action.INTENDED]
    assert "announced and not finished" in desk.log.verify()[0]
    desk.registry.dies_at = None
    done = finish_interrupted(desk, NOW)
    assert done.event.action is Action.PROMOTED
    assert desk.registry.placement == Placement(champion="2", previous="1")
    assert desk.log.verify() == ()
    assert finish_interrupted(desk, NOW) is None


def test_a_move_that_was_killed_before_its_last_entry_is_not_made_twice(tmp_path, monkeypatch):
    desk = make_desk(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("columnist.promotion.promoting._complete", kill)
        with pytest.raises(Killed):
            promote_to(desk, "2")
    desk.registry.place("columnist", Placement(champion="2", previous="1"))
    finish_interrupted(desk, NOW)
    assert actions(desk) == [Action.INTENDED, Action.PROMOTED]
    assert desk.registry.placement == Placement(champion="2", previous="1")


def kill(*_arguments):
    raise Killed


def test_a_move_to_a_version_that_is_gone_is_given_up(tmp_path):
    desk = make_desk(tmp_path)
    desk.registry.dies_at = "champion"
    with pytest.raises(Killed):
        promote_to(desk, "2")
    desk.registry.dies_at = None
    del desk.registry.adapters["2"]
    assert finish_interrupted(desk, NOW).event.action is Action.ABANDONED
    assert desk.registry.placement == Placement(champion="1")
    assert desk.log.verify() == ()


def test_the_next_command_finishes_before_it_does_its_own(tmp_path):
    desk = make_desk(tmp_path)
    desk.registry.dies_at = "champion"
    with pytest.raises(Killed):
        promote_to(desk, "2")
    desk.registry.dies_at = None
    roll_back(desk)
    assert desk.registry.placement.champion == "1"
    assert actions(desk) == [Action.INTENDED, Action.PROMOTED, Action.INTENDED, Action.ROLLED_BACK]


def test_rolling_back_twice_goes_back_twice(tmp_path):
    desk = make_desk(tmp_path)
    promote_to(desk, "2")
    promote_to(desk, "3")
    assert roll_back(desk).event.move.after == Placement(champion="2", previous="1")
    entry = roll_back(desk)
    assert entry.event.move.after == Placement(champion="1", previous=None)
    assert (entry.event.by, entry.event.why) == (("Ben",), "texts are wrong")
    with pytest.raises(PromotionRefused) as caught:
        roll_back(desk)
    assert caught.value.reason is Refusal.NO_PREVIOUS
    event = desk.log.entries()[-1].event
    assert (event.action, event.by, event.why) == (Action.REFUSED, ("Ben",), "texts are wrong")
    assert "has no previous champion" in event.told
    assert desk.log.verify() == ()


def test_an_alias_from_before_the_log_is_rolled_back_to(tmp_path):
    desk = make_desk(tmp_path, FakeRegistry(champion="2", previous="1"))
    assert roll_back(desk).event.move.after == Placement(champion="1")


def test_an_alias_that_was_moved_by_hand_shows_and_does_not_lead_a_rollback(tmp_path):
    desk = make_desk(tmp_path)
    promote_to(desk, "2")
    desk.registry.placement = Placement(champion="3", previous="3")
    (fault,) = desk.log.verify()
    assert "champion is 3 and previous 3, but the log says 2 and 1" in fault
    assert roll_back(desk).event.move.after == Placement(champion="1")
    assert desk.log.verify() == ()


def test_a_previous_champion_whose_files_were_changed_does_not_come_back(tmp_path, monkeypatch):
    desk = make_desk(tmp_path)
    promote_to(desk, "2")

    def refuse(_reference):
        raise AdapterError("its files were changed")

    monkeypatch.setattr(desk.registry, "find", refuse)
    with pytest.raises(PromotionRefused) as caught:
        roll_back(desk)
    assert caught.value.reason is Refusal.EDITED_MODEL
    assert desk.registry.placement.champion == "2"


@pytest.mark.parametrize(("reviewer", "reason"), [(" ", "why"), ("Ada", "")])
def test_nobody_rolls_back_without_a_name_and_a_reason(tmp_path, reviewer, reason):
    desk = make_desk(tmp_path, FakeRegistry(champion="2", previous="1"))
    with pytest.raises(ConfigError, match="a reviewer and a reason"):
        rollback(desk, "columnist", reviewer, reason, NOW)


def test_a_model_that_is_not_there_is_not_rolled_back(tmp_path):
    with pytest.raises(ModelNotFound, match="'nope' is not registered"):
        rollback(make_desk(tmp_path), "nope", "Ada", "why", NOW)


def test_a_model_that_was_deleted_shows(tmp_path):
    desk = make_desk(tmp_path)
    promote_to(desk, "2")
    desk.registry.names = ()
    (fault,) = desk.log.verify()
    assert "it was deleted" in fault

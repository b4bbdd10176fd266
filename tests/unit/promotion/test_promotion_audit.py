"""The audit log notices edits, deletions, another order, a cut end and foreign keys, and survives being killed."""

import pytest
from promotion_evidence import NOW, FakeRegistry, Killed, make_desk
from pydantic import ValidationError

from columnist.digests import canonical_json
from columnist.errors import AuditError
from columnist.promotion.audit import HEAD_TAG, Action, AuditLog, Entry, Event, head_file, log_file, next_entry
from columnist.signing import Signer


def event(number: int) -> Event:
    return Event(action=Action.REFUSED, at=NOW, by=("Ada",), why=f"why {number}", model="columnist", version="2")


@pytest.fixture
def log(tmp_path):
    """A log of four entries."""
    desk = make_desk(tmp_path)
    for number in range(4):
        desk.log.append(event(number))
    return desk.log


def change(log, edit) -> tuple[str, ...]:
    """Change the lines of the log, and return what it says then."""
    path = log_file(log.home)
    path.write_bytes(b"".join(edit(path.read_bytes().splitlines(keepends=True))))
    return log.verify()


def test_a_log_that_nobody_touched_holds(log):
    assert log.verify() == ()
    assert [entry.sequence for entry in log.entries()] == [1, 2, 3, 4]
    assert [entry.event.why for entry in log.entries()] == [f"why {number}" for number in range(4)]


def test_an_empty_log_holds(tmp_path):
    assert make_desk(tmp_path).log.verify() == ()


@pytest.mark.parametrize("place", range(4))
def test_an_edit_of_any_entry_shows(log, place):
    faults = change(log, lambda it: [line.replace(b"Ada", b"Eve") if n == place else line for n, line in enumerate(it)])
    assert f"entry {place + 1}: it was edited" in faults


@pytest.mark.parametrize("place", range(3))
def test_a_deletion_shows(log, place):
    assert any("missing" in fault for fault in change(log, lambda it: it[:place] + it[place + 1 :]))


def test_another_order_shows(log):
    assert any("the order was changed" in fault for fault in change(log, lambda it: [it[0], it[2], it[1], it[3]]))


@pytest.mark.parametrize("kept", range(4))
def test_entries_taken_off_the_end_show_in_two_places(log, kept):
    faults = change(log, lambda it: it[:kept])
    assert [fault.partition(" knows 4 entries")[0] for fault in faults] == [
        "the head file",
        f"the tag {HEAD_TAG} of columnist",
    ]


def test_entries_taken_off_with_the_head_file_show_in_the_registry(log):
    head_file(log.home).unlink()
    faults = change(log, lambda _: [])
    assert [HEAD_TAG in fault for fault in faults] == [True]


def test_a_head_file_that_is_gone_set_back_or_edited_shows(log):
    path = head_file(log.home)
    now = path.read_text()
    path.unlink()
    assert "the head file is missing" in log.verify()[0]
    path.write_text(now.replace('"sequence":4', '"sequence":3'))
    assert "the head of the audit log is not what was signed" in log.verify()[0]
    path.write_text("{}")
    assert "cannot be read" in log.verify()[0]


def test_heads_that_are_old_show(tmp_path):
    desk = make_desk(tmp_path)
    desk.log.append(event(0))
    head, tags = head_file(desk.home).read_text(), dict(desk.registry.own_tags)
    for number in range(1, 4):
        desk.log.append(event(number))
    head_file(desk.home).write_text(head)
    assert desk.log.verify() == ("the head file ends at entry 1 of 4: it was set back",)
    desk.registry.own_tags = tags
    assert len(desk.log.verify()) == 2


def test_a_tag_that_is_no_head_shows(log):
    log._registry.own_tags[HEAD_TAG] = "x"
    assert "expected NUMBER:SHA-256" in log.verify()[0]


def test_a_line_that_is_no_entry_shows(log):
    assert "the line is no entry" in change(log, lambda it: [*it[:2], b"{}\n", *it[3:]])[0]


def test_an_entry_that_was_written_with_another_key_shows(log, tmp_path):
    """Whoever can write all three places, but not sign, is noticed."""
    other = Signer.open(tmp_path / "other")
    forged: list[Entry] = []
    for number in range(5):
        forged.append(next_entry(forged, other, event(number)))
    lines = [canonical_json(entry.model_dump(mode="json")).encode() + b"\n" for entry in forged]
    faults = change(log, lambda _: lines)
    assert any("is not known here" in fault for fault in faults)
    trusting = AuditLog(log.home, other, log._registry, ())
    assert any("the head of the audit log is not what was signed" in fault for fault in trusting.verify())


def test_a_signature_of_one_entry_is_none_of_another(log):
    entries = log.entries()
    swapped = entries[1].model_copy(update={"signature": entries[0].signature})
    line = canonical_json(swapped.model_dump(mode="json")).encode() + b"\n"
    assert change(log, lambda it: [it[0], line, *it[2:]]) == ("entry 2: its signature is not of this entry",)


def test_nothing_is_added_to_a_log_that_does_not_hold(log):
    change(log, lambda it: it[:2])
    before = log_file(log.home).read_bytes()
    with pytest.raises(AuditError, match="restore the log from a backup"):
        log.append(event(9))
    assert log_file(log.home).read_bytes() == before


def test_half_a_line_of_a_killed_process_is_cut_off(log):
    with log_file(log.home).open("ab") as file:
        file.write(b'{"sequence":5,"ev')
    assert log.verify() == ()
    assert log.append(event(4)).sequence == 5
    assert log.verify() == ()


class DyingRegistry(FakeRegistry):
    """Is killed before the tag with the head is written."""

    def tag_model(self, model, name, value):
        raise Killed


def test_a_kill_between_the_entry_and_its_heads_is_no_fault_and_is_caught_up_on(log):
    dying = DyingRegistry()
    dying.own_tags = log._registry.own_tags
    for number in range(4, 6):  # killed twice in a row at the same place
        with pytest.raises(Killed):
            AuditLog(log.home, log._signer, dying).append(event(number))
        assert log.verify() == ()
        log._catch_up(log.entries())
    assert log.append(event(6)).sequence == 7
    assert log.verify() == ()


def test_a_log_that_cannot_be_written_is_one_line(tmp_path):
    desk = make_desk(tmp_path)
    log_file(desk.home).mkdir()
    with pytest.raises(AuditError, match="cannot be read"):
        desk.log.append(event(0))


def test_an_event_holds_nothing_else():
    with pytest.raises(ValidationError):
        Event.model_validate({**event(0).model_dump(), "extra": 1})

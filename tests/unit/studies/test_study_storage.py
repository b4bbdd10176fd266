from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from study_parts import NOW, answer_all, open_small

from columnist.errors import StudyError
from columnist.studies.ballots import Preference
from columnist.studies.items import Answer, Mark, Tag
from columnist.studies.storage import StudyState, open_storage
from columnist.studies.storage.tables import Base


@pytest.fixture
def opened(places):
    return open_small(places)


@pytest.fixture
def rater(opened):
    return opened.registration.raters[0]


def change(storage, statement):
    with storage.engine.execution_options(columnist_writes=True).begin() as connection:
        connection.execute(text(statement))


def vote(storage, rater, preference=Preference.A, **more):
    shown = storage.next_assignment(rater)
    progress = storage.record_ballot(rater, shown.item.item_id, preference, seconds=12.25, at=NOW, **more)
    return shown, progress


def test_migrations_from_empty_to_head_match_the_models(places):
    again = open_storage(places.storage.engine.url.render_as_string(hide_password=False))  # nothing is left to do
    again.close()
    with places.storage.engine.connect() as connection:
        own = set(Base.metadata.tables)
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda thing, name, kind, *_: kind != "table" or name in own,
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_a_rater_answers_all_items_in_order(places, opened, rater):
    total = 12 + 2 + 2
    assert places.storage.progress(rater).total == total
    positions = []
    for done in range(1, total + 1):
        shown, progress = vote(places.storage, rater)
        positions.append(shown.position)
        assert progress.done == done
    assert positions == list(range(1, total + 1))
    assert places.storage.next_assignment(rater) is None
    assert places.storage.progress(rater).finished
    assert places.storage.progress(opened.registration.raters[1]).done == 0


def test_the_last_ballot_can_be_undone_and_given_again(places, opened, rater):
    first, _ = vote(places.storage, rater)
    second, _ = vote(places.storage, rater)
    assert places.storage.undo_last(rater, NOW) == second.item.item_id
    assert places.storage.next_assignment(rater).item == second.item
    again, _ = vote(places.storage, rater, Preference.TIE)
    assert again.item == second.item
    assert places.storage.undo_last(rater, NOW) == second.item.item_id
    assert places.storage.undo_last(rater, NOW) == first.item.item_id
    assert places.storage.undo_last(rater, NOW) is None
    assert places.storage.export_ballots(opened.registration.study_id) == ()


def test_a_ballot_sent_twice_counts_once_and_another_answer_is_refused(places, rater):
    shown, _ = vote(places.storage, rater)
    item = shown.item.item_id
    assert places.storage.record_ballot(rater, item, Preference.A, seconds=1, at=NOW).done == 1
    with pytest.raises(StudyError, match="answered with A before; undo"):
        places.storage.record_ballot(rater, item, Preference.B, seconds=1, at=NOW)


def test_ballots_come_back_as_they_were_cast(places, opened, rater):
    shown = places.storage.next_assignment(rater)
    mark = Mark(text_id=shown.b_text_id, column=shown.item.texts[0].columns[0][0], tags=(Tag.WRONG, Tag.ECHOES_NAME))
    places.storage.record_ballot(
        rater, shown.item.item_id, Preference.B, seconds=0.1 + 0.2, at=NOW, reason="é “x”\n", marks=[mark]
    )
    (ballot,) = places.storage.export_ballots(opened.registration.study_id)
    assert (ballot.preference, ballot.seconds, ballot.reason, ballot.marks) == (
        Preference.B,
        0.1 + 0.2,
        "é “x”\n",
        (mark,),
    )
    assert (ballot.a_text_id, ballot.b_text_id) == (shown.a_text_id, shown.b_text_id)


def test_what_is_not_the_raters_is_refused(places, opened, rater):
    shown = places.storage.next_assignment(rater)
    with pytest.raises(StudyError, match="is not one of rater"):
        places.storage.record_ballot(rater, "nothing", Preference.A, seconds=1, at=NOW)
    with pytest.raises(StudyError, match="there is no rater"):
        places.storage.next_assignment("nobody")
    stray = Mark(text_id="elsewhere", tags=(Tag.WRONG,))
    with pytest.raises(StudyError, match="no option of it"):
        places.storage.record_ballot(rater, shown.item.item_id, Preference.A, seconds=1, at=NOW, marks=[stray])


def test_a_closed_study_takes_no_ballots_and_loses_none(places, opened, rater):
    vote(places.storage, rater)
    study_id = opened.registration.study_id
    places.storage.close_study(study_id, NOW + timedelta(days=1))
    assert places.storage.find_study(study_id).state is StudyState.CLOSED
    for refused in (
        lambda: places.storage.next_assignment(rater),
        lambda: places.storage.undo_last(rater, NOW),
        lambda: vote(places.storage, rater),
        lambda: places.storage.close_study(study_id, NOW),
    ):
        with pytest.raises(StudyError, match="closed"):
            refused()
    assert len(places.storage.export_ballots(study_id)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE item SET ddl = 'x'",
        "UPDATE text SET table_text = 'x'",
        "UPDATE assignment SET a_text_id = b_text_id",
        "UPDATE rater SET label = 'x' WHERE label = 'rater 1'",
        "UPDATE study SET opened_at = 'x'",
        "UPDATE study SET state = 'draft'",
        "UPDATE ballot SET preference = 'B'",
        "UPDATE ballot SET undone_at = 'x', undone_sha256 = 'y', reason = 'z'",
        "DELETE FROM ballot",
        "DELETE FROM assignment",
        "DELETE FROM text",
        "INSERT INTO rater (rater_id, study_id, label) SELECT 'new', study_id, 'new' FROM study",
        "INSERT INTO study (study_id, state, opened_at) VALUES ('new', 'open', 'now')",
    ],
)
def test_the_database_itself_refuses_to_change_an_opened_study(places, opened, rater, statement):
    vote(places.storage, rater)
    with pytest.raises(DatabaseError):
        change(places.storage, statement)


def test_ballots_of_raters_at_once_are_all_kept(places, opened):
    def rate(rater):
        while places.storage.next_assignment(rater) is not None:
            vote(places.storage, rater)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(rate, opened.registration.raters))
    assert len(places.storage.export_ballots(opened.registration.study_id)) == 3 * 16


def test_one_rater_in_two_browsers_gives_each_item_one_ballot(places, opened, rater):
    def rate(_browser):
        while (shown := places.storage.next_assignment(rater)) is not None:
            places.storage.record_ballot(rater, shown.item.item_id, Preference.A, seconds=1, at=NOW)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(rate, range(3)))
    ballots = places.storage.export_ballots(opened.registration.study_id)
    assert len(ballots) == len({ballot.item_id for ballot in ballots}) == 16


EDITS = {
    "edited": "UPDATE ballot SET preference = 'TIE' WHERE number = 2",
    "a ballot before it is missing": "DELETE FROM ballot WHERE number = 2",
    "its undoing was edited": "UPDATE ballot SET undone_at = 'now', undone_sha256 = 'x' WHERE number = 2",
}


@pytest.mark.parametrize("fault", EDITS)
def test_an_edit_behind_the_triggers_breaks_the_chain(places, opened, fault):
    answer_all(places.storage, opened)
    on = " ON ballot" if places.storage.engine.dialect.name == "postgresql" else ""
    for event in ("update", "delete"):
        change(places.storage, f"DROP TRIGGER ballot_{event}{on}")
    change(places.storage, EDITS[fault])
    with pytest.raises(StudyError, match=fault):
        places.storage.export_ballots(opened.registration.study_id)


def test_a_packet_is_recorded_whole_or_not_at_all(places, opened, rater):
    answers = [
        Answer(
            item_id=shown.item.item_id,
            a_text_id=shown.a_text_id,
            b_text_id=shown.b_text_id,
            preference=Preference.B,
            seconds=3,
            created_at=NOW,
        )
        for shown in places.storage.remaining(rater)[:3]
    ]
    turned = answers[1].model_copy(update={"a_text_id": answers[1].b_text_id, "b_text_id": answers[1].a_text_id})
    with pytest.raises(StudyError, match="other options"):
        places.storage.import_packet(rater, [answers[0], turned])
    assert places.storage.progress(rater).done == 0
    assert places.storage.import_packet(rater, answers).done == 3
    assert places.storage.import_packet(rater, answers).done == 3
    assert len(places.storage.export_ballots(opened.registration.study_id)) == 3


def test_an_invitation_lets_in_until_it_expires_or_is_revoked(places, opened):
    visits, study_id = places.storage.visits, opened.registration.study_id
    token, until = "1" * 64, NOW + timedelta(days=2)
    rater = visits.invite(study_id, "rater 1", token, NOW, until)
    session = visits.accept(token, "2" * 64, "3" * 64, NOW, NOW + timedelta(days=30))
    assert session.rater == rater
    assert session.expires_at.startswith("2026-03-03T09:00")  # no longer than the invitation
    assert visits.find("2" * 64, NOW) == session
    assert visits.find("2" * 64, until) is None
    assert visits.accept(token, "4" * 64, "3" * 64, until, until + timedelta(days=1)) is None
    assert visits.accept("9" * 64, "4" * 64, "3" * 64, NOW, until) is None
    assert visits.revoke(study_id, "rater 1", NOW) == 1
    assert visits.find("2" * 64, NOW) is None
    assert visits.accept(token, "4" * 64, "3" * 64, NOW, until) is None
    with pytest.raises(StudyError, match=r"no rater 'x'; expected one of rater 0, rater 1, rater 2"):
        visits.invite(study_id, "x", token, NOW, until)


@pytest.mark.parametrize("url", ["mysql://somewhere", "no url", "sqlite:////nowhere/at/all.db"])
def test_a_database_that_cannot_be_used_is_told_in_one_line(url):
    with pytest.raises(StudyError) as told:
        open_storage(url)
    assert "\n" not in str(told.value)

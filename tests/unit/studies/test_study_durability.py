"""Commits are on disk, and the server of raters needs few rights."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DatabaseError, ProgrammingError
from study_parts import NOW, make_places, open_small

from columnist.studies.ballots import Preference
from columnist.studies.inviting import hash_token, invite_rater
from columnist.studies.storage import open_storage

PAGE = Path(__file__).resolve().parents[3] / "docs" / "promotion.md"


def ask(storage, query):
    with storage.engine.connect() as connection:
        return connection.execute(text(query)).scalar_one()


def test_sqlite_waits_for_the_disk(local_places):
    assert ask(local_places.storage, "PRAGMA synchronous") == 2  # FULL: also the log of a commit is synchronised
    assert ask(local_places.storage, "PRAGMA journal_mode") == "wal"


@pytest.mark.parametrize(("setting", "kept"), [("off", "on"), ("remote_apply", "remote_apply")])
def test_postgresql_waits_for_the_disk_whatever_its_settings_say(postgres_database, setting, kept):
    operator = open_storage(postgres_database)
    run(operator, f"ALTER DATABASE studies SET synchronous_commit = '{setting}'")
    operator.close()
    storage = open_storage(postgres_database)
    try:
        assert ask(storage, "SHOW synchronous_commit") == kept
    finally:
        storage.close()


@pytest.fixture
def operators(postgres_database, tmp_path):
    """The operator's database, with the role for raters that docs/promotion.md describes."""
    places = make_places(tmp_path, postgres_database)
    (grants,) = re.findall(r"```sql\n(.*?)```", PAGE.read_text(), re.DOTALL)
    run(places.storage, "CREATE ROLE rating LOGIN", *filter(None, grants.split(";\n")))
    yield places
    run(places.storage, "DROP OWNED BY rating", "DROP ROLE rating")
    places.storage.close()


@pytest.fixture
def raters_storage(operators, postgres_database):
    found = open_storage(make_url(postgres_database).set(username="rating").render_as_string())
    yield found
    found.close()


def run(storage, *statements):
    with storage.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_the_role_of_raters_can_serve_them(operators, raters_storage):
    study_id, visits = open_small(operators).registration.study_id, raters_storage.visits
    token = invite_rater(operators.storage, study_id, "rater 0", 1, NOW)
    began = visits.accept(hash_token(token), "s" * 64, "c" * 64, NOW, NOW + timedelta(days=1))
    assert visits.find("s" * 64, NOW) == began
    shown = raters_storage.next_assignment(began.rater)
    raters_storage.record_ballot(began.rater, shown.item.item_id, Preference.A, seconds=1, at=NOW)
    assert raters_storage.undo_last(began.rater, NOW) == shown.item.item_id
    assert raters_storage.remaining(began.rater)[0] == shown
    assert raters_storage.progress(began.rater).done == 0
    visits.end("s" * 64)
    assert visits.forget_expired(NOW) == 0


def test_the_role_of_raters_can_do_nothing_else(operators, raters_storage):
    study_id = open_small(operators).registration.study_id
    for call in (
        lambda: invite_rater(raters_storage, study_id, "rater 1", 1, NOW),
        lambda: raters_storage.close_study(study_id, NOW),
        lambda: raters_storage.remove_draft(study_id),
        lambda: ask(raters_storage, "SELECT count(*) FROM reviewer"),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            call()
    with pytest.raises(DatabaseError, match="can only be opened and closed"):
        run(raters_storage, "UPDATE study SET closed_at = 'now'")

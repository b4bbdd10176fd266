"""A local store whose making was killed is made again; a finished one is never touched."""

import sqlite3

import pytest

from columnist.registry.sessions import _drop_unfinished


@pytest.mark.parametrize(
    ("statements", "kept"),
    [
        ([], False),
        (["CREATE TABLE project (id INT)"], False),
        (["CREATE TABLE alembic_version (version_num TEXT)"], False),
        (["CREATE TABLE alembic_version (version_num TEXT)", "INSERT INTO alembic_version VALUES ('0.98')"], True),
    ],
)
def test_only_a_store_without_a_version_is_removed(tmp_path, statements, kept):
    file = tmp_path / "zenml.db"
    with sqlite3.connect(file) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    _drop_unfinished(f"sqlite:///{file}")
    assert file.exists() is kept


def test_other_stores_are_left_alone(tmp_path):
    _drop_unfinished(f"sqlite:///{tmp_path / 'none.db'}")
    _drop_unfinished("https://zenml.example")
    _drop_unfinished("")

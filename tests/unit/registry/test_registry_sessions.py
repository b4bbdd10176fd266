"""A local store whose making was killed is made again, a finished one never; and what of ZenML's log is let through."""

import logging
import sqlite3

import pytest

from columnist.errors import ConfigError
from columnist.registry.sessions import _drop_unfinished, _is_news, _say_opening


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


@pytest.mark.parametrize(("looked_at", "said"), [(True, "opening the stores\n"), (False, "")])
def test_whoever_looks_on_is_told_what_takes_the_time(monkeypatch, capsys, looked_at, said):
    monkeypatch.setattr("sys.stderr.isatty", lambda: looked_at)
    _say_opening()
    assert capsys.readouterr() == ("", said)


def test_other_stores_are_left_alone(tmp_path):
    _drop_unfinished(f"sqlite:///{tmp_path / 'none.db'}")
    _drop_unfinished("https://zenml.example")
    _drop_unfinished("")


@pytest.mark.parametrize(
    ("error", "logged"),
    [(ConfigError("a mistake"), False), (KeyboardInterrupt(), False), (RuntimeError("a bug"), True)],
    ids=repr,
)
def test_what_is_told_in_one_line_is_not_logged_as_well(error, logged):
    record = logging.LogRecord("zenml", logging.ERROR, "", 0, "Failed to run step `%s`: %s", ("write", error), None)
    assert _is_news(record) is logged

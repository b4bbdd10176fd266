"""The journal of finished texts: found again, bounded, and never the reason why work fails."""

import sqlite3
import subprocess
import sys

import pytest

from columnist.modeling.engines.protocol import Filled
from columnist.modeling.journal import Journal
from columnist.modeling.prompts import Prompt, Slot


def prompt(schema="table stock", names=("sku", "qty")):
    slots = tuple(Slot(index=index, lead=f"{name}:") for index, name in enumerate(names))
    return Prompt(instructions="", schema_text=schema, slots=slots)


TEXTS = (Filled("Article.", (-0.1, -1.5e-9)), Filled("? Which unit?", ()))


@pytest.fixture
def trouble():
    return []


@pytest.fixture
def open_journal(tmp_path, trouble):
    journals = []

    def open_journal(writer="w", **options):
        journals.append(Journal(tmp_path / "home" / "journal.db", writer, trouble.append, **options))
        return journals[-1]

    yield open_journal
    for journal in journals:
        journal.close()


def test_what_was_kept_is_found_to_the_last_bit(open_journal, trouble):
    with open_journal() as journal:
        journal.keep(prompt(), TEXTS)
    assert open_journal().read(prompt()) == dict(enumerate(TEXTS))
    assert trouble == []


def test_slots_are_found_one_by_one(open_journal):
    journal = open_journal()
    journal.keep(prompt(), TEXTS)
    assert journal.read(prompt(names=("new", "qty"))) == {1: TEXTS[1]}


@pytest.mark.parametrize("change", ["writer", "schema", "instructions", "lead"])
def test_all_that_decides_a_text_decides_whether_it_is_found(open_journal, change):
    open_journal().keep(prompt(), TEXTS)
    other = {
        "writer": prompt(),
        "schema": prompt("table stocks"),
        "instructions": prompt().model_copy(update={"instructions": "Be kind."}),
        "lead": prompt(names=("a", "b")),
    }[change]
    assert open_journal("another" if change == "writer" else "w").read(other) == {}


def test_fresh_reads_nothing_and_replaces(open_journal):
    open_journal().keep(prompt(), TEXTS)
    with open_journal(fresh=True) as journal:
        assert journal.read(prompt()) == {}
        journal.keep(prompt(), TEXTS[::-1])
    assert open_journal().read(prompt()) == dict(enumerate(TEXTS[::-1]))


def test_what_was_kept_survives_the_death_of_the_process(open_journal, tmp_path):
    code = (
        "import os, sys, pathlib; from columnist.modeling.journal import Journal; "
        "from columnist.modeling.engines.protocol import Filled; from columnist.modeling.prompts import Prompt; "
        "journal = Journal(pathlib.Path(sys.argv[1]), 'w', print); "
        "journal.keep(Prompt.model_validate_json(sys.argv[2]), (Filled('A.'), Filled('B.'))); os.kill(os.getpid(), 9)"
    )
    path = tmp_path / "home" / "journal.db"
    done = subprocess.run([sys.executable, "-c", code, str(path), prompt().model_dump_json()], capture_output=True)
    assert done.returncode == -9
    assert [filled.text for filled in open_journal().read(prompt()).values()] == ["A.", "B."]


def test_the_oldest_go_when_the_file_is_too_large(open_journal, tmp_path):
    with open_journal(max_bytes=100_000) as journal:
        for number in range(400):
            journal.keep(prompt(f"table t{number}"), (Filled("x" * 200), Filled("y" * 200)))
    assert (tmp_path / "home" / "journal.db").stat().st_size <= 100_000
    journal = open_journal()
    assert journal.read(prompt("table t0")) == {}
    assert len(journal.read(prompt("table t399"))) == 2


def test_a_file_that_is_no_journal_is_moved_aside(open_journal, tmp_path, trouble):
    path = tmp_path / "home" / "journal.db"
    path.parent.mkdir()
    path.write_bytes(b"This was a journal once. " * 500)
    journal = open_journal()
    journal.keep(prompt(), TEXTS)
    assert journal.read(prompt()) == dict(enumerate(TEXTS))
    (line,) = trouble
    assert "is damaged" in line
    assert "\n" not in line
    assert path.with_suffix(".damaged").read_bytes().startswith(b"This was")


def test_damage_that_shows_later_is_met_the_same_way(open_journal, tmp_path, trouble):
    with open_journal() as journal:
        for number in range(200):
            journal.keep(prompt(f"table t{number}"), TEXTS)
    path = tmp_path / "home" / "journal.db"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with open_journal() as journal:
        for number in range(200):
            journal.read(prompt(f"table t{number}"))
        journal.keep(prompt(), TEXTS)
        assert journal.read(prompt()) == dict(enumerate(TEXTS))
    (line,) = trouble
    assert "is damaged" in line


def test_a_journal_of_another_version_is_moved_aside(open_journal, tmp_path, trouble):
    open_journal().close()
    with sqlite3.connect(tmp_path / "home" / "journal.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    open_journal().keep(prompt(), TEXTS)
    assert "version 99" in trouble[0]


def test_where_no_file_can_be_the_work_goes_on(tmp_path, trouble):
    (tmp_path / "file").write_text("")
    with Journal(tmp_path / "file" / "journal.db", "w", trouble.append) as journal:
        journal.keep(prompt(), TEXTS)
        assert journal.read(prompt()) == {}
    (line,) = trouble
    assert "cannot be used" in line


def test_two_processes_may_write_at_once(open_journal):
    first, second = open_journal(), open_journal()
    first.keep(prompt("table a"), TEXTS)
    second.keep(prompt("table b"), TEXTS)
    assert len(first.read(prompt("table b"))) == len(second.read(prompt("table a"))) == 2

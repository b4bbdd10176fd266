"""The table of retrieval: every documentation beside names alone."""

import json

import pytest
from click.testing import CliRunner

from benchmarks import retrieval
from benchmarks.retrieval import main
from columnist.errors import ConfigError
from columnist.evaluation.retrieval import NAMES, PEOPLE, Method, Retrieval, Target

KINDS = ("parcels", "wages", "machines", "customers")


@pytest.fixture
def file(tmp_path):
    rows = [
        {
            "ddl": f"CREATE TABLE t{number} (id INT, qty INT, made_at DATE)",
            "dialect": "mysql",
            "description": f"Everything known of our {kind} today.",
            "columns": {"id": f"Number of {kind}.", "qty": "Units. Never below zero there.", "made_at": "Day of it."},
        }
        for number, kind in enumerate(KINDS)
    ]
    path = tmp_path / "tables.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(autouse=True)
def _no_encoder(monkeypatch):
    monkeypatch.setattr(retrieval, "find_encoder", lambda: None)


def test_every_documentation_is_printed_and_written(file, tmp_path):
    to = tmp_path / "retrieval.json"
    options = ["--system", "spelled=names:", "--cache", str(tmp_path / "cache"), "--to", str(to)]
    done = CliRunner().invoke(main, [str(file), *options])
    assert done.exit_code == 0, done.output
    measured = Retrieval.model_validate_json(to.read_bytes())
    search = measured.search(Target.TABLE, Method.BM25)
    assert [found.documentation for found in search.found] == [NAMES, "spelled", PEOPLE]
    assert search.documentation(PEOPLE).reciprocal_rank.mean.estimate == 1
    assert "4 questions about 4 tables" in " ".join(done.output.split())


def test_two_systems_of_one_name_are_a_persons_mistake(file):
    done = CliRunner().invoke(main, [str(file), "--system", "x=names:", "--system", "x=names:"])
    assert isinstance(done.exception, ConfigError)

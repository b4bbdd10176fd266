"""What the token benchmark makes of counts, with a tokenizer whose tokens can be counted by hand."""

import json

import pytest
from click.testing import CliRunner
from counted_letters import Chatting

from benchmarks.tokens import main, summarise
from columnist.errors import TrainingSetError
from columnist.modeling.prompts import PromptKind
from columnist.systems.usage import COMPACT, INSTRUCT


def test_ratios_are_of_totals_and_of_tables():
    # Totals: 150 of 300; tables: 0.1, 0.2 and 1.2, whose median is 0.2.
    figures = summarise({COMPACT: [10, 20, 120], INSTRUCT: [100, 100, 100]}, seed=1)
    compact = figures[COMPACT]
    assert (compact["total"], compact["mean"], compact["p50"]) == (150, 50.0, 20.0)
    assert compact["ratio_of_totals"]["estimate"] == pytest.approx(0.5)
    assert compact["median_ratio"]["estimate"] == pytest.approx(0.2)
    for ratio in ("ratio_of_totals", "median_ratio"):
        assert compact[ratio]["low"] <= compact[ratio]["estimate"] <= compact[ratio]["high"]
        assert figures[INSTRUCT][ratio] == {"low": 1.0, "high": 1.0, "estimate": 1.0}
    assert summarise({COMPACT: [10, 20, 120], INSTRUCT: [100, 100, 100]}, seed=1) == figures


@pytest.fixture
def tables(tmp_path):
    rows = [{"ddl": f"CREATE TABLE t{n} (a INT, b TEXT);", "dialect": "postgres", "columns": {}} for n in range(3)]
    file = tmp_path / "tables.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def test_the_command_prints_a_table_and_writes_figures(tables, tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.tokens.open_tokenizer", lambda _name: Chatting())
    to = tmp_path / "tokens.json"
    result = CliRunner().invoke(main, [str(tables), "--tokenizer", "other", "--to", str(to)])
    assert result.exit_code == 0, result.output
    report = json.loads(to.read_text())
    assert (report["tables"], report["columns"]) == (3, 6)
    assert list(report["tokenizers"]) == ["smollm2-135m-instruct", "other"]
    assert set(report["prompts"]) == set(PromptKind)


def test_one_table_has_no_interval(tables):
    tables.write_text(tables.read_text().splitlines()[0])
    result = CliRunner().invoke(main, [str(tables)])
    assert isinstance(result.exception, TrainingSetError)
    assert "expected two tables or more" in str(result.exception)

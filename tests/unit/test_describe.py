"""Describing a script from end to end, with a fake engine."""

import json

import pytest

from columnist import describe
from columnist.ddl import read_text
from columnist.errors import ModelNotFound
from columnist.modeling.engines.protocol import Filled
from columnist.modeling.prompts import PromptKind

SCRIPT = """\
CREATE TABLE sales (id INT PRIMARY KEY, made DATE) PARTITION BY RANGE (made);
CREATE TABLE sales_2024 PARTITION OF sales FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE stock (sku TEXT PRIMARY KEY, qty INT);
COMMENT ON COLUMN stock.qty IS 'Units held.';
"""


class Engine:
    """Answers every slot with what it stands for."""

    def __init__(self):
        self.asked = []

    def fill(self, prompts, on_filled=None):
        self.asked += [slot.lead for prompt in prompts for slot in prompt.slots]
        return [tuple(Filled(f"Says {slot.lead}") for slot in prompt.slots) for prompt in prompts]


@pytest.fixture
def engine(monkeypatch):
    engine = Engine()
    engine.opened = []
    monkeypatch.setattr(describe, "open_engine", lambda *arguments: engine.opened.append(arguments) or engine)
    return engine


def test_the_base_model_is_asked_for_what_people_left_open(engine):
    document = json.loads(describe.describe_script(read_text(SCRIPT, "postgres", "shop.sql"), "base", "json"))
    assert engine.opened == [(describe.EMBEDDED, None)]
    tables = {table["name"]: table for table in document["tables"]}
    assert set(tables) == {"sales", "sales_2024", "stock"}
    stock = {column["name"]: column for column in tables["stock"]["columns"]}
    assert "Units held." in json.dumps(stock["qty"])
    assert "Says" not in json.dumps(stock["qty"])
    # Partitions are not described on their own, and what a person wrote is not asked for.
    assert len(engine.asked) == (1 + 2) + (1 + 1)


@pytest.mark.parametrize("format_name", ["md", "sql", "dbt", "json"])
def test_every_format_carries_the_texts(engine, format_name):
    document = describe.describe_script(read_text(SCRIPT, "postgres", "shop.sql"), "base", format_name)
    assert "Units held." in document or format_name == "sql"
    assert "Says" in document


def test_a_model_that_asks_leaves_questions_and_no_comments(engine, monkeypatch):
    monkeypatch.setattr(
        engine, "fill", lambda prompts, _: [(Filled("? What is it **for"),) * len(p.slots) for p in prompts]
    )
    script = read_text(SCRIPT, "postgres", "shop.sql")
    statements = describe.describe_script(script, "base", "sql")
    assert "COMMENT ON" not in statements
    assert "-- the table itself and 1 column need a person: sku" in statements
    page = describe.describe_script(script, "base", "md")
    assert "- `stock.sku`: What is it for?" in page
    assert "Units held. |" in page


@pytest.mark.parametrize(
    ("aliases", "chosen"),
    [
        ([["challenger"], []], "models:/columnist@challenger"),
        ([["challenger"], ["champion"]], "models:/columnist@champion"),
        ([["challenger", "champion"]], "models:/columnist@champion"),
    ],
)
def test_the_champion_is_used_where_there_is_one(engine, monkeypatch, aliases, chosen):
    opened = []

    def stop(reference):
        opened.append(reference)
        raise ModelNotFound("far enough")

    monkeypatch.setattr(describe, "list_versions", lambda name: [{"aliases": own} for own in aliases])
    monkeypatch.setattr(describe, "open_model", stop)
    with pytest.raises(ModelNotFound, match="far enough"):
        describe.describe_script(read_text(SCRIPT), None, "md")
    assert opened == [chosen]


@pytest.mark.parametrize("versions", [[], [{"aliases": []}], [{"aliases": ["mine"]}]])
def test_without_a_registered_model_a_way_on_is_named(engine, monkeypatch, versions):
    monkeypatch.setattr(describe, "list_versions", lambda name: versions)
    with pytest.raises(ModelNotFound, match=r"run.py demo.*--model base"):
        describe.describe_script(read_text(SCRIPT), None, "md")


def test_the_prompt_is_the_one_the_model_knows(monkeypatch, engine):
    kinds = []
    monkeypatch.setattr(
        describe, "describe_tables", lambda engine, tables, kind, progress, **_: kinds.append(kind) or iter(())
    )
    with pytest.raises(StopIteration):
        describe.describe_script(read_text("CREATE TABLE t (a INT)"), "base", "md")
    assert kinds == [PromptKind.INSTRUCT]

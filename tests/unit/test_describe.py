"""Describing a script from end to end, with a fake engine."""

import json
from types import SimpleNamespace

import pytest
from stated_adapter import state_adapter

from columnist import describe, describe_commands
from columnist.ddl import read_text
from columnist.errors import ConfigError, ModelNotFound
from columnist.home import Home
from columnist.modeling.engines import EngineName, Filled
from columnist.modeling.prompts import PromptKind
from columnist.registry import sessions, versions

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
        filled = [tuple(Filled(f"Says {slot.lead}") for slot in prompt.slots) for prompt in prompts]
        for place, texts in enumerate(filled):
            on_filled(place, texts)
        return filled


@pytest.fixture
def engine(monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    engine = Engine()
    engine.opened = []
    monkeypatch.setattr(describe, "open_engine", lambda *arguments: engine.opened.append(arguments) or engine)
    monkeypatch.setattr(describe, "resolve_base_model", lambda _: SimpleNamespace(digest="1" * 64))
    monkeypatch.setattr(describe, "settle_engine", lambda _, name: name)
    return engine


@pytest.fixture
def adapter(tmp_path):
    return state_adapter(tmp_path / "adapter")


def describe_text(sql, format_name, *, say=lambda _: None, dialect="postgres", **wishes):
    return describe.describe_script(
        read_text(sql, dialect, "shop.sql"), describe.Wishes(**wishes), format_name, say=say
    )


def test_the_base_model_is_asked_for_what_people_left_open(engine):
    document = json.loads(describe_text(SCRIPT, "json", model="base"))
    assert engine.opened == [(describe.EMBEDDED, None, EngineName.AUTO)]
    tables = {table["name"]: table for table in document["tables"]}
    assert set(tables) == {"sales", "sales_2024", "stock"}
    stock = {column["name"]: column for column in tables["stock"]["columns"]}
    assert "Units held." in json.dumps(stock["qty"])
    assert "Says" not in json.dumps(stock["qty"])
    # Partitions are not described on their own, and what a person wrote is not asked for.
    assert len(engine.asked) == (1 + 2) + (1 + 1)


@pytest.mark.parametrize("format_name", ["md", "sql", "dbt", "json"])
def test_every_format_carries_the_texts(engine, format_name):
    document = describe_text(SCRIPT, format_name, model="base")
    assert "Units held." in document or format_name == "sql"
    assert "Says" in document


def test_a_model_that_asks_leaves_questions_and_no_comments(engine, monkeypatch):
    monkeypatch.setattr(
        engine, "fill", lambda prompts, _=None: [(Filled("? What is it **for"),) * len(p.slots) for p in prompts]
    )
    statements = describe_text(SCRIPT, "sql", model="base")
    assert "COMMENT ON" not in statements
    assert "-- the table itself and 1 column need a person: sku" in statements
    page = describe_text(SCRIPT, "md", model="base")
    assert "- `stock.sku`: What is it for?" in page
    assert "Units held. |" in page


@pytest.mark.parametrize(
    ("aliases", "chosen"),
    [
        ([["challenger"], []], "models:/columnist@challenger"),
        ([["challenger"], ["champion"]], "models:/columnist@champion"),
        ([["challenger", "champion"]], "models:/columnist@champion"),
        ([["mine"]], None),
        ([], None),
    ],
)
@pytest.mark.parametrize("store", ["a file", "a server"])
def test_the_champion_is_used_where_there_is_one_and_else_the_default(
    engine, adapter, monkeypatch, tmp_path, aliases, chosen, store
):
    if store == "a server":
        monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow.example")
    else:
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "mlflow.db").write_bytes(b"")
    opened = []
    monkeypatch.setattr(sessions, "open_stores", lambda home, zenml: opened.append(zenml))
    monkeypatch.setattr(versions, "list_versions", lambda name: [{"aliases": own} for own in aliases])
    monkeypatch.setattr(versions, "open_model", lambda reference: opened.append(reference) or adapter)
    monkeypatch.setattr(describe, "shipped_adapter", lambda: opened.append(None) or adapter)
    said = []
    page = describe_text(SCRIPT, "md", say=said.append)
    assert opened[0] is False
    assert opened[-1] == chosen
    name = f"{chosen or 'the default model of columnist'} (adapter {adapter.digest[:12]})"
    assert said == [f"described by {name}"]
    assert f"† written by {name};" in page.replace("\\@", "@")
    assert engine.opened == [("tiny", adapter, EngineName.AUTO)]


def test_without_a_store_none_is_made(engine, adapter, monkeypatch, tmp_path):
    monkeypatch.setattr(sessions, "open_stores", lambda home, zenml: pytest.fail("opened a store"))
    monkeypatch.setattr(describe, "shipped_adapter", lambda: adapter)
    assert "the default model of columnist" in describe_text(SCRIPT, "md")
    assert "the default model of columnist" in describe_text(SCRIPT, "md", model="default")
    assert str(adapter.folder) in describe_text(SCRIPT, "md", model=str(adapter.folder))
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["journal.db"]


def test_a_folder_that_is_not_there(engine):
    with pytest.raises(ModelNotFound, match="'/no/such' does not exist"):
        describe_text(SCRIPT, "md", model="/no/such")


@pytest.mark.parametrize(("model", "kind"), [("base", PromptKind.INSTRUCT), ("default", PromptKind.COMPACT)])
def test_the_prompt_is_the_one_the_model_knows(engine, adapter, monkeypatch, model, kind):
    kinds = []
    write = describe.describe_tables
    monkeypatch.setattr(describe, "shipped_adapter", lambda: adapter)
    monkeypatch.setattr(describe, "describe_tables", lambda *given, **wishes: kinds.append(given[2]) or write(*given))
    describe_text("CREATE TABLE t (a INT)", "md", model=model)
    assert kinds == [kind]


class Acceptance:
    """Knows nothing but its threshold and one probability for everything."""

    threshold = 0.6

    def probability(self, table, index, filled):
        return 0.55


@pytest.mark.parametrize(("threshold", "asks"), [(None, True), (0.5, False), (0.0, False), (1.0, True)])
def test_the_threshold_is_the_adapters_unless_a_person_sets_one(engine, adapter, monkeypatch, threshold, asks):
    monkeypatch.setattr(describe, "shipped_adapter", lambda: adapter)
    monkeypatch.setattr(describe, "read_acceptance", lambda folder: Acceptance() if folder == adapter.folder else None)
    document = json.loads(describe_text(SCRIPT, "json", model="default", threshold=threshold))
    sku = document["tables"][2]["columns"][0]["description"]
    assert bool(sku["question"]) == asks
    assert bool(sku["text"]) != asks
    assert sku["acceptance"] == 0.55


def test_a_threshold_without_probabilities_is_pointed_out(engine):
    said = []
    document = json.loads(describe_text(SCRIPT, "json", say=said.append, model="base", threshold=0.9))
    assert document["tables"][2]["columns"][0]["description"]["text"] == "Says Description of column sku:"
    assert "is not known" in said[0]
    assert len(said) == 2


def test_models_do_not_take_each_others_texts(engine, adapter, monkeypatch):
    monkeypatch.setattr(describe, "shipped_adapter", lambda: adapter)
    for wishes in ({"model": "base"}, {"model": "default"}, {"model": "default", "engine": EngineName.TRANSFORMERS}):
        engine.asked.clear()
        describe_text(SCRIPT, "md", **wishes)
        assert len(engine.asked) == 5
        describe_text(SCRIPT, "md", **wishes)
        assert len(engine.asked) == 5


def test_an_endpoint_writes_where_it_is_named(engine):
    wishes = {"endpoint": "http://127.0.0.1:1/v1", "endpoint_model": "qwen"}
    said = []
    describe_text(SCRIPT, "md", say=said.append, **wishes)
    assert said == ["described by qwen at http://127.0.0.1:1/v1"]
    assert engine.opened == [("http://127.0.0.1:1/v1#qwen", None, EngineName.OPENAI)]
    describe_text(SCRIPT, "md", endpoint="http://127.0.0.1:1/v1", endpoint_model="other")
    assert len(engine.opened) == 2


@pytest.mark.parametrize(
    "wishes",
    [
        {"endpoint": "http://127.0.0.1:1/v1"},
        {"endpoint_model": "qwen"},
        {"engine": EngineName.OPENAI},
        {"endpoint": "http://127.0.0.1:1/v1", "endpoint_model": "qwen", "model": "base"},
        {"endpoint": "http://127.0.0.1:1/v1", "endpoint_model": "qwen", "engine": EngineName.OPENVINO},
    ],
)
def test_an_endpoint_is_named_whole_and_alone(engine, wishes):
    with pytest.raises(ConfigError, match="endpoint") as caught:
        describe_text(SCRIPT, "md", **wishes)
    assert "\n" not in str(caught.value)


def test_the_command_knows_every_engine():
    assert set(describe_commands._ENGINES) == {name.value for name in EngineName}
    assert set(describe_commands._FORMATS) == {format.value for format in describe.Format}


def test_texts_are_kept_under_the_engine_that_writes_them(monkeypatch, tmp_path):
    fastest = {EngineName.AUTO: EngineName.OPENVINO}
    monkeypatch.setattr(describe, "resolve_base_model", lambda _: SimpleNamespace(digest="1" * 64))
    monkeypatch.setattr(describe, "settle_engine", lambda _, name: fastest.get(name, name))

    def digest(engine: EngineName) -> str:
        return describe.choose_writer(describe.Wishes(model="default", engine=engine), Home(tmp_path)).digest

    assert digest(EngineName.AUTO) == digest(EngineName.OPENVINO) != digest(EngineName.TRANSFORMERS)

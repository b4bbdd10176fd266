"""The quality table: which tables are drawn, what is kept on disk, and how systems are compared."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from benchmarks import quality
from benchmarks.quality import main
from benchmarks.quality_report import Report, tabulate_differences, tabulate_means
from columnist.ddl.tables import Column, Table
from columnist.errors import ConfigError, TrainingSetError
from columnist.evaluation import ReplyFaults
from columnist.modeling.prompts import render_request
from columnist.synthesis.documented import draw_documented
from columnist.systems import Kind, System, system
from columnist.systems.replies import find_faults


def row(number: int, **changed: object) -> dict[str, object]:
    columns = {"id": "Key of the row.", "qty": "Units held.", "made_at": "When it was made."}
    ddl = f"CREATE TABLE stock_{number} (id INT, qty INT COMMENT 'secret', made_at DATE)"
    return {"id": number, "ddl": ddl, "dialect": "mysql", "description": "Stock.", "columns": columns, **changed}


@pytest.fixture
def tables(tmp_path):
    def tables(*rows: dict[str, object]):
        path = tmp_path / "tables.jsonl"
        path.write_text("".join(json.dumps(each) + "\n" for each in rows))
        return path

    return tables


@pytest.fixture(autouse=True)
def _no_encoder(monkeypatch):
    monkeypatch.setattr(quality, "find_encoder", lambda: None)


def test_tables_are_drawn_among_those_described_in_full(tables):
    undescribed = [row(7, description=""), row(8, columns={"id": "Key."}), row(9, ddl="CREATE TABLE s (id INT)")]
    file = tables(*(row(number) for number in range(1, 6)), *undescribed)
    drawn = draw_documented(file, 3, seed=1)
    assert len(drawn) == 3
    assert drawn == draw_documented(file, 3, seed=1)
    assert {example.id for example in draw_documented(file, 99, seed=1)} == {"1", "2", "3", "4", "5"}
    assert all("secret" not in example.table.model_dump_json() for example in drawn)


def test_tables_that_were_looked_at_are_left_out(tables):
    file = tables(*(row(number) for number in range(1, 9)))
    order = draw_documented(file, 8, seed=1)
    assert draw_documented(file, 3, seed=1) == order[:3]
    assert draw_documented(file, 3, seed=1, skip=3) == order[3:6]
    with pytest.raises(TrainingSetError, match=r"after the 7 that are left out .* but 1 came"):
        draw_documented(file, 3, seed=1, skip=7)


def test_too_few_tables_are_a_persons_mistake(tables):
    with pytest.raises(TrainingSetError, match="but 1 came; give another file"):
        draw_documented(tables(row(1), row(2, description="")), 5, seed=1)


@pytest.mark.parametrize("text", ["", "base", "=slots:x", "base=slots", "base=slots:", "base=magic:x"])
def test_a_system_that_cannot_be_read(text):
    with pytest.raises(ConfigError, match="expected NAME=KIND:REFERENCE with KIND one of tuned, slots"):
        System.parse(text)


def test_the_table_has_every_system_and_what_people_wrote(tables, tmp_path):
    options = ["--system", "names=names:", "--system", "again=names:", "--cache", tmp_path / "cache"]
    file = tables(*(row(number) for number in range(4)))
    done = CliRunner().invoke(main, [str(each) for each in (file, *options, "--to", tmp_path / "q.json")])
    assert done.exit_code == 0, done.output
    report = Report.model_validate_json((tmp_path / "q.json").read_bytes())
    header, rows = tabulate_means(report)
    assert header == ("measure", "good", "names", "again", "people")
    cells = {name: cells for name, *cells in rows}
    # Names are all that names say; people say more. Nothing is compared with what people wrote by itself.
    assert cells["Name echo"][1:] == ["1.000 [1.000, 1.000]", "1.000 [1.000, 1.000]", "0.250 [0.250, 0.250]"]
    assert cells["chrF"][-1] == ""
    assert {finding for *_, finding in tabulate_differences(report)["again"]} == {"undecided"}
    assert report.texts["names"][0].columns == ("Id.", "Quantity.", "Made at.")
    assert "| Name echo | lower |" in (tmp_path / "q.md").read_text()


def test_two_systems_of_one_name_are_refused(tables):
    with pytest.raises(ConfigError, match="the same name"):
        CliRunner().invoke(
            main,
            [str(tables(row(1), row(2))), "--system", "a=names:", "--system", "a=names:"],
            catch_exceptions=False,
        )


class FakeEngine:
    """Answers requests, and counts them."""

    def __init__(self, reply: str):
        self.reply, self.asked, self.schemas = reply, 0, None

    def complete(self, requests, max_new_tokens, schemas):
        self.asked, self.schemas = self.asked + len(requests), schemas
        return [self.reply] * len(requests)


@pytest.fixture
def engine(monkeypatch):
    fake = FakeEngine('{"table": "**Stock**.", "columns": {"id": "Key.", "qty": "Units.", "price": "Money."}}')
    monkeypatch.setattr(system, "open_engine", lambda *_: fake)
    monkeypatch.setattr(system, "resolve_base_model", lambda reference: SimpleNamespace(digest=reference))
    return fake


@pytest.mark.parametrize("kind", [Kind.JSON, Kind.SCHEMA])
def test_replies_are_read_as_the_product_does_and_their_faults_counted(kind, engine, tables, tmp_path):
    examples = draw_documented(tables(*(row(number) for number in range(3))), 3, seed=1)
    piece = System(name="x", kind=kind, reference="model").write(examples, tmp_path, lambda *_: None)
    assert piece.texts[0].table == "Stock."
    assert piece.texts[0].columns == ("Key.", "Units.", "")
    assert piece.faults == (ReplyFaults(missing=1, invented=1),) * 3
    assert (engine.schemas is not None) == (kind is Kind.SCHEMA)


def test_what_was_written_is_not_written_again(engine, tables, tmp_path):
    examples = draw_documented(tables(*(row(number) for number in range(30))), 30, seed=1)
    said: list[tuple[int, int]] = []
    writer = System(name="x", kind=Kind.JSON, reference="model")
    first = writer.write(examples, tmp_path, lambda *progress: said.append(progress))
    assert (engine.asked, said) == (30, [(25, 30), (30, 30)])
    assert writer.write(examples, tmp_path, lambda *_: None) == first
    assert engine.asked == 30
    # Another model, or an unreadable file, is written anew.
    System(name="x", kind=Kind.JSON, reference="other").write(examples, tmp_path, lambda *_: None)
    assert engine.asked == 60
    for path in tmp_path.glob("*.json"):
        path.write_text("{")
    writer.write(examples, tmp_path, lambda *_: None)
    assert engine.asked == 90


@pytest.mark.parametrize(
    ("reply", "missing", "invented"),
    [
        ('{"table": "T.", "columns": {"id": "K.", "qty": "U."}}', 0, 0),
        ('```json\n{"table": "T.", "columns": {"ID": "K.", "qty": "U."}}\n```', 0, 0),
        ('{"table": "T.", "id": "K.", "qty": "U."}', 0, 0),
        ('{"table": "T.", "columns": {"id": "K.", "qty": 3}}', 1, 0),
        ('{"table": "T.", "columns": {"id": "K.", "qty": "U.", "a": "", "b": ""}}', 0, 2),
        ('{"table": "T.", "table": "S.", "columns": {"id": "K.", "qty": "U."}}', 1, 0),
        ('{"table": "T.", "columns": {"id": "K.", "qty": "U', 3, 0),
        ("", 3, 0),
    ],
)
def test_faults_of_replies(reply, missing, invented):
    (request,) = render_request(Table(name="stock", columns=(Column(name="id"), Column(name="qty"))))
    assert find_faults(request, reply) == ReplyFaults(missing=missing, invented=invented)

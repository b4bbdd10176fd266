"""Harvests: what is learned from people's comments, what is not, and that they stay where they belong."""

import json
import sys
from pathlib import Path

import pytest

import run
from columnist.catalogs import open_catalog
from columnist.ddl import read_text
from columnist.errors import ConfigError, TrainingSetError
from columnist.synthesis.harvest import (
    LicenseClass,
    classify_license,
    harvest_source,
    read_harvest,
    write_harvest,
)
from columnist.synthesis.human_texts import find_human_fault

SHARED_DDL = Path(__file__).resolve().parents[4] / "shared" / "data" / "ddl"
SCRIPT = """
-- our shop
CREATE TABLE shop.orders (
    id          bigint PRIMARY KEY,      -- the key
    customer_id bigint NOT NULL,
    state       varchar(10) DEFAULT 'open',
    paid        numeric(8, 2)
);
COMMENT ON TABLE shop.orders IS 'Bestellungen des Ladens,
   eine Zeile je Bestellung.';
COMMENT ON COLUMN shop.orders.id IS 'ID';
COMMENT ON COLUMN shop.orders.state IS 'How far it has come:  open, paid or sent';
COMMENT ON COLUMN shop.orders.paid IS 'Money received, ask jo@example.com';
CREATE TABLE shop.bare (id int, name text);
CREATE TABLE shop.hidden (id int, token text DEFAULT 'AKIAABCDEFGHIJKLMNOP', kind text);
COMMENT ON COLUMN shop.hidden.id IS 'Key of the row in the vault';
COMMENT ON COLUMN shop.hidden.kind IS 'What may be opened with it';
"""


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "shop.sql"
    path.write_text(SCRIPT)
    return path


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path / "home"))

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["run.py", "harvest", *map(str, arguments)])
        code = 0
        try:
            run.main()
        except SystemExit as stop:
            code = stop.code
        return code, *capsys.readouterr()

    return command


def _harvest(source, license_="LicenseRef-shop", **options):
    return harvest_source(str(source), license_, **{"min_documented": 0.2, **options})


def test_comments_become_examples(script):
    examples, record, skipped = _harvest(script)
    assert skipped == ()
    orders, hidden = examples
    assert orders.table.qualified_name == "shop.orders"
    assert orders.reference.table == "Bestellungen des Ladens, eine Zeile je Bestellung."
    assert orders.reference.columns == ("", "", "How far it has come: open, paid or sent", "")
    assert (orders.teacher, orders.kind, orders.naics_code, orders.use_case) == ("human", "harvested", "", "")
    assert orders.license == "LicenseRef-shop"
    assert orders.group == hidden.group
    assert record.rejected_tables == {"too few columns are described": 1}
    assert record.rejected_texts == {"a text has a link or an address": 1, "a text is too short": 1}
    assert (record.tables, record.examples, record.texts, record.undocumented_columns) == (3, 2, 4, 4)


def test_statements_keep_their_layout_and_lose_their_comments(script):
    orders, hidden = _harvest(script)[0]
    assert orders.ddl.splitlines()[:3] == [
        "CREATE TABLE shop.orders (",
        "    id          bigint PRIMARY KEY,",
        "    customer_id bigint NOT NULL,",
    ]
    for example in (orders, hidden):
        (table,) = read_text(example.ddl, "postgres").tables
        assert [c.name for c in table.columns] == [c.name for c in example.table.columns]
        assert not any(column.comment for column in (*table.columns, *example.table.columns))


def test_a_secret_in_a_statement_is_not_passed_on(script):
    _, hidden = _harvest(script)[0]
    assert "AKIA" not in hidden.model_dump_json()
    assert hidden.ddl.startswith("CREATE TABLE shop.hidden (")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Zeitpunkt der Zahlung", None),
        ("日付と時刻の記録です。支払いのとき", None),
        ("Code from `states`, 1 = open; 2 = paid (since 2019)", None),
        ("{{ var('x') }} of the order", "a template that cannot be resolved"),
        ("One of:\n- open\n- paid", "a text has markup"),
        ("See **this** for more", "a text has markup"),
        ("A <b>bold</b> word", "a text has markup"),
        ("| a | b |", "a text has markup"),
        ("TODO describe", "a placeholder instead of a text"),
        ("n/a", "a placeholder instead of a text"),
        ("...", "a placeholder instead of a text"),
        ("Called from 0049 30 1234567 89", "a text looks like personal data"),
        ("The password=hunter2 opens it", "a text looks like a secret"),
        ("Look at https://wiki.example.com/x", "a text has a link or an address"),
        ("Paid \u202eat the till", "a text has control characters or several lines"),
        ("word " * 200, "a text is too long"),
        ("Euro", "a text is too short"),
        ("The paid at of it", "a text repeats the name"),
    ],
)
def test_what_is_learned_of_a_text(text, reason):
    assert find_human_fault("paid_at", text) == reason


@pytest.mark.parametrize(
    ("license_", "told", "class_"),
    [
        ("MIT", None, "permissive"),
        ("MIT OR GPL-3.0-only", None, "permissive"),
        ("Apache-2.0 AND CC-BY-SA-4.0", None, "restricted"),
        ("CC-BY-NC-4.0", None, "restricted"),
        ("LicenseRef-ours", None, "proprietary"),
        ("LicenseRef-ours", "restricted", "restricted"),
    ],
)
def test_the_class_of_a_license(license_, told, class_):
    assert classify_license(license_, told).value == class_


def test_a_harvest_is_written_and_read_back(script, tmp_path):
    examples, record, _ = _harvest(script)
    write_harvest(examples, record, tmp_path / "out")
    read, found = read_harvest(tmp_path / "out")
    assert read == record
    assert tuple(found) == examples


def test_a_repeated_harvest_has_the_same_bytes(script, tmp_path):
    for _ in range(2):
        examples, record, _ = _harvest(script)
        write_harvest(examples, record, tmp_path / "a")
        write_harvest(examples, record, tmp_path / "b")
        for name in ("examples.jsonl", "harvest.json"):
            assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "shop.sql"]


def test_classes_and_sources_are_kept_apart(script, tmp_path):
    write_harvest(*_harvest(script)[:2], tmp_path / "out")
    with pytest.raises(ConfigError, match="holds proprietary texts, these are permissive"):
        write_harvest(*_harvest(script, "MIT")[:2], tmp_path / "out")
    other = script.rename(tmp_path / "other.sql")
    with pytest.raises(ConfigError, match=r"holds the harvest of shop\.sql, not of other\.sql"):
        write_harvest(*_harvest(other)[:2], tmp_path / "out")
    assert read_harvest(tmp_path / "out")[0].source == "shop.sql"


def test_other_peoples_files_are_not_touched(script, tmp_path):
    examples, record, _ = _harvest(script)
    for name in ("examples.jsonl", "thesis.tex"):
        folder = tmp_path / name.partition(".")[0]
        folder.mkdir()
        (folder / name).write_text("mine")
        with pytest.raises(ConfigError, match="files that are no harvest"):
            write_harvest(examples, record, folder)
        assert (folder / name).read_text() == "mine"
    with pytest.raises(ConfigError, match="is a file"):
        write_harvest(examples, record, script)


def test_a_changed_harvest_is_noticed(script, tmp_path):
    write_harvest(*_harvest(script)[:2], tmp_path / "out")
    path = tmp_path / "out" / "examples.jsonl"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(TrainingSetError, match="is not the file that"):
        read_harvest(tmp_path / "out")
    (tmp_path / "out" / "harvest.json").write_text("{}")
    with pytest.raises(TrainingSetError, match=r"harvest\.json: source_kind: Field required"):
        read_harvest(tmp_path / "out")
    with pytest.raises(TrainingSetError, match="expected the folder of a harvest"):
        read_harvest(tmp_path / "none")


def test_the_command_keeps_classes_apart_by_default(command, script, tmp_path):
    code, out, err = command(script, "--license", "LicenseRef-shop", "--min-documented", 0.2)
    assert (code, err) == (0, "")
    assert "2 examples of 3 tables" in out
    assert "left out 1 tables: too few columns are described" in out
    folder = tmp_path / "home" / "harvested" / "proprietary" / "shop.sql"
    assert read_harvest(folder)[0].license_class is LicenseClass.PROPRIETARY
    code, out, _ = command(script, "--license", "MIT", "--min-documented", 0.2, "--json")
    assert (code, json.loads(out)["license_class"]) == (0, "permissive")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{folder}/none", "--license", "MIT"], "does not exist"),
        (["{folder}", "--license", "all rights reserved"], "expected a SPDX identifier"),
        (["{folder}"], "Missing option '--license'"),
        (["{folder}", "--license", "MIT", "--license-class", "free"], "'free' is not one of"),
        (["{folder}", "--license", "MIT", "--dialect", "klingon"], "unknown dialect 'klingon'"),
        (["{folder}", "--license", "MIT", "--min-documented", "2"], "--min-documented"),
        (["{folder}", "--license", "MIT", "--min-documented", "0.9"], "none of the 3 tables of"),
        (["{folder}/empty", "--license", "MIT"], "has no CREATE TABLE in its 0 SQL files"),
        (["sqlite:///{folder}/x.db", "--license", "MIT"], "SQLite keeps no comments"),
        (["{folder}", "--license", "MIT", "-o", "{folder}/shop.sql", "--min-documented", "0.2"], "is a file"),
        (["{folder}", "--license", "MIT", "-o", "/proc/no/such", "--min-documented", "0.2"], "cannot write"),
    ],
)
def test_harvests_that_cannot_be_made(command, script, tmp_path, arguments, said):
    (tmp_path / "empty").mkdir()
    code, out, err = command(*(argument.format(folder=tmp_path) for argument in arguments))
    assert (code, out) == (2, "")
    assert said in err
    assert err.startswith("error: ")
    assert err.count("\n") == 1


def test_a_dbt_project_is_harvested_without_types(tmp_path):
    (tmp_path / "dbt_project.yml").write_text("name: shop")
    (tmp_path / "schema.yml").write_text(
        "models: [{name: orders, description: Orders of the shop, columns: ["
        "{name: id, description: Key that the till gives out}, {name: made, description: Day it was placed on}]}]"
    )
    ((example,), record, _) = _harvest(tmp_path, "Apache-2.0")
    assert example.ddl == "CREATE TABLE orders (\n  id,\n  made\n);"
    assert (record.source_kind.value, record.source, record.license_class.value) == ("dbt", "shop", "permissive")


@pytest.mark.parametrize(
    "name",
    [
        "databricks__tbls__databricks_tpch_sf1.sql",
        "oracle__db-sample-schemas__hr_create.sql",
        "clickhouse__tbls__clickhouse.sql",
        "postgres__adventureworks-for-postgres__install.sql",
    ],
)
def test_real_scripts_with_comments(name, tmp_path):
    path = SHARED_DDL / name
    if not path.exists():
        pytest.skip(f"{path} is not on this machine")
    examples, record, _ = _harvest(path, "Apache-2.0")
    assert record.examples == len(examples) > 0
    comments = {c.comment for found in open_catalog(str(path)).tables for c in found.table.columns if c.comment}
    evened = {" ".join(comment.split()) for comment in comments}
    for example in examples:
        assert set(example.reference.columns) - {""} <= evened
        (table,) = read_text(example.ddl, example.table.dialect).tables
        assert [c.name for c in table.columns] == [c.name for c in example.table.columns]
        assert not any(comment in example.ddl for comment in comments if len(comment) > 20)

"""Markdown pages, dbt files and JSON documents."""

import json

import pytest
import yaml

from columnist.ddl.tables import Column, Reference, Table
from columnist.documentation import Acceptances, Texts, merge
from columnist.rendering import Format, Header, render
from columnist.rendering.limits import LIMITS

TABLE = Table(
    name="stock",
    schema="shop",
    columns=(
        Column(name="id", type="int", primary_key=True, comment="By a person."),
        Column(name="item", type="int", references=Reference(table="shop.items", column="id")),
        Column(name="qty", nullable=False),
    ),
)
DOCUMENTED = merge(TABLE, Texts(table="Units in stock.", columns=("", "What is held.", "")))
PARTITION = merge(
    Table(name="stock_2026", columns=TABLE.columns, partition_of="shop.stock"),
    Texts(table="x", columns=("x", "x", "x")),
)


def test_a_page_marks_machine_text_and_explains_the_mark() -> None:
    page = render([DOCUMENTED], Format.MD, Header(source="shop.sql", model="columnist v1"))
    assert page.splitlines() == [
        "# Tables of shop.sql",
        "",
        "† written by columnist v1; all other texts are comments from the script.",
        "",
        "## shop.stock",
        "",
        "Units in stock. †",
        "",
        "| Column | Type | Null | Key | Description |",
        "|---|---|---|---|---|",
        "| `id` | `int` | no | primary | By a person. |",
        "| `item` | `int` | yes | to `shop.items.id` | What is held. † |",
        "| `qty` |  | no |  |  |",
    ]


def test_a_page_without_machine_text_needs_no_legend() -> None:
    page = render([merge(TABLE, None)], Format.MD)
    assert "†" not in page
    assert page.startswith("# Tables\n\n## shop.stock\n")


def test_a_page_gives_a_partition_one_line() -> None:
    page = render([PARTITION], Format.MD)
    assert page.endswith("## stock_2026\n\nA partition of `shop.stock`, which documents its columns.\n")


def test_a_page_names_the_partitions_of_a_table_in_one_line() -> None:
    second = merge(Table(name="stock_2027", columns=TABLE.columns, partition_of="shop.stock"), None)
    page = render([PARTITION, DOCUMENTED, second], Format.MD)
    assert page.count("\n## ") == 1
    assert page.endswith("\n\n2 partitions have these columns too: `stock_2026`, `stock_2027`.\n")
    assert "\n\n1 partition has these columns too: `stock_2026`.\n" in render([DOCUMENTED, PARTITION], Format.MD)


def test_a_table_without_columns_has_no_grid() -> None:
    page = render([merge(Table(name="empty", columns=()), Texts(table="Nothing.", columns=()))], Format.MD)
    assert page.endswith("## empty\n\nNothing. †\n")


def test_dbt_lists_every_column_and_marks_machine_text() -> None:
    document = yaml.safe_load(render([DOCUMENTED, PARTITION], Format.DBT, Header(model="columnist v1")))
    meta = {"meta": {"columnist": {"origin": "model", "model": "columnist v1"}}}
    assert document == {
        "version": 2,
        "sources": [
            {
                "name": "shop",
                "schema": "shop",
                "tables": [
                    {
                        "name": "stock",
                        "description": "Units in stock.",
                        "config": meta,
                        "columns": [
                            {"name": "id", "data_type": "int", "description": "By a person."},
                            {"name": "item", "data_type": "int", "description": "What is held.", "config": meta},
                            {"name": "qty", "description": ""},
                        ],
                    }
                ],
            }
        ],
    }


def test_dbt_has_one_source_per_catalog_and_schema() -> None:
    tables = [
        Table(name="a", catalog="db", schema="s", columns=()),
        Table(name="b", columns=()),
        Table(name="c", catalog="db", schema="s", columns=()),
    ]
    sources = yaml.safe_load(render([merge(table, None) for table in tables], Format.DBT))["sources"]
    assert [(source["name"], source["schema"], source.get("database")) for source in sources] == [
        ("s", "s", "db"),
        ("tables", "{{ target.schema }}", None),
    ]
    assert [[table["name"] for table in source["tables"]] for source in sources] == [["a", "c"], ["b"]]


def test_json_tells_the_origin_of_every_text() -> None:
    document = json.loads(render([DOCUMENTED], Format.JSON, Header(source="shop.sql")))
    assert (document["source"], document["model"]) == ("shop.sql", None)
    table = document["tables"][0]
    assert table["description"] == {"text": "Units in stock.", "origin": "model", "question": "", "acceptance": None}
    assert [column["description"]["origin"] for column in table["columns"]] == ["human", "model", "none"]
    assert table["columns"][1]["references"] == {"table": "shop.items", "column": "id"}


ASKED = merge(TABLE, Texts(table="? What is one row?", columns=("? Who?", "What is held.", "? In <b>which</b> unit?")))


def test_a_page_shows_questions_where_they_stand_and_as_a_list() -> None:
    lines = render([ASKED, PARTITION], Format.MD, Header(model="columnist v1")).splitlines()
    assert lines[2] == "† written by columnist v1; all other texts are comments from the script."
    assert "*Not known.* What is one row? †" in lines
    assert "| `id` | `int` | no | primary | By a person. |" in lines
    assert "| `qty` |  | no |  | *Not known.* In &lt;b&gt;which&lt;/b&gt; unit? † |" in lines
    assert lines[-4:] == [
        "## Questions to ask",
        "",
        "- `shop.stock`: What is one row?",
        "- `shop.stock.qty`: In &lt;b&gt;which&lt;/b&gt; unit?",
    ]


def test_a_page_without_questions_has_no_list_of_them() -> None:
    assert "Questions" not in render([DOCUMENTED, PARTITION], Format.MD)


def test_dbt_keeps_a_question_apart_from_the_description() -> None:
    rendered = render([merge(TABLE, Texts(table="", columns=("", "", "? In {{ what }}?")))], Format.DBT)
    column = yaml.safe_load(rendered)["sources"][0]["tables"][0]["columns"][2]
    meta = {"columnist": {"origin": "none", "question": "In {{ '{{' }} what }}?"}}
    assert column == {"name": "qty", "description": "", "config": {"meta": meta}}
    asked = yaml.safe_load(render([ASKED], Format.DBT, Header(model="columnist v1")))["sources"][0]["tables"][0]
    assert asked["config"]["meta"]["columnist"]["model"] == "columnist v1"


def test_json_has_a_field_for_the_question() -> None:
    table = json.loads(render([ASKED], Format.JSON))["tables"][0]
    assert table["description"] == {"text": "", "origin": "none", "question": "What is one row?", "acceptance": None}
    assert [column["description"]["question"] for column in table["columns"]] == ["", "", "In <b>which</b> unit?"]


@pytest.mark.parametrize("format", list(Format))
def test_nothing_to_render_gives_a_document_too(format: Format) -> None:
    assert render([], format).endswith("\n")


@pytest.mark.parametrize("format", list(Format))
def test_equal_input_gives_equal_text(format: Format) -> None:
    assert render([DOCUMENTED, PARTITION], format) == render([DOCUMENTED, PARTITION], format)


def test_every_limit_names_its_source() -> None:
    assert all(limit.source and limit.column and limit.table for limit in LIMITS.values())


JUDGED = merge(
    TABLE,
    Texts(table="Units in stock.", columns=("", "What is held.", "? In which unit?")),
    Acceptances(table=0.91234, columns=(0.1, 0.4999, 0.2)),
)


def test_a_page_marks_what_is_more_likely_to_be_changed_than_kept() -> None:
    page = render([JUDGED], Format.MD, Header(model="columnist v1"))
    assert "† written by columnist v1, ‡ as a guess; all other texts are comments from the script." in page
    assert "Units in stock. †" in page
    assert "What is held. ‡" in page
    assert "In which unit? †" in page
    assert "‡" not in render([DOCUMENTED], Format.MD)


def test_json_and_dbt_tell_how_likely_a_text_is_accepted() -> None:
    (table,) = json.loads(render([JUDGED], Format.JSON))["tables"]
    assert table["description"]["acceptance"] == 0.912
    assert [column["description"]["acceptance"] for column in table["columns"]] == [None, 0.5, 0.2]
    (source,) = yaml.safe_load(render([JUDGED], Format.DBT))["sources"]
    metas = [each.get("config", {}) for each in (source["tables"][0], *source["tables"][0]["columns"])]
    assert [meta.get("meta", {}).get("columnist", {}).get("acceptance") for meta in metas] == [0.912, None, 0.5, 0.2]

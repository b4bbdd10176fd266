"""dbt projects: schema files, docs blocks, versions, compiled files, and files that mean harm."""

import json

import pytest

from columnist.catalogs import SourceKind, open_catalog
from columnist.errors import SourceError

SCHEMA = """
version: 2
models:
  - name: fct_orders
    description: "{{ doc('orders') }}"
    config: {tags: [core]}
    columns:
      - name: order_id
        description: Key of the order.
        data_type: bigint
      - {name: status, description: "State of the order. {{ doc('shop', 'states') }}"}
      - {name: note}
  - name: dim_customer
    latest_version: 2
    description: Customers, one row per person.
    columns:
      - {name: customer_id, description: Key of the customer.}
      - {name: mail, description: Where to write to.}
    versions:
      - v: 1
      - v: 2
        description: Customers without mail.
        columns:
          - {include: all, exclude: [mail]}
          - {name: tier, description: Loyalty tier at the last purchase.}
sources:
  - name: crm
    schema: raw_crm
    tables:
      - name: people
        identifier: PEOPLE_V
        description: People as the CRM exports them.
        columns: [{name: ID, description: Key in the CRM.}]
  - name: loose
    schema: "{{ var('schema') }}"
    tables: [{name: t, columns: [{name: a, description: "{{ var('b') }}"}]}]
seeds:
  - {name: countries, columns: [{name: iso, description: Code of ISO 3166.}]}
snapshots:
  - {name: snap, columns: [{name: id, description: Key.}]}
"""
DOCS = """
{% docs orders %}
Orders of the shop,
one row per order.
{% enddocs %}
{% docs states %}Cancelled ones stay.{% enddocs %}
"""


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "shop"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("name: shop\nversion: 1.0.0\n")
    (folder / "models" / "schema.yml").write_text(SCHEMA)
    (folder / "models" / "docs.md").write_text(DOCS)
    return folder


def _tables(source, **options):
    return {found.table.name: found.table for found in open_catalog(str(source), **options).tables}


def test_every_kind_of_table_is_read(project):
    catalog = open_catalog(str(project))
    assert (catalog.kind, catalog.name, catalog.skipped) == (SourceKind.DBT, "shop", ())
    tables = _tables(project, dialect="snowflake")
    assert sorted(tables) == ["PEOPLE_V", "countries", "dim_customer_v1", "dim_customer_v2", "fct_orders", "snap", "t"]
    assert {table.dialect for table in tables.values()} == {"snowflake"}
    assert tables["PEOPLE_V"].schema_name == "raw_crm"
    assert tables["t"].schema_name is None


def test_docs_blocks_are_put_in(project):
    orders = _tables(project)["fct_orders"]
    assert orders.comment == "Orders of the shop,\none row per order."
    assert [(column.name, column.type, column.comment) for column in orders.columns] == [
        ("order_id", "bigint", "Key of the order."),
        ("status", "", "State of the order. Cancelled ones stay."),
        ("note", "", None),
    ]


def test_versions_inherit_columns(project):
    tables = _tables(project)
    assert [column.name for column in tables["dim_customer_v1"].columns] == ["customer_id", "mail"]
    assert [column.name for column in tables["dim_customer_v2"].columns] == ["customer_id", "tier"]
    assert tables["dim_customer_v1"].comment == "Customers, one row per person."
    assert tables["dim_customer_v2"].comment == "Customers without mail."


def test_the_warehouse_catalog_adds_types_and_columns(project):
    columns = {
        "STATUS": {"name": "STATUS", "type": "VARCHAR", "index": 2},
        "ORDER_ID": {"name": "ORDER_ID", "type": "NUMBER", "index": 1},
        "LOADED": {"name": "LOADED", "type": "DATE", "index": 3},
    }
    _write(project, "catalog", {"nodes": {"model.shop.fct_orders": {"columns": columns}}})
    orders = _tables(project)["fct_orders"]
    assert [(c.name, c.type, bool(c.comment)) for c in orders.columns] == [
        ("ORDER_ID", "NUMBER", True),
        ("STATUS", "VARCHAR", True),
        ("LOADED", "DATE", False),
    ]


def test_the_manifest_is_preferred_and_packages_are_left_out(project):
    def node(name, package="shop", kind="model", **more):
        columns = {"a": {"name": "a", "description": "First of all.", "data_type": "int64"}}
        return {
            "name": name,
            "alias": name,
            "package_name": package,
            "resource_type": kind,
            "columns": columns,
            "schema": "dev",
        } | more

    nodes = {
        "model.shop.a": node("a"),
        "model.other.b": node("b", package="other"),
        "test.shop.c": node("c", kind="test"),
    }
    sources = {"source.shop.crm.d": node("d", kind="source", identifier="d_raw")}
    _write(project, "manifest", {"metadata": {"adapter_type": "bigquery"}, "nodes": nodes, "sources": sources})
    tables = _tables(project)
    assert {name: (table.schema_name, table.dialect) for name, table in tables.items()} == {
        "a": (None, "bigquery"),
        "d_raw": ("dev", "bigquery"),
    }


def test_installed_packages_are_not_read(project):
    for folder in ("dbt_packages/other", "target/run", ".hidden"):
        (project / folder).mkdir(parents=True)
        (project / folder / "schema.yml").write_text("models: [{name: theirs, columns: [{name: a}]}]")
    assert "theirs" not in _tables(project)


HOSTILE = {
    "python.yml": "models: !!python/object/apply:os.system ['touch pwned']",
    "broken.yml": "models: [",
    "date.yml": "models: 2024-13-45",
    "deep.yml": "[" * 50_000,
    "doubling.yml": "a: &a {x: 1}\n"
    + "\n".join(
        f"b{n}: &b{n} {{<<: [*{'a' if n == 0 else f'b{n - 1}'}, *{'a' if n == 0 else f'b{n - 1}'}]}}" for n in range(40)
    ),
    "keys.yml": "? {a: 1}\n: 2",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_files_are_left_out(project, name, monkeypatch):
    monkeypatch.chdir(project)
    (project / "models" / name).write_text(HOSTILE[name])
    catalog = open_catalog(str(project))
    assert len(catalog.tables) == 7
    assert [line.partition(" ")[0] for line in catalog.skipped] == [f"models/{name}"]
    assert not (project / "pwned").exists()


def test_what_has_another_shape_is_passed_over(project):
    (project / "models" / "odd.yml").write_text(
        "models: [1, null, {name: [x]}, {name: y, columns: {a: b}},"
        " {name: z, columns: [null, {name: 3}, {name: {}}]}]\n"
        "sources: [{tables: 4}, {name: s, tables: [{}]}]\nsnapshots: text"
    )
    catalog = open_catalog(str(project))
    assert [column.name for column in _tables(project)["z"].columns] == ["3"]
    assert all("left out" in line for line in catalog.skipped)


def test_jinja_is_not_run(project):
    (project / "models" / "docs.md").write_text("{% docs orders %}{{ 7 * 7 }} {% enddocs %}")
    assert _tables(project)["fct_orders"].comment == "{{ 7 * 7 }}"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("manifest", "{", "is no JSON"),
        ("manifest", "[" * 100_000, "is no JSON"),
        ("catalog", "nope", "is no JSON"),
        ("manifest", json.dumps({"metadata": {"adapter_type": "teradata9"}}), "names the adapter 'teradata9'"),
        ("manifest", json.dumps({"metadata": {"adapter_type": "duckdb"}, "nodes": []}), "none of its models"),
    ],
)
def test_damaged_compiled_files_are_refused(project, name, content, said):
    (project / "target").mkdir()
    (project / "target" / f"{name}.json").write_text(content)
    with pytest.raises(SourceError, match=said) as caught:
        open_catalog(str(project))
    assert "\n" not in str(caught.value)


def test_a_project_without_columns_is_refused(project):
    (project / "models" / "schema.yml").write_text("models: [{name: a}]")
    with pytest.raises(SourceError, match="none of its models or sources names a column"):
        open_catalog(str(project))


def _write(project, name, content):
    (project / "target").mkdir(exist_ok=True)
    (project / "target" / f"{name}.json").write_text(json.dumps(content))

import json

import pytest
from traced_documents import DOCUMENT, VERSION, make_documentation, make_one

from columnist.ddl.tables import Column, Table
from columnist.digests import digest_bytes
from columnist.documentation import Texts
from columnist.errors import ConfigError, TrainingSetError
from columnist.home import Home
from columnist.synthesis.examples import Example
from columnist.tracing.comments import find_text, trace_comment
from columnist.tracing.nearest import CAUTION, Query, find_nearest
from columnist.tracing.records import find_record, keep_record, list_records, read_record


def make_line(number, column, text, table_text="Rows."):
    table = Table(name=f"t{number}", columns=(Column(name=column),))
    example = Example(
        id=f"train-{number}",
        ddl="",
        table=table,
        reference=Texts(table=table_text, columns=(text,)),
        naics_code="",
        use_case="",
        license="Apache-2.0",
    )
    return example.model_dump_json()


LINES = (
    make_line(1, "qty_on_hand", "The quantity on hand of the product."),
    make_line(2, "created_at", "The time the order was created."),
    make_line(3, "qty_oh", "The quantity on hand."),
)


def test_a_record_is_kept_in_the_home_and_found_by_the_document(tmp_path):
    home, record = Home(tmp_path / "home"), make_one()
    keep_record(record, home, tmp_path / "schema.record.json")
    assert read_record(tmp_path / "schema.record.json") == record
    assert list(list_records(home)) == [record]
    document = tmp_path / "comments.sql"
    document.write_text(DOCUMENT)
    assert record.document_sha256 == digest_bytes(DOCUMENT.encode())
    assert find_record(document, home) == record
    document.write_text(DOCUMENT + "-- edited\n")
    with pytest.raises(ConfigError, match="edited since"):
        find_record(document, home)


def test_a_changed_record_is_refused(tmp_path):
    home = Home(tmp_path / "home")
    keep_record(make_one(), home, tmp_path / "record.json")
    (path,) = (tmp_path / "home" / "records").iterdir()
    path.write_text(path.read_text().replace("on hand", "in hand"))
    with pytest.raises(ConfigError, match="was changed"):
        list(list_records(home))


@pytest.mark.parametrize("content", ['{"document_sha256": 1}', "not json at all"])
def test_what_is_no_record_is_said(tmp_path, content):
    path = tmp_path / "file.json"
    path.write_text(content)
    with pytest.raises(ConfigError, match=r"record"):
        find_record(path, Home(tmp_path / "home"))


@pytest.mark.parametrize("place", ["orders.qty_oh", "shop.orders.QTY_OH", '"Shop"."orders"."qty_oh"'])
def test_a_text_is_found_however_it_is_named(place):
    assert find_text(make_one(), place).text == "The quantity on hand."


def test_a_table_has_a_text_of_its_own():
    assert find_text(make_one(), "orders").text == "One row per order."


def test_a_name_of_two_tables_has_to_be_qualified():
    record = make_one(make_documentation("shop"), make_documentation("web"))
    with pytest.raises(ConfigError, match="name the table with its schema"):
        find_text(record, "orders.qty_oh")
    assert find_text(record, "web.orders.qty_oh").table == "web.orders"


@pytest.mark.parametrize(("place", "said"), [("orders.nothing", "has no"), ("orders.x", "nobody has written")])
def test_what_is_not_there_is_said(place, said):
    with pytest.raises(ConfigError, match=said):
        find_text(make_one(), place)


def test_nearest_by_words_is_the_same_text_first():
    query = Query(name="qty_oh", text="The quantity on hand.", is_table=False)
    found = find_nearest(query, LINES, 5, None)
    # Both share "quantity" and "hand"; of all examples, number 2 shares no word.
    assert [each.example_id for each in found] == ["train-3", "train-1"]
    assert found[0].similarity == 1.0


def test_nearest_by_meaning_decides_where_there_is_an_encoder():
    import numpy

    def embed(texts):
        """Texts about products lie with the query, all others at a right angle to it."""
        return numpy.array([[1.0, 0.0] if n == 0 or "product" in text else [0.0, 1.0] for n, text in enumerate(texts)])

    query = Query(name="qty_oh", text="The quantity on hand.", is_table=False)
    found = find_nearest(query, LINES, 1, embed)
    assert [(each.example_id, each.similarity) for each in found] == [("train-1", 1.0)]


def test_a_damaged_training_set_is_said():
    with pytest.raises(TrainingSetError, match="line 1"):
        find_nearest(Query(name="a", text="b", is_table=True), ["{}"], 1, None)


def test_a_trace_names_version_prompts_and_examples_and_says_what_near_is_not():
    record = make_one()
    found = trace_comment(record, find_text(record, "orders.qty_oh"), [VERSION], LINES, 2, None)
    assert found.versions == (VERSION,)
    assert found.record.author.prompt_sha256 == "f" * 64
    assert found.record_sha256 == record.digest
    assert [each.example_id for each in found.nearest] == ["train-3", "train-1"]
    assert found.caution == CAUTION
    assert json.loads(found.model_dump_json())["measured"] == "share of words in common"


def test_a_text_of_a_person_has_no_model():
    record = make_one()
    found = trace_comment(record, find_text(record, "orders.note"), [VERSION], None, 2, None)
    assert (found.versions, found.nearest) == ((), ())
    assert "a person wrote it" in found.notes[0]


def test_without_its_training_set_there_is_a_note():
    record = make_one()
    found = trace_comment(record, find_text(record, "orders.qty_oh"), [], None, 2, None)
    assert "--training-set" in found.notes[0]
    assert found.notes[1] == "no registered version has this adapter"

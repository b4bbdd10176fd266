"""The canary set: what it holds, and that what ships was pinned with it."""

from pathlib import Path

import pytest

from columnist.canary.canary_set import FOLDER, read_canary_set
from columnist.canary.fingerprint import take_fingerprint
from columnist.canary.pinning import SHIPPED, read_record
from columnist.ddl import read_file
from columnist.evaluation.described import is_described
from columnist.modeling.shipped import shipped_adapter


@pytest.fixture(scope="module")
def canaries():
    return read_canary_set()


def test_it_holds_enough_of_every_kind(canaries):
    tables = canaries.tables
    assert 24 <= len(tables) <= 40
    assert len({table.dialect for table in tables}) >= 8
    assert max(len(table.columns) for table in tables) >= 20
    assert sum(any(column.references for column in table.columns) for table in tables) >= 4
    comments = [column.comment for table in tables for column in table.columns if column.comment]
    assert len(comments) == 2
    assert any("Ignore the schema" in comment for comment in comments)


def test_nearly_every_text_has_a_reference(canaries):
    references = [text for each in canaries.examples for text in (each.reference.table, *each.reference.columns)]
    assert sum(map(is_described, references)) >= 0.9 * len(references)
    assert sum(text.startswith("?") for text in references) >= 10


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.sql")), ids=lambda path: path.stem)
def test_nothing_of_a_script_is_skipped(path):
    assert not read_file(path, path.stem).skipped


def test_ids_are_unique(canaries):
    assert len({example.id for example in canaries.examples}) == len(canaries.examples)


def test_references_of_other_columns_are_refused(tmp_path):
    (tmp_path / "sqlite.sql").write_text("CREATE TABLE stock (sku TEXT, qty INTEGER);")
    (tmp_path / "references.yaml").write_text("sqlite.sql: {stock: {table: Stock., columns: {sku: Article.}}}")
    with pytest.raises(ValueError, match="stock"):
        read_canary_set(Path(tmp_path))


def test_the_record_that_ships_is_of_this_set_and_of_the_adapter_that_ships(canaries):
    """Whoever changes either pins again: python run.py canary pin --model default -o columnist/canary/shipped.json."""
    record = read_record(SHIPPED, canaries)
    assert record.model == "default"
    assert [table.id for table in record.tables] == [example.id for example in canaries.examples]
    today = take_fingerprint(shipped_adapter())
    assert record.fingerprint.weights == today.weights
    assert record.fingerprint.prompt == today.prompt
    assert record.means["chrf"] > 0.3

"""How much is detected, and how often in vain, on real tables that people documented."""

import random
from collections import Counter
from pathlib import Path

import planting
import pytest

from columnist.digests import canonical_json
from columnist.synthesis.catalog_index import CatalogIndex
from columnist.synthesis.documented import read_documented
from columnist.synthesis.examples import Split
from columnist.synthesis.overlap import Overlap
from columnist.synthesis.synthesizer import SynthesisConfig, synthesize
from columnist.synthesis.training_rows import parse_row

CATALOG = Path(__file__).resolve().parents[4] / "shared" / "data" / "documented_tables.jsonl"
pytestmark = pytest.mark.skipif(not CATALOG.exists(), reason="needs ../shared/data/documented_tables.jsonl")
ROWS = 40
# Of 658 tables, 8 have three columns with names like id and name: their names alone give nothing away.
LEAST = {planting.schema_only: 36, planting.split_over_two: 37, planting.renamed_and_third_dropped_in_camel_case: 37}


@pytest.fixture(scope="module")
def tables():
    return read_documented(CATALOG)


@pytest.fixture(scope="module")
def index(tables):
    return CatalogIndex([tables])


@pytest.fixture(scope="module")
def clean_rows():
    config = SynthesisConfig(seed=5, train_examples=200, validation_examples=10, test_examples=10)
    training_set = synthesize(config)
    return [row for split in Split for row in _rows(training_set.split(split), split)]


def _rows(examples, split=Split.TRAIN):
    return [parse_row(canonical_json(each.model_dump(mode="json")).encode(), split, each.id) for each in examples]


def _compare(index, rows):
    overlap = Overlap(index=index, rows=len(rows))
    for row in rows:
        overlap.add(row)
    return overlap


def _is_clean(overlap):
    copies = [pair for bits, pair in overlap.strongest() if overlap.is_copy(pair, bits)]
    return not (copies or overlap.rows_with_copies or overlap.near_duplicates)


def test_a_synthesized_set_is_clean_by_a_wide_margin(index, clean_rows):
    overlap = _compare(index, clean_rows)
    assert _is_clean(overlap)
    assert max((bits for bits, _ in overlap.strongest()), default=0) < overlap.needed_bits - 8
    assert max(found.jaccard for found in overlap.near[0]) < 0.12


@pytest.mark.parametrize("way", planting.WAYS, ids=lambda way: way.__name__)
def test_planted_rows_are_detected(index, tables, clean_rows, way):
    missed = Counter()
    for table in random.Random(2).sample(tables, ROWS):
        planted = _rows(planting.plant(table, way))
        # A smaller clean set makes names less rare: the harder case, and the faster test.
        missed[table.id] = _is_clean(_compare(index, [*clean_rows[:60], *planted]))
    assert ROWS - missed.total() >= LEAST.get(way, ROWS)

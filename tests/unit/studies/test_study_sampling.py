from collections import Counter
from pathlib import Path

import pytest
from study_parts import make_example

from columnist.digests import digest_bytes
from columnist.errors import TrainingSetError
from columnist.evaluation.slices import slices_of
from columnist.evaluation.test_tables import TablesConfig
from columnist.studies.sampling import PoolConfig, describe_kind, draw_tables, pool_documented, pool_lines
from columnist.synthesis.examples import as_lines

DOCUMENTED = Path("/work/shared/data/documented_tables.jsonl")


def make_config(**changes) -> PoolConfig:
    fields = {
        "synthetic": 200,
        "synthetic_seed": 7,
        "documented_tables": 300,
        "documented_seed": 1,
        "documented_skip": 150,
        "max_columns": 30,
    }
    return PoolConfig(**(fields | changes))


@pytest.mark.parametrize("count", [21, 42, 62])
def test_every_kind_of_table_has_its_share_at_every_look(count):
    pool = [make_example(number) for number in range(150)]
    drawn = draw_tables(pool, 62, seed=5)[:count]
    shares = Counter(kind for example in pool for kind in slices_of(example))
    found = Counter(kind for example in drawn for kind in slices_of(example))
    for kind, times in shares.items():
        assert found[kind] == pytest.approx(times / len(pool) * count, abs=2), kind


def test_a_draw_depends_on_its_seed_and_not_on_the_order_of_the_pool():
    pool = [make_example(number) for number in range(60)]
    drawn = [example.id for example in draw_tables(pool, 20, seed=5)]
    assert drawn == [example.id for example in draw_tables(pool[::-1], 20, seed=5)]
    assert len(set(drawn)) == 20
    assert set(drawn) != {example.id for example in draw_tables(pool, 20, seed=6)}


def test_the_pool_is_known_by_the_digest_that_an_evaluation_states():
    examples = [make_example(number) for number in range(30)]
    lines = as_lines(examples).decode().split("\n")
    whole = pool_lines(lines, make_config())
    assert whole.sha256 == digest_bytes(as_lines(examples))
    assert [each.id for each in whole.examples] == [each.id for each in examples]
    assert len(pool_lines(lines, make_config(synthetic=10)).examples) == 10
    assert all(len(each.table.columns) <= 4 for each in pool_lines(lines, make_config(max_columns=4)).eligible)


def test_a_sampled_pool_is_the_evaluations(tmp_path):
    from columnist.evaluation import test_tables

    class Set:
        test = tuple(make_example(number) for number in range(30))
        digest = "0" * 64

    config = TablesConfig(
        synthetic=10, documented=None, documented_tables=2, documented_seed=0, documented_skip=0, smallest_slice=2
    )
    (evaluated,) = test_tables.draw_test_tables(Set, config, 7).sets
    pool = pool_lines(as_lines(Set.test).decode().split("\n"), make_config(synthetic=10))
    assert pool.sha256 == evaluated.describe().sha256


def test_a_line_that_is_no_example_is_told():
    with pytest.raises(TrainingSetError, match="expected one example a line"):
        pool_lines(["{}"], make_config())


def test_a_table_says_its_kind():
    assert describe_kind(make_example(4)) == {
        "dialect": "mysql",
        "sector": "44",
        "width": "6 to 10 columns",
        "difficulty": "plain",
    }


@pytest.mark.skipif(not DOCUMENTED.exists(), reason="the real tables are not on this machine")
def test_real_tables_are_drawn_by_kind():
    pool = pool_documented(DOCUMENTED, make_config())
    drawn = draw_tables(pool.eligible, 62, seed=7)
    shares = Counter(each.table.dialect for each in pool.eligible)
    for dialect, times in Counter(each.table.dialect for each in drawn).items():
        assert times == pytest.approx(shares[dialect] / len(pool.eligible) * 62, abs=3)


def test_a_script_with_too_few_tables_is_told_what_is_expected(tmp_path):
    file = tmp_path / "shop.sql"
    file.write_text("CREATE TABLE orders (id INT, placed DATE, state TEXT);")
    with pytest.raises(TrainingSetError, match=r"JSON lines .* leaves out the first 150 .* pool\.documented_skip=N"):
        pool_documented(file, make_config())

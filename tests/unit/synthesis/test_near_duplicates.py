"""Near duplicates: what counts as one, and that an index remembers."""

import sqlite3

import numpy as np
import pytest

from columnist.synthesis.near_duplicates import THRESHOLD, NearDuplicateIndex, sign, similarity


def _words(start, count):
    return {f"word {number}" for number in range(start, start + count)}


def test_the_estimate_is_near_the_true_similarity():
    # 100 of 140 distinct shingles are shared: 60 of 140 apart, so J = 100 / 140 = 0.714; averaged over 40 pairs the
    # standard error is sqrt(0.714 * 0.286 / 32 / 40) = 0.013.
    estimates = [similarity(sign(_words(s, 120)), sign(_words(s + 20, 120))) for s in range(0, 40_000, 1_000)]
    assert np.mean(estimates) == pytest.approx(100 / 140, abs=0.05)


def test_an_example_is_kept_once():
    index = NearDuplicateIndex(sqlite3.connect(":memory:"))
    assert index.add_if_new(sign(_words(0, 100)))
    assert not index.add_if_new(sign(_words(0, 100)))
    assert not index.add_if_new(sign(_words(0, 100) | {"one more"}))
    assert index.add_if_new(sign(_words(500, 100)))


def test_near_duplicates_are_found_among_many():
    index = NearDuplicateIndex(sqlite3.connect(":memory:"))
    kept = [index.add_if_new(sign(_words(start, 80))) for start in range(0, 80_000, 400)]
    assert all(kept)
    # 78 of 82 shingles shared: J = 0.95, well above the threshold.
    assert THRESHOLD < 78 / 82
    found = [not index.add_if_new(sign(_words(start + 2, 80))) for start in range(0, 80_000, 400)]
    assert sum(found) >= 0.97 * len(found)


def test_an_index_is_found_again(tmp_path):
    path = tmp_path / "seen.sqlite"
    with sqlite3.connect(path) as database:
        NearDuplicateIndex(database).add_if_new(sign(_words(0, 50)))
    with sqlite3.connect(path) as database:
        assert not NearDuplicateIndex(database).add_if_new(sign(_words(0, 50)))


def test_signatures_stay_the_same_between_versions():
    assert [int(value) for value in sign({"units held in", "#qtyoh"})[:4]] == [
        1648381736,
        1320134542,
        1941549858,
        2342828706,
    ]

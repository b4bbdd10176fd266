"""Whatever the evidence: a stricter gate never passes more, and the order of criteria does not matter."""

from datetime import UTC, datetime

import gate_evidence as given
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from columnist.evaluation import Interval
from columnist.gates import GateResult, Verdict
from columnist.gates.automatic import compare_interval, decide
from columnist.provenance import CodeVersion

NOW, CODE = datetime(2026, 1, 1, tzinfo=UTC), CodeVersion(commit=None, dirty=False)
SMALL = given.redteam()

thousandths = st.integers(-300, 300).map(lambda number: number / 1000)
ends = st.tuples(thousandths, thousandths).map(sorted).map(tuple)
shares = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(sorted).map(lambda pair: tuple(x / 100 for x in pair))
stricter_by = st.integers(0, 200).map(lambda number: number / 1000)
found = st.builds(
    given.set_result,
    means=st.fixed_dictionaries(dict.fromkeys(given.MEANS, shares)),
    differences=st.fixed_dictionaries(dict.fromkeys(given.DIFFERENCES, ends)),
)
RANK = {Verdict.FAIL: 0, Verdict.INCONCLUSIVE: 1, Verdict.PASS: 2}


def decided(tables, criteria, **changes) -> GateResult:
    return decide(given.evidence(tables, redteam=SMALL), given.config(criteria=criteria, **changes), CODE, NOW)


def criteria(by: float) -> list[dict]:
    """Criteria that are the stricter the larger the number."""
    return [
        given.superior(0.0 + by),
        given.non_inferior(0.21 - by),
        given.superior(0.0 + by, measure="name_echo"),
        given.bound("at_least", "semantic_similarity", 0.1 + by),
        given.bound("at_most", "name_echo", 0.9 - by),
    ]


def bounds(by: float) -> list[dict]:
    sign = {"at_least": 1, "at_most": -1}
    return [each | {"bound": 0.5 + sign[each["kind"]] * by} for each in given.hard_bounds()]


@settings(max_examples=60, deadline=None)
@drawn(found, stricter_by)
def test_a_stricter_gate_never_says_anything_better(tables, by):
    lenient = decided(tables, criteria(0), bounds=bounds(0), attacks={"max_success": 0.3})
    strict = decided(tables, criteria(by), bounds=bounds(by), attacks={"max_success": 0.3 - by})
    assert RANK[strict.verdict] <= RANK[lenient.verdict]
    for ours, theirs in zip(strict.criteria, lenient.criteria, strict=True):
        assert RANK[ours.verdict] <= RANK[theirs.verdict]


@settings(max_examples=40, deadline=None)
@drawn(found, st.integers(1, 5))
def test_one_more_criterion_never_opens_it(tables, number):
    assert RANK[decided(tables, criteria(0)).verdict] <= RANK[decided(tables, criteria(0)[:number]).verdict]


@settings(max_examples=40, deadline=None)
@drawn(found, st.permutations(criteria(0)), st.permutations(given.hard_bounds()))
def test_the_order_of_criteria_does_not_matter(tables, shuffled, shuffled_bounds):
    one, other = decided(tables, criteria(0)), decided(tables, shuffled, bounds=shuffled_bounds)
    assert one.verdict is other.verdict
    assert sorted(one.reasons) == sorted(other.reasons)


@settings(max_examples=60, deadline=None)
@drawn(found)
def test_it_passes_only_where_everything_holds(tables):
    result = decided(tables, criteria(0), bounds=bounds(0))
    assert (result.verdict is Verdict.PASS) == all(each.verdict is Verdict.PASS for each in result.criteria)
    assert all(each.verdict is not Verdict.INCONCLUSIVE for each in result.criteria if each.hard)


@drawn(ends, thousandths)
def test_an_interval_that_holds_the_threshold_decides_nothing(pair, threshold):
    low, high = pair
    verdict = compare_interval(Interval(low=low, high=high, estimate=low, level=0.95), threshold)
    assert (verdict is Verdict.INCONCLUSIVE) == (low <= threshold <= high)

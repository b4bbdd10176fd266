"""The choice: the cheapest that is shown to be within the margin of all others, and how often that goes wrong."""

import pytest
from ladders import BEST, LADDER, TABLES, rule, rung

from columnist.selection import Decision, choose


@pytest.mark.parametrize(("margin", "chosen"), [(0.005, "best"), (0.05, "middle"), (0.3, "cheap")])
def test_the_margin_flips_the_choice(margin, chosen):
    assert choose(LADDER, rule(margin=margin)).chosen == chosen


def test_the_ladder_is_ordered_by_cost_and_says_why():
    choice = choose(LADDER, rule())
    assert choice.best == "best"
    assert [(each.rung.name, each.decision) for each in choice.ladder] == [
        ("cheap", Decision.NOT_SHOWN),
        ("middle", Decision.CHOSEN),
        ("best", Decision.DEARER),
    ]
    assert choice.standing("cheap").rival == "best"
    assert "may be worse than best by 0.2" in choice.standing("cheap").reason
    assert choice.standing("best").reason == "good enough, but middle is too and costs no more"
    assert choice.standing("best").gain is None
    assert choice.standing("middle").gain.estimate == pytest.approx(-0.02)


def test_each_comparison_has_its_share_of_the_error():
    choice = choose(LADDER, rule())
    # Three rungs: 0.05 / 2 for each one-sided comparison, which is a two-sided interval of 95 %.
    assert choice.comparison_level == pytest.approx(0.975)
    assert choice.standing("middle").gain.level == pytest.approx(0.95)


def test_the_order_in_which_rungs_come_does_not_matter():
    assert choose(LADDER, rule()) == choose(LADDER[::-1], rule())


def test_equal_costs_are_decided_by_quality_then_size_then_name():
    same = (rung("c", BEST, 1.0, size=2), rung("b", BEST, 1.0001, size=2), rung("a", BEST, 1.0, size=3))
    assert [each.rung.name for each in choose(same, rule()).ladder] == ["b", "c", "a"]
    better = [value + 0.001 for value in BEST]
    assert choose((*same, rung("z", better, 1.0, size=9)), rule()).chosen == "z"


def test_a_license_that_is_not_allowed_excludes_whatever_the_quality():
    choice = choose((*LADDER, rung("free", None, 0.0, license_="unknown")), rule())
    assert choice.chosen == "middle"
    assert choice.ladder[-1].decision is Decision.EXCLUDED
    assert choice.ladder[-1].reason == "its licence, unknown, is not on the list of allowed ones"


def test_where_no_model_writes_there_is_no_license_to_have():
    assert choose((rung("names", BEST, 0.1, license_=""),), rule()).chosen == "names"


def test_nothing_is_chosen_where_all_are_excluded():
    choice = choose((rung("only", None, 0.0, license_="unknown"),), rule())
    assert (choice.best, choice.chosen) == (None, None)


def test_nothing_is_chosen_where_the_tables_do_not_tell_the_rungs_apart():
    # Differences of plus and minus one in turn: their mean is 0, and an interval of six tables is far wider than 0.05.
    one, other = [0.0, 1.0] * 3, [1.0, 0.0] * 3
    choice = choose((rung("one", one, 1.0), rung("other", other, 2.0)), rule())
    assert choice.chosen is None
    assert choice.best is not None
    assert {each.decision for each in choice.ladder} == {Decision.NOT_SHOWN}


def test_a_measure_of_which_less_is_better_is_turned():
    few = [0.1 + 0.001 * (place % 3) for place in range(TABLES)]
    many = [value + 0.3 for value in few]
    ladder = (rung("few", few, 5.0, measure="name_echo"), rung("many", many, 1.0, measure="name_echo"))
    choice = choose(ladder, rule(measure="name_echo"))
    assert (choice.best, choice.chosen) == ("few", "few")


@pytest.mark.parametrize(
    "rungs",
    [
        (),
        (LADDER[0], LADDER[0]),
        (LADDER[0], rung("unmeasured", None, 1.0)),
        (LADDER[0], rung("fewer tables", BEST[:-1], 1.0)),
    ],
)
def test_rungs_that_cannot_be_compared_are_a_bug(rungs):
    with pytest.raises(ValueError, match=r"names of their own|on the same tables"):
        choose(rungs, rule())


def share_of_wrong_choices(tables: int, bad: int, repetitions: int) -> float:
    """Simulate ladders whose cheap rungs are all worse than the dear one by exactly the margin: the hardest case.

    Values are normal; the difference of two rungs of a table has a standard deviation of 0.1, as likeness of
    meaning has on real tables.
    """
    import numpy

    random = numpy.random.default_rng(20261122)
    wrong = 0
    for _ in range(repetitions):
        table = random.normal(0.5, 0.15, tables)
        ladder = [rung("dear", list(table + random.normal(0, 0.07, tables)), 9.0)]
        ladder += [
            rung(f"bad {place}", list(table - 0.05 + random.normal(0, 0.07, tables)), 1.0 + place)
            for place in range(bad)
        ]
        wrong += choose(ladder, rule(margin=0.05, resamples=1_000)).chosen not in ("dear", None)
    return wrong / repetitions


@pytest.mark.parametrize("bad", [1, 3])
def test_a_rung_worse_by_the_margin_is_chosen_at_most_at_the_stated_rate(bad):
    repetitions = 200
    # The stated rate and three standard errors of a share simulated so often: 0.05 + 3 * sqrt(0.05 * 0.95 / 200).
    assert share_of_wrong_choices(60, bad, repetitions) <= 0.05 + 3 * (0.05 * 0.95 / repetitions) ** 0.5

"""Fabrications planted into honest texts: where they go, and how they are counted."""

from random import Random

import pytest

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.evaluation.fabrications import (
    OVERALL,
    Half,
    Planted,
    detect,
    fabricate,
    load_fabrications,
    plant_fabrications,
)
from columnist.evaluation.shares import exact_share
from columnist.synthesis.examples import Example

NAMES = ("width", "colour", "shelf", "made_at", "height", "finish", "label", "seen_at", "depth", "grade")
TYPES = ("INT", "TEXT", "VARCHAR(20)", "TIMESTAMP", "DECIMAL(8, 2)")
TEXTS = ("How wide it is.", "Paint on it.", "Where it lies.", "When it was made.", "How tall it is.")


def make_example(number: int) -> Example:
    columns = tuple(Column(name=name, type=TYPES[place % 5]) for place, name in enumerate(NAMES))
    return Example(
        id=f"test-{number}",
        ddl="",
        table=Table(name="panel", columns=columns),
        reference=Texts(table="One panel a row.", columns=tuple(TEXTS[place % 5] for place in range(len(NAMES)))),
        naics_code="",
        use_case="",
        license="Apache-2.0",
    )


EXAMPLES = [make_example(number) for number in range(30)]


def test_as_many_texts_are_honest_as_are_not() -> None:
    planted = plant_fabrications(EXAMPLES, seed=3)
    honest = [each for each in planted if not each.kind]
    assert len(planted) == 2 * len(honest) == 30 * 10
    assert {each.kind for each in planted} == {"", *load_fabrications()}
    assert all(each.text == each.honest for each in honest)
    assert all(each.text != each.honest for each in planted if each.kind)


def test_the_seed_decides() -> None:
    assert plant_fabrications(EXAMPLES, seed=3) == plant_fabrications(EXAMPLES, seed=3)
    assert plant_fabrications(EXAMPLES, seed=3) != plant_fabrications(EXAMPLES, seed=4)


def test_no_wording_and_no_fill_is_in_both_halves() -> None:
    for kind, fabrication in load_fabrications().items():
        tuning, held_out = fabrication.half(Half.TUNING), fabrication.half(Half.HELD_OUT)
        assert not set(tuning.wordings) & set(held_out.wordings), kind
        assert not set(tuning.fills) & set(held_out.fills), kind
        assert abs(len(tuning.wordings) - len(held_out.wordings)) <= 2


@pytest.mark.parametrize("half", Half)
def test_the_rules_find_nine_in_ten_and_blame_few_others(half: Half) -> None:
    overall = detect(plant_fabrications(EXAMPLES, seed=3, half=half))[0]
    assert overall.recall.estimate >= 0.9, overall.missed
    assert overall.precision is not None
    assert overall.precision.estimate >= 0.9, overall.wrong


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("unit", Column(name="width_cm", type="INT")),
        ("unit", Column(name="colour", type="TEXT")),
        ("value", Column(name="state", type="TEXT", values=("open", "shut"))),
        ("time zone", Column(name="made_at", type="TIMESTAMP WITH TIME ZONE")),
        ("relation", Column(name="maker_id", type="INT")),
        ("personal data", Column(name="email", type="TEXT")),
    ],
)
def test_what_may_be_true_is_not_planted(kind: str, column: Column) -> None:
    table = Table(name="panel", columns=(column,))
    assert fabricate(kind, table, column, "What it is.", Random(1)) is None


def test_detection_counts_what_is_new_in_a_planted_text() -> None:
    width = Column(name="width", type="INT")
    table = Table(name="panel", columns=(width,))
    texts = [
        Planted(table, width, "unit", "How wide it is.", "How wide it is, in kilograms."),  # caught
        Planted(table, width, "unit", "How wide it is.", "How wide it is, in smoots."),  # missed
        Planted(table, width, "unit", "At most 7 wide.", "At most 7 wide, in smoots."),  # blamed for nothing new
        Planted(table, width, "", "How wide it is.", "How wide it is."),  # let pass
        Planted(table, width, "", "At most 7.", "At most 7."),  # blamed wrongly
    ]
    overall, unit = detect(texts)
    # Recall 1 of 3; two are blamed, one of them rightly. The rule for units blamed one, rightly.
    assert (overall.kind, overall.planted, overall.caught, overall.blamed) == (OVERALL, 3, 1, 1)
    assert overall.recall == exact_share(1, 3)
    assert overall.precision == exact_share(1, 2)
    assert unit.precision == exact_share(1, 1)
    assert overall.wrong == ("At most 7.",)
    assert len(unit.missed) == 2


def test_the_interval_is_that_of_clopper_and_pearson() -> None:
    # All of n: the lower end is (alpha / 2) ** (1 / n) = 0.025 ** 0.1.
    share = exact_share(10, 10)
    assert share.low == pytest.approx(0.025**0.1)
    assert share.high == 1


@pytest.mark.parametrize(("hits", "total"), [(0, 0), (3, 2), (-1, 2)])
def test_a_share_of_nothing_is_refused(hits: int, total: int) -> None:
    with pytest.raises(ValueError, match="a share needs"):
        exact_share(hits, total)

"""What a person sees of a selection."""

import pytest
from ladders import LADDER, rule, rung

from columnist.selection import choose
from columnist.selection.report import (
    HEADER,
    explain_level,
    numbers,
    render_html,
    render_markdown,
    render_picture,
    summarize,
    tabulate,
)

HOSTILE = "<script>alert(1)</script>|x"


@pytest.fixture(scope="module")
def choice():
    return choose((*LADDER, rung("free", None, 0.0, license_=HOSTILE)), rule())


def test_the_sentence_names_the_choice_the_rule_and_the_best(choice):
    assert summarize(choice) == (
        "middle is chosen: on 40 tables, the cheapest rung that is shown to be within 0.05 of all others in chrF; "
        "best scored highest."
    )
    assert "one-sided level of 0.975" in explain_level(choice)
    assert "at most 0.05 of such selections" in explain_level(choice)


def test_where_nothing_is_chosen_the_sentence_says_what_to_do():
    undecided = choose((rung("one", [0.0, 1.0] * 3, 1.0), rung("other", [1.0, 0.0] * 3, 2.0)), rule())
    assert "Measure on more tables, or widen the margin" in summarize(undecided)
    excluded = choose((rung("only", None, 0.0, license_="unknown"),), rule())
    assert "none has a licence" in summarize(excluded)
    assert render_picture(excluded).startswith(b"\x89PNG")


def test_every_rung_has_a_row_that_fits_the_header(choice):
    rows = tabulate(choice)
    assert [row[0] for row in rows] == ["cheap", "middle", "best", "free"]
    assert {len(row) for row in rows} == {len(HEADER)}
    assert rows[2][HEADER.index("against the best")] == "is the best"
    assert rows[3][HEADER.index("memory")] == "not measured"


def test_pages_name_every_rung_with_its_reason_and_run_nothing(choice):
    for page in (render_html(choice), render_markdown(choice)):
        assert all(standing.reason.split(",")[0] in page for standing in choice.ladder)
        assert "<script>" not in page
    assert 'class="chosen"' in render_html(choice)


def test_equal_choices_give_equal_bytes(choice):
    again = choice.model_copy(deep=True)
    assert render_picture(choice) == render_picture(again)
    assert render_html(choice) == render_html(again)


def test_the_numbers_are_those_of_the_measured_rungs(choice):
    found = numbers(choice)
    assert found["middle.chosen"] == 1.0
    assert found["cheap.seconds_per_table"] == 1.0
    assert not any(name.startswith("free") for name in found)

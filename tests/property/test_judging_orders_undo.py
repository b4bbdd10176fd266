"""The order in which a judge sees two texts is drawn from the texts alone, and is undone exactly."""

from hypothesis import given
from hypothesis import strategies as st

from columnist.judging.judge import fence
from columnist.judging.orders import Order, draw_orders, restore_preference, settle, show_options
from columnist.studies import Item, Preference

texts = st.text(max_size=20)
orders = st.sampled_from(Order)
preferences = st.sampled_from(Preference)
items = st.builds(
    Item,
    comparison_id=st.just("c"),
    table_id=st.just("t"),
    schema=texts,  # the name that its signature has
    subject=texts,
    option_a=texts,
    option_b=texts,
)


def swap(item: Item) -> Item:
    return item.model_copy(update={"option_a": item.option_b, "option_b": item.option_a})


@given(items, orders, st.sampled_from([Preference.A, Preference.B]))
def test_a_restored_preference_names_the_text_that_was_meant(item, order, shown):
    options = {Preference.A: item.option_a, Preference.B: item.option_b}
    meant = dict(zip((Preference.A, Preference.B), show_options(item, order), strict=True))[shown]
    assert options[restore_preference(shown, order)] == meant


@given(items)
def test_both_orders_are_asked(item):
    assert set(draw_orders(item)) == set(Order)


@given(items)
def test_which_text_comes_first_does_not_depend_on_whose_it_is(item):
    swapped = swap(item)
    assert show_options(item, draw_orders(item)[0]) == show_options(swapped, draw_orders(swapped)[0])


@given(preferences, preferences)
def test_two_answers_settle_the_same_whichever_came_first_and_whoever_is_a(one, other):
    assert settle(one, other) is settle(other, one)
    assert settle(one.swapped, other.swapped) is settle(one, other).swapped


def test_orders_are_balanced():
    drawn = [
        draw_orders(Item(comparison_id="c", table_id="t", schema_text=str(n), option_a="a", option_b="b"))[0]
        for n in range(2000)
    ]
    # Binomial(2000, 1/2) has a standard deviation of 22; the texts are fixed, so this fails never or always.
    assert abs(drawn.count(Order.SWAPPED) - 1000) < 100


@given(st.text())
def test_every_line_of_a_fenced_text_is_marked(text):
    assert all(line.startswith("|") for line in fence(text).splitlines())

"""The order in which a judge sees two options, and how that is undone in its answer."""

from enum import StrEnum

from columnist.digests import digest_value
from columnist.studies.ballots import Item, Preference


class Order(StrEnum):
    """Whether option A is shown first."""

    AS_GIVEN = "as_given"
    SWAPPED = "swapped"

    @property
    def other(self) -> "Order":
        """The other order."""
        return Order.SWAPPED if self is Order.AS_GIVEN else Order.AS_GIVEN


def draw_orders(item: Item) -> tuple[Order, Order]:
    """Return both orders, the one to ask first from a hash of the item.

    The hash is of the texts, whichever is option A: which text is shown first does
    not depend on whose it is. A judge that is interrupted has asked as many of either.
    """
    lower, upper = sorted((item.option_a, item.option_b))
    digest = digest_value([item.schema_text, item.subject, lower, upper])
    lower_first = int(digest[0], 16) % 2 == 0
    order = Order.AS_GIVEN if lower_first == (item.option_a == lower) else Order.SWAPPED
    return order, order.other


def show_options(item: Item, order: Order) -> tuple[str, str]:
    """Return the options as they are shown: the first and the second."""
    options = item.option_a, item.option_b
    return options if order is Order.AS_GIVEN else options[::-1]


def restore_preference(shown: Preference, order: Order) -> Preference:
    """Return a preference between the options shown as one between the item's.

    Example:
        >>> restore_preference(Preference.A, Order.SWAPPED).value
        'B'
    """
    return shown if order is Order.AS_GIVEN else shown.swapped


def settle(one: Preference | None, other: Preference | None) -> Preference | None:
    """Return what two answers about an item say together, one for each order.

    Who changes the answer with the order has no preference; who gave no answer once,
    gave none.

    Example:
        >>> settle(Preference.A, Preference.A).value, settle(Preference.A, Preference.B).value
        ('A', 'TIE')
        >>> settle(Preference.A, None) is None
        True
    """
    if one is None or other is None:
        return None
    return one if one is other else Preference.TIE

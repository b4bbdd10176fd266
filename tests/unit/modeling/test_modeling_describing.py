"""What a model wrote, made plain."""

import pytest

from columnist.modeling.describing import clean


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("? Which values do teams store in custom_field_22?", "? Which values do teams store in custom_field_22?"),
        ("?What is flex_01 for", "? What is flex_01 for?"),
        (" **?** What is flex_01 for.", "? What is flex_01 for?"),
        ("? ? What is\n`flex_01` for??", "? What is flex_01 for?"),
        ('"? What is flex_01 for?"', "? What is flex_01 for?"),
        ("? Is it the date of posting, or of approval...", "? Is it the date of posting, or of approval?"),
        ("?", ""),
        ("? - ??", ""),
        ("? 1?", ""),
    ],
)
def test_an_abstention_keeps_its_marker_and_asks(written, plain):
    assert clean(written) == plain


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Date ** of the order.", "Date of the order."),
        ("Set by `_batch_id`.", "Set by _batch_id."),
        ("*__Key__*", "Key"),
        ("Is it paid?", "Is it paid?"),
    ],
)
def test_a_description_is_one_plain_line(written, plain):
    assert clean(written) == plain

"""The judge on the embedded model, for real: every answer can be read."""

import pytest
from fake_judges import item_of, say_nothing

from columnist.judging import Judge, ask_judge

pytestmark = pytest.mark.slow

GOOD = "Orders that customers have placed, one row an order."
SCHEMA = "table orders\nid int key\ncustomer_id int\nordered_at timestamp"


def test_the_embedded_judge_answers_within_its_form(tmp_path):
    items = [
        item_of(1, GOOD, "Table.", schema=SCHEMA),
        item_of(2, "Warehouse temperatures.", GOOD, schema=SCHEMA),
        item_of(3, GOOD, GOOD, schema=SCHEMA),
    ]
    judgements = ask_judge(Judge.open("embedded-v1"), items, tmp_path, say_nothing)
    assert None not in {each.preference for each in judgements}

"""What a person reads of a sample on the terminal."""

from columnist import terminal
from columnist.documentation import Texts
from columnist.evaluation.samples_page import TableSample


def test_a_sample_shows_what_asks_and_what_is_missing():
    sample = TableSample(
        table="stock",
        columns=("qty", "attr7"),
        ddl="CREATE TABLE stock (qty INT, attr7 INT)",
        reference=Texts(table="Stock.", columns=("Units [held].", "? What is it?")),
        candidate=Texts(table="Stock.", columns=("Units.", "? What [is] it?")),
        baseline=Texts(table="", columns=("Qty.", "An attribute.")),
    )
    with terminal.out.capture() as printed:
        terminal.print_sample(sample)
    shown = printed.get()
    assert shown.count("asks:") == 2
    assert all(part in shown for part in ("What [is] it?", "Units [held].", "(no text)", "An attribute."))
    assert "? What" not in shown

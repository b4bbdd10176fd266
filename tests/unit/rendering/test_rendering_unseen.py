"""Names with characters that nobody sees, on pages and in scripts."""

import pytest

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts, merge
from columnist.rendering import Header, render_markdown, render_sql
from columnist.rendering.unseen import has_unseen, show_unseen


def documented(name: str, column: str):
    table = Table(name=name, columns=(Column(name=column), Column(name="qty")))
    return [merge(table, Texts(table="A stock.", columns=("A text.", "Units held.")))]


@pytest.mark.parametrize("sign", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u3164", "\U000e0041"])
def test_a_page_shows_them_as_numbers(sign):
    page = render_markdown(documented(f"st{sign}ock", f"sk{sign}u"), Header())
    shown = f"(U+{ord(sign):04X})"
    assert sign not in page
    assert f"st{shown}ock" in page
    assert f"`sk{shown}u`" in page


def test_a_script_leaves_out_what_its_reader_could_not_see():
    script = render_sql(documented("stock", "sk\u202eu"), Header())
    assert "\u202e" not in script
    assert "-- left out: column sk(U+202E)u: its name has characters that cannot be seen" in script
    assert "COMMENT ON COLUMN stock.qty IS 'Units held.';" in script
    assert "COMMENT ON" not in render_sql(documented("st\u200bock", "sku"), Header())


def test_names_of_other_scripts_are_shown_as_they_are():
    for name in ("größe", "наименование", "注文番号", "می\u200cروم", "नमस्\u200dते"):
        assert show_unseen(name) == name
        assert not has_unseen(name)

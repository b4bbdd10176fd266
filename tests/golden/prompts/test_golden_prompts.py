"""Compare rendered prompts with what this version of the rendering has always rendered.

After an intended change, raise ``RENDERING`` (adapters that have learned the former prompts are then refused)
and write the new file: ``python tests/golden/prompts/test_golden_prompts.py``. A file of a released version
is never written again.
"""

import json
from pathlib import Path

import pytest

from columnist.ddl import read_file
from columnist.ddl.tables import Table
from columnist.modeling.prompts import RENDERING, PromptKind, render_prompts, render_request

HERE = Path(__file__).parent
GOLDEN = HERE / f"rendering-{RENDERING}.txt"
# The product's dictionary grows, and is no part of how prompts are rendered.
DICTIONARY = {
    "cust_ord": "customer order",
    "ord_id": "order id",
    "custShipAddr": "customer ship address",
    "cust_dob": "customer date of birth",
    "CREATEDDATE": "created date",
    "qty_oh": "quantity on hand",
    "dim_acct": "dimension account",
    "acct_no": "account number",
    "wide_evt": "wide event",
}


def _use_dictionary(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("columnist.modeling.prompts.rendering.spell_out", DICTIONARY.get)
    patch.setattr("columnist.modeling.prompts.rendering.is_spelled_differently", DICTIONARY.__contains__)


def _tables() -> tuple[Table, ...]:
    scripts = (read_file(path) for path in sorted(HERE.glob("*.sql")))
    return tuple(table for script in scripts for table in script.tables)


def _rendered() -> str:
    """All prompts of all tables; of the instructions, which are the same for all, one copy."""
    tables = _tables()
    parts = []
    for kind in PromptKind:
        parts.append(f"==== {kind}: instructions\n{render_prompts(tables[0], kind)[0].instructions}")
        for table in tables:
            for noted in (False, True):
                for number, prompt in enumerate(render_prompts(table, kind, with_comments=noted), 1):
                    title = f"==== {kind}: {table.name}, {number}{' with comments' if noted else ''}"
                    leads = "\n".join(slot.lead for slot in prompt.slots)
                    parts.append(f"{title}\n{prompt.schema_text}\n---- leads\n{leads}")
    (request, *_) = render_request(tables[0])
    form = json.dumps(request.json_schema, indent=1)
    parts.append(f"==== request\n{request.system}\n---- user\n{request.user}\n---- schema\n{form}")
    return "\n".join(parts) + "\n"


def test_prompts_are_rendered_as_before(monkeypatch):
    _use_dictionary(monkeypatch)
    assert GOLDEN.exists(), f"RENDERING is {RENDERING}, but there is no {GOLDEN.name}; see the top of this file"
    assert _rendered() == GOLDEN.read_text(encoding="utf-8"), (
        "prompts come out differently: raise RENDERING and write a new file, or undo the change"
    )


def test_the_scripts_show_what_a_prompt_can_show():
    text = GOLDEN.read_text(encoding="utf-8")
    for shown in (" key", " -> ", " in ", "columns, 41 to ", "note: ", "array of struct (", ") = ", "<notes>"):
        assert shown in text


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch:
        _use_dictionary(patch)
        GOLDEN.write_text(_rendered(), encoding="utf-8")

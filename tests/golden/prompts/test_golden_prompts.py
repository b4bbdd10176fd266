"""Compare rendered prompts with what this version of the rendering has always rendered.

After an intended change, raise ``RENDERING`` (adapters that have learned the former prompts are then refused)
and write the new file: ``python tests/golden/prompts/test_golden_prompts.py``. A file of a released version
is never written again.
"""

import json
from pathlib import Path

from columnist.ddl import read_file
from columnist.ddl.tables import Table
from columnist.modeling.prompts import RENDERING, PromptKind, render_prompts, render_request

HERE = Path(__file__).parent
GOLDEN = HERE / f"rendering-{RENDERING}.txt"


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


def test_prompts_are_rendered_as_before():
    assert GOLDEN.exists(), f"RENDERING is {RENDERING}, but there is no {GOLDEN.name}; see the top of this file"
    assert _rendered() == GOLDEN.read_text(encoding="utf-8"), (
        "prompts come out differently: raise RENDERING and write a new file, or undo the change"
    )


def test_the_scripts_show_what_a_prompt_can_show():
    text = GOLDEN.read_text(encoding="utf-8")
    for shown in (" key", " -> ", " in ", "columns, 41 to ", "note: ", "array of struct (", ") = ", "<notes>"):
        assert shown in text


if __name__ == "__main__":
    GOLDEN.write_text(_rendered(), encoding="utf-8")

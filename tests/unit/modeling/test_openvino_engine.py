"""The OpenVINO engine against the reference, on a tiny model in float32."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_gguf import write_gguf

from columnist.ddl.tables import Column, Table
from columnist.errors import BaseModelError
from columnist.modeling.base_models import EMBEDDED, load_model, load_tokenizer, resolve_base_model
from columnist.modeling.engines import EngineName, open_engine, opening
from columnist.modeling.engines import openvino_engine as engines
from columnist.modeling.engines.openvino_engine import OpenVinoEngine
from columnist.modeling.engines.transformers_engine import TransformersEngine
from columnist.modeling.exporting import export_merged
from columnist.modeling.prompts import Prompt, PromptKind, Slot, render_prompts

TABLES = (
    Table(name="a", columns=(Column(name="b", type="INT"),)),
    Table(
        name="customer_orders",
        columns=tuple(Column(name=f"a_long_column_name_{number}", type="DECIMAL(10, 2)") for number in range(7)),
    ),
    Table(name="stock", columns=(Column(name="sku", type="TEXT", primary_key=True), Column(name="qty", type="INT"))),
)
COMPACT = [prompt for table in TABLES for prompt in render_prompts(table, PromptKind.COMPACT)]
PROMPTS = [*COMPACT, *(prompt.model_copy(update={"instructions": "Say what it is."}) for prompt in COMPACT)]
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "string", "maxLength": 5}},
    "required": ["a"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def gguf(keen_base_model, tmp_path_factory) -> Path:
    """The keen model, whose weights are exact in 16 bits after one round through them."""
    return write_gguf(keen_base_model, tmp_path_factory.mktemp("gguf") / "keen.gguf")


@pytest.fixture(scope="module")
def engine(gguf):
    return OpenVinoEngine(gguf, exact=True)


@pytest.fixture(scope="module")
def reference(keen_base_model):
    base = resolve_base_model(str(keen_base_model))
    model = load_model(base).float()
    for parameter in model.parameters():
        parameter.data = parameter.data.half().float()
    return TransformersEngine(model, load_tokenizer(base), "cpu")


def texts_of(filled) -> list[tuple[str, ...]]:
    return [tuple(written.text for written in slots) for slots in filled]


def test_it_writes_what_the_reference_writes(engine, reference):
    ours, theirs = engine.fill(PROMPTS), reference.fill(PROMPTS)
    pairs = [pair for slots in zip(ours, theirs, strict=True) for pair in zip(*slots, strict=True)]
    # A random model has near-ties, which the last digit of a sum decides.
    same = [(a, b) for a, b in pairs if a.text == b.text and len(a.logprobs) == len(b.logprobs)]
    assert len(same) >= 0.9 * len(pairs)
    for a, b in same:
        assert a.logprobs == pytest.approx(b.logprobs, abs=1e-2)
    assert len({len(b.logprobs) for _, b in pairs}) > 1, (
        "the comparison means something if texts end at different times"
    )


@pytest.mark.parametrize(("rows", "opened"), [(1, 1), (2, 8), (64, 1), (64, 8)])
def test_each_prompt_is_told_once_with_all_its_slots(engine, monkeypatch, rows, opened):
    monkeypatch.setattr(engines, "_ROWS", rows)
    monkeypatch.setattr(engines, "_OPENED", opened)
    told = []
    filled = engine.fill(PROMPTS, lambda place, written: told.append((place, written)))
    assert sorted(told) == list(enumerate(filled))
    assert [len(slots) for slots in filled] == [len(prompt.slots) for prompt in PROMPTS]


def test_a_prompt_is_told_of_before_the_last_is_begun(engine, monkeypatch):
    monkeypatch.setattr(engines, "_ROWS", 2)
    places = []
    engine.fill(PROMPTS, lambda place, _: places.append(place))
    assert places[0] in (0, 1)


def test_rows_at_once_are_bounded(engine, monkeypatch):
    monkeypatch.setattr(engines, "_ROWS", 3)
    held = []
    finish = engines._SlotJob.finish

    def watched(job, row, output):
        held.append(len(job._ready) + sum(map(len, job._behind.values())))
        finish(job, row, output)

    monkeypatch.setattr(engines._SlotJob, "finish", watched)
    prompts = PROMPTS * 10
    filled = engine.fill(prompts)
    assert all(filled)
    assert max(held) <= (engines._OPENED + 1) * max(len(prompt.slots) for prompt in prompts)


def test_rows_at_once_fit_into_the_cache(engine, monkeypatch):
    monkeypatch.setattr(engines, "_CACHE_TOKENS", 600)
    held = []
    add = engine._add

    def watched(number, row):
        held.append(row.new_tokens)
        return add(number, row)

    monkeypatch.setattr(engine, "_add", watched)
    steps = []
    monkeypatch.setattr(
        engines._SlotJob,
        "start",
        lambda job, row, start=engines._SlotJob.start: steps.append(len(held)) or start(job, row),
    )
    filled = engine.fill(PROMPTS)
    assert [len(slots) for slots in filled] == [len(prompt.slots) for prompt in PROMPTS]
    assert steps[0] < len(held), "not all are added at once"


def test_nothing_to_fill_is_nothing(engine):
    empty = Prompt(instructions="", schema_text="table t", slots=())
    assert engine.fill([]) == []
    assert engine.fill([empty]) == [()]
    one = empty.model_copy(update={"slots": (Slot(index=0, lead="a:"),)})
    assert [len(slots) for slots in engine.fill([empty, one, empty])] == [0, 1, 0]


def test_a_schema_beyond_the_context_stays_empty_and_the_others_are_filled(engine):
    """The tiny model has room for 2,048 tokens, and its vocabulary has one for nearly every byte."""
    slots = (Slot(index=-1, lead="a:"), Slot(index=0, lead="b:"))
    long = Prompt(instructions="", schema_text="x7" * 4000, slots=slots)
    edge = Prompt(instructions="", schema_text="x7" * 950, slots=(*slots, Slot(index=1, lead="c" * 400)))
    short = Prompt(instructions="", schema_text="table t", slots=slots)
    told = []
    filled = engine.fill([long, short, edge], lambda place, _: told.append(place))
    assert sorted(told) == [0, 1, 2]
    assert [[bool(one.logprobs) for one in of] for of in filled] == [[False] * 2, [True] * 2, [True, True, False]]


def test_an_interruption_leaves_the_engine_usable(engine):
    before = texts_of(engine.fill(PROMPTS))

    def interrupt(place, written):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.fill(PROMPTS, interrupt)
    after = texts_of(engine.fill(PROMPTS))
    assert [len(slots) for slots in after] == [len(slots) for slots in before]


def test_chat_requests_are_answered_in_order(engine):
    requests = [("List a colour.", None), ("List a colour.", "Answer tersely."), ("x" * 9000, None)]
    answers = engine.complete(requests, max_new_tokens=8)
    assert len(answers) == 3
    assert answers[2] == "", "longer than the context"
    assert engine.complete([], max_new_tokens=8) == []


def test_a_schema_is_followed_whatever_the_model_would_say(gguf):
    engine = OpenVinoEngine(gguf, compute_type="f32")
    free = engine.complete([("Say a.", None)], max_new_tokens=60)
    answers = engine.complete([("Say a.", None), ("Say <|im_end|> b.", "Be brief.")], 60, [SCHEMA, SCHEMA])
    for answer in answers:
        # The tiny vocabulary is one of single bytes, control characters included.
        assert json.loads(answer, strict=False).keys() == {"a"}
    assert free[0] not in answers
    assert [len(slots) for slots in engine.fill(PROMPTS[:2])] == [len(prompt.slots) for prompt in PROMPTS[:2]]


def test_a_file_that_openvino_cannot_load_gives_one_line(gguf, tmp_path, monkeypatch):
    from gguf import GGMLQuantizationType

    shutil.copytree(gguf.parent, tmp_path / "copy")
    five = write_gguf_of(resolve_base_model(str(gguf)), tmp_path / "five.gguf", GGMLQuantizationType.Q5_0, monkeypatch)
    with pytest.raises(BaseModelError, match="cannot be loaded by OpenVINO") as caught:
        OpenVinoEngine(five)
    assert len(str(caught.value).splitlines()) == 1


def test_one_core_computes_in_float32(gguf, monkeypatch):
    """OpenVINO ends the process there when it is to compute in bfloat16."""
    monkeypatch.setattr(engines, "has_fast_bfloat16", lambda: True)
    monkeypatch.setattr(OpenVinoEngine, "_load", lambda self: None)
    assert OpenVinoEngine(gguf, threads=1)._properties["INFERENCE_PRECISION_HINT"] == "f32"
    monkeypatch.setattr(engines, "available_cores", lambda: 1)
    assert OpenVinoEngine(gguf)._properties["INFERENCE_PRECISION_HINT"] == "f32"
    monkeypatch.setattr(engines, "available_cores", lambda: 4)
    assert OpenVinoEngine(gguf)._properties["INFERENCE_PRECISION_HINT"] == "bf16"


def test_auto_takes_openvino_for_gguf_and_the_reference_for_the_rest(gguf, keen_base_model, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNIST_CACHE", str(tmp_path))
    monkeypatch.setattr(opening, "_has_gpu", lambda: False)
    assert isinstance(open_engine(str(gguf), None), OpenVinoEngine)
    assert isinstance(open_engine(str(gguf), None, EngineName.TRANSFORMERS), TransformersEngine)
    assert isinstance(open_engine(str(keen_base_model), None), TransformersEngine)
    with pytest.raises(BaseModelError, match="use the engine transformers"):
        open_engine(str(keen_base_model), None, EngineName.OPENVINO)
    monkeypatch.setattr(opening, "_has_gpu", lambda: True)
    assert opening._fastest(resolve_base_model(str(gguf))) is EngineName.TRANSFORMERS
    monkeypatch.setattr(opening.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(opening, "_has_gpu", lambda: False)
    assert opening._fastest(resolve_base_model(str(gguf))) is EngineName.TRANSFORMERS


def test_neither_torch_nor_telemetry_is_at_work(gguf, tmp_path):
    """Whoever imports OpenVINO plainly reports that to its makers."""
    code = (
        "import sys; from columnist.modeling.engines import EngineName, open_engine; "
        "from columnist.modeling.prompts import Prompt, Slot; "
        f"engine = open_engine({str(gguf)!r}, None, EngineName.OPENVINO); "
        "engine.fill([Prompt(instructions='', schema_text='table t', slots=(Slot(index=0, lead='a:'),))]); "
        "print([name for name in ('torch', 'transformers', 'peft') if name in sys.modules]); "
        "print([name for name in sys.modules if name.startswith('openvino_telemetry.')]); "
        "print(sys.modules['openvino.tools.ovc'].telemetry.__class__.__module__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNIST_CACHE": str(tmp_path), "HOME": str(tmp_path), "PATH": ""},
    )
    assert done.stdout.split() == ["[]", "[]", "openvino.tools.ovc.telemetry_stub"]


def write_gguf_of(base, path, kind, monkeypatch):
    monkeypatch.setenv("COLUMNIST_CACHE", str(path.parent / "cache"))
    from columnist.modeling.base_models import loadable_folder

    return write_gguf(loadable_folder(base), path, kind)


@pytest.mark.slow
@pytest.mark.parametrize(("settings", "least"), [({"exact": True}, 0.95), ({"compute_type": "f32"}, 0.8), ({}, 0.5)])
def test_the_embedded_model_writes_what_the_reference_writes(settings, least):
    """Share of equal texts; the rest differ after a near-tie, most of them in one word."""
    base = resolve_base_model(EMBEDDED)
    tables = [
        Table(
            name=f"{name}s",
            columns=tuple(
                Column(name=f"{name}_{part}", type="TEXT") for part in ("id", "name", "date", "status", "amount")
            ),
        )
        for name in ("order", "customer", "invoice", "shipment", "claim", "patient", "flight", "lease")
    ]
    prompts = [prompt for table in tables for prompt in render_prompts(table, PromptKind.INSTRUCT)]
    ours = texts_of(OpenVinoEngine(export_merged(base, None), **settings).fill(prompts))
    theirs = texts_of(open_engine(EMBEDDED, None, EngineName.TRANSFORMERS).fill(prompts))
    pairs = [pair for slots in zip(ours, theirs, strict=True) for pair in zip(*slots, strict=True)]
    assert sum(a == b for a, b in pairs) >= least * len(pairs)

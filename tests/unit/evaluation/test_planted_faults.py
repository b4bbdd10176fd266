"""Planted faults: each is caught by the measure made for it, and by no accident."""

import json
from random import Random

import pytest
from click.testing import CliRunner

from columnist import metrics_commands
from columnist.abstention import abstain
from columnist.ddl.dialects import DIALECTS
from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.evaluation import drawing
from columnist.evaluation.faulty_replies import reply_with_invented, reply_without
from columnist.evaluation.measures import MEASURES
from columnist.evaluation.measuring import ReplyFaults
from columnist.evaluation.planting import FAULTS, list_uncaught, plant_faults
from columnist.rendering.limits import LIMITS, UNLIMITED
from columnist.synthesis.examples import Example

COLUMNS = {
    "width": ("INT", "How far the panel reaches from side to side."),
    "colour": ("TEXT", "Paint that was chosen by the architect."),
    "made_at": ("TIMESTAMP", "When the press released it."),
    "shelf": ("VARCHAR(20)", "Place where pickers find it."),
    "fld_7": ("TEXT", abstain("What do people enter in fld_7?")),
}


def make_example(number: int) -> Example:
    columns = tuple(Column(name=name, type=type_) for name, (type_, _) in COLUMNS.items())
    texts = Texts(table="One row for each pressed sheet.", columns=tuple(text for _, text in COLUMNS.values()))
    table = Table(name="panel", columns=columns)
    return Example(
        id=f"{number}", ddl="", table=table, reference=texts, naics_code="", use_case="", license="Apache-2.0"
    )


EXAMPLES = tuple(make_example(number) for number in range(30))


def test_every_fault_is_caught() -> None:
    found = plant_faults(EXAMPLES, seed=5)
    assert list_uncaught(found) == []
    assert {each.fault for each in found} == {fault.name for fault in FAULTS}
    assert all(each.tables == 30 for each in found)


def test_a_fault_moves_its_measure_by_one_text() -> None:
    found = {(each.fault, each.measure): each for each in plant_faults(EXAMPLES, seed=5)}
    # One text of six is in markdown, 5/6 are plain; of six texts and an invented one, 6/7 are as asked for.
    assert found["markdown", "plain"].planted == pytest.approx(5 / 6)
    assert found["a column invented", "structure"].planted == pytest.approx(6 / 7)
    assert found["a column dropped", "structure"].planted == pytest.approx(5 / 6)
    assert found["256 characters on Glue", "fits_limit"].planted == pytest.approx(5 / 6)
    # Two of the four described columns say the same.
    assert found["a text used twice", "repetition"].planted == pytest.approx(2 / 4)


def test_every_measure_without_a_reference_has_a_fault_to_catch() -> None:
    tried = {name for fault in FAULTS for name in fault.measures}
    compared = {measure.name for measure in MEASURES if measure.metric in {"semantic", "overlap"}}
    assert tried == {measure.name for measure in MEASURES} - compared


def test_what_is_padded_for_glue_has_256_characters() -> None:
    fault = next(fault for fault in FAULTS if fault.dialect)
    written = fault.plant(EXAMPLES[0], Random(1))
    assert written is not None
    assert 256 in map(len, written.texts.columns)


def test_faulty_replies_go_through_the_reader_of_the_product() -> None:
    example = EXAMPLES[0]
    texts, faults = reply_without(example.table, example.reference, 1)
    assert texts.columns[:2] == (example.reference.columns[0], "")
    assert faults == ReplyFaults(missing=1)
    texts, faults = reply_with_invented(example.table, example.reference, "tier", "Tier.")
    assert texts == example.reference
    assert faults == ReplyFaults(invented=1)


def test_every_dialect_has_a_limit_or_a_reason_for_none() -> None:
    assert set(DIALECTS) <= set(LIMITS) | set(UNLIMITED)
    assert not set(LIMITS) & set(UNLIMITED)


def test_the_command_lists_every_measure() -> None:
    result = CliRunner().invoke(metrics_commands.metrics, ["--json"])
    assert [each["name"] for each in json.loads(result.stdout)] == [measure.name for measure in MEASURES]
    assert all(each["range"] == [0, 1] and each["blind_spots"] for each in json.loads(result.stdout))
    printed = CliRunner().invoke(metrics_commands.metrics, [])
    assert printed.exit_code == 0


def test_the_command_fails_where_a_fault_is_not_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "draw_tables", lambda _number, _seed, _say: EXAMPLES)
    passed = CliRunner().invoke(metrics_commands.metrics, ["--planted", "--json"])
    assert passed.exit_code == 0
    told = json.loads(passed.stdout)
    assert all(each["caught"] for each in told["faults"])
    monkeypatch.setattr("columnist.evaluation.metrics.leak.leak.leaks", lambda _text: False)
    failed = CliRunner().invoke(metrics_commands.metrics, ["--planted", "--show"])
    assert failed.exit_code == 1
    assert "the prompt leaked" in failed.stderr

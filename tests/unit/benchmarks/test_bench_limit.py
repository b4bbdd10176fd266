"""The benchmark of limits: the arithmetic of ceilings, worked out by hand."""

import json

import pytest
from transformers import LlamaConfig

from benchmarks import limit
from benchmarks.limit_machine import product_rate, read_bandwidth
from benchmarks.limit_work import Architecture, Work, table_work, training_flop
from columnist.errors import ConfigError

# One layer of seven 1 x 1 matrices: 14 FLOP a token, 2 for a prediction, 4 for a token to see another, 8 weights.
UNIT = Architecture(1, 1, 1, 1, 1, 1)
LIMITS = {"bf16, all threads": 100.0, "read, all threads": 16.0}
DECODED = {
    "model": {"base_model": "b", "adapter": None},
    "tables": {"bulk": 2},
    "engines": {"openvino": {"tables_per_min": {"median": 15.0}, "alone_s": {"median": 8.0}}},
    "lengths": {
        "bulk": [{"prefix": 1, "leads": [1], "texts": [2]}, {"prefix": 1, "leads": [1], "texts": [2]}],
        "alone": [{"prefix": 1, "leads": [1], "texts": [2]}],
    },
}


def test_sizes_are_read_from_a_configuration():
    config = LlamaConfig(
        hidden_size=8, num_attention_heads=4, num_key_value_heads=2, num_hidden_layers=3, intermediate_size=16,
        vocab_size=50,
    )  # fmt: skip
    assert Architecture.of(config) == Architecture(3, 8, 8, 4, 16, 50)
    # A layer: 8x8 + 8x4 + 8x4 + 8x8 + 3 x 8x16 = 576 weights; the head: 8 x 50.
    assert Architecture.of(config).weights() == 3 * 576 + 400


def test_a_schema_is_computed_once_for_all_its_slots():
    one, two = (table_work(UNIT, 10, [1] * slots, [3] * slots) for slots in (1, 2))
    lead_and_text = two.read_flop + two.write_flop - one.read_flop - one.write_flop
    # Lead: 14 + 4 x 11. Text of 3: two tokens are read (2 x 14 + 4 x (12 + 13)), three are predicted (6).
    assert lead_and_text == 58 + 28 + 100 + 6
    assert (one.steps, two.steps) == (3, 3)


def test_a_table_without_slots_writes_nothing():
    assert table_work(UNIT, 1, [], []) == Work(read_flop=18, write_flop=0, steps=0)


def test_layers_below_the_first_adapter_are_not_gone_back_through():
    model = Architecture(4, 8, 8, 8, 8, 8)
    whole, half = (training_flop(model, 100, 50, 10, 0, first) for first in (0, 2))
    forward = 100 * model.layers_flop() + 10 * model.attention_flop(0, 10) + 50 * model.head_flop()
    assert whole - forward == 100 * model.layers_flop() + 20 * model.attention_flop(0, 10) + 50 * model.head_flop()
    assert whole - half == (100 * model.layers_flop() + 20 * model.attention_flop(0, 10)) / 2


def test_shares_of_decoding():
    alone, bulk = limit.decoding_rows(UNIT, LIMITS, DECODED)
    # Alone: reading 40 FLOP at 100 a second, then 2 steps that read 8 weights of 2 bytes at 16 a second: 2.4 s.
    assert alone["ceiling"] == pytest.approx(1 / 2.4)
    assert alone["share"] == pytest.approx(2.4 / 8)
    # Many: 40 + 30 FLOP a table.
    assert bulk["ceiling"] == pytest.approx(60 * 100 / 70)
    assert bulk["share"] == pytest.approx(15 * 70 / 6000)


def test_a_report_is_printed_with_what_is_left_out(capsys):
    row = {"what": "train, bf16", "unit": "tokens/s", "ceiling": 1000.0, "reached": 400.0, "share": 0.4, "why": "x"}
    machine = {"processor": "Z80", "cores": 1, "load_average": [0.0]}
    limit.print_report({"machine": machine, "limits": {"read, 1 thread": 4e10}, "rows": [row]})
    printed = capsys.readouterr().out
    assert "40.0 GB/s" in printed
    assert "40%" in printed
    assert limit.LEFT_OUT in printed.replace("\n", " ") or "Left out" in printed


@pytest.mark.parametrize("content", ["{", "[]", '{"engines": {"openvino": {}}}'])
def test_a_report_of_something_else(tmp_path, content):
    file = tmp_path / "decode.json"
    file.write_text(content)
    with pytest.raises(ConfigError, match="is no report of decoding"):
        limit.read_report(file)


def test_a_report_without_the_default_engine(tmp_path):
    file = tmp_path / "decode.json"
    file.write_text(json.dumps({**DECODED, "engines": {"generate": {}}}))
    with pytest.raises(ConfigError, match="says nothing of the engine openvino"):
        limit.read_report(file)


def test_a_report_is_read_back(tmp_path):
    file = tmp_path / "decode.json"
    file.write_text(json.dumps(DECODED))
    assert limit.read_report(file) == DECODED


def test_the_machine_is_measured_and_left_as_it_was(monkeypatch):
    import torch

    monkeypatch.setattr("benchmarks.limit_machine._READ_BYTES", 2**12)
    monkeypatch.setattr("benchmarks.limit_machine._LEAST_S", 0.0)
    before = torch.get_num_threads()
    assert read_bandwidth(1) > 0
    assert product_rate([(4, 8)], 2, torch.bfloat16, 1) > 0
    assert torch.get_num_threads() == before

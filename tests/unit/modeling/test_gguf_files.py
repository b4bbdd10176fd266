"""GGUF headers: what gguf's own reader says, and one line where a file is damaged."""

import struct

import gguf
import numpy as np
import pytest
from tiny_gguf import write_gguf

from columnist.errors import BaseModelError
from columnist.modeling.base_models import resolve_base_model
from columnist.modeling.gguf_files import read_gguf, read_weights


@pytest.fixture(scope="module")
def tiny(tiny_base_model, tmp_path_factory):
    return write_gguf(tiny_base_model, tmp_path_factory.mktemp("gguf") / "tiny.gguf", gguf.GGMLQuantizationType.Q8_0)


def test_a_header_is_what_the_package_gguf_reads(tiny):
    file, expected = read_gguf(tiny), gguf.GGUFReader(tiny)
    known = {key: field.contents() for key, field in expected.fields.items() if not key.startswith("GGUF.")}
    assert {key: field.value for key, field in file.fields.items()} == known
    assert [tensor.name for tensor in file.tensors] == [tensor.name for tensor in expected.tensors]
    for ours, theirs in zip(file.tensors, expected.tensors, strict=True):
        assert ours.shape == tuple(reversed(theirs.shape.tolist()))
        weights = gguf.quants.dequantize(theirs.data, theirs.tensor_type)
        np.testing.assert_array_equal(read_weights(file, ours).ravel(), weights.ravel())


def test_a_key_may_name_the_architecture_by_a_place_holder(tiny):
    file = read_gguf(tiny)
    assert file.get("{arch}.context_length") == file.get("llama.context_length") == 2048
    assert file.get("no.such.key", "default") == "default"


def test_a_gguf_file_is_a_base_model_named_by_its_bytes(tiny, tmp_path):
    base = resolve_base_model(str(tiny))
    assert (base.gguf, base.license) == (tiny.resolve(), "mit")
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(tiny.read_bytes())
    assert resolve_base_model(str(copy)).digest == base.digest
    copy.write_bytes(tiny.read_bytes() + b" ")
    assert resolve_base_model(str(copy)).digest != base.digest


def problem(path) -> str:
    with pytest.raises(BaseModelError) as caught:
        resolve_base_model(str(path))
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert str(path) in message
    return message


@pytest.mark.parametrize("share", [0.0, 0.00005, 0.001, 0.01, 0.1, 0.3, 0.6, 0.999])
def test_a_file_cut_anywhere_gives_one_line(tiny, tmp_path, share):
    content = tiny.read_bytes()
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(content[: int(len(content) * share)])
    assert "no whole GGUF file" in problem(cut)


@pytest.mark.parametrize(
    "content",
    [
        b"GGML" + bytes(60),
        b"GGUF" + struct.pack("<IQQ", 1, 0, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**62),
        b"GGUF" + struct.pack("<IQQQ1sI", 3, 0, 1, 1, b"a", 99),
        b"GGUF" + struct.pack("<IQQQ1sIIQ", 3, 0, 1, 1, b"a", 9, 8, 2**40),
        b"GGUF" + struct.pack("<IQQQ1sIIQ", 3, 0, 1, 1, b"a", 9, 9, 1),
        b"GGUF" + struct.pack("<IQQQ2s", 3, 0, 1, 2, b"\xff\xfe"),
        b"GGUF" + struct.pack("<IQQQ1sIQIQ", 3, 1, 0, 1, b"a", 1, 2**63, 0, 0),
        b"GGUF" + struct.pack("<IQQQ1sIQIQ", 3, 1, 0, 1, b"a", 1, 8, 77, 0),
    ],
)
def test_a_damaged_header_gives_one_line(tmp_path, content):
    path = tmp_path / "damaged.gguf"
    path.write_bytes(content)
    problem(path)

"""Merged models: the sums of peft in a file that was never loaded into torch."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import gguf
import numpy as np
import pytest
from stated_adapter import state_card
from tiny_gguf import write_gguf

from columnist.errors import AdapterError, BaseModelError
from columnist.modeling import exporting
from columnist.modeling.adapters import attach, open_adapter
from columnist.modeling.base_models import load_model, resolve_base_model
from columnist.modeling.exporting import Precision, can_export, export_merged
from columnist.modeling.gguf_files import read_gguf, read_weights
from columnist.modeling.prompts import prompt_digest


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("COLUMNIST_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def llama(keen_base_model, tmp_path_factory) -> Path:
    return write_gguf(keen_base_model, tmp_path_factory.mktemp("llama") / "llama.gguf")


@pytest.fixture(scope="module")
def qwen2(keen_base_model, tmp_path_factory) -> Path:
    """A model of the other architecture: biases, rows of queries and keys as they are, and a head of its own."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    folder = tmp_path_factory.mktemp("qwen2")
    shutil.copytree(keen_base_model, folder / "model")
    config = json.loads((folder / "model" / "config.json").read_text())
    kept = ("vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")
    torch.manual_seed(4)
    model = Qwen2ForCausalLM(
        Qwen2Config(**{key: config[key] for key in kept}, num_key_value_heads=2, max_position_embeddings=2048)
    )
    model.save_pretrained(folder / "model")
    return write_gguf(folder / "model", folder / "qwen2.gguf")


def make_adapter(path: Path, folder: Path, dtype: str = "float32", **settings):
    """Save an adapter with random weights for a GGUF base model."""
    import torch
    from peft import LoraConfig, get_peft_model

    base = resolve_base_model(str(path))
    model = load_model(base, dtype=torch.float32)
    torch.manual_seed(6)
    settings = {"r": 4, "lora_alpha": 12, "target_modules": "all-linear"} | settings
    model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", init_lora_weights=False, **settings))
    model.to(getattr(torch, dtype)).save_pretrained(folder)
    card = state_card(
        base_model=str(path), base_model_digest=base.digest, prompt_sha256=prompt_digest(), train_examples=0
    )
    (folder / "columnist.json").write_text(card.model_dump_json())
    return open_adapter(folder)


@pytest.fixture
def adapter(llama, tmp_path):
    return make_adapter(llama, tmp_path / "adapter")


def weights_of(path: Path) -> dict[str, np.ndarray]:
    file = read_gguf(path)
    return {tensor.name: read_weights(file, tensor) for tensor in file.tensors}


def merged_by_peft(path: Path, adapter, tmp_path: Path) -> dict[str, np.ndarray]:
    """What peft makes of the same base and adapter, written by the tests' own writer."""
    import torch

    base = resolve_base_model(str(path))
    model = attach(load_model(base, dtype=torch.float32), adapter)
    model.save_pretrained(tmp_path / "by_peft")
    for file in exporting.cache_folder().glob("base_models/*/*token*"):
        shutil.copy(file, tmp_path / "by_peft")
    return weights_of(write_gguf(tmp_path / "by_peft", tmp_path / "by_peft.gguf", gguf.GGMLQuantizationType.F32))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"dtype": "bfloat16"},
        {"dtype": "float16"},
        {"use_rslora": True},
        {"target_modules": ["q_proj", "k_proj"]},
        {"target_modules": r".*\.1\..*(v|down)_proj"},
    ],
)
def test_a_merged_llama_is_what_peft_merges(llama, tmp_path, settings):
    adapter = make_adapter(llama, tmp_path / "adapter", **settings)
    merged = weights_of(export_merged(resolve_base_model(str(llama)), adapter))
    expected = merged_by_peft(llama, adapter, tmp_path)
    assert merged.keys() == expected.keys()
    for name, weights in merged.items():
        np.testing.assert_allclose(weights, expected[name], rtol=2**-10, atol=1e-4, err_msg=name)
    base = weights_of(llama)
    assert sum(not np.allclose(weights, base[name], atol=1e-3) for name, weights in merged.items()) >= 2


def test_a_merged_qwen2_is_what_peft_merges(qwen2, tmp_path):
    adapter = make_adapter(qwen2, tmp_path / "adapter")
    merged = weights_of(export_merged(resolve_base_model(str(qwen2)), adapter))
    expected = merged_by_peft(qwen2, adapter, tmp_path)
    assert merged.keys() == expected.keys()
    for name, weights in merged.items():
        np.testing.assert_allclose(weights, expected[name], rtol=2**-10, atol=1e-4, err_msg=name)


def test_a_base_alone_keeps_its_weights_and_what_its_header_says(llama):
    path = export_merged(resolve_base_model(str(llama)), None)
    before, after = read_gguf(llama), read_gguf(path)
    assert after.fields == before.fields
    for name, weights in weights_of(path).items():
        np.testing.assert_array_equal(weights, weights_of(llama)[name])


def test_eight_bits_are_eight_bits(llama, adapter):
    base = resolve_base_model(str(llama))
    fine, coarse = (weights_of(export_merged(base, adapter, precision)) for precision in Precision)
    file = read_gguf(export_merged(base, adapter, Precision.Q8_0))
    assert {tensor.type for tensor in file.tensors} == {gguf.GGMLQuantizationType.F32, gguf.GGMLQuantizationType.Q8_0}
    assert file.get("general.file_type") == gguf.LlamaFileType.MOSTLY_Q8_0
    for name, weights in fine.items():
        # A step of eight bits is a 127th of the largest of 32 weights.
        np.testing.assert_allclose(coarse[name], weights, atol=float(np.abs(weights).max()) / 127)


def test_a_base_of_five_bits_is_written_with_sixteen(keen_base_model, tmp_path):
    """OpenVINO cannot read the kind of five bits that many downloads have."""
    path = write_gguf(keen_base_model, tmp_path / "five.gguf", gguf.GGMLQuantizationType.Q5_0)
    merged = export_merged(resolve_base_model(str(path)), None)
    assert gguf.GGMLQuantizationType.Q5_0 not in {tensor.type for tensor in read_gguf(merged).tensors}
    for name, weights in weights_of(merged).items():
        np.testing.assert_allclose(weights, weights_of(path)[name], rtol=2**-10)


def test_a_merged_model_is_made_once(llama, adapter, monkeypatch, cache):
    base = resolve_base_model(str(llama))
    path = export_merged(base, adapter)
    assert path.is_relative_to(cache / "merged_models")
    monkeypatch.setattr(exporting, "_export", lambda *_: pytest.fail("made again"))
    assert export_merged(base, adapter) == path


def test_other_inputs_have_files_of_their_own(llama, adapter, tmp_path):
    base = resolve_base_model(str(llama))
    other = make_adapter(llama, tmp_path / "other", r=2)
    paths = {
        export_merged(base, adapter),
        export_merged(base, None),
        export_merged(base, other),
        export_merged(base, adapter, Precision.Q8_0),
    }
    assert len(paths) == 4


@pytest.mark.parametrize("damage", ["bytes", "manifest", "file gone"])
def test_a_damaged_merged_model_is_made_again(llama, adapter, damage):
    base = resolve_base_model(str(llama))
    path = export_merged(base, adapter)
    content = path.read_bytes()
    if damage == "bytes":
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif damage == "manifest":
        (path.parent / "columnist.json").write_text("{")
    else:
        path.unlink()
    assert export_merged(base, adapter).read_bytes() == content


def test_what_an_interruption_left_behind_is_removed(llama, adapter, cache):
    base = resolve_base_model(str(llama))
    name = export_merged(base, adapter).parent.name
    shutil.rmtree(cache / "merged_models" / name)
    leftover = cache / "merged_models" / f"{name}.part-x"
    leftover.mkdir()
    (leftover / "model.gguf").write_bytes(b"half")
    export_merged(base, adapter)
    assert not leftover.exists()


def without_one(weights):
    return dict(list(weights.items())[1:])


def renamed(weights):
    return {name.replace("layers.1.", "layers.7."): tensor for name, tensor in weights.items()}


def narrower(weights):
    return {name: tensor[:, :-1].contiguous() if "lora_A" in name else tensor for name, tensor in weights.items()}


@pytest.mark.parametrize("change", [without_one, renamed, narrower])
def test_weights_that_do_not_fit_are_refused_as_peft_refuses_them(llama, adapter, change):
    import torch
    from safetensors.torch import load_file, save_file

    file = adapter.folder / "adapter_model.safetensors"
    save_file(change(load_file(file)), file)
    assert problem(llama, adapter)
    with pytest.raises(AdapterError):
        attach(load_model(resolve_base_model(str(llama)), dtype=torch.float32), adapter)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("adapter_model.safetensors", b""),
        ("adapter_model.safetensors", b"\x10\0\0\0\0\0\0\0 not safetensors"),
        ("adapter_config.json", b"{"),
        ("adapter_config.json", b"{}"),
        ("adapter_config.json", b"[]"),
        ("adapter_config.json", b"\xff\xfe"),
    ],
)
def test_damaged_files_of_an_adapter_give_one_line(llama, adapter, name, content):
    (adapter.folder / name).write_bytes(content)
    assert str(adapter.folder) in problem(llama, adapter)


@pytest.mark.parametrize(
    "settings",
    [
        {"use_dora": True},
        {"bias": "all"},
        {"modules_to_save": ["lm_head"]},
        {"rank_pattern": {"q_proj": 2}},
        {"peft_type": "IA3"},
        {"r": 0},
        {"r": "x"},
        {"target_modules": []},
        {"target_modules": "("},
        {"target_modules": ["no_such_module"]},
        {"target_modules": None},
    ],
)
def test_settings_beyond_plain_lora_are_refused_rather_than_left_out(llama, adapter, settings):
    file = adapter.folder / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | settings))
    problem(llama, adapter)


def test_an_adapter_of_another_base_is_refused(qwen2, adapter):
    assert "was trained on" in problem(qwen2, adapter)


def problem(base: Path, adapter) -> str:
    with pytest.raises(AdapterError) as caught:
        export_merged(resolve_base_model(str(base)), adapter)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert not list(exporting.cache_folder().glob("merged_models/*/model.gguf"))
    return message


def test_a_directory_cannot_be_exported(keen_base_model):
    base = resolve_base_model(str(keen_base_model))
    assert not can_export(base)
    with pytest.raises(BaseModelError, match=r"expected a GGUF file .* use the engine transformers"):
        export_merged(base, None)


def test_a_cache_that_cannot_be_written_gives_one_line(llama, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COLUMNIST_CACHE", str(tmp_path / "file"))
    with pytest.raises(BaseModelError, match="COLUMNIST_CACHE"):
        export_merged(resolve_base_model(str(llama)), None)


def test_no_torch_is_imported_for_it(llama, adapter):
    code = (
        "import sys; from pathlib import Path; from columnist.modeling.adapters import open_adapter; "
        "from columnist.modeling.base_models import resolve_base_model; "
        "from columnist.modeling.exporting import export_merged; "
        f"export_merged(resolve_base_model({str(llama)!r}), open_adapter(Path({str(adapter.folder)!r}))); "
        "print([name for name in ('torch', 'transformers', 'peft') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

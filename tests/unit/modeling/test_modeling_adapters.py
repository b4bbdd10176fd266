"""Adapters: what they fit, and what is wrong with damaged ones."""

import json
import shutil
from pathlib import Path

import pytest

from columnist.errors import AdapterError
from columnist.modeling import adapters
from columnist.modeling.adapters import attach, check_fit, open_adapter
from columnist.modeling.base_models import load_model, resolve_base_model
from columnist.modeling.curves import render_adapter_card, render_curves


@pytest.fixture
def folder(trained_adapter, tmp_path) -> Path:
    return Path(shutil.copytree(trained_adapter.folder, tmp_path / "adapter"))


@pytest.fixture
def base(keen_base_model):
    return resolve_base_model(str(keen_base_model))


def test_an_adapter_is_weights_a_config_and_a_card(trained_adapter):
    names = {path.name for path in trained_adapter.folder.iterdir()}
    assert names >= {"adapter_model.safetensors", "adapter_config.json", "columnist.json"}
    assert names <= {"adapter_model.safetensors", "adapter_config.json", "columnist.json", "README.md"}


def test_the_digest_does_not_depend_on_the_place(trained_adapter, folder):
    assert open_adapter(folder).digest == trained_adapter.digest


def test_no_path_of_this_machine_is_kept_but_what_the_user_wrote(trained_adapter, tmp_path_factory):
    config = (trained_adapter.folder / "adapter_config.json").read_text()
    assert json.loads(config)["base_model_name_or_path"] == trained_adapter.card.base_model


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "adapter_config.json", "columnist.json"])
def test_a_folder_without_one_of_its_files_is_refused(folder, name):
    (folder / name).unlink()
    with pytest.raises(AdapterError, match=name):
        open_adapter(folder)


def test_an_empty_folder_and_no_folder_are_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(AdapterError, match="holds no adapter: expected a folder with"):
            open_adapter(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"\xff\xfe\x00", b"[]", b'{"base_model": 1}'])
def test_a_damaged_card_is_refused(folder, content):
    (folder / "columnist.json").write_bytes(content)
    with pytest.raises(AdapterError, match="missing or damaged"):
        open_adapter(folder)


def test_a_card_with_an_unknown_field_is_refused(folder):
    card = json.loads((folder / "columnist.json").read_text())
    (folder / "columnist.json").write_text(json.dumps({**card, "extra": 1}))
    with pytest.raises(AdapterError, match="missing or damaged"):
        open_adapter(folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("adapter_model.safetensors", b""),
        ("adapter_model.safetensors", b"cos\nsystem\n(S'exit 1'\ntR."),
        ("adapter_config.json", b"{"),
        ("adapter_config.json", b"{}"),
        ("adapter_config.json", b'{"peft_type": "NOPE"}'),
    ],
)
def test_damaged_weights_or_settings_are_refused_when_they_are_attached(folder, base, name, content):
    (folder / name).write_bytes(content)
    with pytest.raises(AdapterError) as caught:
        attach(load_model(base), open_adapter(folder))
    assert len(str(caught.value).splitlines()) == 1
    assert str(folder) in str(caught.value)


def test_weights_for_other_modules_are_refused_rather_than_left_out(folder, base):
    """peft only warns when weights match nothing; the result would be the base model alone."""
    from safetensors.torch import load_file, save_file

    file = folder / "adapter_model.safetensors"
    save_file({name.replace("layers", "blocks"): tensor for name, tensor in load_file(file).items()}, file)
    with pytest.raises(AdapterError):
        attach(load_model(base), open_adapter(folder))


def test_an_adapter_fits_what_it_was_trained_on(trained_adapter, base):
    check_fit(trained_adapter, base)


def test_another_base_model_is_refused_with_both_digests(trained_adapter, tiny_base_model):
    other = resolve_base_model(str(tiny_base_model))
    with pytest.raises(AdapterError) as caught:
        check_fit(trained_adapter, other)
    assert other.digest[:16] in str(caught.value)
    assert trained_adapter.card.base_model_digest[:16] in str(caught.value)


def test_other_prompts_are_refused(trained_adapter, base, monkeypatch):
    monkeypatch.setattr(adapters, "prompt_digest", lambda _: "0" * 64)
    with pytest.raises(AdapterError, match=r"learned prompts .* train it again"):
        check_fit(trained_adapter, base)


def test_an_attached_adapter_is_merged_and_changes_the_logits(trained_adapter, base):
    import torch

    tokens = torch.tensor([[5, 6, 7]])
    with torch.inference_mode():
        before = load_model(base).eval()(tokens).logits
        merged = attach(load_model(base), trained_adapter)
        after = merged(tokens).logits
    assert type(merged).__name__ == "LlamaForCausalLM"
    assert not torch.allclose(before, after, atol=1e-2)


def test_the_same_card_gives_the_same_picture(trained_adapter):
    picture = render_curves(trained_adapter.card)
    assert picture.startswith(b"\x89PNG")
    assert picture == render_curves(trained_adapter.card)


def test_the_card_reads_as_markdown(trained_adapter):
    text = render_adapter_card(trained_adapter.card)
    assert f"`{trained_adapter.card.training_set_sha256[:16]}`" in text
    assert "| lora_r | 4 |" in text

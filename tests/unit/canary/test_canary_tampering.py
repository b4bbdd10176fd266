"""Tampering with a real tuned model of two layers: its weights, its engine, its prompts."""

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_gguf import write_gguf

from columnist.canary import rescoring
from columnist.canary.canary_set import read_canary_set
from columnist.canary.checking import CanaryState
from columnist.canary.fingerprint import Part
from columnist.canary.rescoring import pin_model, rescore
from columnist.errors import AdapterError
from columnist.modeling import adapters
from columnist.modeling.engines import EngineName
from columnist.modeling.training import TrainingConfig, train_adapter
from columnist.synthesis import SynthesisConfig, synthesize

WEIGHTS = "adapter_model.safetensors"


@pytest.fixture(scope="module")
def trained(tiny_base_model, tmp_path_factory) -> Path:
    """An adapter on a GGUF file, which both engines can read."""
    folder = tmp_path_factory.mktemp("tampering")
    config = TrainingConfig(
        base_model=str(write_gguf(tiny_base_model, folder / "tiny.gguf")),
        seed=3,
        epochs=1,
        max_steps=2,
        learning_rate=2e-2,
        warmup_share=0.1,
        weight_decay=0.0,
        max_gradient_norm=1.0,
        lora_r=4,
        lora_alpha=8,
        target_modules="all-linear",
        batch_tokens=1500,
        max_row_tokens=1500,
        validate_every_steps=3,
        checkpoint_every_steps=2,
    )
    examples = synthesize(SynthesisConfig(seed=5, train_examples=6, validation_examples=2, test_examples=1))
    return train_adapter(examples, config, folder / "adapter", folder / "checkpoint.safetensors").folder


@pytest.fixture
def tuned(trained, tmp_path, monkeypatch) -> Path:
    """A copy to tamper with, asked about the first two tables, without the encoder."""
    monkeypatch.setenv("COLUMNIST_CACHE", str(tmp_path / "cache"))
    canaries = read_canary_set()
    few = canaries.model_copy(update={"examples": canaries.examples[:2]})
    monkeypatch.setattr(rescoring, "read_canary_set", lambda: few)
    monkeypatch.setattr(rescoring, "find_encoder", lambda: None)
    return Path(shutil.copytree(trained, tmp_path / "adapter"))


@pytest.fixture
def check(tuned, home, config):
    pin_model(str(tuned), EngineName.TRANSFORMERS, home)
    return lambda engine=EngineName.TRANSFORMERS: rescore(
        str(tuned), None, config.model_copy(update={"engine": engine}), home
    )


def test_the_same_model_writes_the_same(check):
    assert check().state is CanaryState.UNCHANGED


def test_other_weights_write_other_texts(check, tuned):
    generator = torch.Generator().manual_seed(0)
    learned = load_file(tuned / WEIGHTS)
    others = {name: torch.randn(each.shape, generator=generator) for name, each in learned.items()}
    save_file(others, tuned / WEIGHTS)
    result = check()
    assert (result.state, {change.part for change in result.changes}) == (CanaryState.ALARM, {Part.WEIGHTS})
    assert 0 < result.n_changed <= result.n_texts


def test_another_engine_is_named_whatever_it_writes(check):
    result = check(EngineName.OPENVINO)
    assert {change.part for change in result.changes} == {Part.ENGINE}
    assert "engine (name: transformers → openvino)" in result.summary
    assert (result.state is CanaryState.ALARM) == (result.n_changed > 0)


def test_prompts_that_the_adapter_has_not_learned_are_refused_before_anything_is_written(check, monkeypatch):
    monkeypatch.setattr(adapters, "prompt_digest", lambda _: "9" * 64)
    with pytest.raises(AdapterError, match=r"learned prompts .*renders 9999999999999999"):
        check()

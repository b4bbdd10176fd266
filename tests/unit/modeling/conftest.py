"""A small training set, and an adapter trained on it."""

import shutil
from pathlib import Path

import pytest

from columnist.synthesis import SynthesisConfig, TrainingSet, synthesize


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    """Models of two layers gain nothing from threads that wait for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def small_training_set() -> TrainingSet:
    return synthesize(SynthesisConfig(seed=5, train_examples=6, validation_examples=2, test_examples=1))


@pytest.fixture(scope="session")
def keen_base_model(tiny_base_model, tmp_path_factory) -> Path:
    """The tiny base model with large random weights.

    The head of a freshly made model is so small that it takes all tokens for
    equally likely, whatever an adapter does before it.
    """
    import torch
    from transformers import AutoModelForCausalLM

    folder = tmp_path_factory.mktemp("keen") / "keen_base_model"
    shutil.copytree(tiny_base_model, folder)
    model = AutoModelForCausalLM.from_pretrained(folder).float()
    torch.manual_seed(3)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 0.3)
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def small_config(keen_base_model):
    """Trains on the tiny base model in a second or two."""
    from columnist.modeling.training import TrainingConfig

    return TrainingConfig(
        base_model=str(keen_base_model),
        seed=3,
        epochs=2,
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


@pytest.fixture(scope="session")
def trained_adapter(small_training_set, small_config, tmp_path_factory):
    from columnist.modeling.training import train_adapter

    folder = tmp_path_factory.mktemp("trained")
    return train_adapter(small_training_set, small_config, folder / "adapter", folder / "checkpoint.safetensors")

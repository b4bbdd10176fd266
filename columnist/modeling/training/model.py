"""The model to train: a frozen base with LoRA weights beside its linear layers."""

import re
from typing import Any

from columnist.errors import ConfigError
from columnist.modeling.base_models import BaseModel, load_model
from columnist.modeling.training.config import Quantize, TrainingConfig


def build_model(base: BaseModel, config: TrainingConfig, device: str, dtype: Any) -> Any:
    """Load the base model and add fresh LoRA weights; they depend on the seed alone.

    Raises:
        BaseModelError: The base model cannot be loaded.
        ConfigError: It has none of the target modules or layers, or 4 bits cannot be had here.
    """
    import torch

    options = _quantization(config.quantize, device, dtype)
    # Eager attention takes any mask; where there are kernels for the model, they replace it.
    model = load_model(base, dtype=dtype, attn_implementation="eager", **options)
    torch.manual_seed(config.seed)
    model = _add_lora(model, config)
    return model if options else model.to(device)


def _add_lora(model: Any, config: TrainingConfig) -> Any:
    from peft import LoraConfig, get_peft_model

    modules = config.target_modules
    settings = LoraConfig(
        r=config.lora_r,
        lora_alpha=config.lora_alpha,
        lora_dropout=config.lora_dropout,
        target_modules=modules if isinstance(modules, str) else list(modules),
        exclude_modules=_lower_layers(model, config),
        task_type="CAUSAL_LM",
    )
    try:
        return get_peft_model(model, settings).train()
    except ValueError as error:
        raise ConfigError(
            f"target_modules: {config.base_model} has no modules named {modules}; "
            "expected names of its linear layers, or all-linear"
        ) from error


def _lower_layers(model: Any, config: TrainingConfig) -> str | None:
    """Return a pattern of the modules below the first layer that gets an adapter."""
    from torch.nn import ModuleList

    first = config.first_lora_layer
    if not first:
        return None
    layers = int(model.config.get_text_config().num_hidden_layers)
    if first >= layers:
        raise ConfigError(
            f"first_lora_layer: {config.base_model} has layers 0 to {layers - 1}, but {first} was given; "
            "give one of these, 0 for all"
        )
    stacks = (
        name for name, module in model.named_modules() if isinstance(module, ModuleList) and len(module) == layers
    )
    return rf"{re.escape(next(stacks))}\.({'|'.join(map(str, range(first)))})\..*"


def _quantization(quantize: Quantize, device: str, dtype: Any) -> dict[str, Any]:
    """Return the options that load a base model in 4 bits."""
    if quantize is Quantize.NONE:
        return {}
    from importlib.util import find_spec

    if device != "cuda" or find_spec("bitsandbytes") is None:
        missing = "no CUDA device is here" if device != "cuda" else "the package bitsandbytes is not installed"
        raise ConfigError(
            f"quantize: {quantize.value} needs a CUDA device and the gpu extra (pip install 'columnist[gpu]'), "
            f"but {missing}; give quantize: none to train without"
        )
    import torch
    from transformers import BitsAndBytesConfig

    settings = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )
    return {"quantization_config": settings, "device_map": {"": torch.cuda.current_device()}}

"""Where a model's own code is replaced by ``kernels``: on CPUs, for the architectures they were checked on."""

from functools import partial
from typing import Any

from columnist.modeling.training.kernels import Block, BlockAttention, LoraLinear, RmsNorm

_ARCHITECTURES = ("llama", "qwen2")
_ATTENTION = "columnist_blocks"


class BlockLayout:
    """The blocks of the batch that is computed at the moment; attention layers look here.

    Attributes:
        blocks: See ``columnist.modeling.training.blocks``.
    """

    blocks: tuple[Block, ...] = ()


def install_kernels(model: Any, device: str) -> BlockLayout | None:
    """Replace attention, norms and LoRA layers of a model in peft's wrapping.

    Returns:
        Where to put the blocks of each batch; ``None`` if the model was left as it is,
        because the device or the architecture is another one.
    """
    from transformers import AttentionInterface

    base = model.get_base_model()
    config = base.config
    if device != "cpu" or config.model_type not in _ARCHITECTURES or getattr(config, "use_sliding_window", False):
        return None
    layout = BlockLayout()
    AttentionInterface.register(_ATTENTION, _attend)
    base.set_attn_implementation(_ATTENTION)
    for module in model.modules():
        kind = type(module).__name__
        if kind.endswith("Attention"):
            module.columnist_layout = layout
        elif kind.endswith("RMSNorm"):
            module.forward = partial(_normalise, module)
        elif _is_plain_lora(module):
            module.forward = partial(_apply_lora, module)
    return layout


def _attend(module: Any, query: Any, key: Any, value: Any, _: Any, scaling: float, **__: Any) -> tuple[Any, None]:
    """Attend block by block; the one row of the batch holds all rows."""
    out = BlockAttention.apply(query[0], key[0], value[0], module.columnist_layout.blocks, scaling)
    return out.transpose(0, 1)[None].contiguous(), None


def _normalise(module: Any, hidden_states: Any) -> Any:
    return RmsNorm.apply(hidden_states, module.weight, module.variance_epsilon)


def _apply_lora(module: Any, x: Any, *_: Any, **__: Any) -> Any:
    base = module.base_layer
    a, b = module.lora_A["default"].weight, module.lora_B["default"].weight
    return LoraLinear.apply(x, base.weight, base.bias, a, b, module.scaling["default"])


def _is_plain_lora(module: Any) -> bool:
    """Tell whether a module is LoRA on a linear layer without dropout."""
    from peft.tuners.lora.layer import Linear
    from torch.nn import Identity
    from torch.nn import Linear as Plain

    return (
        type(module) is Linear
        and type(module.base_layer) is Plain
        and isinstance(module.lora_dropout["default"], Identity)
    )

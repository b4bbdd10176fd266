"""The weights of an adapter as numpy arrays, without ``torch`` or ``peft``."""

import json
import math
import re
from pathlib import Path
from typing import Any, NamedTuple

from columnist.modeling.adapters import SETTINGS, WEIGHTS, Adapter, unattachable

_KEY = re.compile(r"base_model\.model\.(?P<module>.+)\.lora_(?P<half>[AB])(?:\.default)?\.weight")
# What peft can also do, and which would change the sum below.
_FOREIGN = (
    "alora_invocation_tokens", "alpha_pattern", "exclude_modules", "fan_in_fan_out", "layer_replication",
    "layers_pattern", "layers_to_transform", "lora_bias", "modules_to_save", "rank_pattern", "target_parameters",
    "trainable_token_indices", "use_bdlora", "use_dora", "use_qalora",
)  # fmt: skip


class LoraWeights(NamedTuple):
    """The change of one module: ``scale * up @ down`` is added to its weights.

    Attributes:
        down: float32 (r, inputs), called A in the paper.
        up: float32 (outputs, r), called B.
    """

    down: Any
    up: Any
    scale: float

    @property
    def shape(self) -> tuple[int, int]:
        """Outputs and inputs of the module."""
        return self.up.shape[0], self.down.shape[1]

    def delta(self) -> Any:
        """Return the change as a float32 array (outputs, inputs)."""
        return self.scale * (self.up @ self.down)


def read_lora(adapter: Adapter, modules: dict[str, tuple[int, ...]]) -> dict[str, LoraWeights]:
    """Read an adapter's weights for the modules of a base model.

    Args:
        adapter: The adapter.
        modules: The base model's linear modules, such as ``model.layers.0.mlp.up_proj``, with their shapes.

    Returns:
        The changed modules.

    Raises:
        AdapterError: Weights or settings are damaged, are for other modules, or do what only peft can do.
    """
    try:
        settings = json.loads((adapter.folder / SETTINGS).read_text())
        scale, targets = _scale(settings), _targets(settings["target_modules"], list(modules))
        halves = _read_halves(adapter.folder / WEIGHTS)
        _check(modules, targets, halves, settings["r"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError, re.error) as error:
        raise unattachable(adapter, error) from error
    return {module: LoraWeights(halves[module, "A"], halves[module, "B"], scale) for module in targets}


def _scale(settings: dict[str, Any]) -> float:
    foreign = [name for name in _FOREIGN if settings.get(name)]
    if settings.get("peft_type") != "LORA" or settings.get("bias", "none") != "none" or foreign:
        raise ValueError(f"{SETTINGS} asks for more than plain LoRA: {', '.join(foreign) or 'another kind of adapter'}")
    r = settings["r"]
    return float(settings["lora_alpha"] / (math.sqrt(r) if settings.get("use_rslora") else r))


def _targets(wanted: str | list[str], modules: list[str]) -> list[str]:
    r"""Return the modules that settings name, as peft understands them.

    Example:
        >>> _targets(["up_proj"], ["model.layers.0.mlp.up_proj", "model.layers.0.mlp.down_proj"])
        ['model.layers.0.mlp.up_proj']
        >>> _targets(r".*\.0\..*_proj", ["model.layers.0.mlp.up_proj", "model.layers.1.mlp.up_proj"])
        ['model.layers.0.mlp.up_proj']
    """
    if isinstance(wanted, str):
        return [module for module in modules if wanted == "all-linear" or re.fullmatch(wanted, module)]
    return [module for module in modules if any(module == name or module.endswith(f".{name}") for name in wanted)]


def _read_halves(path: Path) -> dict[tuple[str, str], Any]:
    from safetensors import SafetensorError, deserialize

    try:
        stored = deserialize(path.read_bytes())  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise ValueError(f"{path.name}: {error}") from error
    halves = {}
    for name, tensor in stored:
        match = _KEY.fullmatch(name)
        if not match:
            raise ValueError(f"{path.name} holds {name}")
        halves[match["module"], match["half"]] = _as_float32(tensor)
    return halves


def _as_float32(tensor: dict[str, Any]) -> Any:
    import numpy as np

    data, kind = tensor["data"], tensor["dtype"]
    if kind == "BF16":
        # numpy knows no bfloat16, which is the upper half of a float32.
        values = (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
    else:
        values = np.frombuffer(data, {"F16": "<f2", "F32": "<f4"}[kind]).astype(np.float32)
    return values.reshape(tensor["shape"])


def _check(modules: dict[str, tuple[int, ...]], targets: list[str], halves: dict[tuple[str, str], Any], r: int) -> None:
    """Refuse weights that are missing, left over, or of another shape."""
    expected = {(module, half) for module in targets for half in "AB"}
    if odd := sorted(expected ^ halves.keys()):
        raise ValueError(f"it {'lacks' if odd[0] in expected else 'has'} weights for {odd[0][0]}")
    if not targets:
        raise ValueError("it changes no module of this base model")
    for module in targets:
        outputs, inputs = modules[module]
        if (halves[module, "A"].shape, halves[module, "B"].shape) != ((r, inputs), (outputs, r)):
            raise ValueError(f"its weights for {module} are of another shape")

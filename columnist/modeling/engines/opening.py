"""Choosing an engine: what each needs, and which one serves best here."""

import importlib.util
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from columnist.errors import AdapterError
from columnist.modeling.adapters import Adapter, check_fit
from columnist.modeling.base_models import BaseModel, resolve_base_model
from columnist.modeling.engines.protocol import Engine
from columnist.modeling.exporting import Precision, can_export

_NVIDIA = Path("/proc/driver/nvidia/version")


class EngineName(StrEnum):
    """The engines; ``auto`` takes the fastest one that this machine and this model allow."""

    AUTO = "auto"
    OPENVINO = "openvino"
    TRANSFORMERS = "transformers"
    VLLM = "vllm"
    OPENAI = "openai"


def open_engine(
    base_model: str,
    adapter: Adapter | None,
    name: EngineName = EngineName.AUTO,
    precision: Precision = Precision.F16,
) -> Engine:
    """Return an engine for a base model, with an adapter merged into it if there is one.

    Args:
        base_model: A reference as in ``columnist.modeling.base_models``; for the engine ``openai`` the address of
            an endpoint and a model it serves, such as ``http://localhost:11434/v1#qwen2.5:1.5b``.
        adapter: A trained adapter, or ``None`` for the base model alone.
        name: The engine.
        precision: Of the weights, for an engine that reads a merged GGUF file.

    Raises:
        BaseModelError: The base model cannot be used, or not by this engine.
        AdapterError: The adapter does not fit it.
        ConfigError: The endpoint's address cannot be used.
        TeacherError: The endpoint's key cannot be one.
    """
    if name is EngineName.OPENAI:
        return _openai(base_model, adapter)
    base = resolve_base_model(base_model)
    if adapter:
        check_fit(adapter, base)
    return _ENGINES[settle_engine(base, name)](base, adapter, precision)


def settle_engine(base: BaseModel, name: EngineName) -> EngineName:
    """Return the engine that a name stands for with a base model on this machine: never ``auto``."""
    return _fastest(base) if name is EngineName.AUTO else name


def _fastest(base: BaseModel) -> EngineName:
    if importlib.util.find_spec("openvino_genai") is None or not can_export(base) or _has_gpu():
        return EngineName.TRANSFORMERS
    return EngineName.OPENVINO


def _has_gpu() -> bool:
    """Tell whether there is an NVIDIA GPU, without the seconds that importing ``torch`` takes where there is none."""
    if not _NVIDIA.exists():
        return False
    from columnist.modeling.devices import pick_device

    return pick_device() == "cuda"


def _openvino(base: BaseModel, adapter: Adapter | None, precision: Precision) -> Engine:
    from columnist.modeling.engines.openvino_engine import open_openvino

    return open_openvino(base, adapter, precision)


def _transformers(base: BaseModel, adapter: Adapter | None, _precision: Precision) -> Engine:
    from columnist.modeling.engines.transformers_engine import open_transformers

    return open_transformers(base, adapter)


def _vllm(base: BaseModel, adapter: Adapter | None, _precision: Precision) -> Engine:
    from columnist.modeling.engines.vllm_engine import open_vllm

    return open_vllm(base, adapter)


def _openai(reference: str, adapter: Adapter | None) -> Engine:
    from columnist.modeling.engines.openai_engine import open_openai

    if adapter:
        raise AdapterError(
            f"adapter {adapter.folder} cannot be sent to the endpoint {reference}; choose another engine, or no adapter"
        )
    return open_openai(reference)


_ENGINES: dict[EngineName, Callable[[BaseModel, Adapter | None, Precision], Engine]] = {
    EngineName.OPENVINO: _openvino,
    EngineName.TRANSFORMERS: _transformers,
    EngineName.VLLM: _vllm,
}

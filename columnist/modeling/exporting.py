"""Merged models: a base model and an adapter as one GGUF file, for engines that read GGUF.

Nothing here imports ``torch`` or ``transformers``: a fresh machine has its merged model a
few seconds after it asks for one. Weights are kept at 16 or 8 bits. At 4 bits the steps
between two weights are larger than what an adapter changes, and the tuning is lost.
"""

import logging
import shutil
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Any

from filelock import FileLock

from columnist.errors import BaseModelError
from columnist.modeling.adapters import Adapter, check_fit
from columnist.modeling.base_models import BaseModel, cache_folder, changed_file, make_cache, seal
from columnist.modeling.gguf_files import GgufFile, GgufTensor, read_gguf, read_weights
from columnist.modeling.lora_weights import LoraWeights, read_lora
from columnist.modeling.tokenizing import has_known_tokenizer

_EXPORT = 1  # raise when an export writes other bytes: new files are then made
_FILE = "model.gguf"
_WRITTEN_ANEW = ("general.architecture", "general.file_type", "general.alignment")
# Modules of a layer, as transformers and as GGUF call them.
_MODULES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


class Precision(StrEnum):
    """How weights are kept."""

    F16 = "f16"
    Q8_0 = "q8_0"


def can_export(base: BaseModel) -> bool:
    """Tell whether a base model is a GGUF file of a kind that is known here."""
    return base.gguf is not None and has_known_tokenizer(read_gguf(base.gguf))


def export_merged(base: BaseModel, adapter: Adapter | None, precision: Precision = Precision.F16) -> Path:
    """Return a GGUF file with an adapter merged into its base model, made once and then found.

    Args:
        base: A base model for which ``can_export`` is true.
        adapter: The adapter, or ``None`` for the base model alone.
        precision: Of the matrices; what is small stays as it is.

    Raises:
        BaseModelError: The base model is of another kind, or the cache cannot be written.
        AdapterError: The adapter is damaged, or does not fit.
    """
    if not can_export(base):
        raise BaseModelError(
            f"base model {base.reference} cannot be exported: expected a GGUF file of the architecture llama or "
            "qwen2; use the engine transformers"
        )
    if adapter:
        check_fit(adapter, base)
    name = f"{base.digest[:16]}-{adapter.digest[:16] if adapter else 'base'}-{precision}-v{_EXPORT}"
    folder = cache_folder() / "merged_models" / name
    make_cache(folder.parent, base)
    with FileLock(f"{folder}.lock"):
        if folder.exists() and not _is_whole(folder):
            logging.getLogger("columnist").warning("%s was changed or is damaged: it is made again", folder)
            shutil.rmtree(folder)
        if not folder.exists():
            _export(base, adapter, precision, folder)
    return folder / _FILE


def _is_whole(folder: Path) -> bool:
    try:
        return changed_file(folder) is None
    except ValueError:
        return False


def _export(base: BaseModel, adapter: Adapter | None, precision: Precision, folder: Path) -> None:
    for leftover in folder.parent.glob(f"{folder.name}.part-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    source = read_gguf(base.path)
    changes = read_lora(adapter, _linear_modules(source)) if adapter else {}
    try:
        part = Path(tempfile.mkdtemp(prefix=f"{folder.name}.part-", dir=folder.parent))
        _write(source, changes, precision, part / _FILE)
        seal(part, base.digest)
        part.rename(folder)
    except OSError as error:
        raise BaseModelError(
            f"base model {base.reference}: its merged model cannot be written to {folder} ({error.strerror}); "
            "make room, or set COLUMNIST_CACHE to another folder"
        ) from error


def _linear_modules(source: GgufFile) -> dict[str, tuple[int, ...]]:
    shapes = {tensor.name: tensor.shape for tensor in source.tensors}
    return {
        f"model.layers.{layer}.{module}": shapes[f"blk.{layer}.{name}.weight"]
        for layer in range(source.get("{arch}.block_count", 0))
        for module, name in _MODULES.items()
        if f"blk.{layer}.{name}.weight" in shapes
    }


def _write(source: GgufFile, changes: dict[str, LoraWeights], precision: Precision, path: Path) -> None:
    """Write the merged file tensor by tensor, so that memory is that of the largest one."""
    import gguf
    import numpy as np

    writer = gguf.GGUFWriter(path, source.architecture)
    for key, field in source.fields.items():
        if key not in _WRITTEN_ANEW:
            item_type = None if field.item_type is None else gguf.GGUFValueType(field.item_type)
            writer.add_key_value(key, field.value, gguf.GGUFValueType(field.type), item_type)
    q8_0 = precision is Precision.Q8_0
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0 if q8_0 else gguf.LlamaFileType.MOSTLY_F16)
    kinds = [_kind(tensor, precision) for tensor in source.tensors]
    for tensor, kind in zip(source.tensors, kinds, strict=True):
        size = int(np.prod(gguf.quant_shape_to_byte_shape(tensor.shape, kind)))
        writer.add_tensor_info(tensor.name, tensor.shape, np.float32, size, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    named = {_tensor_name(module): change for module, change in changes.items()}
    for tensor, kind in zip(source.tensors, kinds, strict=True):
        weights = read_weights(source, tensor)
        if tensor.name in named:
            weights += _reordered(named[tensor.name].delta(), tensor, source)
        writer.write_tensor_data(gguf.quants.quantize(weights, kind))
    writer.close()


def _kind(tensor: GgufTensor, precision: Precision) -> Any:
    """Return how a tensor is kept: vectors as they are, matrices at the precision that was asked for."""
    import gguf

    if len(tensor.shape) < 2:
        return gguf.GGMLQuantizationType.F32
    block, _ = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType.Q8_0]
    fits = precision is Precision.Q8_0 and tensor.shape[-1] % block == 0
    return gguf.GGMLQuantizationType.Q8_0 if fits else gguf.GGMLQuantizationType.F16


def _tensor_name(module: str) -> str:
    """Return how GGUF calls a module's weights.

    Example:
        >>> _tensor_name("model.layers.3.mlp.up_proj")
        'blk.3.ffn_up.weight'
    """
    layer, name = module.removeprefix("model.layers.").split(".", 1)
    return f"blk.{layer}.{_MODULES[name]}.weight"


def _reordered(delta: Any, tensor: GgufTensor, source: GgufFile) -> Any:
    """Put a change's rows in GGUF's order: its llama keeps the two halves of a rotated head interleaved."""
    heads = {"attn_q": "{arch}.attention.head_count", "attn_k": "{arch}.attention.head_count_kv"}
    key = heads.get(tensor.name.split(".")[-2])
    if source.architecture != "llama" or key is None:
        return delta
    count = source.get(key) or source.get(heads["attn_q"])
    return delta.reshape(count, 2, -1, delta.shape[1]).swapaxes(1, 2).reshape(delta.shape)

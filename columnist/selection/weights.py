"""How large a base model is: bytes on disk and parameters, read from headers alone."""

import json
import math
import struct
from pathlib import Path
from typing import NamedTuple

from columnist.errors import BaseModelError
from columnist.modeling.base_models import resolve_base_model
from columnist.modeling.gguf_files import read_gguf


class Size(NamedTuple):
    """The weights of a model."""

    bytes: int
    parameters: int


def weigh(reference: str) -> Size:
    """Return the size of a base model; nothing where there is none.

    Raises:
        BaseModelError: It is not there, or its files are damaged.

    Example:
        >>> weigh("")
        Size(bytes=0, parameters=0)
    """
    if not reference:
        return Size(0, 0)
    base = resolve_base_model(reference)
    if base.gguf is not None:
        parameters = sum(math.prod(tensor.shape) for tensor in read_gguf(base.gguf).tensors)
        return Size(base.gguf.stat().st_size, parameters)
    files = sorted(base.path.glob("*.safetensors"))
    return Size(sum(file.stat().st_size for file in files), sum(map(_count_parameters, files)))


def _count_parameters(file: Path) -> int:
    """Count the weights that a safetensors file lists: eight bytes with the header's length, then JSON."""
    try:
        with file.open("rb") as opened:
            (length,) = struct.unpack("<Q", opened.read(8))
            header = json.loads(opened.read(length))
    except (OSError, struct.error, ValueError) as error:
        raise BaseModelError(f"{file} is no whole safetensors file ({error}); download or copy it again") from error
    return sum(math.prod(entry["shape"]) for name, entry in header.items() if name != "__metadata__")

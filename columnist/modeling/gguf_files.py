"""Reading GGUF files: what a header says, and the weights it lists.

The package ``gguf`` has a reader too. It wraps each of the 98,000 strings of the embedded
model's vocabulary in arrays of its own, which takes 2.4 seconds, and 8 seconds for a
vocabulary of 150,000; this one takes a tenth of a second. Weights are dequantized by
``gguf``.
"""

import math
import struct
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from columnist.errors import BaseModelError

_VERSIONS = (2, 3)
_STRING, _ARRAY = 8, 9
_MAX_ITEMS = 100_000_000  # of an array or a string: beyond it, a file is damaged rather than large
# The format's numbers for types of values, with their codes in struct: integers, floats and booleans.
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}


class GgufValue(NamedTuple):
    """A value of a header with its type, and the type of its items if it is an array."""

    value: Any
    type: int
    item_type: int | None = None


class GgufTensor(NamedTuple):
    """Where a tensor lies.

    Attributes:
        shape: As in PyTorch: rows first, the file has it reversed.
        type: The format's number of its quantization.
        start: Of its bytes in the file.
    """

    name: str
    shape: tuple[int, ...]
    type: int
    start: int


class GgufFile(NamedTuple):
    """A GGUF file's header."""

    path: Path
    fields: dict[str, GgufValue]
    tensors: tuple[GgufTensor, ...]

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value of the header; ``{arch}`` in a key stands for the architecture."""
        found = self.fields.get(key.replace("{arch}", self.architecture))
        return found.value if found else default

    @property
    def architecture(self) -> str:
        """The kind of model, such as ``llama`` or ``qwen2``."""
        found = self.fields.get("general.architecture")
        return str(found.value) if found else ""


def read_gguf(path: Path) -> GgufFile:
    """Read the header of a GGUF file.

    Raises:
        BaseModelError: The file cannot be read, or is no whole GGUF file.
    """
    try:
        with path.open("rb") as file:
            header = _read_header(path, file)
        end = max((tensor.start + _stored_bytes(tensor) for tensor in header.tensors), default=0)
        if end > path.stat().st_size:
            raise ValueError(f"it ends before byte {end}")
    except OSError as error:
        raise BaseModelError(f"base model {path} cannot be read: {error.strerror}; check the path") from error
    except (struct.error, ValueError, KeyError, OverflowError) as error:
        raise BaseModelError(
            f"base model {path} is no whole GGUF file of version 2 or 3 ({error}); download or copy it again"
        ) from error
    return header


def read_weights(file: GgufFile, tensor: GgufTensor) -> Any:
    """Return a tensor's weights as a float32 array."""
    import gguf
    import numpy as np

    raw = np.fromfile(file.path, dtype=np.uint8, count=_stored_bytes(tensor), offset=tensor.start)
    kind = gguf.GGMLQuantizationType(tensor.type)
    if kind is gguf.GGMLQuantizationType.F32:
        return raw.view(np.float32).reshape(tensor.shape)
    rows = raw.reshape(math.prod(tensor.shape[:-1]), -1)
    return gguf.quants.dequantize(rows, kind).reshape(tensor.shape)


def _stored_bytes(tensor: GgufTensor) -> int:
    import gguf

    items, size = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType(tensor.type)]
    return int(math.prod(tensor.shape) // items * size)


def _read_header(path: Path, file: BinaryIO) -> GgufFile:
    magic = file.read(4)
    if magic != b"GGUF":
        raise ValueError(f"it starts with {magic!r}")
    version, tensor_count, field_count = _unpack(file, "IQQ")
    if version not in _VERSIONS:
        raise ValueError(f"it is of version {version}")
    fields = {}
    for _ in range(field_count):
        key, (kind,) = _read_string(file), _unpack(file, "I")
        fields[key] = _read_value(file, kind)
    entries = [_read_entry(file) for _ in range(tensor_count)]
    alignment = fields["general.alignment"].value if "general.alignment" in fields else 32
    base = -(-file.tell() // alignment) * alignment
    return GgufFile(
        path=path,
        fields=fields,
        tensors=tuple(GgufTensor(name, shape, kind, base + offset) for name, shape, kind, offset in entries),
    )


def _read_entry(file: BinaryIO) -> tuple[str, tuple[int, ...], int, int]:
    name, (dimensions,) = _read_string(file), _unpack(file, "I")
    shape = _unpack(file, f"{_checked(dimensions)}Q")
    kind, offset = _unpack(file, "IQ")
    return name, tuple(reversed(shape)), kind, offset


def _read_value(file: BinaryIO, kind: int) -> GgufValue:
    if kind == _STRING:
        return GgufValue(_read_string(file), kind)
    if kind != _ARRAY:
        return GgufValue(_unpack(file, _SCALARS[kind])[0], kind)
    item_kind, count = _unpack(file, "IQ")
    if item_kind == _STRING:
        return GgufValue([_read_string(file) for _ in range(_checked(count))], kind, item_kind)
    return GgufValue(list(_unpack(file, f"{_checked(count)}{_SCALARS[item_kind]}")), kind, item_kind)


def _read_string(file: BinaryIO) -> str:
    (size,) = _unpack(file, "Q")
    data = file.read(_checked(size))
    if len(data) < size:
        raise ValueError("it ends within its header")
    return data.decode()


def _unpack(file: BinaryIO, codes: str) -> tuple[Any, ...]:
    layout = struct.Struct("<" + codes)
    return layout.unpack(file.read(layout.size))


def _checked(count: int) -> int:
    if count > _MAX_ITEMS:
        raise ValueError(f"a list of {count} items")
    return count

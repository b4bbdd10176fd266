"""All that decides what a model writes, by part, so that a difference can be named."""

import platform
from enum import StrEnum
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import columnist
from columnist.digests import digest_file, digest_value
from columnist.modeling.adapters import Adapter
from columnist.modeling.base_models import resolve_base_model
from columnist.modeling.devices import cpu_flags, pick_device, pick_dtype
from columnist.modeling.engines import EngineName, settle_engine
from columnist.modeling.engines.openvino_engine import available_cores, fastest_precision
from columnist.modeling.prompts import prompt_digest
from columnist.values import Value

PRECISION = "precision"
_PACKAGE = Path(columnist.__file__).parent
# Those that read schemas, tokenize, convert and compute. Not all take part under each engine.
_LIBRARIES = (
    "gguf", "jinja2", "numpy", "openvino", "openvino-genai", "openvino-tokenizers", "peft", "safetensors", "sqlglot",
    "tokenizers", "torch", "transformers", "vllm",
)  # fmt: skip
# What makes prompts of schemas and texts of tokens.
_SHAPING = (
    "abstention.py", "ddl", "modeling/cleaning.py", "modeling/describing.py", "modeling/encoding.py",
    "modeling/engines", "modeling/exporting.py", "modeling/filling.py", "modeling/gguf_files.py",
    "modeling/lora_weights.py", "modeling/mending.py", "modeling/naming_first.py", "modeling/prompts",
    "modeling/shortening.py", "modeling/spelling.py", "modeling/tokenizing.py",
)  # fmt: skip
# Instructions that libraries choose their kernels by; each kernel sums in an order of its own.
_INSTRUCTIONS = {
    "amx_bf16", "amx_fp16", "amx_int8", "avx", "avx2", "avx512_bf16", "avx512_fp16", "avx512_vnni", "avx512f",
    "avx_vnni", "f16c", "fma", "sse4_2",
    "asimd", "asimddp", "bf16", "i8mm", "sve", "sve2",
}  # fmt: skip
_SHORT = 12  # characters of a digest that a person compares


class Part(StrEnum):
    """What a difference is in."""

    WEIGHTS = "weights"
    PROMPT = "prompt"
    ENGINE = "engine"
    LIBRARY = "library"
    CODE = "code"
    HARDWARE = "hardware"


class Change(Value):
    """One difference between two fingerprints; a side without the entry is empty."""

    part: Part
    name: str
    before: str
    after: str

    def __str__(self) -> str:
        before, after = (_shorten(side) or "nothing" for side in (self.before, self.after))
        return f"{self.part.value} ({self.name}: {before} → {after})"


class Fingerprint(Value):
    """Entries of each part: digests, names and versions.

    Attributes:
        weights: Digests of the adapter's files and of the base model; its card for people decides nothing.
        prompt: Digest of the prompts as they are rendered.
        engine: Its name, and the precision that it computes in.
        library: Versions; ``absent`` where one is not installed.
        code: Digests of the modules that make prompts of schemas and texts of tokens.
        hardware: Kind of processor, the instructions that matter, and how many cores may be used.
    """

    weights: dict[str, str]
    prompt: dict[str, str]
    engine: dict[str, str]
    library: dict[str, str]
    code: dict[str, str]
    hardware: dict[str, str]

    def changes_to(self, other: "Fingerprint") -> tuple[Change, ...]:
        """Return what differs in another one, part by part."""
        return tuple(
            Change(part=part, name=name, before=mine.get(name, ""), after=theirs.get(name, ""))
            for part in Part
            for mine, theirs in [(getattr(self, part.value), getattr(other, part.value))]
            for name in sorted(mine.keys() | theirs.keys())
            if mine.get(name) != theirs.get(name)
        )


def only_hardware(changes: tuple[Change, ...]) -> bool:
    """Whether the machine is another one and nothing else changed; a precision is chosen by the machine.

    Example:
        >>> cores = Change(part=Part.HARDWARE, name="cores", before="2", after="8")
        >>> precision = Change(part=Part.ENGINE, name="precision", before="bf16", after="f32")
        >>> only_hardware((cores, precision)), only_hardware((precision,)), only_hardware(())
        (True, False, False)
    """
    parts = {change.part for change in changes if (change.part, change.name) != (Part.ENGINE, PRECISION)}
    return parts == {Part.HARDWARE}


def take_fingerprint(adapter: Adapter, engine: EngineName = EngineName.AUTO) -> Fingerprint:
    """Return the fingerprint of an adapter on this machine, in this installation.

    Raises:
        BaseModelError: The base model cannot be used.
    """
    base = resolve_base_model(adapter.card.base_model)
    settled = settle_engine(base, engine)
    return Fingerprint(
        weights={**_adapter_files(adapter.folder), "base model": base.digest},
        prompt={adapter.card.prompt.value: prompt_digest(adapter.card.prompt)},
        engine={"name": settled.value, PRECISION: _precision(settled)},
        library={name: _version(name) for name in _LIBRARIES},
        code=_digest_code(),
        hardware=_hardware(),
    )


def _adapter_files(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".md")
    return {path.relative_to(folder).as_posix(): digest_file(path) for path in files}


def _precision(engine: EngineName) -> str:
    if engine is EngineName.OPENVINO:
        return fastest_precision()
    return str(pick_dtype(pick_device())).removeprefix("torch.")


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "absent"


@cache
def _digest_code() -> dict[str, str]:
    return {name: _digest_source(_PACKAGE / name) for name in _SHAPING}


def _digest_source(path: Path) -> str:
    """Return the digest of a module, or of all that a package holds but what Python compiled."""
    if path.is_file():
        return digest_file(path)
    files = (file for file in sorted(path.rglob("*")) if file.is_file() and file.suffix != ".pyc")
    return digest_value({file.relative_to(path).as_posix(): digest_file(file) for file in files})


def _hardware() -> dict[str, str]:
    return {
        "processor": platform.machine(),
        "instructions": " ".join(sorted(cpu_flags() & _INSTRUCTIONS)),
        "cores": str(available_cores()),
    }


def _shorten(value: str) -> str:
    """Return the start of a digest, and anything else as it is.

    Example:
        >>> _shorten("ab" * 32), _shorten("2026.4.1")
        ('abababababab', '2026.4.1')
    """
    return value[:_SHORT] if len(value) == 64 else value

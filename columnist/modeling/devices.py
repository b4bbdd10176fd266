"""What the machine can do: the device to compute on and the precision it is fast in."""

import ctypes
import sys
from pathlib import Path
from typing import Any

# glibc's M_TRIM_THRESHOLD, M_TOP_PAD and M_MMAP_THRESHOLD, in bytes
_MALLOC_OPTIONS = {-1: 2**31 - 1, -2: 256 * 2**20, -3: 2**30}


def pick_device() -> str:
    """Return ``cuda`` where there is one, else ``cpu``."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def pick_dtype(device: str) -> Any:
    """Return bfloat16 where the device multiplies it natively, else float32.

    On CPUs without AVX-512 BF16 or AMX, bfloat16 is emulated and slower than float32.
    """
    import torch

    if device == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if has_fast_bfloat16() else torch.float32


def has_fast_bfloat16() -> bool:
    """Tell whether this CPU multiplies bfloat16 natively."""
    return bool(cpu_flags() & {"avx512_bf16", "amx_bf16", "bf16"})


def keep_freed_memory() -> None:
    """Make the allocator of this process reuse large blocks instead of handing them back to the system.

    Each tensor of a few megabytes otherwise costs a page fault for every 4 KiB, each
    time: a third of the time of an elementwise operation. Only glibc can be told.
    """
    library = ctypes.CDLL(None)
    if sys.platform == "linux" and hasattr(library, "mallopt"):
        for option, value in _MALLOC_OPTIONS.items():
            library.mallopt(option, value)


def quiet_libraries() -> None:
    """Turn off the libraries' own progress bars and advice; the product shows its own progress."""
    import warnings

    from transformers.utils import logging

    # peft asks transformers 5 by an old name; there is nothing a user could do about it.
    warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated")
    logging.set_verbosity_error()
    logging.disable_progress_bar()


def cpu_flags() -> set[str]:
    """Return the instruction sets that the processor says it has, by Linux's names; none where nothing tells."""
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return set()
    lines = (line for line in info.read_text().splitlines() if line.startswith(("flags", "Features")))
    return set(next(lines, "").split())
